"""How long a comparison will take, told before it begins."""

import dataclasses
import functools
from time import perf_counter

import numpy as np
import pytest
from tiny import TINY_GAME, TINY_IMAGES
from toy import toy

from ssgan.data.examples import Data
from ssgan.evaluation import expected_time, fold_lengths
from ssgan.evaluation.compare import compare
from ssgan.evaluation.draws import draw
from ssgan.evaluation.expected_time import (
    expected_seconds,
    recipe_with_folds,
    seconds_with_folds,
)
from ssgan.evaluation.fold_lengths import fold_steps
from ssgan.training.budget import Pace, TooFewMinutes


def test_every_training_counts(monkeypatch):
    """Two splits and three members, at a second to begin and a tenth for a step."""
    asked = []

    def pace(recipe, make_model, x, codes, unlabeled):
        asked.append((recipe.name, len(x), len(codes)))
        return Pace(1.0, 0.1 if recipe.generator else 0.05)

    monkeypatch.setattr(expected_time, "measure_pace", pace)
    data, recipe = toy(), TINY_GAME.with_steps(1000)
    methods = ("supervised", "self-training", "ssgan", "ceiling")
    runs = [(m, d) for d in draw(data, 6, splits=2) for m in methods]
    seconds = expected_seconds(runs, recipe, n_members=3)
    # The ceiling is the same network with more labels.
    assert seconds == pytest.approx(2 * 3 * (1 + 100) + 4 * 3 * (1 + 50))
    assert asked == [(recipe.name, 6, 6), (recipe.supervised().name, 6, 6)]


def test_nothing_to_train_takes_no_time():
    assert expected_seconds([], TINY_GAME) is None


def test_short_trainings_of_a_fit_count(monkeypatch):
    """Two members, and four folds of both networks, each of 600 steps or a part."""

    def pace(recipe, make_model, x, codes, unlabeled):
        return Pace(1.0, 0.1 if recipe.generator else 0.05)

    monkeypatch.setattr(expected_time, "measure_pace", pace)
    data = toy()
    fit = functools.partial(seconds_with_folds, data=data, y=data.y_train, n_members=2)
    starts = 2 + 4 * 2
    for steps, each in ((3000, 600), (8000, 1400)):
        seconds = starts + 2 * 0.1 * steps + 4 * 0.15 * each
        assert fit(TINY_GAME.with_steps(steps)) == pytest.approx(seconds)
    assert fit(TINY_GAME.with_steps(2000)) is None
    pixels = toy(images=True)
    seconds = starts + 3000 * (2 * 0.1 + 0.7 * 0.15)
    given = fit(TINY_IMAGES.with_steps(3000), data=pixels, y=pixels.y_train)
    assert given == pytest.approx(seconds, rel=0.01)  # Each fold in tens of steps.
    # The labels of one fold are enough: fewer networks, of as many steps in all.
    monkeypatch.setattr(fold_lengths, "ANSWERS", 10)
    fewer = fit(TINY_IMAGES.with_steps(3000), data=pixels, y=pixels.y_train)
    assert fewer == pytest.approx(seconds - 3 * 2, rel=0.01)


@pytest.mark.parametrize(("most", "graphs"), [(100, 1 + 4), (40, 1 + 4 / 2)])
def test_labels_that_spread_count(monkeypatch, most, graphs):
    """Short trainings look at half as many images, if there are more than these."""
    monkeypatch.setattr(expected_time, "measure_pace", lambda *_: Pace(0.0, 0.1))
    monkeypatch.setattr(expected_time, "_spread", lambda *_: (None, 6.0))
    recipe = dataclasses.replace(
        TINY_IMAGES, spread_steps=1, spread_least=1, spread_most=most
    )
    data = toy(images=True)
    made, folds = recipe_with_folds(2, recipe, data, data.y_train)
    assert folds == 4
    seconds = 120 - 6 * graphs
    assert made.steps == int(seconds / (0.1 + 2 * 0.7 * 0.1)) // 10 * 10


@pytest.mark.parametrize("labels", [3, 50])
@pytest.mark.parametrize("spent", [0, 20])
@pytest.mark.parametrize("minutes", [0.5, 0.9, 1, 1.3, 1.4, 5])
def test_steps_of_rows_fill_the_minutes(minutes, spent, labels, monkeypatch):
    """With the steps of both networks in all folds: two of three labels."""
    monkeypatch.setattr(expected_time, "measure_pace", lambda *_: Pace(0.0, 0.01))
    data = toy()
    y = np.where(np.arange(50) < labels, data.y_train, -1)
    since = perf_counter() - spent
    made, folds = recipe_with_folds(minutes, TINY_GAME, data, y, since=since)
    there = 2 if labels == 3 else 4

    def seconds(steps):
        each = fold_steps(steps, images=False, folds=there)
        return spent + 0.01 * (steps + 2 * there * each)

    assert folds == 4
    assert seconds(made.steps) <= 60 * minutes + 1  # Each fold in tens of steps.
    assert seconds(made.steps + 20) > 60 * minutes - 1


