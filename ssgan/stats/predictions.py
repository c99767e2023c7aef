"""From logits to probabilities, and from probabilities to classes and errors."""

import dataclasses
import functools

import numpy as np
import scipy.special

from ssgan.support.base64_arrays import from_base64, to_base64


def softmax(logits):
    """Return probabilities of shape (n, K), float64, from logits of shape (n, K)."""
    with np.errstate(under="ignore"):  # Callers may have it raise.
        return scipy.special.softmax(np.asarray(logits, "float64"), axis=1)


@dataclasses.dataclass(frozen=True)
class Predictions:
    """Class probabilities, and what follows from them.

    Parameters
    ----------
    classes : ndarray of shape (K,)
        The class labels.
    probabilities : ndarray of shape (n, K)
        In the order of `classes`.
    """

    classes: np.ndarray
    probabilities: np.ndarray

    @functools.cached_property
    def labels(self):
        """The most probable class of each example, of shape (n,)."""
        return self.classes[self.probabilities.argmax(axis=1)]

    @functools.cached_property
    def confidence(self):
        """The probability of that class, of shape (n,)."""
        return self.probabilities.max(axis=1)


def error_rate(predicted, true):
    """Return the fraction of examples, 0 to 1, with a wrong predicted label.

    Parameters
    ----------
    predicted, true : ndarray of shape (n,)
    """
    return float(np.mean(predicted != true))


def largest_confusions(matrix, most):
    """Return the largest entries of a confusion matrix off its diagonal.

    Parameters
    ----------
    matrix : integer ndarray of shape (K, K)
    most : int

    Returns
    -------
    list of (true, predicted, times)
        Of two indices and an entry above 0, the largest first.
    """
    off = matrix - np.diag(np.diag(matrix))
    order = np.argsort(-off, axis=None, kind="stable")[:most]
    pairs = zip(*np.unravel_index(order, off.shape), strict=True)
    return [(int(i), int(j), int(off[i, j])) for i, j in pairs if off[i, j]]


def packed(mask):
    """Return a boolean array of shape (n,) as base64 text of about n / 6 characters."""
    return to_base64(np.packbits(mask))


def unpacked(text, n):
    """Return the boolean array of shape (n,) that `packed` turned into text.

    Raises
    ------
    ValueError
        If the text does not hold n values.
    """
    packed_bits = from_base64(text, np.uint8)
    if len(packed_bits) != -(-n // 8):
        raise ValueError(f"{len(packed_bits)} bytes for {n} values")
    return np.unpackbits(packed_bits, count=n).astype(bool)
