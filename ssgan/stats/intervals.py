"""Confidence intervals."""

import numpy as np
import scipy.stats

CONFIDENCE = 0.95


def binomial_interval(k, n):
    """Return the exact (Clopper-Pearson) 95 % interval of the fraction ``k / n``.

    References
    ----------
    Clopper and Pearson 1934, "The use of confidence or fiducial limits illustrated in
    the case of the binomial".
    """
    ends = scipy.stats.binomtest(int(k), int(n)).proportion_ci(CONFIDENCE, "exact")
    return float(ends.low), float(ends.high)


def mean_interval(values):
    """Return the mean of values of shape (n,), and its 95 % interval (Student's t).

    The ends of the interval are None for a single value.
    """
    values = np.asarray(values, float)
    n, mean = len(values), float(values.mean())
    if n == 1:
        return mean, None, None
    quantile = scipy.stats.t.ppf((1 + CONFIDENCE) / 2, n - 1)
    half = float(quantile * values.std(ddof=1) / np.sqrt(n))
    return mean, mean - half, mean + half