def test_too_few_minutes_go_without_short_trainings(monkeypatch, tmp_path):
    """At half a minute to begin, eight networks begin in a quarter of 16 minutes."""
    monkeypatch.setattr(expected_time, "measure_pace", lambda *_: Pace(30.0, 0.1))
    fit = functools.partial(recipe_with_folds, folder=tmp_path)
    arguments = TINY_GAME, toy(), toy().y_train
    with pytest.warns(
        UserWarning, match=r"stays unknown: in 2.01 min.* 17 minutes are"
    ):
        made = fit(2.01, *arguments)
    assert made == (TINY_GAME.with_steps(900), 0)
    # A continued one goes on so, also where the machine is faster by now.
    monkeypatch.setattr(expected_time, "measure_pace", lambda *_: Pace(1.0, 0.1))
    assert fit(2.01, *arguments) == made
    assert recipe_with_folds(2, *arguments)[1] == 4
    monkeypatch.setattr(expected_time, "measure_pace", lambda *_: Pace(30.0, 0.1))
    assert recipe_with_folds(17, *arguments)[1] == 4
    monkeypatch.setattr(expected_time, "measure_pace", lambda *_: Pace(300.0, 0.1))
    said = r"at least 5\.2 minutes.*Received: 3 min"
    with pytest.raises(TooFewMinutes, match=said):
        recipe_with_folds(3, *arguments)


@pytest.mark.filterwarnings("ignore:The error on new examples stays unknown")
@pytest.mark.parametrize(("start", "networks"), [(30.0, 1), (2.5, 2), (1.0, 2)])
def test_what_does_not_fit_is_not_timed(start, networks, monkeypatch):
    """The labels alone are not, where the four networks before begin too slowly."""
    said = []
    monkeypatch.setattr(
        expected_time,
        "measure_pace",
        lambda *_: said.append("timed") or Pace(start, 0.1),
    )
    tell = functools.partial(said.append, "told")
    recipe_with_folds(1, TINY_GAME, toy(), toy().y_train, on_timing=tell)
    assert said == ["told", *["timed"] * networks]


def test_single_labels_leave_all_minutes_to_the_training(monkeypatch):
    monkeypatch.setattr(expected_time, "measure_pace", lambda *_: Pace(1.0, 0.1))
    y = np.where(np.arange(50) < 2, toy().y_train, -1)
    made = recipe_with_folds(2.01, TINY_GAME, toy(), y)
    assert made == (TINY_GAME.with_steps(1190), 4)


def test_gray_images_have_a_channel_for_the_networks(monkeypatch):
    shapes = []

    def pace(recipe, make_model, x, codes, unlabeled):
        shapes.extend([x.shape[1:], unlabeled.shape[1:]])
        return Pace(1.0, 0.1)

    monkeypatch.setattr(expected_time, "measure_pace", pace)
    runs = [("ssgan", d) for d in draw(toy(images=True), 6, splits=1)]
    assert expected_seconds(runs, TINY_GAME.with_steps(5000)) > 0
    assert shapes == [(2, 2, 1)] * 2


@pytest.mark.parametrize(("size", "steps", "told"), [(2, 2000, 0), (32, 500, 1)])
def test_few_steps_of_large_images_are_worth_it(size, steps, told, monkeypatch):
    monkeypatch.setattr(expected_time, "measure_pace", lambda *_: Pace(1.0, 0.1))
    y = np.arange(20) % 2
    data, said = Data("own", np.zeros((20, size, size, 3), np.uint8), y), []
    tell = functools.partial(said.append, "timing")
    recipe = TINY_GAME.with_steps(steps)
    seconds = seconds_with_folds(recipe, data, y, on_timing=tell)
    assert (seconds is not None, len(said)) == (bool(told), told)


def test_short_trainings_are_not_measured_first(fits):
    told = []
    compare(toy(), 6, splits=1, steps=7, on_start=told.append)
    assert told == [None]


@pytest.mark.slow  # A measurement.
def test_time_of_real_trainings(monkeypatch):
    monkeypatch.setattr(expected_time, "WORTH_STEPS", 1)
    told = []
    methods = ["supervised", "ssgan"]
    recipe = dataclasses.replace(TINY_GAME, steps=20)
    result = compare(
        toy(), 6, splits=1, recipe=recipe, methods=methods, on_start=told.append
    )
    took = sum(row["seconds"] for row in result.rows)
    [seconds] = told
    assert took / 10 < seconds < 10 * took


def test_steps_are_timed_on_this_machine():
    """Nothing stands in for the measurement: the networks are built, and take steps."""
    data, recipe = toy(images=True), TINY_IMAGES.with_steps(5000)
    assert 0 < seconds_with_folds(recipe, data, data.y_train) < 10_000
