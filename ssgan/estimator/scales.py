"""Warn of numbers that seem to be scaled differently than others."""

import numpy as np
import tensorflow as tf

from ssgan.errors import warn
from ssgan.game.batches import reading

DARK = 1 / 12  # Of the range. 0 to 1 for 0 to 16, as digits have, is a sixteenth.
# Rows are far if that many standard deviations away; as many must be there to tell.
FAR, LEAST_ROWS = 10, 10


def warn_if_dark(X):
    """Warn if images of bytes use little of 0 to 255, which is taken for their range.

    Pixels of 0 and 1, or of 0 to 16, would all be black to the networks.
    """
    most = int(X.max()) if X.ndim > 2 and X.dtype == np.uint8 else 255
    if most < DARK * 255:
        warn(
            f"Pixels of uint8 are taken to range from 0 to 255. In X, none is above "
            f"{most}. If that is their whole range, scale them to 0 to 255, or give "
            "them as float32."
        )


def warn_if_rescaled(X, raw_range):
    """Warn if pixels seem to be scaled differently than in X at fit.

    Parameters
    ----------
    X : ndarray of shape (n, ...)
    raw_range : pair of float or None
        Least and greatest pixel at fit; None for rows of numbers.
    """
    if raw_range is None:
        return
    (low, high), least, most = raw_range, float(X.min()), float(X.max())
    if is_rescaled(least, most, raw_range):
        warn(
            f"Expected pixels from {low:.4g} to {high:.4g}, as in X at fit. Received: "
            f"{least:.4g} to {most:.4g}. If they are scaled differently, the "
            "predictions are meaningless."
        )


def is_rescaled(least, most, raw_range):
    """Return whether the least and greatest pixel seem to be on another scale."""
    low, high = raw_range
    room = high - low
    return least < low - room or most > high + room or most < low + DARK * room


def warn_of_other_scale(X, others):
    """Warn if other examples of a training seem to be scaled differently than X.

    Parameters
    ----------
    X : ndarray of shape (n, ...)
    others : ndarray of shape (m, ...) or tf.data.Dataset of single examples
        Of a data set, the first 100 are looked at.
    """
    if isinstance(others, tf.data.Dataset):
        if getattr(others.element_spec, "shape", None) != X.shape[1:]:
            return  # It is refused later.
        with reading(others):
            others = np.array([*others.take(100).as_numpy_iterator()])
    if not len(others) or others.dtype.kind not in "fiu":
        return
    if X.ndim == 2:
        _warn_if_far(X, others)
    elif X.ndim == 4:
        is_bytes = X.dtype == np.uint8
        own_range = (0, 255) if is_bytes else (float(X.min()), float(X.max()))
        warn_if_rescaled(others, own_range)


def _warn_if_far(X, others):
    """Warn if most columns of other rows are far from where they are in X.

    Their median: some values may be enormous. Few rows, and columns with empty fields,
    tell nothing.
    """
    if min(len(X), len(others)) < LEAST_ROWS:
        return
    X, others = (x[:: max(1, len(x) // 1000)].astype(np.float64) for x in (X, others))
    gaps, deviations = abs(np.median(others, axis=0) - X.mean(axis=0)), X.std(axis=0)
    far = (gaps > FAR * deviations) & (deviations > 0)
    if far.mean() > 0.5:
        warn(
            f"In {far.sum()} of {len(far)} columns, other examples of this training "
            f"are more than {FAR} standard deviations away from those in X. If a "
            "Pipeline scales X, it must scale them, too: with "
            'transform_input=["unlabeled"].'
        )
