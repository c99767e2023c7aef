"""What randomly drawn pictures say about the classifier."""

import numpy as np
import pytest
from scipy.stats import binomtest

from ssgan.web.honest_curve import honest_curve


def judges(errors, labels_between=4, group=5):
    """Return groups of judges, a number of them wrong in each."""
    wrong = [i < n for n in errors for i in range(group)]
    return [(labels_between * (i + 1), not w) for i, w in enumerate(wrong)]


def test_nothing_is_said_without_judges():
    assert honest_curve([]) == {"now": None, "points": [], "ahead": None}


def test_error_of_now_is_that_of_the_last_twenty():
    now = honest_curve(judges([5, 5, 1, 0, 1, 0]))["now"]
    assert (now["n"], now["wrong"], now["error"]) == (20, 2, 0.1)
    interval = binomtest(2, 20).proportion_ci(0.95, method="exact")
    assert (now["low"], now["high"]) == pytest.approx([interval.low, interval.high])


def test_points_are_of_five_judges_each():
    points = honest_curve([*judges([3, 1]), (44, True)])["points"]
    assert [(p["n_labels"], p["n"], p["wrong"]) for p in points] == [
        *((12, 5, 3), (32, 5, 1)),
    ]
    assert all(p["low"] <= p["error"] <= p["high"] for p in points)


def test_ten_more_labels_bring_what_the_power_law_says():
    judged = judges([4, 2, 1])
    ahead = honest_curve(judged)["ahead"]
    # A straight line through the logarithms; half an error more among one more judge.
    x, y = np.log([12, 32, 52]), np.log([4.5 / 6, 2.5 / 6, 1.5 / 6])
    slope, start = np.polyfit(x, y, 1)
    assert ahead["n_labels"] == 61
    assert ahead["error"] == pytest.approx(np.exp(start + slope * np.log(61)))
    assert ahead["error_ahead"] == pytest.approx(np.exp(start + slope * np.log(71)))
    assert ahead["error_ahead"] < ahead["error"]
    flat = honest_curve(judges([1, 1, 1]))["ahead"]
    assert flat["error_ahead"] == pytest.approx(flat["error"])
    assert honest_curve(judges([4, 2]))["ahead"] is None


def test_interval_covers_the_true_error(rng):
    """Of a classifier that always errs in a fifth of all pictures."""
    covered = []
    for _ in range(200):
        now = honest_curve([(i, rng.random() > 0.2) for i in range(20)])["now"]
        covered.append(now["low"] <= 0.2 <= now["high"])
    assert np.mean(covered) >= 0.93
