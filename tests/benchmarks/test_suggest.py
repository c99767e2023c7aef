"""Suggested labels: what is recorded is not measured again, and forms do not mix."""

import numpy as np
import pytest
from scripts import script

from ssgan import load
from ssgan.evaluation.result_rows import ResultRows


class StandIn:
    """A pool that labels its examples in their order, and counts the trainings."""

    seed = 0

    def __init__(self, data):
        self.data, self.y, self.fits, self.error = data, data.y_train, 0, 0.5

    def choose(self, strategy, classifier, model, labeled, n):
        assert model or strategy == "random" or not labeled
        return [*range(len(labeled), len(labeled) + n)]

    def fit(self, classifier, labeled):
        self.fits += 1
        return "model", self.error


@pytest.fixture
def measure(monkeypatch, tmp_path):
    suggest, rows = script("suggest"), ResultRows(tmp_path)
    pool = StandIn(load("digits"))

    def measure(strategy, labels, error=0.5):
        """Return how often it trained, and all rows."""
        pool.fits, pool.error = 0, error
        plans = suggest.planned(pool.data, 0, strategy, "regression", labels)
        suggest.run(pool, plans, rows)
        return pool.fits, rows.rows

    return measure


def test_only_what_has_no_row_is_measured(measure):
    assert measure("random", [10, 20])[0] == 2
    fits, rows = measure("random", [10, 20, 40])
    assert fits == 1
    assert [row["n_labels"] for row in rows] == [10, 20, 40]
    # To suggest more, there must be a model; but no row is written twice.
    measure("suggested", [10, 20])
    fits, rows = measure("suggested", [10, 20, 40])
    assert fits == 3
    assert [row["n_labels"] for row in rows] == 2 * [10, 20, 40]
    # Nobody asks what the last one is unsure of.
    del rows[3]
    assert measure("suggested", [10, 20, 40])[0] == 1
    # Other models have been asked on the way.
    assert len(measure("suggested", [20, 40])[1]) == 8


def test_another_recipe_is_another_form(measure, monkeypatch):
    suggest = script("suggest")
    _, rows = measure("random", [10, 20])
    older = dict(rows[0], fingerprint="regression@10", seed=1, error=0.9)
    line = "digits", "regression", "random"
    assert suggest.errors_of([older], *line) == {10: [0.9]}
    assert suggest.errors_of([older, *rows], *line) == {10: [0.5], 20: [0.5]}
    monkeypatch.setitem(suggest.REGRESSION, "max_iter", 2000)
    _, rows = measure("random", [10], error=0.25)
    assert suggest.errors_of(rows, *line) == {10: [0.25], 20: [0.5]}


def test_typical_examples_make_fewer_errors_than_random_ones():
    suggest, data = script("suggest"), load("digits")
    pool = suggest.Pool(data, 0)
    errors = {}
    for strategy in ("random", "typical"):
        chosen = pool.choose(strategy, "spreading", None, [], 20)
        assert len(np.unique(chosen)) == 20
        errors[strategy] = pool.fit("spreading", chosen)[1]
    assert errors["typical"] < errors["random"]
