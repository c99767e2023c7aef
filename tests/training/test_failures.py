"""Twenty ways for training to go wrong: each is mended, refused, or said."""

import dataclasses
import warnings

import keras
import numpy as np
import pytest
from tiny import TINY_GAME

from ssgan import SSGANClassifier
from ssgan.errors import InputError
from ssgan.recipes import Part

# So many steps that each label is seen a hundred times.
RECIPE = dataclasses.replace(
    TINY_GAME.with_steps(200), labeled_size=6, learning_rate=0.01
)


@pytest.fixture
def data(rng):
    codes = np.arange(60) % 3
    x = (rng.normal(size=(60, 4)) + 4 * np.eye(4)[codes]).astype("float32")
    return x, np.where(np.arange(60) < 12, codes, -1)


def fit(data, recipe=RECIPE, **options):
    """Fit; return what was said, and the classifier unless training failed."""
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        try:
            classifier = SSGANClassifier(recipe, random_state=0, **options).fit(*data)
        except (FloatingPointError, InputError) as error:
            return [str(error), *(str(w.message) for w in said)], None
    return [str(w.message) for w in said], classifier


def with_rate(factor, recipe=RECIPE):
    return dataclasses.replace(recipe, learning_rate=factor * recipe.learning_rate)


class Break(keras.callbacks.Callback):
    """Change weights of the discriminator at the start of some epochs."""

    def __init__(self, change, epochs):
        super().__init__()
        self.change, self.epochs = change, list(epochs)

    def on_epoch_begin(self, epoch, logs=None):
        if self.epochs and epoch == self.epochs[0]:
            self.epochs.pop(0)
            for weight in self.model.discriminator.trainable_variables:
                weight.assign(self.change(weight))


def test_a_good_run_says_nothing(data):
    said, classifier = fit(data)
    assert said == []
    assert classifier.score(*data) == 1


@pytest.mark.parametrize("factor", [1e6, pytest.param(300, marks=pytest.mark.slow)])
@pytest.mark.parametrize(
    "what",
    [
        "labels alone",
        pytest.param("at once", marks=pytest.mark.slow),
        pytest.param("alternating", marks=pytest.mark.slow),
    ],
)
def test_a_rate_that_is_too_high_is_noticed(data, factor, what):
    recipe = dataclasses.replace(with_rate(factor), alternating=what == "alternating")
    alone = what == "labels alone"
    said, classifier = fit(data, recipe.supervised() if alone else recipe)
    assert said or classifier.score(*data) > 0.8, "in silence"


BROKEN = {
    "a weight is NaN": lambda w: w * np.nan,
    "a weight is infinite": lambda w: w + np.inf,
    "weights explode": lambda w: 1e6 * w,
}


# What is not finite is in test_loop.py too.
@pytest.mark.parametrize(
    ("what", "recipe"),
    [
        pytest.param("a weight is NaN", RECIPE, marks=pytest.mark.slow),
        pytest.param("a weight is infinite", RECIPE, marks=pytest.mark.slow),
        pytest.param("weights explode", RECIPE, marks=pytest.mark.slow),
        ("weights explode", RECIPE.supervised()),
    ],
)
def test_what_breaks_once_is_mended(data, what, recipe):
    said, classifier = fit(data, recipe, callbacks=[Break(BROKEN[what], [3])])
    assert any("half the learning rate" in line for line in said)
    assert classifier.model_.info["restarts"] == 1
    assert classifier.score(*data) > 0.9


@pytest.mark.slow  # As in test_loop.py, but for the estimator.
def test_what_breaks_again_and_again_ends_with_a_sentence(data):
    said, classifier = fit(data, callbacks=[Break(BROKEN["a weight is NaN"], [3] * 9)])
    assert classifier is None
    assert "failed again after 3 restarts" in said[0]


def test_nothing_is_learned_without_steps(data):
    said, _ = fit(data, with_rate(1e-9, RECIPE.supervised()))
    assert any("of the labeled examples themselves" in line for line in said)


def test_labels_that_are_not_to_be_learned_are_not_missed(data):
    said, classifier = fit(data, dataclasses.replace(RECIPE, supervised_weight=0.0))
    assert said == []
    assert classifier.score(*data) < 0.8


def test_labels_that_mean_nothing_are_said(data, rng):
    x, y = data
    x = np.repeat(x[:1], len(x), axis=0)
    x[-1] += 1  # Unlabeled; examples that are all the same are refused.
    said, _ = fit((x, y), RECIPE.supervised())
    assert any("of the labeled examples themselves" in line for line in said)


@pytest.mark.slow  # As in test_monitor.py.
def test_generator_that_is_never_diverse_is_said(data):
    constant = Part("mlp_generator", {"units": (8,), "activation": "linear"})
    recipe = dataclasses.replace(RECIPE, generator=constant)

    def generator(latent_dim, shape):
        z = keras.Input((latent_dim,))
        zero = keras.layers.Rescaling(0.0)(z)
        return keras.Model(z, keras.layers.Dense(shape[0])(zero))

    said, _ = fit(data, recipe, generator=generator)
    assert any("since the start" in line for line in said)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda x: np.where(x > 1, np.nan, x),
        lambda x: np.where(x > 1, np.inf, x),
        lambda x: x.astype(complex),
        lambda x: x[:, :0],
    ],
    ids=["NaN", "infinite", "complex", "no columns"],
)
def test_examples_that_cannot_be_learned_are_refused(data, spoil):
    said, classifier = fit((spoil(data[0]), data[1]))
    assert classifier is None
    assert said[0].startswith("Expected ")
