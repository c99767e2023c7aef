"""What stands in for a classifier, or its training, where that is not tested."""

import contextlib
import types

import numpy as np
import pytest

from ssgan.estimator import members
from ssgan.evaluation import compare


class Constant:
    """In place of SSGANClassifier: predict the first label, and remember each fit."""

    fits = []

    def __init__(self, recipe, n_members, random_state, callbacks=()):
        assert n_members == 1
        self.recipe, self.random_state, self.callbacks = recipe, random_state, callbacks

    def fit(self, x, y, checkpoints=None):
        self.x, self.y = x, y
        self.model_ = types.SimpleNamespace(info={"restarts": 0})
        self.fits.append(self)
        return self

    def predict(self, x):
        return np.full(len(x), self.y[self.y != -1][0])


@pytest.fixture
def fits(monkeypatch):
    """All fits of a comparison, none of which trains anything; a list."""
    monkeypatch.setattr(compare, "SSGANClassifier", Constant)
    monkeypatch.setattr(Constant, "fits", [])
    return Constant.fits


@contextlib.contextmanager
def without_training():
    """Networks are built and initialized, and take no step.

    To compile the steps takes nearly all of the time of a short training.
    """

    def train(recipe, model, *_, **__):
        model.steps_done.assign(recipe.steps)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(members, "train", train)
        yield


@pytest.fixture
def untrained():
    with without_training():
        yield
