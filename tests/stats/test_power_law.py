import numpy as np
import pytest
import scipy.stats

from ssgan.stats.power_law import PowerLaw


def test_power_law_finds_the_law_it_was_drawn_from():
    labels = np.array([10.0, 20, 40, 80])
    law = PowerLaw(labels, 0.8 * labels**-0.5)
    assert law.slope == pytest.approx(-0.5)
    error, low, high = law.predict(160)
    assert error == pytest.approx(0.8 * 160**-0.5)
    assert low == pytest.approx(high)
    assert law.times_labels(0.5) == pytest.approx((4, 4, 4))


def test_interval_holds_one_more_run_as_often_as_it_says(rng):
    labels = np.repeat([20.0, 50, 100], 3)

    def runs(labels):
        return 0.5 * labels**-0.7 * np.exp(0.2 * rng.normal(size=np.shape(labels)))

    inside = 0
    for _ in range(1000):
        _, low, high = PowerLaw(labels, runs(labels)).predict(500)
        inside += low <= runs(np.array(500.0)) <= high
    # 95 %: a binomial standard deviation is 0.7 % of 1000.
    assert 925 <= inside <= 975


def test_interval_is_that_of_least_squares():
    labels, errors = (
        np.array([10.0, 20, 40, 80, 80]),
        np.array([0.3, 0.2, 0.17, 0.1, 0.12]),
    )
    x, y = np.log(labels), np.log(errors)
    design = np.stack([np.ones(5), x], axis=1)
    inverse = np.linalg.inv(design.T @ design)
    line = inverse @ design.T @ y
    variance = np.sum((y - design @ line) ** 2) / 3
    at = np.array([1, np.log(200)])
    half = scipy.stats.t.ppf(0.975, 3) * np.sqrt(variance * (1 + at @ inverse @ at))
    expected = np.exp([at @ line, at @ line - half, at @ line + half])
    np.testing.assert_allclose(PowerLaw(labels, errors).predict(200), expected)


@pytest.mark.parametrize("errors", [[0.2, 0.2], [0.2, 0.3], [0.2, 0.2 - 1e-9]])
def test_line_that_does_not_fall_reaches_nothing(errors):
    law = PowerLaw(np.array([10.0, 20]), np.array(errors))
    assert law.times_labels(0.5)[0] == np.inf


def test_interval_of_labels_is_that_of_the_slope():
    labels, errors = np.array([10.0, 20, 40, 80]), np.array([0.3, 0.2, 0.16, 0.1])
    fit = scipy.stats.linregress(np.log(labels), np.log(errors))
    half = scipy.stats.t.ppf(0.975, 2) * fit.stderr
    slopes = np.array([fit.slope, fit.slope - half, fit.slope + half])
    times = PowerLaw(labels, errors).times_labels(0.5)
    np.testing.assert_allclose(times, 0.5 ** (1 / slopes))
    assert times[1] < times[0] < times[2]


def test_no_error_is_above_all():
    law = PowerLaw(np.array([12.0, 24, 48]), np.array([0.5, 0.2, 0.4]))
    _, low, high = law.predict(240)
    assert low < high == 1
    rising = PowerLaw(np.array([10.0, 20, 40]), np.array([0.6, 0.7, 0.9]))
    assert rising.predict(99)[0] == 1
