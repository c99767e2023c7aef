import numpy as np
import pytest

from ssgan.stats.calibration import brier_score, calibration_error


def test_calibration_error():
    confidence = np.array([0.95, 0.95, 0.95, 0.95, 0.6, 0.6])
    right = np.array([True, True, True, False, True, False])
    error, bins = calibration_error(confidence, right)
    assert error == pytest.approx((4 * 0.2 + 2 * 0.1) / 6)
    assert bins == [(2, pytest.approx(0.6), 1), (4, pytest.approx(0.95), 3)]


def test_brier_score():
    p = np.array([[0.8, 0.2], [0.4, 0.6]])
    expected = (0.2**2 + 0.2**2 + 0.6**2 + 0.6**2) / 2
    assert brier_score(p, np.array([0, 0])) == pytest.approx(expected)
