"""A class-conditional generator makes the class that it is asked for."""

import dataclasses

import numpy as np
import pytest
from tiny import TINY_GAME

from ssgan import SSGANClassifier
from ssgan.errors import InputError
from ssgan.recipes import Part

CONDITIONAL = dataclasses.replace(
    TINY_GAME,
    latents=Part("ClassLatents", {"dim": 3}),
    learning_rate=0.01,
    terms=(*TINY_GAME.terms, Part("AuxiliaryClassifier")),
).with_steps(200)
ONE_STEP = CONDITIONAL.with_steps(1)


@pytest.fixture(scope="module")
def conditional(blobs):
    return SSGANClassifier(CONDITIONAL, random_state=0).fit(*blobs[:2])


def test_classes_take_turns_and_are_made(conditional, blobs):
    x, _, names = blobs
    made = conditional.sample(300, 1, classes=["beech", "ash"])
    centers = np.stack([x[names == name].mean(axis=0) for name in ("beech", "ash")])
    nearest = np.linalg.norm(made[:, None] - centers, axis=-1).argmin(axis=1)
    # Judged by the data, not by the classifier: which cloud is nearer?
    assert np.mean(nearest == np.arange(300) % 2) > 0.9
    assert set(conditional.predict(made[:40])) == {"beech", "ash"}


def test_no_class_is_every_class(conditional):
    assert set(conditional.predict(conditional.sample(60, 0))) == {
        *conditional.classes_
    }


def test_batches_and_files_keep_the_turns(conditional, tmp_path):
    classes = ["ash", "beech", "cedar"]
    made = conditional.sample(1100, 0, classes=classes)
    first, second = conditional.sample_batches(1100, 0, classes=classes)
    assert (len(first), len(second)) == (1000, 100)
    np.testing.assert_array_equal(made, np.concatenate([first, second]))
    # 1000 is one more than a multiple of 3, so the second batch begins with a beech.
    assert set(conditional.predict(second[::3])) == {"beech"}
    conditional.save(tmp_path / "model.keras")
    loaded = SSGANClassifier.load(tmp_path / "model.keras")
    np.testing.assert_allclose(made, loaded.sample(1100, 0, classes=classes), rtol=1e-5)


def test_members_share_the_classes(blobs, untrained):
    classifier = SSGANClassifier(ONE_STEP, n_members=2, random_state=0)
    assert classifier.fit(*blobs[:2]).sample(5, 0, classes=["ash"]).shape == (5, 4)
    assert classifier.interpolate(5, 3, 0, classes=["ash"]).shape == (5, 3, 4)


def test_a_path_goes_from_one_example_to_another_of_its_class(conditional):
    classes = ["ash", "beech", "cedar"]
    x = conditional.interpolate(6, 40, 0, classes=classes)
    assert x.shape == (6, 40, 4)
    predicted = conditional.predict(x.reshape(-1, 4)).reshape(6, 40)
    assert np.mean(predicted == np.array([*classes, *classes])[:, None]) > 0.9
    # It gets somewhere, and does not jump.
    length = np.linalg.norm(x[:, -1] - x[:, 0], axis=-1)
    assert (np.linalg.norm(np.diff(x, axis=1), axis=-1).max(axis=1) < length / 2).all()
    np.testing.assert_array_equal(x, conditional.interpolate(6, 40, 0, classes=classes))


def test_an_unconditional_path_may_cross_classes(fitted):
    assert fitted.interpolate(3, 5, 0).shape == (3, 5, 4)
    with pytest.raises(InputError, match="a whole number from 2. Received: steps=1"):
        fitted.interpolate(3, 1)


def test_classes_that_cannot_be_made_are_refused(conditional, fitted):
    with pytest.raises(InputError, match="labels among .*'ash'.*oak"):
        conditional.sample(3, classes=["oak"])
    with pytest.raises(InputError, match="one or more classes to generate"):
        conditional.sample(3, classes=[])
    said = "a class on demand, as the recipe mnist-samples does. .* the recipe vectors,"
    with pytest.raises(InputError, match=said):
        fitted.sample(3, classes=["ash"])
