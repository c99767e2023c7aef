"""Ctrl-C within a report interval leaves a last checkpoint; nothing is lost."""

import os
import signal

import keras
import numpy as np
import pytest
from tiny import TECHNIQUES, TINY

from ssgan import SSGANClassifier
from ssgan.errors import InputError
from ssgan.training.monitor import TrainingFailed
from ssgan.training.training_log import read_log

# A report interval has fifty steps, five calls.
STEPS = 1000
# Most of a test's time is for compiling, so the quick ones have no game.
ROWS = TINY.supervised().with_steps(STEPS)
RESTARTED = "It failed. Training continues from step 100 at half"
pytestmark = pytest.mark.usefixtures("ctrl_c")


class CtrlC(keras.callbacks.Callback):
    """Press Ctrl-C after a step."""

    def __init__(self, step):
        super().__init__()
        self.step = step

    def on_train_batch_end(self, batch, logs=None):
        if int(self.model.steps_done.numpy()) == self.step:
            os.kill(os.getpid(), signal.SIGINT)


class FailOnce(keras.callbacks.Callback):
    """Training fails after a step, once."""

    def __init__(self, step):
        super().__init__()
        self.step = step

    def on_train_batch_end(self, batch, logs=None):
        is_first = not self.model.info.get("restarts")
        if is_first and int(self.model.steps_done.numpy()) == self.step:
            raise TrainingFailed("It failed.")


def examples():
    rng = np.random.default_rng(0)
    codes = np.arange(40) % 2
    x = (rng.normal(size=(40, 16)) + 3 * codes[:, None]).astype("float32")
    return x, np.where(np.arange(40) < 8, codes, -1)


def fit(folder, *callbacks, recipe=ROWS, seed=0):
    classifier = SSGANClassifier(recipe, random_state=seed, callbacks=callbacks)
    return classifier.fit(*examples(), checkpoints=folder)


def interrupt(folder, step, *callbacks, recipe=ROWS):
    """Fit until Ctrl-C after a step; return how many steps are saved."""
    with pytest.raises(KeyboardInterrupt):
        fit(folder, *callbacks, CtrlC(step), recipe=recipe)
    with np.load(folder / "member-0.unfinished.npz") as file:
        return str(file["about"])


def check_equal(ours, theirs):
    assert ours.model_.random_states == theirs.model_.random_states
    pairs = zip(ours.model_.variables, theirs.model_.variables, strict=True)
    for a, b in pairs:
        np.testing.assert_array_equal(a.numpy(), b.numpy())


def without_seconds(folder):
    lines = read_log(folder / "member-0")
    return [{k: v for k, v in line.items() if k != "seconds"} for line in lines]


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole")
    return fit(folder), folder


def test_interrupted_intervals_go_on(whole, tmp_path):
    # In the first interval there is no other checkpoint yet.
    assert '"done": 0, ' in interrupt(tmp_path, 20)
    assert not (tmp_path / "member-0.keras").exists()
    # Twice in one interval, and in the last one.
    assert '"steps": 20' in interrupt(tmp_path, 520)
    assert '"steps": 40' in interrupt(tmp_path, 540)
    assert '"steps": 30' in interrupt(tmp_path, 980)
    check_equal(fit(tmp_path), whole[0])
    # Means over an interval, too, although it was interrupted.
    assert without_seconds(tmp_path) == without_seconds(whole[1])
    assert not (tmp_path / "member-0.unfinished.npz").exists()


@pytest.mark.slow
def test_last_interval_may_be_shorter(tmp_path):
    recipe = ROWS.with_steps(STEPS + 40)
    expected = fit(tmp_path / "whole", recipe=recipe)
    folder = tmp_path / "parts"
    assert '"steps": 20' in interrupt(folder, STEPS + 20, recipe=recipe)
    with pytest.raises(KeyboardInterrupt):
        fit(folder, CtrlC(STEPS + 40), recipe=recipe)
    assert not (folder / "member-0.unfinished.npz").exists()
    check_equal(fit(folder, recipe=recipe), expected)
    assert without_seconds(folder) == without_seconds(tmp_path / "whole")


@pytest.mark.slow
@pytest.mark.parametrize("recipe", [TINY, TECHNIQUES])
def test_interval_that_fails_begins_again_where_it_began(recipe, tmp_path):
    recipe, fail = recipe.with_steps(STEPS), FailOnce(150)
    with pytest.warns(UserWarning, match=RESTARTED):
        expected = fit(tmp_path / "whole", fail, recipe=recipe)
    interrupt(tmp_path, 130, fail, recipe=recipe)
    with pytest.warns(UserWarning, match=RESTARTED):
        interrupt(tmp_path, 170, fail, recipe=recipe)
    check_equal(fit(tmp_path, fail, recipe=recipe), expected)


@pytest.mark.slow
def test_what_another_training_left_is_not_taken(whole, tmp_path):
    interrupt(tmp_path, 20)
    other = fit(tmp_path, seed=1)
    assert other.model_.random_states != whole[0].model_.random_states


def test_damaged_file_is_refused(tmp_path):
    (tmp_path / "member-0.unfinished.npz").write_bytes(b"PK")
    with pytest.raises(InputError, match="what an interrupted training left"):
        fit(tmp_path)
