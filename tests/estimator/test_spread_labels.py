"""Labels spread to similar images, and a recipe may begin with them."""

import dataclasses
from types import SimpleNamespace

import numpy as np
import pytest
from stand_in import without_training
from tiny import TINY_GUESSES, TINY_IMAGES

from ssgan import SSGANClassifier
from ssgan.data.examples import Data
from ssgan.errors import InputError
from ssgan.estimator import members
from ssgan.estimator import spread_labels as module
from ssgan.estimator.class_shares import BEYOND_SPREAD, suited
from ssgan.estimator.continuation import continued_recipe
from ssgan.estimator.spread_labels import (
    SpreadLabels,
    for_parts,
    short_form,
    spread_for,
    spread_labels,
)
from ssgan.evaluation import expected_time
from ssgan.evaluation.left_out import leave_out
from ssgan.recipes import IMAGES, PHOTOS, VECTORS
from ssgan.recipes.recipe import ShortForm
from ssgan.training.budget import Pace

SIDE = 12


def bars(n, slant, rng):
    """Return images of one bar or two, slanted by up to `slant`, and how many."""
    y = np.arange(n) % 2
    rows, columns = np.mgrid[:SIDE, :SIDE]
    leaning = rng.uniform(-slant, slant, (n, 1, 1)) * (rows - SIDE / 2)
    place = columns - SIDE / 2 - leaning - rng.normal(0, 0.1, (n, 1, 1))
    one, two = np.abs(place) < 1, np.abs(np.abs(place) - 2) < 1
    x = np.where(y[:, None, None] == 1, two, one)
    return (200 * x + rng.integers(40, size=x.shape)).astype("uint8"), y


@pytest.mark.parametrize("slant", [0.0, 0.6])
def test_labels_spread_to_images_that_are_alike(slant):
    x, y = bars(400, slant, np.random.default_rng(0))
    spread = spread_labels(IMAGES, x[:8], y[:8], x)
    assert len(spread.x) == 8 + len(x)
    assert spread.error == 0
    assert np.abs(np.subtract(spread.shares, 0.5)).max() < 0.02
    truth = {image.tobytes(): c for image, c in zip(x, y, strict=True)}
    right = [
        truth[x.tobytes()] == c for x, c in zip(spread.x, spread.codes, strict=True)
    ]
    assert np.mean(right) > 0.99


def test_slants_are_taken_away_where_that_answers_better():
    x, y = bars(60, 1.4, np.random.default_rng(0))
    assert spread_labels(IMAGES, x[:20], y[:20], x).form == "upright"
    x, y = bars(60, 0.0, np.random.default_rng(0))
    assert spread_labels(IMAGES, x[:20], y[:20], x).form == "as they are"


def test_labels_that_neighbors_do_not_tell_are_not_spread():
    rng = np.random.default_rng(0)
    x = rng.integers(255, size=(300, SIDE, SIDE)).astype("uint8")
    assert spread_labels(IMAGES, x[:40], rng.integers(2, size=40), x) is None
    # With one label of each class, there is none to leave out.
    assert spread_labels(IMAGES, x[:2], np.array([0, 1]), x) is None


def test_only_recipes_for_images_begin_with_them():
    x, y = bars(100, 0.0, np.random.default_rng(2))
    recipe = dataclasses.replace(IMAGES, spread_steps=10)
    assert spread_for(recipe, x[:8], y[:8], x) is None  # Too few.
    recipe = dataclasses.replace(recipe, spread_least=100)
    spread = spread_for(recipe, x[:8], y[:8], x)
    assert spread is not None
    assert spread_for(dataclasses.replace(recipe, spread_steps=0), x, y, x) is None
    assert spread_for(VECTORS, x.reshape(100, -1), y, x.reshape(100, -1)) is None
    # Its shares are the bounds of the doubt, though they hardly differ.
    recipe, shares = suited(recipe, x[:8], y[:8], x, spread=spread)
    assert shares.guessed == spread.shares
    *_, guesses = recipe.terms
    assert guesses.options["shares"] == shares.bounds


