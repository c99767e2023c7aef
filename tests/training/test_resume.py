"""A resumed run equals the uninterrupted one, bit for bit."""

import dataclasses

import keras
import numpy as np
import pytest
from tiny import TECHNIQUES, TINY_GAME, TINY_IMAGES

from ssgan import SSGANClassifier, recipes
from ssgan.errors import InputError

STEPS = 60


class Interrupt(keras.callbacks.Callback):
    """Stop at the start of an epoch, as Ctrl-C would."""

    def __init__(self, epoch):
        super().__init__()
        self.epoch = epoch

    def on_epoch_begin(self, epoch, logs=None):
        if epoch == self.epoch:
            raise KeyboardInterrupt


ROWS = TINY_GAME.with_steps(STEPS)
IMAGES = dataclasses.replace(
    TINY_IMAGES.with_steps(STEPS),
    augmentation=recipes.IMAGES.augmentation,
    terms=(
        *recipes.IMAGES.terms,
        recipes.Part("VirtualAdversarial", {"weight": 0.1}),
        recipes.Part("ManifoldSmoothness", {"weight": 0.1}),
    ),
)


def examples(images, rng):
    codes = np.arange(40) % 2
    x = (rng.normal(size=(40, 16)) + 3 * codes[:, None]).astype("float32")
    y = np.where(np.arange(40) < 8, codes, -1)
    return (x.reshape(-1, 4, 4) if images else x), y


# On the labels alone, and within an interval too, as in test_unfinished.py.
@pytest.mark.slow
@pytest.mark.parametrize(
    "recipe",
    [
        pytest.param(ROWS, id="rows"),
        pytest.param(dataclasses.replace(ROWS, alternating=True), id="alternating"),
        pytest.param(IMAGES, id="images with all terms"),
        pytest.param(TECHNIQUES.with_steps(STEPS), id="techniques for samples"),
        pytest.param(ROWS.supervised(), id="supervised"),
    ],
)
def test_resumed_run_is_the_uninterrupted_one(recipe, rng, tmp_path):
    x, y = examples(recipe is IMAGES, rng)

    def classifier(*callbacks):
        return SSGANClassifier(recipe, random_state=0, callbacks=callbacks)

    whole = classifier().fit(x, y, checkpoints=tmp_path / "whole")
    for epoch in (3,) if recipe is IMAGES else (2, 4):
        with pytest.raises(KeyboardInterrupt):
            classifier(Interrupt(epoch)).fit(x, y, checkpoints=tmp_path / "parts")
    resumed = classifier().fit(x, y, checkpoints=tmp_path / "parts")
    assert resumed.model_.random_states == whole.model_.random_states
    for ours, theirs in zip(
        resumed.model_.get_weights(), whole.model_.get_weights(), strict=True
    ):
        np.testing.assert_array_equal(ours, theirs)
    np.testing.assert_array_equal(resumed.predict_proba(x), whole.predict_proba(x))


@pytest.fixture(scope="module")
def interrupted(tmp_path_factory):
    """Examples, labels, and the checkpoints of a training that was interrupted."""
    x, y = examples(False, np.random.default_rng(0))
    checkpoints = tmp_path_factory.mktemp("interrupted")
    classifier = SSGANClassifier(ROWS, random_state=0, callbacks=[Interrupt(2)])
    with pytest.raises(KeyboardInterrupt):
        classifier.fit(x, y, checkpoints=checkpoints)
    return x, y, checkpoints


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"random_state": 1}, "seed"),
        ({"recipe": dataclasses.replace(ROWS, epsilon=1e-3)}, "recipe"),
        ({"class_weight": {0: 1.0, 1: 2.0}}, "class weights"),
        ({"x": 0}, "examples and another unlabeled examples"),
        ({"y": 7}, "labels"),
    ],
    ids=["seed", "recipe", "class weights", "examples", "labels"],
)
def test_checkpoint_of_another_training_is_refused(change, named, interrupted):
    x, y, checkpoints = interrupted
    x, y = x.copy(), y.copy()
    if "x" in change:
        x[change.pop("x"), 0] += 1
    if "y" in change:
        y[change.pop("y")] = -1
    again = SSGANClassifier(**{"recipe": ROWS, "random_state": 0, **change})
    said = f"a checkpoint of this training. Received: one with another {named}$"
    with pytest.raises(InputError, match=said):
        again.fit(x, y, checkpoints=checkpoints)
