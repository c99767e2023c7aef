import dataclasses

import numpy as np
import pytest
from tiny import TECHNIQUES, TINY_GAME

from ssgan.errors import InputError
from ssgan.recipes import Part
from ssgan.training.build import build
from ssgan.training.take_over import take_over


def made(rng, n_classes, seed, **changes):
    recipe = dataclasses.replace(TINY_GAME, **changes)
    x = rng.normal(size=(40, 5)).astype("float32")
    return build(recipe, x, n_classes, seed=seed)


def test_new_class_keeps_its_initial_weights(rng):
    old, new = made(rng, 2, seed=0), made(rng, 3, seed=1)
    new.preprocessor = old.preprocessor
    x = rng.normal(size=(10, 5)).astype("float32")
    before = new.logits(x).numpy()
    take_over(new, old, np.array([0, 2]))
    after = new.logits(x).numpy()
    np.testing.assert_allclose(after[:, [0, 2]], old.logits(x), rtol=1e-5, atol=1e-6)
    assert not np.allclose(after[:, 1], before[:, 1])  # Its features are the old ones.
    new_head, old_head = (m.discriminator.weights[-1].numpy() for m in (new, old))
    np.testing.assert_array_equal(new_head[..., [0, 2]], old_head)
    for name in ("discriminator", "generator"):
        first, second = (getattr(m, name).weights[0].numpy() for m in (new, old))
        np.testing.assert_array_equal(first, second)


def reference_of(model):
    return next(w.numpy() for w in model.generator.weights if w.name == "reference")


@pytest.mark.parametrize("recipe", [TINY_GAME, TECHNIQUES], ids=["plain", "techniques"])
def test_generator_makes_the_classes_that_it_knew(recipe, rng):
    changes = {"latents": Part("ClassLatents", {"dim": 3}), "terms": recipe.terms}
    changes["generator"] = recipe.generator
    old, new = (made(rng, k, seed=k, **changes) for k in (2, 3))
    weights = {w.name: w for w in reversed(new.generator.weights)}
    before = weights["kernel"].numpy()
    take_over(new, old, np.array([0, 2]))
    z = old.latents(40, (1, 2)).numpy()
    wider = np.insert(z, 4, 0, axis=1)  # Behind the three numbers and the first class.
    np.testing.assert_array_equal(weights["kernel"].numpy()[4], before[4])
    if "reference" in weights:  # It is part of what is made.
        np.testing.assert_array_equal(weights["reference"].numpy()[:, 3:].sum(1), 1)
        weights["reference"].assign(np.insert(reference_of(old), 4, 0, axis=1))
    now, then = new.generator(wider), old.generator(z)
    np.testing.assert_allclose(now, then, rtol=1e-5, atol=1e-6)


def test_other_latents_are_refused(rng):
    old, new = (
        made(rng, 2, seed=0, latents=Part("ClassLatents", {"dim": dim}))
        for dim in (3, 4)
    )
    with pytest.raises(InputError, match="a generator like that of the model"):
        take_over(new, old, np.arange(2))


def test_generator_of_its_own_stays_if_the_other_has_none(rng):
    new = made(rng, 2, seed=1)
    before = new.generator.get_weights()
    take_over(new, made(rng, 2, seed=0, generator=None, terms=()), np.arange(2))
    for value, weight in zip(before, new.generator.get_weights(), strict=True):
        np.testing.assert_array_equal(value, weight)


def test_other_networks_are_refused(rng):
    other = Part("mlp_discriminator", {"units": (7,)})
    old, new = made(rng, 2, seed=0, discriminator=other), made(rng, 2, seed=1)
    with pytest.raises(InputError, match="a discriminator like that of the model"):
        take_over(new, old, np.arange(2))
