import numpy as np
import pytest

from ssgan.stats.power_law import PowerLaw


def test_power_law_finds_the_law_it_was_drawn_from():
    labels = np.array([10.0, 20, 40, 80])
    law = PowerLaw(labels, 0.8 * labels**-0.5)
    assert law.slope == pytest.approx(-0.5)
    error, low, high = law.predict(160)
    assert error == pytest.approx(0.8 * 160**-0.5)
    assert low == pytest.approx(high)
    assert law.labels_for(error) == pytest.approx(160)


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
