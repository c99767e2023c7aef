"""The error against the number of labels, from pictures drawn at random."""

import functools

import numpy as np

from ssgan.stats.intervals import binomial_interval
from ssgan.stats.power_law import PowerLaw

# Judges behind the estimate of today's error, and behind each point of the curve.
RECENT = 20
GROUP = 5
# Points that a power law needs, and labels that it looks ahead.
POINTS = 3
AHEAD = 10


def honest_curve(judged):
    """Return what randomly drawn pictures say about the classifier.

    Each was guessed before its label was known, so that nothing was learned from it.

    Parameters
    ----------
    judged : list of tuple of (int, bool)
        Number of labels when it was asked, and whether the guess was right; in order.

    Returns
    -------
    dict
        - now: wrong, n, error, low, high (95 %, Clopper and Pearson) of the last 20
          judges; None without any
        - points: n_labels, n, wrong, error, low, high for each five judges in turn
        - ahead: n_labels, error and error_ahead at 10 more labels, by a power law
          through the points; None below three points. For it, half an error more is
          counted among one more judge, so that no error is 0.
    """
    return _curve(tuple(judged))


# The page asks far more often than there are judges.
@functools.lru_cache(4)
def _curve(judged):
    points = []
    for start in range(0, len(judged) - GROUP + 1, GROUP):
        group = judged[start : start + GROUP]
        labels = float(np.mean([n for n, _ in group]))
        points.append({"n_labels": labels, **_estimate(group)})
    return {
        "now": _estimate(judged[-RECENT:]) if judged else None,
        "points": points,
        "ahead": _ahead(points, judged[-1][0] + 1) if len(points) >= POINTS else None,
    }


def _estimate(judged):
    n, wrong = len(judged), sum(not right for _, right in judged)
    low, high = _interval(wrong, n)
    return {"n": n, "wrong": wrong, "error": wrong / n, "low": low, "high": high}


# There are few pairs, and each takes a millisecond or two.
_interval = functools.lru_cache(1000)(binomial_interval)


def _ahead(points, n_labels):
    errors = [(p["wrong"] + 0.5) / (p["n"] + 1) for p in points]
    law = PowerLaw(np.array([p["n_labels"] for p in points]), np.array(errors))
    error, _, _ = law.predict(n_labels)
    ahead, _, _ = law.predict(n_labels + AHEAD)
    return {"n_labels": n_labels, "error": error, "error_ahead": ahead}
