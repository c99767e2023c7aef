import numpy as np
import pytest

from ssgan.stats.calibration import (
    brier_score,
    calibration_error,
    errors_by_coverage,
)


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


def test_errors_of_bins_do_not_cancel():
    # Too sure in one bin, too unsure in another. 0.1 and 1 are at the ends of bins.
    confidence = np.array([0.09, 0.1, 0.15, 0.89, 0.91, 1.0])
    right = np.array([True, False, True, False, True, True])
    error, bins = calibration_error(confidence, right)
    mean = pytest.approx
    assert bins == [
        (1, mean(0.09), 1),
        (2, mean(0.125), 1),
        (1, mean(0.89), 0),
        (2, mean(0.955), 2),
    ]
    assert error == mean((0.91 + 2 * 0.375 + 0.89 + 2 * 0.045) / 6)


def test_there_are_ten_bins():
    confidence = np.arange(20) / 20 + 0.025
    _, bins = calibration_error(confidence, np.ones(20, bool))
    assert [n for n, _, _ in bins] == [2] * 10


def test_errors_by_coverage():
    confidence = np.array([0.6, 0.9, 0.7, 0.7, 0.5])
    wrong = np.array([True, False, True, False, False])
    # The two of equal confidence come together.
    expected = [0, 1 / 3, 1 / 3, 2 / 4, 2 / 5]
    np.testing.assert_allclose(errors_by_coverage(confidence, wrong), expected)
