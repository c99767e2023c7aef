"""Warn of numbers that seem to be scaled differently, and of large images."""

import numpy as np
import tensorflow as tf

from ssgan.data.image_files import SIDE
from ssgan.errors import expect, warn
from ssgan.game.batches import reading
from ssgan.nn.preprocessor import DARK, pixel_range

# Rows are far if that many standard deviations away. There must be as many of them, or
# of images of bytes, to tell.
FAR, LEAST_ROWS = 10, 10
# Pixels of 0 to 1 and of 0 to 255, or to 65535, differ by more; dark images by less.
RESCALED = 50


def warn_if_dark(X):
    """Warn if images of bytes use so little of 0 to 255 that it is not their range.

    See `ssgan.nn.preprocessor.pixel_range`.
    """
    if X.ndim > 2 and X.dtype == np.uint8:
        _, most = pixel_range(X)
        if most < 255:
            warn(
                "Pixels of uint8 usually range from 0 to 255. In X, none is above "
                f"{most:g}: they are taken to range from 0 to {most:g}."
            )


def warn_if_rescaled(X, raw_range, known="X at fit"):
    """Warn if pixels seem to be scaled differently than others.

    Parameters
    ----------
    X : ndarray of shape (n, ...)
    raw_range : pair of float or None
        Least and greatest of the others; None for rows of numbers.
    known : str, default="X at fit"
        What the others are.
    """
    if raw_range is None:
        return
    (low, high), least, most = raw_range, float(X.min()), float(X.max())
    if is_rescaled(least, most, raw_range):
        warn(
            f"Expected pixels from {low:.6g} to {high:.6g}, as in {known}. Received: "
            f"{least:.6g} to {most:.6g}. If they are scaled differently, the "
            "predictions are meaningless."
        )


def expect_same_scale(x_test, X):
    """Raise InputError if the pixels of a test part are surely scaled differently.

    Parameters
    ----------
    x_test : ndarray of shape (m, ...)
        Fewer than 10 images are not compared: these may all be dark.
    X : ndarray of shape (n, ...)
        The training part.
    """
    if len(x_test) < LEAST_ROWS:
        return
    # A few pixels may be bright by a defect of the sensor.
    test, train = (
        np.quantile(x[:: 1 + len(x) // 1000].astype(np.float32), 0.999)
        for x in (x_test, X)
    )
    known = min(test, train) > 0  # Not where pixels are NaN, or nearly all black.
    expect(
        not known or 1 / RESCALED < test / train < RESCALED,
        f"test images with pixels up to about {train:.6g}, as for training",
        f"up to about {test:.6g}, which are scaled differently",
    )


def warn_if_other_bytes(X, greatest):
    """Warn if pixels of bytes seem to be scaled differently than those at fit.

    The range of bytes is 0 to 255, whatever they hold. So they are compared with the
    greatest pixel at fit. Fewer than 10 images are not: these may all be dark.

    Parameters
    ----------
    X : ndarray of shape (n, ...), uint8
    greatest : float or None
        Greatest pixel of the labeled images at fit. None for rows, or if unknown.
    """
    if greatest is not None and len(X) >= LEAST_ROWS:
        warn_if_rescaled(X, (0, greatest))


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
        warn_if_rescaled(others, pixel_range(X))


def warn_if_continued_elsewhere(X, earlier):
    """Warn if examples seem to be scaled differently than those of an earlier training.

    Parameters
    ----------
    X : ndarray of shape (n, ...)
    earlier : SSGANClassifier
        Fitted to examples of the same form.
    """
    columns = getattr(earlier.model_.preprocessor, "columns", None)
    if columns is None:
        if X.dtype != np.uint8:
            warn_if_rescaled(X, earlier.raw_range_, "the model to continue from")
        return
    # Of categories, there is no mean; a scale of 1 may stand for a column of one value.
    scales = [c.get("scale", 1.0) for c in columns]
    numbers = np.where(np.equal(scales, 1), 0, scales)
    far = _are_far(X, np.array([c.get("mean", np.nan) for c in columns]), numbers)
    n = np.count_nonzero(numbers)
    if far.sum() > 0.5 * n:
        warn(
            f"In {far.sum()} of {n} columns of numbers, X is more than {FAR} standard "
            "deviations away from what the model to continue from was trained on. If X "
            "is scaled, it must be scaled as there."
        )


def _warn_if_far(X, others):
    """Warn if most columns of other rows are far from where they are in X."""
    if len(X) < LEAST_ROWS:
        return
    X = X[:: max(1, len(X) // 1000)].astype(np.float64)
    far = _are_far(others, X.mean(axis=0), X.std(axis=0))
    if far.mean() > 0.5:
        warn(
            f"In {far.sum()} of {len(far)} columns, other examples of this training "
            f"are more than {FAR} standard deviations away from those in X. If a "
            "Pipeline scales X, it must scale them, too: with "
            'transform_input=["unlabeled"].'
        )


def _are_far(rows, means, deviations):
    """Return which columns of rows are far from the means, a boolean array.

    Their median: some values may be enormous. Few rows, and columns with empty fields,
    tell nothing.
    """
    if len(rows) < LEAST_ROWS:
        return np.zeros(len(means), bool)
    rows = rows[:: max(1, len(rows) // 1000)].astype(np.float64)
    gaps = abs(np.median(rows, axis=0) - means)
    return (gaps > FAR * deviations) & (deviations > 0)


def warn_if_large(shape):
    """Warn if images of a shape, for networks, are too large for a processor.

    `ssgan fit` makes images of a folder `SIDE` x `SIDE` pixels small.
    """
    height, width = shape[:2] if len(shape) == 3 else (1, 1)
    large = height * width > (2 * SIDE) ** 2
    if large and not tf.config.list_physical_devices("GPU"):
        warn(
            f"Without a GPU, training on images of {height} x {width} pixels takes "
            f"long and much memory. Resize them, to {SIDE} x {SIDE} for instance, or "
            "learn from features of a pretrained network: see "
            "SSGANClassifier.with_backbone."
        )
