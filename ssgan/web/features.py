"""Small features of pictures: for neighbors, and for guesses between trainings."""

import numpy as np

from ssgan.data.unlearned_features import unlearned_features


def reduction(x):
    """Return a function from examples to features that need no learning, in one scale.

    Parameters
    ----------
    x : ndarray of shape (n, ...)
        Examples, or features that are to be compressed.

    Returns
    -------
    callable
        From examples of the same form to float32 of shape (m, dims), at most 64, or
        128 of images. Over x, their mean squared length is the number of
        dimensions.
    """
    compress = unlearned_features(x, seed=0)
    scale = 1 / (np.sqrt(np.mean(compress(x) ** 2)) or 1.0)
    return lambda x: (scale * compress(x)).astype(np.float32)


def nearest(features, squares, index, n):
    """Return the n nearest neighbors of a picture, nearest first.

    Parameters
    ----------
    features : ndarray of shape (n_pictures, dims)
    squares : ndarray of shape (n_pictures,)
        The squared length of each row; infinity if the features are not known.
    index : int
    n : int

    Returns
    -------
    list of int
        Fewer, or none, if few features are known.
    """
    if np.isinf(squares[index]):
        return []
    # |a - b|^2 without |b|^2, which is the same for all.
    distances = squares - 2 * (features @ features[index])
    distances[index] = np.inf
    n = min(n, np.count_nonzero(np.isfinite(distances)))
    best = np.argpartition(distances, n)[:n]
    return sorted(best.tolist(), key=distances.__getitem__)
