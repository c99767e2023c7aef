"""Whether probabilities mean what they say."""

import numpy as np

BINS = 10


def calibration_error(confidence, correct):
    """Return the expected calibration error, and the bins that it is made of.

    Parameters
    ----------
    confidence : ndarray of shape (n,)
        Highest probability of each prediction, 0 to 1.
    correct : boolean ndarray of shape (n,)

    Returns
    -------
    error : float
        Mean over predictions of ``|mean confidence - accuracy|`` of their bin, with 10
        bins of equal width.
    bins : list of tuple
        For each bin that is not empty: number of predictions, their mean confidence,
        and how many are correct.

    References
    ----------
    Guo et al. 2017, "On Calibration of Modern Neural Networks", section 2,
    arXiv:1706.04599.
    """
    index = np.clip((confidence * BINS).astype(int), 0, BINS - 1)
    n = np.bincount(index, minlength=BINS)
    sum_confidence = np.bincount(index, confidence, BINS)
    sum_correct = np.bincount(index, correct, BINS)
    error = float(np.abs(sum_confidence - sum_correct).sum() / len(confidence))
    used = np.flatnonzero(n)
    return error, [
        (int(n[i]), sum_confidence[i] / n[i], int(sum_correct[i])) for i in used
    ]


def errors_by_coverage(confidence, wrong):
    """Return the error of the k most confident predictions, for k = 1 to n.

    Parameters
    ----------
    confidence : ndarray of shape (n,)
    wrong : boolean ndarray of shape (n,)

    Returns
    -------
    ndarray of shape (n,)
        Predictions of equal confidence share the error up to the last of them.

    References
    ----------
    Geifman and El-Yaniv 2017, "Selective Classification for Deep Neural Networks",
    arXiv:1705.08500.
    """
    order = np.argsort(-confidence, kind="stable")
    errors = wrong[order].cumsum() / np.arange(1, len(wrong) + 1)
    last = np.searchsorted(-confidence[order], -confidence[order], side="right") - 1
    return errors[last]


def brier_score(probabilities, codes):
    """Return the mean squared distance of probabilities from the truth, 0 to 2.

    Parameters
    ----------
    probabilities : ndarray of shape (n, K)
    codes : integer ndarray of shape (n,)
        The true classes, 0 to K-1.

    References
    ----------
    Brier 1950, "Verification of forecasts expressed in terms of probability".
    """
    truth = np.eye(probabilities.shape[1])[codes]
    return float(((probabilities - truth) ** 2).sum(axis=1).mean())
