"""First labels for unlabeled images, spread over a graph of their neighbors."""

import dataclasses

import numpy as np
from scipy import ndimage, sparse
from sklearn.neighbors import NearestNeighbors

from ssgan.data.components import principal_components
from ssgan.data.storage import take

# Unlabeled images that are looked at: the time grows with the square of their number.
MOST = 20_000
NEIGHBORS = 5
# Of fewer unlabeled images, the neighbors are too far away: on 1,297 digits of 8 x 8
# they misled. So many labels need not spread.
LEAST, ENOUGH = 5000, 2000
# What each image takes from its neighbors, and how often.
ALPHA, PASSES = 0.99, 100
# Standard deviation of the blur of upright images, as a fraction of their size.
BLUR = 0.025
# Labels are left out in so many parts. If more of them than this are answered wrongly,
# neighbors are no guide to the class.
FOLDS, TRUSTED = 5, 0.25


@dataclasses.dataclass(frozen=True)
class SpreadLabels:
    """Images, most of them unlabeled, with the class that their neighbors suggest.

    All of them, and not the clearest ones alone: what is unclear is the groups that
    would otherwise fall to a wrong class, such as sevens with a bar.

    Parameters
    ----------
    x : ndarray of shape (m, ...)
        The labeled images, and unlabeled ones.
    codes : integer ndarray of shape (m,)
        Their classes, 0 to K-1.
    shares : list of float
        Share of each class among all images that were looked at.
    error : float
        Error rate on labels that were left out.
    upright : bool
        Whether slants were taken away before neighbors were looked for.
    """

    x: np.ndarray
    codes: np.ndarray
    shares: list
    error: float
    upright: bool


def spread_for(recipe, x, codes, unlabeled, seed=0):
    """Return `spread_labels` for a recipe that begins with them; else None.

    None, too, if the unlabeled examples are streamed, no images or few, and if there
    are many labels.
    """
    are_images = x.ndim > 2 and isinstance(unlabeled, np.ndarray)
    if not (recipe.spread_steps and are_images):
        return None
    if len(x) > ENOUGH or len(unlabeled) < LEAST:
        return None
    return spread_labels(x, codes, unlabeled, seed)


def spread_labels(x, codes, unlabeled, seed=0):
    """Let labels spread to similar unlabeled images.

    Each image is joined to its nearest neighbors by their principal components, and
    takes 99 % of its class from them. Of the images as they are, and without their
    slant, the form is taken that answers left-out labels better.

    Parameters
    ----------
    x : ndarray of shape (n, height, width) or (n, height, width, channels)
        Labeled images.
    codes : integer ndarray of shape (n,)
        Their classes, 0 to K-1, each at least once.
    unlabeled : ndarray of shape (m, ...)
        At most 20,000 of them, drawn by the seed, are looked at.
    seed : int, default=0

    Returns
    -------
    SpreadLabels or None
        None if left-out labels are answered wrongly too often, or no class has two.

    References
    ----------
    Zhou et al. 2004, "Learning with Local and Global Consistency", section 3. As first
    labels for a network: Iscen et al. 2019, "Label Propagation for Deep Semi-supervised
    Learning", arXiv:1904.04717. Without the slant: LeCun et al. 1998, "Gradient-Based
    Learning Applied to Document Recognition", section III-A (deslanting).
    """
    if np.bincount(codes).max() < 2:
        return None
    some = np.random.default_rng(seed).permutation(len(unlabeled))[:MOST]
    both = np.concatenate([x, take(unlabeled, np.sort(some))])
    tried = [_spread(form, codes, seed) for form in (both, upright(both))]
    error, p = min(tried, key=lambda pair: pair[0])
    if error > TRUSTED:
        return None
    p[: len(x)] = np.eye(p.shape[1])[codes]
    guess = p.argmax(axis=1)
    shares = np.bincount(guess, minlength=p.shape[1]) / len(guess)
    is_upright = p is tried[1][1]
    return SpreadLabels(both, guess, shares.tolist(), error, is_upright)


