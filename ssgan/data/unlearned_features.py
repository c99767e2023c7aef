"""Examples as rows of numbers that need no learning from labels."""

import numpy as np
from sklearn.decomposition import PCA
from sklearn.preprocessing import StandardScaler

from ssgan.data.orientations import CELLS, orientations

COMPONENTS = 64
# The components are computed from at most this many examples, and numbers.
PCA_EXAMPLES, PCA_NUMBERS = 10_000, 2**27
# Rows to compress at a time.
PIECE = 1000
# Weight of the pixels, beside the orientations, which ignore color and brightness.
PIXELS = 0.5


class _PixelScale:
    """Scales pixels to [0, 1], a row for each image."""

    def __init__(self, low, high):
        self.low, self.width = low, (high - low) or 1.0

    def __call__(self, x):
        return (x.reshape(len(x), -1).astype("float32") - self.low) / self.width


class Components:
    """A function from examples to principal components of their scaled numbers."""

    def __init__(self, scale, pca):
        self.scale, self.pca = scale, pca

    def __call__(self, x):
        pieces = [x[i : i + PIECE] for i in range(0, len(x), PIECE)]
        return np.concatenate([self.pca.transform(self.scale(p)) for p in pieces])

    @property
    def affine(self):
        """What it does to the flattened pixels of images: a matrix, and what it adds.

        Of shapes (pixels, components) and (components,).
        """
        matrix, mean = self.pca.components_.T, self.pca.mean_
        low, width = self.scale.low, self.scale.width
        return matrix / width, -(mean + low / width) @ matrix


class UnlearnedFeatures:
    """A function from images to features of several forms; see `unlearned_features`.

    Parameters
    ----------
    parts : list of tuple (callable, Components, float)
        The function to each form, its components, and what these are multiplied by.
    """

    def __init__(self, parts):
        self.parts = parts

    def __call__(self, x):
        made = [scale * compress(form(x)) for form, compress, scale in self.parts]
        return np.hstack(made)


def principal_components(x, seed):
    """Return a function from examples to at most 64 principal components.

    Those of pixels in [0, 1], or of standardized columns.

    Parameters
    ----------
    x : ndarray of shape (n, ...)
        Examples. Of more than 10,000, a random part gives the components.
    seed : int

    Returns
    -------
    Components
        From examples of the same form to an ndarray of shape (m, components).
    """
    if x.ndim == 2:
        scale = StandardScaler().fit(x).transform
    else:
        scale = _PixelScale(float(x.min()), float(x.max()))
    rows = scale(_some(x, seed))
    with np.errstate(invalid="ignore"):  # Of equal examples: 0 / 0 of the variance.
        pca = PCA(min(COMPONENTS, *rows.shape), random_state=seed).fit(rows)
    return Components(scale, pca)


def _some(x, seed):
    """Return the examples that give the components."""
    most = min(PCA_EXAMPLES, PCA_NUMBERS // x[0].size)
    return x[np.sort(np.random.default_rng(seed).permutation(len(x))[:most])]


def unlearned_features(x, seed):
    """Return a function from examples to features that need no learning.

    Of rows of numbers, and of images of less than 7 pixels along a side, these are the
    `principal_components`. Of other images, they are those of the orientations of their
    strokes (see `ssgan.data.orientations`), and after them those of their pixels, at
    half the weight.

    Parameters
    ----------
    x, seed
        See `principal_components`.

    Returns
    -------
    Components, or UnlearnedFeatures of images
        From examples of the same form to an ndarray of shape (m, features): at most 64,
        or 128 of images. Features of images have a mean square of 1 over x; those of
        pixels, of 1/4.
    """
    if x.ndim == 2:
        return principal_components(x, seed)
    if min(x.shape[1:3]) < CELLS:
        return UnlearnedFeatures([(np.asarray, principal_components(x, seed), 1.0)])
    made = []
    for form, weight in ((orientations, 1.0), (np.asarray, PIXELS)):
        some = form(_some(x, seed))
        compress = principal_components(some, seed)
        scale = weight / (np.sqrt(np.mean(compress(some) ** 2)) or 1.0)
        made.append((form, compress, scale))
    return UnlearnedFeatures(made)
