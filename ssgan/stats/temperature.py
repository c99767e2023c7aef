"""One number that makes probabilities less sure: temperature scaling."""

import numpy as np
import scipy.optimize

from ssgan.stats.predictions import softmax

# A few labels, all predicted correctly, would drive the temperature to 0. So
# probabilities are made less sure, and never more.
LEAST, MOST = 1.0, 10.0
# Up to here, nothing is changed.
HARDLY = 1.02
TINY = 1e-30


def tempered(probabilities, temperature):
    """Return the probabilities of logits that are divided by a temperature.

    Parameters
    ----------
    probabilities : ndarray of shape (n, K)
    temperature : float
        Above 0. At 1 nothing changes; above, all are less sure.
    """
    return softmax(np.log(np.maximum(probabilities, TINY)) / temperature)


def log_loss(probabilities, codes):
    """Return the mean of ``-log p`` of the true classes, indices of shape (n,)."""
    p = probabilities[np.arange(len(codes)), codes]
    return float(-np.log(np.maximum(p, TINY)).mean())


def fit_temperature(probabilities, codes):
    """Return the temperature of 1 to 10 under which the true classes are most likely.

    Parameters
    ----------
    probabilities : ndarray of shape (n, K)
    codes : integer ndarray of shape (n,)
        The true classes, 0 to K-1.

    References
    ----------
    Guo et al. 2017, "On Calibration of Modern Neural Networks", section 4.2,
    arXiv:1706.04599.
    """
    found = scipy.optimize.minimize_scalar(
        lambda log: log_loss(tempered(probabilities, np.exp(log)), codes),
        bounds=np.log([LEAST, MOST]),
        method="bounded",
    )
    return float(np.exp(found.x))


def cross_fitted(probabilities, codes, folds):
    """Return probabilities whose temperature was fitted on the other folds.

    Parameters
    ----------
    probabilities : ndarray of shape (n, K)
    codes, folds : integer ndarray of shape (n,)
        The true class of each example, and its fold.

    Returns
    -------
    temperature : float
        Fitted on all; 1 if the true classes become no more likely in folds that it was
        not fitted on.
    probabilities : ndarray of shape (n, K)
        Those of such folds, or the given ones if the temperature is 1.
    """
    after = np.array(probabilities, float)
    for fold in np.unique(folds):
        out = folds == fold
        if out.all():
            return 1.0, after
        t = fit_temperature(probabilities[~out], codes[~out])
        after[out] = tempered(probabilities[out], t)
    temperature = fit_temperature(probabilities, codes)
    is_better = log_loss(after, codes) < log_loss(probabilities, codes)
    if is_better and temperature > HARDLY:
        return temperature, after
    return 1.0, probabilities