def _spread(examples, codes, seed):
    """Return the error rate on left-out labels, and probabilities (m, K) of all."""
    graph = _graph(principal_components(examples, seed)(examples))
    n_classes = codes.max() + 1
    # Of each class, every fifth label is in the same part.
    part = np.empty(len(codes), int)
    for c in range(n_classes):
        of_class = np.flatnonzero(codes == c)
        part[of_class] = np.arange(len(of_class)) % FOLDS
    judged = np.bincount(codes)[codes] > 1
    columns = np.zeros((len(examples), FOLDS + 1, n_classes), "float32")
    for i in range(FOLDS + 1):
        kept = part != i  # In the last round, all of them.
        columns[np.flatnonzero(kept), i, codes[kept]] = 1
    columns /= np.maximum(columns.sum(axis=0), 1)  # No class counts for more.
    given = columns.reshape(len(examples), -1)
    spread = given
    for _ in range(PASSES):
        spread = ALPHA * (graph @ spread) + (1 - ALPHA) * given
    spread = spread.reshape(columns.shape)
    own = np.arange(len(codes))
    answers = spread[own, part].argmax(axis=-1)
    p = spread[:, FOLDS]
    p = p / np.maximum(p.sum(axis=1, keepdims=True), np.finfo("float32").tiny)
    return float(np.mean(answers[judged] != codes[judged])), p


def _graph(rows):
    """Return the symmetric, normalized weights between neighbors, a sparse matrix."""
    n = len(rows)
    nearest = NearestNeighbors(n_neighbors=min(NEIGHBORS, n - 1)).fit(rows)
    distances, others = nearest.kneighbors()
    farthest = np.maximum(distances[:, -1:], np.finfo("float32").tiny)
    weights = np.exp(-((distances / farthest) ** 2)).ravel()
    places = np.repeat(np.arange(n), others.shape[1]), others.ravel()
    graph = sparse.csr_matrix((weights.astype("float32"), places), (n, n))
    graph = graph.maximum(graph.T)
    root = sparse.diags(1 / np.sqrt(np.asarray(graph.sum(axis=1)).ravel()))
    return (root @ graph @ root).astype("float32").tocsr()


def upright(images):
    """Return gray images without their slant, centered, and a little blurred.

    Parameters
    ----------
    images : ndarray of shape (n, height, width) or (n, height, width, channels)

    Returns
    -------
    float32 ndarray of shape (n, height, width)
        What differs from the background, which is the median of the border.
    """
    gray = images.reshape(*images.shape[:3], -1).mean(axis=-1, dtype="float32")
    border = np.concatenate([gray[:, 0], gray[:, -1], gray[:, :, 0], gray[:, :, -1]], 1)
    ink = np.abs(gray - np.median(border, axis=1)[:, None, None])
    height, width = ink.shape[1:]
    whole = np.maximum(ink.sum(axis=(1, 2)), np.finfo("float32").tiny)
    y, x = np.arange(height), np.arange(width)
    of_rows, of_columns = ink.sum(axis=2), ink.sum(axis=1)
    middle_y, middle_x = of_rows @ y / whole, of_columns @ x / whole
    spread = of_rows @ (y * y) / whole - middle_y**2
    shared = np.einsum("nyx,y,x->n", ink, y, x) / whole - middle_y * middle_x
    slant = shared / np.maximum(spread, 1e-6)
    center = np.array([(height - 1) / 2, (width - 1) / 2])
    result = np.empty_like(ink)
    for i, image in enumerate(ink):
        matrix = np.array([[1, 0], [slant[i], 1]])
        offset = np.array([middle_y[i], middle_x[i]]) - matrix @ center
        ndimage.affine_transform(image, matrix, offset, output=result[i], order=1)
    return ndimage.gaussian_filter(result, (0, BLUR * height, BLUR * width))