def test_training_begins_with_them_and_goes_on_without():
    x, y = bars(200, 0.0, np.random.default_rng(3))
    y = np.where(np.arange(200) < 8, y, -1)

    def trained(spread_steps, **arguments):
        recipe = dataclasses.replace(TINY_GUESSES, spread_least=200)
        recipe = dataclasses.replace(recipe, spread_steps=spread_steps)
        classifier = SSGANClassifier(recipe, random_state=0)
        return classifier.fit(x, y, **arguments)

    first, alone = trained(20), trained(0)
    assert not np.array_equal(first.predict_proba(x), alone.predict_proba(x))
    # What neighbors tell is what is known of the shares, within narrow bounds.
    spread, shares = spread_labels(IMAGES, x[:8], y[:8], x), first.class_shares_
    assert (shares.guessed, shares.error) == (spread.shares, spread.error)
    assert spread.error <= 1 / 8
    assert shares.bounds[1] == tuple(
        1.02 * max(pair) for pair in zip(shares.labels, shares.guessed, strict=True)
    )


@pytest.fixture
def some_bars():
    """Images, their classes, eight of them as labels, and a recipe that spreads."""
    x, truth = bars(200, 0.0, np.random.default_rng(3))
    recipe = dataclasses.replace(
        TINY_GUESSES.with_steps(20), spread_steps=4, spread_least=200
    )
    return x, truth, np.where(np.arange(200) < 8, truth, -1), recipe


def test_they_spread_in_parts_of_a_set_if_in_the_whole(
    some_bars, monkeypatch, untrained
):
    x, truth, y, recipe = some_bars
    looked_at = []

    def spread(recipe, x, codes, unlabeled, seed):
        looked_at.append(len(unlabeled))
        return spread_labels(recipe, x, codes, unlabeled, seed)

    monkeypatch.setattr(module, "spread_labels", spread)
    leave_out(Data("bars", x, truth), y, recipe, folds=2, only=("ssgan",))
    assert looked_at == [196] * 2  # Each without four labeled images.
    fewer = for_parts(dataclasses.replace(recipe, spread_most=60), 8, 200)
    assert fewer.spread_most == 30
    assert len(spread_for(fewer, x[:8], truth[:8], x).x) == 8 + 30
    assert not for_parts(recipe, 8, 199).spread_steps
    assert not for_parts(recipe, 2001, 200).spread_steps


def test_steps_are_counted_for_the_labels_that_spread_in_the_training(
    some_bars, monkeypatch, untrained
):
    """The same images of many are looked at, so that the same form is chosen."""
    x, _, y, recipe = some_bars
    recipe, looked_at = dataclasses.replace(recipe, spread_most=50), []

    def spread(*arguments):
        looked_at.append(spread_labels(*arguments).x)
        return None

    monkeypatch.setattr(module, "spread_labels", spread)
    monkeypatch.setattr(expected_time, "measure_pace", lambda *_: Pace(0.0, 0.1))
    expected_time.recipe_with_folds(1, recipe, Data("bars", x, y), y, seed=7)
    SSGANClassifier(recipe, random_state=7).fit(x, y)
    np.testing.assert_array_equal(*looked_at)


def test_other_types_of_unlabeled_images_are_taken(some_bars):
    x, truth, y, recipe = some_bars
    classifier = SSGANClassifier(recipe, random_state=0)
    classifier.fit(x[:50], y[:50], unlabeled=x[50:].astype("float32"))
    assert classifier.class_shares_.beyond == BEYOND_SPREAD  # They spread.
    assert classifier.predict(x).shape == truth.shape


def test_resumed_where_the_processor_rounds_otherwise(some_bars, monkeypatch, tmp_path):
    x, _, y, recipe = some_bars
    SSGANClassifier(recipe, random_state=0).fit(x, y, checkpoints=tmp_path)

    def spread(*arguments):
        spread = spread_labels(*arguments)
        codes = spread.codes.copy()
        codes[100] = 1 - codes[100]
        return dataclasses.replace(spread, codes=codes, shares=[0.501, 0.499])

    monkeypatch.setattr(module, "spread_labels", spread)
    again = SSGANClassifier(recipe, random_state=0)
    again.fit(x, y, checkpoints=tmp_path)
    assert again.class_shares_.guessed == [0.501, 0.499]
    # But a recipe with other bounds of its own is another training.
    bounds = (0.4, 0.4), (0.6, 0.6)
    with pytest.raises(InputError, match="another recipe"):
        own = recipe.with_term("PseudoLabels", shares=bounds)
        SSGANClassifier(own, random_state=0).fit(x, y, checkpoints=tmp_path)


