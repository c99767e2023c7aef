"""What a user sees of a training."""

import io
from types import SimpleNamespace

import pytest
import rich.console
import tensorflow as tf
from tiny import TINY_GAME
from toy import toy

from ssgan import SSGANClassifier
from ssgan.training import progress as module
from ssgan.training.progress import Progress


class Clock:
    """Seconds that pass when they are told to."""

    def __init__(self):
        self.now = 100.0

    def monotonic(self):
        return self.now


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(module, "time", clock)
    return clock


def play(shown, clock, first_epoch=0, validation=None):
    """Run four epochs of 50 steps, ten to a call, two seconds each."""
    model = SimpleNamespace(steps_done=tf.Variable(50 * first_epoch))
    shown.set_model(model)
    shown.set_params({"epochs": 4, "steps": 50})
    shown.on_train_begin()
    for epoch in range(first_epoch, 4):
        shown.on_epoch_begin(epoch)
        for batch in range(9, 50, 10):
            clock.now += 2
            model.steps_done.assign_add(10)
            shown.on_train_batch_end(batch, {"loss": 0.5, "accuracy": 0.75})
        shown.on_epoch_end(epoch, validation)
    shown.on_train_end({"loss": 0.25, "accuracy": 1.0})


def lines(clock, **options):
    out = io.StringIO()
    play(Progress("mnist", rich.console.Console(file=out)), clock, **options)
    return out.getvalue().splitlines()


def test_plain_lines_say_where_it_is_and_for_how_long(clock):
    shown = lines(clock)
    # Every 30 steps take 6 seconds; the first 10 compiled and are no measure.
    assert shown[0] == "mnist: 30/200  loss 0.500  labeled error 25.00 %  0:34 left"
    assert [line.split()[1] for line in shown[1:3]] == ["60/200", "90/200"]
    assert (
        shown[-1] == "mnist: 200/200  loss 0.250  labeled error 0.00 %  0:40 in total"
    )


def test_members_of_an_ensemble_are_numbered():
    out = io.StringIO()
    shown = Progress("toy", rich.console.Console(file=out))
    data = toy(30)
    x, y = data.x_train, data.y_train
    recipe = TINY_GAME.supervised()
    options = {"steps": 10, "random_state": 0, "callbacks": [shown]}
    SSGANClassifier(recipe, n_members=2, **options).fit(x, y)
    SSGANClassifier(recipe, **options).fit(x, y)
    names = [line.split(": 10/10")[0] for line in out.getvalue().splitlines()]
    assert names == ["toy, member 1 of 2", "toy, member 2 of 2", "toy"]


def test_runs_that_share_a_terminal_draw_no_bar(clock):
    out = io.StringIO()
    terminal = rich.console.Console(file=out, force_terminal=True)
    play(Progress("mnist", terminal, live=False), clock)
    assert out.getvalue().splitlines() == lines(clock)


def test_validation_error_stands_in_for_the_labeled_one(clock):
    shown = lines(clock, validation={"val_accuracy": 0.9})
    assert "validation error 10.00 %" in shown[-1]
    assert "labeled error" not in shown[-1]


def test_resumed_run_begins_where_it_was(clock):
    out = io.StringIO()
    shown = Progress("mnist", rich.console.Console(file=out))
    play(shown, clock, first_epoch=2)
    assert shown.first_step == 100
    assert out.getvalue().splitlines()[0].startswith("mnist: 130/200")


def test_bar_on_a_terminal(clock):
    out = io.StringIO()
    console = rich.console.Console(file=out, force_terminal=True, width=100)
    play(Progress("mnist", console), clock)
    assert "200/200" in out.getvalue()
    assert "left" in out.getvalue()


@pytest.mark.parametrize(
    ("seconds", "text"), [(75, "1:15"), (3675, "1:01:15"), (0.4, "0:00")]
)
def test_duration(clock, seconds, text):
    out = io.StringIO()
    shown = Progress("mnist", rich.console.Console(file=out))
    shown.set_model(SimpleNamespace(steps_done=tf.Variable(0)))
    shown.set_params({"epochs": 1, "steps": 1})
    shown.on_train_begin()
    shown.on_epoch_begin(0)
    clock.now += seconds
    shown.on_train_batch_end(0)
    shown.model.steps_done.assign(1)
    shown.on_train_end()
    assert out.getvalue() == f"mnist: 1/1  {text} in total\n"
