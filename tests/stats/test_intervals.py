"""Intervals hold what they should as often as they say."""

import pytest
import scipy.stats

from ssgan.stats.intervals import binomial_interval, mean_interval, spread_interval


def test_binomial_interval():
    # Hanley and Lippman-Hand 1983: none of n leaves some 3/n open; exactly, one-sided
    # 0.975, 1 - 0.025^(1/n).
    assert binomial_interval(0, 10) == (0, pytest.approx(1 - 0.025**0.1))


def test_mean_interval_by_hand():
    # Mean 0.2, standard deviation 0.06, t(0.975; 2) = 4.3027.
    mean, low, high = mean_interval([0.20, 0.14, 0.26])
    assert mean == pytest.approx(0.2)
    assert high - mean == pytest.approx(mean - low)
    assert high - mean == pytest.approx(4.3027 * 0.06 / 3**0.5, rel=1e-4)


def test_mean_interval_is_that_of_the_t_test(rng):
    values = rng.normal(3, 2, size=9)
    expected = scipy.stats.ttest_1samp(values, 0).confidence_interval(0.95)
    mean, low, high = mean_interval(values)
    assert mean == pytest.approx(values.mean())
    assert (low, high) == pytest.approx((expected.low, expected.high))


def test_mean_interval_holds_the_mean_as_often_as_it_says(rng):
    inside = 0
    for _ in range(1000):
        _, low, high = mean_interval(rng.normal(3, 2, size=4))
        inside += low <= 3 <= high
    # 95 %: a binomial standard deviation is 0.7 % of 1000.
    assert 925 <= inside <= 975


def test_one_value_has_no_interval():
    assert mean_interval([0.25]) == (0.25, None, None)


def test_spread_interval_is_around_the_value_of_all():
    # As wide as that of the mean of the parts, t(0.975; 2) = 4.3027, but elsewhere.
    value, low, high = spread_interval(0.5, [0.20, 0.14, 0.26])
    assert (value, (low + high) / 2) == (0.5, pytest.approx(0.5))
    assert (high - low) / 2 == pytest.approx(4.3027 * 0.06 / 3**0.5, rel=1e-4)
