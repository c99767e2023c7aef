"""Recipes become models; runs that go wrong are noticed, said and mended."""

import dataclasses

import keras
import numpy as np
import pytest

from ssgan import recipes, training
from ssgan.game.averaged_classifier import AveragedClassifier
from ssgan.game.model import SSGAN
from ssgan.recipes import Part

TINY = dataclasses.replace(
    recipes.VECTORS,
    discriminator=Part("mlp_discriminator", {"units": (8,), "input_noise": 0.0}),
    generator=Part("mlp_generator", {"units": (8,), "activation": "linear"}),
    latents=Part("UniformLatents", {"dim": 3}),
    labeled_size=4,
    unlabeled_size=8,
    steps=40,
    hold=20,
)


@pytest.mark.parametrize(
    ("recipe", "kind"), [(TINY, SSGAN), (TINY.supervised(), AveragedClassifier)]
)
def test_build_and_train_to_the_end(recipe, kind, data):
    x, x_labeled, y = data
    model = training.build(recipe, x, 2, seed=1)
    assert type(model) is kind
    training.train(recipe, model, x_labeled, y, x)
    assert int(model.steps_done) == recipe.steps
    assert int(model.optimizer.iterations) == recipe.steps
    again = training.build(recipe, x, 2, seed=1)
    training.train(recipe, again, x_labeled, y, x)
    np.testing.assert_array_equal(again.predict(x), model.predict(x))


def test_interrupted_run_goes_on_from_its_checkpoint(data, tmp_path):
    x, x_labeled, y = data
    path = tmp_path / "member.keras"

    class Interrupt(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            if epoch == 2:
                raise KeyboardInterrupt

    model = training.build(TINY, x, 2)
    with pytest.raises(KeyboardInterrupt):
        training.train(
            TINY, model, x_labeled, y, x, callbacks=[Interrupt()], checkpoint=path
        )
    resumed = training.load(path)
    done = int(resumed.steps_done)
    assert done == 2 * training.report_interval(TINY)
    for before, after in zip(model.weights, resumed.weights, strict=True):
        np.testing.assert_array_equal(before.numpy(), after.numpy())
    assert int(resumed.generator_optimizer.iterations) == done
    training.train(TINY, resumed, x_labeled, y, x, checkpoint=path)
    assert int(resumed.steps_done) == TINY.steps
    kept = {"member.keras", "member.jsonl"}
    assert {p.name for p in tmp_path.iterdir() if p.suffix != ".npy"} == kept


class Poison(keras.callbacks.Callback):
    """Make a network's last weight NaN, `times` times, after the second epoch."""

    def __init__(self, times, network="discriminator"):
        super().__init__()
        self.times = times
        self.network = network

    def on_epoch_begin(self, epoch, logs=None):
        if epoch == 2 and self.times:
            self.times -= 1
            weight = getattr(self.model, self.network).weights[-1]
            weight.assign(weight * np.nan)


@pytest.mark.parametrize(
    ("network", "what"),
    [("discriminator", "The loss"), ("classifier", "A weight")],
    ids=["it shows in the loss", "the loss does not show it"],
)
def test_what_is_not_finite_is_mended(data, network, what):
    x, x_labeled, y = data
    model = training.build(TINY, x, 2)
    said = f"{what} is no longer finite.*half the learning rate"
    with pytest.warns(UserWarning, match=said):
        training.train(TINY, model, x_labeled, y, x, callbacks=[Poison(1, network)])
    assert int(model.steps_done) == TINY.steps
    assert np.isfinite(model.predict(x)).all()
    assert model.optimizer._learning_rate.rate == TINY.learning_rate / 2


@pytest.mark.filterwarnings("ignore:The loss is no longer finite")
def test_loss_that_cannot_be_mended_is_said(data):
    x, x_labeled, y = data
    model = training.build(TINY, x, 2)
    with pytest.raises(FloatingPointError, match="went wrong again after 3 restarts"):
        training.train(TINY, model, x_labeled, y, x, callbacks=[Poison(10)])
