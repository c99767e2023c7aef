"""Images vote on the ones whose strokes are like theirs."""

import dataclasses
from types import SimpleNamespace

import numpy as np
import pytest
from bars import bars
from tiny import TINY_GUESSES

from ssgan import SSGANClassifier
from ssgan.estimator import classifier as classifier_module
from ssgan.estimator import voters as voters_module
from ssgan.estimator.spread_labels import spread_labels
from ssgan.estimator.voters import find_voters

RECIPE = dataclasses.replace(TINY_GUESSES, spread_steps=4, neighbor_votes=2.0)


@pytest.fixture
def found():
    """Classes of images, what spreads to them, and their data."""
    x, truth = bars(200, 0.0, np.random.default_rng(3))
    spread = spread_labels(x[:8], truth[:8], x, most=60)
    data = SimpleNamespace(codes=truth[:8], x_labeled=x[:8], unlabeled=x)
    return truth, spread, data


@pytest.mark.parametrize("n_voters", [200, 60])
def test_similar_images_vote(n_voters, found, monkeypatch):
    truth, spread, data = found
    monkeypatch.setattr(voters_module, "PIECE", 70)
    monkeypatch.setattr(voters_module, "MOST", n_voters)
    voters = find_voters(RECIPE, spread, data, 0)
    assert voters.nearest.shape == voters.weights.shape == (200, 9)
    assert len(set(voters.places)) == n_voters
    assert voters.nearest.max() < 8 + n_voters
    np.testing.assert_allclose(voters.weights.sum(axis=1), 1, rtol=1e-6)
    votes = voters.votes(np.eye(2, dtype="float32")[truth[voters.places]])
    assert np.mean(votes.argmax(axis=1) == truth) > 0.95
    # Nobody votes on oneself.
    places = np.concatenate([np.full(8, -1), voters.places])
    own = places[voters.nearest] == np.arange(200)[:, None]
    assert own.any()
    assert (voters.weights[own] == 0).all()
    # A labeled image is among the unlabeled ones, too, and does.
    nobody = np.zeros((n_voters, 2), "float32")
    assert (voters.votes(nobody)[:8].argmax(axis=1) == voters.codes).all()


def test_nobody_votes_where_no_labels_spread(found):
    _, spread, data = found
    for recipe in (
        dataclasses.replace(RECIPE, neighbor_votes=0.0),
        dataclasses.replace(RECIPE, terms=()),
    ):
        assert find_voters(recipe, spread, data, 0) is None
    assert find_voters(RECIPE, None, data, 0) is None


def test_votes_count_in_a_training(found, monkeypatch):
    truth, *_ = found
    x, _ = bars(200, 0.0, np.random.default_rng(3))
    recipe = dataclasses.replace(RECIPE.with_steps(60), spread_least=200)
    y = np.where(np.arange(200) < 8, truth, -1)

    def answers():
        return SSGANClassifier(recipe, random_state=0).fit(x, y).predict_proba(x)

    with_votes = answers()
    monkeypatch.setattr(classifier_module, "find_voters", lambda *_: None)
    assert not np.array_equal(answers(), with_votes)
