"""Intervals hold what they should as often as they say."""

import itertools

import numpy as np
import pytest
import scipy.stats

from ssgan.stats.intervals import (
    binomial_interval,
    matched_interval,
    mean_interval,
    paired_interval,
    product_interval,
    spread_interval,
)


def test_binomial_interval():
    # Hanley and Lippman-Hand 1983: none of n leaves some 3/n open; exactly, one-sided
    # 0.975, 1 - 0.025^(1/n).
    assert binomial_interval(0, 10) == (0, pytest.approx(1 - 0.025**0.1))
    assert binomial_interval(10, 10) == (pytest.approx(0.025**0.1), 1)
    for k in (1, 3, 119):
        exact = scipy.stats.binomtest(k, 120).proportion_ci(0.95, "exact")
        assert binomial_interval(k, 120) == pytest.approx((exact.low, exact.high))
    lows, highs = zip(*(binomial_interval(k, 9) for k in (2, 2.5, 3)), strict=True)
    assert sorted(lows) == list(lows)
    assert sorted(highs) == list(highs)


def test_product_interval_adds_squares_of_logarithms():
    found = product_interval((0.2, 0.2 / np.exp(3), 0.2 * np.exp(0.5)), (0.5, 0.5, 1))
    high = np.hypot(0.5, np.log(2))
    assert found == pytest.approx((0.1, 0.1 / np.exp(3), 0.1 * np.exp(high)))
    assert product_interval((0.2, 0, 0.3), (0.5, 0.4, 0.6))[1] == 0


def test_product_interval_holds_the_error_at_twice_the_labels(rng):
    """A binomial error times a factor told by eight slopes, as `sentences` says it."""
    p, slope, n, inside = 0.28, -0.56, 120, 0
    for _ in range(500):
        k = rng.binomial(n, p)
        ends = mean_interval(rng.normal(slope, 0.15, size=8))
        factor = tuple(2**end for end in ends)
        _, low, high = product_interval((k / n, *binomial_interval(k, n)), factor)
        inside += low <= p * 2**slope <= high
    assert 0.94 <= inside / 500 <= 0.99


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


def test_matched_interval_of_one_case():
    """Agresti and Min's formula, with half an example more in each of four cells."""
    first, second = np.zeros((2, 20), bool)
    first[:7], second[5:8] = True, True  # 5 only the first, 1 only the second.
    mean, low, high = matched_interval(first, second)
    p, q = 5.5 / 22, 1.5 / 22
    half = 1.959964 * np.sqrt((p + q - (p - q) ** 2) / 22)
    assert mean == 4 / 20
    assert (low, high) == pytest.approx((p - q - half, p - q + half))


@pytest.mark.parametrize("n", [10, 30, 60])
def test_matched_interval_holds_the_difference(n):
    """Computed exactly, over all outcomes."""

    def ends(b, c):
        first, second = np.zeros((2, n), bool)
        first[:b], second[b : b + c] = True, True
        return matched_interval(first, second)[1:]

    pairs = [(b, c) for b in range(n + 1) for c in range(n + 1 - b)]
    low, high = np.array([ends(b, c) for b, c in pairs]).T
    outcomes = np.array([(b, c, n - b - c) for b, c in pairs])
    held = []
    for p, q in itertools.product((0.02, 0.1, 0.3), repeat=2):
        weights = scipy.stats.multinomial.pmf(outcomes, n, [p, q, 1 - p - q])
        held.append(weights[(low <= p - q) & (p - q <= high)].sum())
    assert min(held) > 0.89
    assert np.mean(held) > 0.95


def test_paired_interval_by_hand():
    d = np.array([[1, 0, 0, 1], [1, 0, -1, 0]])
    # Splits 0.5 and 0, examples 1, 0, -0.5, 0.5; the mean is 0.25.
    a = 2 * 0.25**2 / 2
    b = (0.75**2 + 0.25**2 + 0.75**2 + 0.25**2 + 1) / 12
    f = (a + b) ** 2 / (a**2 / 1 + b**2 / 3)
    half = max(12.7062 * a**0.5, scipy.stats.t.ppf(0.975, f) * (a + b) ** 0.5)
    assert paired_interval(d) == pytest.approx((0.25, 0.25 - half, 0.25 + half))
    # With many splits of different results, the second part is the larger one.
    d = np.tile([[1, 0, 0, 0]], (9, 1))
    f = 3
    half = 3.18245 * ((0.75**2 + 3 * 0.25**2 + 1) / 12) ** 0.5
    assert paired_interval(d)[1] == pytest.approx(0.25 - half, rel=1e-5)


@pytest.mark.parametrize(("n", "m"), [(4, 7), (3, 2)])
def test_paired_interval_is_the_formula(n, m, rng):
    d = rng.integers(-1, 2, (n, m))
    mean, of_splits, of_examples = d.mean(), d.mean(axis=1), d.mean(axis=0)
    a = of_splits.var(ddof=1) / n
    b = of_examples.var(ddof=1) / m + 1 / (m * (m - 1))
    f = (a + b) ** 2 / (a**2 / (n - 1) + b**2 / (m - 1))
    parts = [
        scipy.stats.t.ppf(0.975, n - 1) * a**0.5,
        scipy.stats.t.ppf(0.975, f) * (a + b) ** 0.5,
    ]
    expected = mean, mean - max(parts), mean + max(parts)
    assert paired_interval(d) == pytest.approx(expected)


@pytest.mark.parametrize("m", [1, 2, 30, 1000])
@pytest.mark.parametrize("value", [0, 1])
def test_paired_interval_is_never_without_width(m, value):
    mean, low, high = paired_interval(np.full((5, m), value))
    assert mean == value
    assert high - low > 2 / m
    assert paired_interval(np.zeros((1, m))) == (0, None, None)
