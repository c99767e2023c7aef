import itertools
import json

import numpy as np
import pytest
from toy import toy

from ssgan.data.examples import Data
from ssgan.evaluation import beside_spreading as module
from ssgan.evaluation.beside_spreading import beside_spreading


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """Label spreading takes a second, whatever runs beside it."""
    monkeypatch.setattr(module, "perf_counter", itertools.count(0.0).__next__)


def beside(model_wrong, test_labels=None, images=False):
    """Ask about 100 test examples, of which a model answers the first ones wrongly."""
    all_ = toy(rows=210, images=images)
    x, y = all_.x_train, all_.y_train
    true = y[100:] if test_labels is None else test_labels
    data = Data("toy", x[:100], y[:100], x[100:], true)
    some = np.where(np.arange(100) < 10, y[:100], -1)
    said = beside_spreading(data, some, 0, np.arange(100) < model_wrong)
    assert json.loads(json.dumps(said)) == said
    return said


@pytest.mark.parametrize("images", [False, True])
def test_the_better_method_is_named(images):
    said = beside(model_wrong=30, images=images)
    assert (said["error"], said["mean"]) == (0.0, 0.3)
    assert 0.2 < said["low"] < 0.3 < said["high"] < 0.4
    assert " makes 0 % errors, in 1 second, and is better: " in said["sentence"]
    assert said["sentence"].endswith("use it (--method label-spreading).")


def test_a_better_model_and_no_difference_are_told():
    others = np.arange(100) % 2  # Not those of the examples: half of them are wrong.
    worse = beside(model_wrong=1, test_labels=np.roll(others, 1))
    right = beside(model_wrong=1, test_labels=others)
    [said] = [said for said in (worse, right) if said["error"] == 1.0]
    assert said["sentence"].endswith("1 second: this model is better.")
    [said] = [said for said in (worse, right) if said["error"] == 0.0]
    assert said["mean"] == 0.01
    assert "do not tell for sure which is better: consider it" in said["sentence"]


def test_labels_alone_have_nothing_to_spread_to():
    data = toy()
    assert beside_spreading(data, data.y_train, 0, np.zeros(10, bool)) is None


@pytest.mark.parametrize("shape", [(3,), (8, 8), (16, 16, 3)])
@pytest.mark.parametrize(("n", "labels"), [(3, 2), (5, 4), (6, 2), (8, 2)])
def test_a_handful_of_examples_is_enough(shape, n, labels, rng):
    x = rng.integers(0, 255, size=(n, *shape)).astype("uint8")
    y = np.arange(n) % 2
    some = np.where(np.arange(n) < labels, y, -1)
    said = beside_spreading(Data("few", x, some, x, y), some, 0, np.zeros(n, bool))
    assert 0 <= said["error"] < 1
