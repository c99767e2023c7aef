"""Similar examples vote on guesses; an interrupted training has the same votes."""

import dataclasses

import numpy as np
import pytest
from ctrl_c import CtrlC
from tiny import TINY, TINY_GAME

from ssgan.training.build import build
from ssgan.training.loop import train
from ssgan.training.votes import FLOOR, Voters, Votes

# Two labeled examples and those at the places 1 and 4 vote on six.
VOTERS = Voters(
    codes=np.array([0, 1]),
    places=np.array([1, 4]),
    nearest=np.array([[0, 2], [1, 3], [2, 3], [2, 1], [0, 1], [3, 2]]),
    weights=np.array([[0.5, 0.5], [1, 0], [0.25, 0.75], [0, 1], [1, 0], [1, 0]], "f4"),
)


def test_votes_are_weighted():
    guesses = np.array([[0.2, 0.8], [0.6, 0.4]], "float32")
    expected = [[0.6, 0.4], [0, 1], [0.5, 0.5], [0, 1], [1, 0], [0.6, 0.4]]
    np.testing.assert_allclose(VOTERS.votes(guesses), expected, rtol=1e-6)


def test_they_count_after_the_first_interval():
    x = np.arange(18, dtype="float32").reshape(6, 3) / 18
    recipe = dataclasses.replace(TINY, neighbor_votes=2.0)
    model = build(recipe, x, 2)
    votes = Votes(recipe, model, VOTERS, x)
    assert model.votes_at is None
    with votes:
        votes.on_epoch_begin(0)
        np.testing.assert_array_equal(model.votes_at(np.arange(6)), 1)
        model.steps_done.assign(10)
        votes.on_epoch_begin(1)
        given = model.votes_at(np.array([5, 0, 1])).numpy()
    logits = model.logits(x).numpy()[[1, 4]]
    guesses = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    likely = (VOTERS.votes(guesses)[[5, 0, 1]] + FLOOR) ** 2
    expected = likely / likely.max(axis=1, keepdims=True)
    np.testing.assert_allclose(given, expected, rtol=1e-5)
    assert model.votes_at is None


@pytest.fixture
def examples():
    rng = np.random.default_rng(0)
    x = (rng.normal(size=(42, 16)) + 3 * (np.arange(42) % 2)[:, None]).astype("float32")
    nearest, weights = rng.integers(42, size=(42, 3)), rng.random((42, 3))
    weights = (weights / weights.sum(axis=1, keepdims=True)).astype("float32")
    return x, np.arange(2), Voters(np.arange(2), np.arange(2, 42), nearest, weights)


@pytest.mark.usefixtures("ctrl_c")
@pytest.mark.parametrize("game", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_training_goes_on_with_the_votes_it_had(game, examples, tmp_path):
    x, y, voters = examples
    recipe = TINY
    if game:
        recipe = dataclasses.replace(TINY_GAME, terms=TINY_GAME.terms + TINY.terms)
    recipe = dataclasses.replace(recipe.with_steps(1000), neighbor_votes=2.0)

    def trained(name, *callbacks, voters=voters):
        folder = tmp_path / name
        folder.mkdir(exist_ok=True)
        model = build(recipe, x, 2)
        options = {"checkpoint": folder / "member.keras", "voters": voters}
        train(recipe, model, x[:2], y, x, callbacks=callbacks, **options)
        return model.predict(x)

    expected = trained("whole")
    with pytest.raises(KeyboardInterrupt):
        trained("parts", CtrlC(20))  # An interval has fifty steps.
    assert (tmp_path / "parts" / "member.unfinished.npz").exists()
    np.testing.assert_array_equal(trained("parts"), expected)
    assert not np.array_equal(trained("without", voters=None), expected)
