"""Training runs to its end, continues after an interruption, and restarts."""

import io

import keras
import numpy as np
import pytest
import rich.console
from tiny import TINY, TINY_GAME

from ssgan.game.averaged_classifier import AveragedClassifier
from ssgan.game.model import SSGAN
from ssgan.support import onednn
from ssgan.training.build import build
from ssgan.training.checkpoints import load
from ssgan.training.loop import report_interval, train
from ssgan.training.progress import Progress
from ssgan.training.training_log import read_log

RECIPE = TINY_GAME.with_steps(40)


@pytest.mark.parametrize(
    ("recipe", "kind"), [(RECIPE, SSGAN), (RECIPE.supervised(), AveragedClassifier)]
)
def test_build_and_train_to_the_end(recipe, kind, data, monkeypatch):
    x, x_labeled, y = data
    traced, step = [], kind.train_step
    monkeypatch.setattr(
        kind, "train_step", lambda *args: traced.append(1) or step(*args)
    )
    model = build(recipe, x, 2, seed=1)
    assert type(model) is kind
    train(recipe, model, x_labeled, y, x)
    assert len(traced) == 1  # It takes most of the time of a short training.
    assert int(model.steps_done) == recipe.steps
    assert int(model.optimizer.iterations) == recipe.steps
    again = build(recipe, x, 2, seed=1)
    train(recipe, again, x_labeled, y, x)
    np.testing.assert_array_equal(again.predict(x), model.predict(x))


@pytest.mark.slow
def test_interrupted_run_goes_on_from_its_checkpoint(data, tmp_path):
    x, x_labeled, y = data
    path = tmp_path / "member.keras"

    class Interrupt(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            if epoch == 2:
                raise KeyboardInterrupt

    model = build(RECIPE, x, 2)
    with pytest.raises(KeyboardInterrupt):
        train(RECIPE, model, x_labeled, y, x, callbacks=[Interrupt()], checkpoint=path)
    resumed = load(path)
    done = int(resumed.steps_done)
    assert done == 2 * report_interval(RECIPE)
    for before, after in zip(model.weights, resumed.weights, strict=True):
        np.testing.assert_array_equal(before.numpy(), after.numpy())
    assert int(resumed.generator_optimizer.iterations) == done
    train(RECIPE, resumed, x_labeled, y, x, checkpoint=path)
    assert int(resumed.steps_done) == RECIPE.steps
    kept = {"member.keras", "member.jsonl"}
    assert {p.name for p in tmp_path.iterdir() if p.suffix != ".npy"} == kept


def test_training_ends_with_its_recipe_within_an_interval(data, tmp_path):
    x, x_labeled, y = data
    path, shown = tmp_path / "member.keras", io.StringIO()
    recipe = TINY.supervised().with_steps(410)
    assert report_interval(recipe) == 20
    model, console = build(recipe, x, 2), rich.console.Console(file=shown)
    progress = Progress("toy", console)
    train(recipe, model, x_labeled, y, callbacks=[progress], checkpoint=path)
    assert int(model.steps_done) == 410
    log = read_log(tmp_path / "member")
    assert [line["step"] for line in log] == [*range(20, 401, 20), 410]
    assert "toy: 410/410  " in shown.getvalue()
    assert " in total" in shown.getvalue()
    again = load(path)
    train(recipe, again, x_labeled, y, checkpoint=path)
    assert int(again.steps_done) == 410


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
    ("recipe", "network", "what"),
    [
        (RECIPE, "discriminator", "The loss"),
        (RECIPE.supervised(), "classifier", "A weight"),
    ],
    ids=["it shows in the loss", "the loss does not show it"],
)
def test_what_is_not_finite_is_mended(data, recipe, network, what):
    x, x_labeled, y = data
    model = build(recipe, x, 2)
    said = f"{what} is no longer finite.*half the learning rate"
    with pytest.warns(UserWarning, match=said):
        train(recipe, model, x_labeled, y, x, callbacks=[Poison(1, network)])
    assert int(model.steps_done) == recipe.steps
    assert np.isfinite(model.predict(x)).all()
    schedule = model.optimizer.get_config()["learning_rate"]["config"]
    assert schedule["rate"] == recipe.learning_rate / 2


@pytest.mark.filterwarnings("ignore:The loss is no longer finite")
@pytest.mark.slow
def test_loss_that_cannot_be_mended_is_said(data):
    x, x_labeled, y = data
    model = build(RECIPE, x, 2)
    with pytest.raises(FloatingPointError, match="failed again after 3 restarts"):
        train(RECIPE, model, x_labeled, y, x, callbacks=[Poison(10)])


def test_training_on_images_asks_for_onednn(monkeypatch):
    class Asked(Exception):
        pass

    def asked():
        raise Asked

    monkeypatch.setattr(onednn, "warn_if_without", asked)
    with pytest.raises(Asked):
        train(None, None, np.zeros((1, 2, 2, 1)), [0])
    with pytest.raises(AttributeError):  # Rows go on: there is no recipe.
        train(None, None, np.zeros((1, 2)), [0])
