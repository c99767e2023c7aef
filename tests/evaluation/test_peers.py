"""Peers for rows of numbers learn, and choose what suits the rows."""

import numpy as np
import pytest
from sklearn.datasets import make_moons
from toy import toy

from ssgan.errors import InputError
from ssgan.evaluation import peers
from ssgan.evaluation.baselines import ROWS_ONLY, numbers
from ssgan.evaluation.compare import compare


@pytest.fixture(autouse=True)
def few_trees(monkeypatch):
    monkeypatch.setattr(peers, "TREES", 20)


@pytest.mark.parametrize("method", [*ROWS_ONLY, "self-training", "label-spreading"])
@pytest.mark.parametrize("each", [1, 4], ids=["one label", "four labels"])
def test_peers_learn(method, each):
    """Also where one label of each class allows no cross-validation."""
    data = toy(90, labels=("cat", "dog", "emu"))
    [row] = compare(data, 3 * each, splits=1, methods=[method]).rows
    # Boosted trees do not split three rows.
    assert row["error"] <= (0.1 if each == 4 else 0.8)
    assert row["recipe_numbers"] == numbers(method, images=False)


@pytest.mark.parametrize("method", ["logistic-regression", "nearest-neighbors"])
@pytest.mark.parametrize("matters", ["direction", "length"])
def test_form_of_the_rows_is_chosen(method, matters, rng):
    codes = np.arange(400) % 2
    length, angle = np.exp(rng.normal(size=400) * 3), rng.uniform(size=400)
    if matters == "direction":
        angle = 0.2 * angle + 0.6 * codes
    else:
        length = 1 + 0.2 * angle + codes
    x = length[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    known = np.where(np.arange(400) < 40, codes, -1)
    pipeline = peers.classify(method, x, known, 0)
    assert (pipeline.predict(x) != codes).mean() < 0.03


def test_number_of_neighbors_is_chosen(monkeypatch):
    """With three, some parts of these moons have no label."""
    x, codes = make_moons(120, noise=0.05, random_state=0)
    known = np.where(np.arange(120) < 16, codes, -1)
    errors = []
    for neighbors in [(3,), (3, 7)]:
        monkeypatch.setattr(peers, "SPREADING_NEIGHBORS", neighbors)
        pipeline = peers.spread_labels(x, known, 0)
        errors.append((pipeline.predict(x) != codes).mean())
    assert errors[0] > 0.1
    assert errors[1] == 0


def test_images_have_no_such_peers():
    with pytest.raises(InputError, match="methods among supervised, self-training"):
        compare(toy(images=True), 6, methods=["random-forest"])
