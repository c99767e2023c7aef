"""Examples as rows of numbers: scaled, and compressed to principal components."""

import numpy as np
from sklearn.decomposition import PCA
from sklearn.preprocessing import StandardScaler

COMPONENTS = 64
# The components are computed from at most this many numbers: 43,690 color images of
# 32 x 32 pixels.
PCA_NUMBERS = 2**27
# Rows to compress at a time.
PIECE = 1000


def scaler(x):
    """Return a function to rows: pixels in [0, 1], or standardized columns.

    Parameters
    ----------
    x : ndarray of shape (n, d), (n, h, w) or (n, h, w, c)
        Examples that give the range of the pixels, or the moments of each column.

    Returns
    -------
    callable
        From examples of the same form to an ndarray of shape (m, columns).
    """
    if x.ndim == 2:
        return StandardScaler().fit(x).transform
    low, high = float(x.min()), float(x.max())

    def scale(x):
        return (x.reshape(len(x), -1).astype("float32") - low) / ((high - low) or 1.0)

    return scale


def principal_components(x, seed):
    """Return a function from examples to at most 64 principal components of `scaler`.

    Parameters
    ----------
    x : ndarray of shape (n, ...)
        Examples. Of very many numbers, a random part gives the components.
    seed : int

    Returns
    -------
    callable
        From examples of the same form to an ndarray of shape (m, components).
    """
    scale = scaler(x)
    some = np.random.default_rng(seed).permutation(len(x))[: PCA_NUMBERS // x[0].size]
    rows = scale(x[np.sort(some)])
    with np.errstate(invalid="ignore"):  # Of equal examples: 0 / 0 of the variance.
        components = PCA(min(COMPONENTS, *rows.shape), random_state=seed).fit(rows)

    def compress(x):
        pieces = [x[i : i + PIECE] for i in range(0, len(x), PIECE)]
        return np.concatenate([components.transform(scale(p)) for p in pieces])

    return compress
