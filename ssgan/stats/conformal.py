"""Answer only where no second class is likely: conformal prediction."""

import math

import numpy as np

from ssgan.errors import expect


def conformal_scores(probabilities, codes):
    """Return ``1 - p`` of the true classes, which are indices of shape (n,)."""
    return 1 - probabilities[np.arange(len(codes)), codes]


def least_rate(n, digits=3):
    """Return the least error rate that n scores permit, rounded up."""
    return math.ceil(10**digits / (n + 1)) / 10**digits


def conformal_threshold(scores, rate):
    """Return the score up to which a class belongs to the set of likely classes.

    It is the k-th smallest of the n scores, with ``k = ceil((n + 1) (1 - rate))``. If
    the scores are of labeled examples that the model has not learned from, then the set
    of a new example lacks its true class with a probability of at most `rate`.

    Parameters
    ----------
    scores : array-like of shape (n,)
        See `conformal_scores`.
    rate : float
        Between 0 and 1.

    Raises
    ------
    InputError
        If there are fewer scores than ``1 / rate - 1``.

    References
    ----------
    Sadinle, Lei and Wasserman 2019, "Least Ambiguous Set-Valued Classifiers with
    Bounded Error Levels", arXiv:1609.00451.
    """
    n = len(scores)
    expect(0 < rate < 1, "an error rate for --abstain between 0 and 1", rate)
    k = math.ceil((n + 1) * (1 - rate) - 1e-9)
    least = f"an error rate for --abstain of at least {least_rate(n)}"
    expect(k <= n, f"{least}, with {n} left-out labels", rate)
    return float(np.sort(scores)[k - 1])


def is_sure(probabilities, scores, rate):
    """Return for which examples no second class is likely, booleans of shape (n,).

    Where the most probable class is wrong then, the true class is not in the set. So of
    all examples, at most a part of `rate` is expected to be sure and wrong. The higher
    the rate, the more are sure.

    Parameters
    ----------
    probabilities : ndarray of shape (n, K)
    scores, rate
        See `conformal_threshold`.
    """
    likely = 1 - probabilities <= conformal_threshold(scores, rate)
    return likely.sum(axis=1) <= 1
