"""The number of steps follows from a time and the machine."""

import dataclasses
import functools
import json
import types

import numpy as np
import pytest
from tiny import TINY

from ssgan import SSGANClassifier
from ssgan.data.choose_split import choose_split
from ssgan.data.examples import Data
from ssgan.estimator import classifier, members
from ssgan.nn.networks import mlp_discriminator
from ssgan.recipes import IMAGES
from ssgan.recipes.recipe import ShortForm
from ssgan.train_to_folder import train_to_folder
from ssgan.training import budget
from ssgan.training.progress import Progress


@pytest.fixture
def clock(monkeypatch):
    """A machine on which ten steps take a second, and so does the compilation."""
    seconds = iter(range(1000))
    for module in (budget, classifier):
        monkeypatch.setattr(module, "perf_counter", lambda: next(seconds))


@pytest.fixture
def data(rng):
    y = np.tile([0, 1], 40)
    return rng.normal(size=(80, 3)) + y[:, None], np.where(np.arange(80) < 10, y, -1)


def test_steps_fill_the_minutes(data, clock, tmp_path):
    X, y = data
    # What other minutes came to does not count.
    other = {"minutes": 9, "members": 1, "recipe": TINY.name, "steps": 100}
    (tmp_path / "steps.json").write_text(json.dumps(other))
    timed = SSGANClassifier(TINY, minutes=20 / 60, random_state=3)
    timed.fit(X, y, checkpoints=tmp_path)
    # 20 seconds: seven until steps are timed, and one for the compilation.
    assert timed.recipe_ == TINY.with_steps(120)
    assert int(timed.model_.steps_done.numpy()) == 120
    plain = SSGANClassifier(TINY, steps=120, random_state=3).fit(X, y)
    np.testing.assert_array_equal(timed.predict_proba(X), plain.predict_proba(X))


def test_members_share_the_minutes(data, clock):
    X, y = data
    with pytest.raises(ValueError, match="100 steps here. Received: 0.3 minutes"):
        SSGANClassifier(TINY, minutes=0.3, n_members=2).fit(X, y)


@pytest.mark.parametrize(
    ("step", "least", "minutes"),
    [(0.624, "1.1", 1.01), (90.0, "150", 149.5), (0.0301, "0.051", 0.05)],
)
def test_what_is_said_to_be_needed_is_enough(step, least, minutes):
    def within(minutes):
        return budget.recipe_within(minutes, TINY, lambda _: budget.Pace(0.0, step))

    said = f"at least {least} minutes, for 100 steps here. Received: {minutes} minutes"
    with pytest.raises(ValueError, match=said):
        within(minutes)
    assert within(float(least)).steps >= 100


def test_one_minute_is_one():
    with pytest.raises(ValueError, match="Received: 1 minute$"):
        budget.recipe_within(1, TINY, lambda _: budget.Pace(0.0, 1.0))


@pytest.mark.slow
def test_resumed_training_keeps_its_steps(tmp_path, rng, clock, monkeypatch):
    y = np.tile([0, 1], 40)
    x = rng.normal(size=(80, 3)) + y[:, None]
    data = Data("toy", x[:60], y[:60], x[60:], y[60:])
    arguments = (tmp_path / "out", data, choose_split(data, 10))
    options = {"recipe": TINY, "minutes": 0.35}

    class Stop(Progress):
        def on_epoch_begin(self, epoch, logs=None):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train_to_folder(*arguments, **options, progress=Stop)
    kept = tmp_path / "out" / "checkpoints" / "steps.json"
    known = json.loads(kept.read_text())
    assert known["steps"] > 100
    kept.write_text(json.dumps({**known, "steps": 100}))
    with pytest.raises(ValueError, match=r"minutes 0\.35"):
        train_to_folder(*arguments, recipe=TINY, minutes=0.5, resume=True)
    result = train_to_folder(*arguments, **options, resume=True)
    assert (result["steps"], result["minutes"]) == (100, 0.35)
    assert not kept.exists()


@pytest.mark.slow
def test_number_for_another_training_is_measured_anew(tmp_path, monkeypatch):
    measured = []

    def measure(*_):
        measured.append(1)
        return budget.Pace(1.0, 0.1)

    def within(rows=40, recipe=TINY, network=None, precision="float32"):
        settings = members.MemberSettings(
            recipe,
            n_classes=2,
            discriminator=network,
            checkpoints=tmp_path,
            precision=precision,
        )
        arguments = (settings, 1, 1, (None,) * 5, np.zeros((rows, 3)))
        members.within_minutes(*arguments, short=None, since=None)
        return len(measured)

    def network(units):
        return functools.partial(mlp_discriminator, units=(units,))

    monkeypatch.setattr(members, "measure_pace", measure)
    assert within() == within() == 1
    assert within(rows=50) == 2
    # Recipes of the same name.
    assert within(recipe=dataclasses.replace(TINY, labeled_size=5)) == 3
    assert within(network=network(9)) == within(network=network(9)) == 4
    assert within(network=network(10)) == 5
    assert within(precision="mixed_bfloat16") == 6


def test_steps_are_those_of_the_time_that_is_left():
    pace = budget.Pace(start=10.0, step=0.1)
    assert budget.recipe_within(2, TINY, lambda recipe: pace) == TINY.with_steps(1100)


def test_what_was_done_before_counts(monkeypatch):
    monkeypatch.setattr(budget, "perf_counter", lambda: 100.0)
    pace = budget.Pace(start=10.0, step=0.1)
    recipe = budget.recipe_within(2, TINY, lambda recipe: pace, since=70.0)
    assert recipe == TINY.with_steps(800)


def test_few_steps_are_those_of_the_short_form(tmp_path):
    asked, short = [], IMAGES.on_spread_labels()

    def measure(recipe):
        asked.append(recipe.name)
        return budget.Pace(start=10.0, step=0.02 if not recipe.terms else 0.12)

    within = functools.partial(
        budget.recipe_within, recipe=IMAGES, measure=measure, short=ShortForm(short, 6)
    )
    assert within(5, folder=tmp_path) == short.with_steps(14_500)
    assert asked == ["images-spread"]
    assert within(5, folder=tmp_path) == short.with_steps(14_500)
    assert len(asked) == 1
    assert within(6) == IMAGES.with_steps(2910)
    assert asked[1:] == ["images-spread", "images"]
    assert within(5, short=None) == IMAGES.with_steps(2410)


def test_few_slow_steps_are_enough_to_time(monkeypatch):
    seconds = iter(range(0, 1000, 3))
    monkeypatch.setattr(budget, "perf_counter", lambda: next(seconds))
    calls = budget._CallTimes()
    calls.set_model(types.SimpleNamespace(stop_training=False))
    calls.on_train_begin()
    for call in range(budget.LEAST_CALLS + 1):
        assert not calls.model.stop_training
        calls.on_train_batch_end(call)
    assert calls.model.stop_training