def test_nothing_to_spread_is_said(some_bars):
    x, _, y, _ = some_bars
    recipe = dataclasses.replace(TINY_IMAGES, spread_steps=4).on_spread_labels()
    with pytest.warns(UserWarning, match="learns from the labels alone"):
        SSGANClassifier(recipe.with_steps(10), random_state=0).fit(x, y)


def test_few_minutes_are_spent_on_them_alone(monkeypatch):
    monkeypatch.setattr(module, "RELIABLE", 0.2)  # One of eight labels is enough.
    monkeypatch.setattr(members, "measure_pace", lambda *_: Pace(1.0, 0.3))
    x, y = bars(200, 0.0, np.random.default_rng(3))
    truth, y = y, np.where(np.arange(200) < 8, y, -1)
    recipe = dataclasses.replace(TINY_IMAGES, spread_steps=4, spread_least=200)
    classifier = SSGANClassifier(recipe, minutes=1, random_state=0).fit(x, y)
    made = classifier.recipe_
    assert made == recipe.on_spread_labels().with_steps(made.steps)
    assert (made.generator, made.terms, made.spread_steps) == (None, (), made.steps)
    assert made.semi_supervised
    assert 100 < made.steps < 200
    assert classifier.score(x, truth) > 0.9
    assert classifier.class_shares_ is not None
    # One label of each class does not spread.
    with_one = np.where(np.arange(200) < 2, truth, -1)
    with without_training():
        plain = SSGANClassifier(recipe, minutes=1, random_state=0).fit(x, with_one)
    assert plain.recipe_ == recipe.with_steps(plain.recipe_.steps)


@pytest.mark.parametrize(
    ("generator", "recipe"),
    [(None, IMAGES.on_spread_labels()), (lambda *_: None, IMAGES)],
)
def test_a_generator_of_ones_own_is_trained(generator, recipe, monkeypatch):
    monkeypatch.setattr(members, "measure_pace", lambda *_: Pace(1.0, 0.3))
    settings = members.MemberSettings(IMAGES, n_classes=2, generator=generator)
    short = ShortForm(IMAGES.on_spread_labels(), 6)
    made = members.within_minutes(
        settings, 1, 1, (None,) * 5, None, short=short, since=None
    )
    assert made.recipe == recipe.with_steps(190)


def test_guesses_mend_labels_that_are_often_wrong():
    made = {
        error: short_form(IMAGES, SpreadLabels(None, None, [0.5, 0.5], error, ""))
        for error in (0.05, 0.06)
    }
    assert made[0.05] == (IMAGES.on_spread_labels(), 6)
    guesses, cheaper = made[0.06]
    assert (guesses.name, cheaper) == ("images-no-generator", 2)
    assert (guesses.generator, guesses.spread_steps) == (None, IMAGES.steps // 2)
    assert guesses.terms == (IMAGES.terms[-1],)
    assert short_form(IMAGES, None) is None
    assert short_form(guesses, SpreadLabels(None, None, [], 0.0, "")) is None
    without_labels = dataclasses.replace(IMAGES, supervised_weight=0.0)
    assert short_form(without_labels, SpreadLabels(None, None, [], 0.0, "")) is None


FASTER = dataclasses.replace(IMAGES, learning_rate=0.01)


@pytest.mark.parametrize(
    ("form", "whole"),
    [
        (IMAGES.on_spread_labels().with_steps(6000), IMAGES.with_steps(1000)),
        (IMAGES.without_generator().with_steps(2000), IMAGES.with_steps(1000)),
        (FASTER.on_spread_labels().with_steps(6000), FASTER.with_steps(1000)),
        (
            IMAGES.on_spread_labels().with_steps(6000).supervised(),
            IMAGES.with_steps(1000),
        ),
        (PHOTOS.without_flip().supervised(), PHOTOS.without_flip()),
        (FASTER.supervised(), FASTER),
        (FASTER, FASTER),
    ],
)
def test_what_goes_on_from_a_form_is_the_whole_recipe(form, whole):
    earlier = SimpleNamespace(recipe_=form, model_=SimpleNamespace(info={}))
    recipe = continued_recipe("auto", None, earlier, shape=(28, 28, 1))
    # In a fifth of the time.
    fifth = dataclasses.replace(whole.with_steps(whole.steps // 5), spread_steps=0)
    assert recipe == fifth
