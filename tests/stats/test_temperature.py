"""Probabilities that promise too much are made less sure, and others left alone."""

import numpy as np
import pytest
import scipy.special
import sklearn.metrics

from ssgan.stats.predictions import softmax
from ssgan.stats.temperature import (
    cross_fitted,
    fit_temperature,
    log_loss,
    tempered,
)


def drawn(n, sharpness, rng):
    """Return probabilities that are too sure by a factor, and classes as they occur."""
    logits = rng.normal(size=(n, 3)) * 2
    p = softmax(logits)
    codes = (p.cumsum(axis=1) < rng.random((n, 1))).sum(axis=1)
    return softmax(sharpness * logits), codes


def test_tempered_divides_logits(rng):
    logits = rng.normal(size=(9, 4))
    expected = scipy.special.softmax(logits / 2.5, axis=1)
    np.testing.assert_allclose(tempered(softmax(logits), 2.5), expected)


def test_log_loss_is_that_of_scikit_learn(rng):
    p, codes = drawn(50, 2.0, rng)
    expected = sklearn.metrics.log_loss(codes, p, labels=[0, 1, 2])
    assert log_loss(p, codes) == pytest.approx(expected)


def test_temperature_is_found(rng):
    p, codes = drawn(20_000, 3.0, rng)
    assert fit_temperature(p, codes) == pytest.approx(3, rel=0.05)
    folds = np.arange(len(codes)) % 4
    t, after = cross_fitted(p, codes, folds)
    assert t == fit_temperature(p, codes)
    assert log_loss(after, codes) < log_loss(p, codes) - 0.2
    # Each fold has the temperature of the others.
    t = fit_temperature(p[folds != 1], codes[folds != 1])
    np.testing.assert_allclose(after[folds == 1], tempered(p[folds == 1], t))


@pytest.mark.parametrize("sharpness", [0.3, 1.0])
def test_what_is_not_too_sure_is_hardly_changed(sharpness, rng):
    p, codes = drawn(20_000, sharpness, rng)
    t, _ = cross_fitted(p, codes, np.arange(len(codes)) % 4)
    assert t == pytest.approx(1, abs=0.03)


def test_right_answers_make_nothing_surer():
    p = np.tile([0.8, 0.1, 0.1], (24, 1))
    t, after = cross_fitted(p, np.zeros(24, int), np.arange(24) % 4)
    assert t == 1
    np.testing.assert_array_equal(after, p)
