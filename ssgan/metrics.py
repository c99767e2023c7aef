"""Measures of generated examples, as functions of arrays.

The arrays are what a judge says of examples: class probabilities, or features of its
last hidden layer. `ssgan.evaluation.score_samples` applies a judge and these measures.
Distances are Euclidean. All pairs of examples are never in memory at once.
"""

import numpy as np
import scipy.linalg
from scipy.special import rel_entr
from sklearn.metrics import pairwise_distances_argmin_min, pairwise_distances_chunked
from sklearn.neighbors import NearestNeighbors

from ssgan.errors import as_input_error, expect, expect_unmasked, expect_whole

# Examples on each side of a block of kernels.
SIDE = 2**11


def inception_score(probabilities, splits=10):
    """Return the Inception score, of probabilities that any classifier gives.

    ``exp(mean of KL(p(y|x) || p(y)))``, with p(y) the mean of p(y|x). It is between 1
    and K: high if each example is clearly of one class and all classes occur evenly.
    It does not see whether the examples of a class differ. It is called *the* Inception
    score only if the probabilities are those of Inception.

    Parameters
    ----------
    probabilities : array-like of shape (n, K)
        ``p(y|x)`` of each generated example; each row sums to 1.
    splits : int, default=10
        The score is computed for so many consecutive parts of the examples. These
        should be in random order.

    Returns
    -------
    mean, std : float
        Over the parts. The standard deviation divides by `splits`, as in the authors'
        program.

    References
    ----------
    Salimans et al. 2016, section 4, arXiv:1606.03498.
    """
    p = _numbers(probabilities, "probabilities")
    fit = (p >= 0).all() and np.allclose(p.sum(axis=1), 1, atol=1e-3)  # float32 rounds.
    expect(fit, "probabilities from 0 whose rows sum to 1", "other numbers")
    expect_whole("splits", splits, 1, len(p))
    scores = []
    for part in np.array_split(p, splits):
        divergence = rel_entr(part, part.mean(axis=0)).sum(axis=1)
        scores.append(np.exp(divergence.mean()))
    return float(np.mean(scores)), float(np.std(scores))


def frechet_distance(features_real, features_fake):
    """Return the squared Fréchet distance of two normal distributions.

    ``|m - m'|^2 + trace(C + C' - 2 (C C')^(1/2))``, with the means and covariances of
    the features. 0 if they are equal. It is biased upward: the fewer examples, the
    more. Compare it only between equally many.

    Parameters
    ----------
    features_real, features_fake : array-like of shape (n, d) and (m, d)
        Features of real and of generated examples, at least two of each.

    Returns
    -------
    float

    References
    ----------
    Heusel et al. 2017, equation 6, arXiv:1706.08500.
    """
    real, fake = _pair(features_real, features_fake, least=2)
    (mean, covariance), (mean_fake, covariance_fake) = _moments(real), _moments(fake)
    # The eigenvalues of C C' are those of C^(1/2) C' C^(1/2), which is symmetric.
    values, vectors = scipy.linalg.eigh(covariance)
    root = (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T
    values = scipy.linalg.eigvalsh(root @ covariance_fake @ root)
    traces = np.trace(covariance) + np.trace(covariance_fake)
    traces -= 2 * np.sqrt(np.maximum(values, 0)).sum()
    return float(max(((mean - mean_fake) ** 2).sum() + traces, 0.0))


def kernel_distance(features_real, features_fake):
    """Return the squared maximum mean discrepancy (KID), without bias.

    The mean of ``k(x, x')`` over pairs of different real examples, plus that over pairs
    of generated ones, minus twice the mean of ``k(x, y)`` over real and generated ones,
    with the kernel ``k(x, y) = (x . y / d + 1)^3``. Its mean is 0 for equal
    distributions, so it may be below 0. Unlike the Fréchet distance it may be compared
    between different numbers of examples.

    Parameters
    ----------
    features_real, features_fake : array-like of shape (n, d) and (m, d)
        Features of real and of generated examples, at least two of each.

    Returns
    -------
    float

    References
    ----------
    Binkowski et al. 2018, section 4, arXiv:1801.01401.
    """
    real, fake = _pair(features_real, features_fake, least=2)
    n, m = len(real), len(fake)
    mixed = _kernel_sum(real, fake) / (n * m)
    return _kernel_mean(real) + _kernel_mean(fake) - 2 * mixed


def precision(features_real, features_fake, neighbors=3):
    """Return the share of generated examples that lie among the real ones.

    One does if it is in the ball around some real example, whose radius is the distance
    to that example's k-th nearest other real example. A real example far from all
    others has a large ball: look at `coverage`, too.

    Parameters
    ----------
    features_real, features_fake : array-like of shape (n, d) and (m, d)
    neighbors : int, default=3
        k, less than n.

    Returns
    -------
    float
        0 to 1.

    References
    ----------
    Kynkäänniemi et al. 2019, equations 1 and 2, arXiv:1904.06991.
    """
    real, fake = _pair(features_real, features_fake)
    radii = _radii(real, neighbors)
    inside = pairwise_distances_chunked(
        fake, real, reduce_func=lambda block, start: (block <= radii).any(axis=1)
    )
    return float(np.concatenate([*inside]).mean())


def coverage(features_real, features_fake, neighbors=5):
    """Return the share of real examples that have a generated one in their ball.

    The balls are those of `precision`. A generator that makes a part of the data alone
    has a low coverage, however good its examples are.

    Parameters
    ----------
    features_real, features_fake : array-like of shape (n, d) and (m, d)
    neighbors : int, default=5
        k, less than n.

    Returns
    -------
    float
        0 to 1.

    References
    ----------
    Naeem et al. 2020, equation 10, arXiv:2002.09797.
    """
    real, fake = _pair(features_real, features_fake)
    _, distances = pairwise_distances_argmin_min(real, fake)
    return float((distances <= _radii(real, neighbors)).mean())


def nearest_neighbors(x, among):
    """Return, for each example, the nearest one of others, and its distance.

    Parameters
    ----------
    x, among : array-like of shape (n, d) and (m, d)

    Returns
    -------
    indices : ndarray of shape (n,), int64
        Into `among`.
    distances : ndarray of shape (n,)
    """
    among, x = _centered(*_pair(among, x, names=("among", "x")))
    return pairwise_distances_argmin_min(x, among)


def copying(distances_test, distances_fake):
    """Return how often samples are nearer to the training data than test examples are.

    Of all pairs of a generated and a test example, the share in which the generated one
    is nearer to its nearest training example; ties count half. 0.5 is what new examples
    of the same kind would have. Well above it, the generator copies training examples
    or makes only typical ones. Well below it, its examples are unlike the data.

    Parameters
    ----------
    distances_test, distances_fake : array-like of shape (n,) and (m,)
        From test and from generated examples to their nearest training examples; see
        `nearest_neighbors`.

    Returns
    -------
    float
        0 to 1.

    References
    ----------
    Meehan, Chaudhuri and Dasgupta 2020, "A Non-Parametric Test to Detect Data-Copying
    in Generative Models", section 4, arXiv:2004.05675.
    """
    test = _numbers(distances_test, "distances_test", "(n,)")
    fake = _numbers(distances_fake, "distances_fake", "(n,)")
    test = np.sort(test)  # The statistic of Mann and Whitney.
    # Ties are counted among those that are farther once, and once not.
    nearer = [np.searchsorted(test, fake, side) for side in ("left", "right")]
    return float(1 - np.mean(nearer) / len(test))


def _numbers(x, name, shape="(n, d)"):
    """Return x in float32 or float64; InputError if it is no array of that shape."""
    expect_unmasked(x)
    expected = f"{name} of shape {shape}, numbers"
    with as_input_error(expected):
        x = np.asarray(x)
    numeric = x.dtype.kind in "buif" and x.ndim == 1 + shape.count("d") and x.size
    expect(numeric, expected, f"an array of shape {x.shape} and dtype {x.dtype}")
    most = float(np.abs(x).max())
    # The cubes of larger numbers, and all of float16, overflow.
    single = x.dtype in (np.float16, np.float32) and most < 1e5
    expect(most < 1e50, f"finite {name}", "NaN, infinite or too large values")
    return x.astype("float32" if single else "float64", copy=False)


def _pair(real, fake, least=1, names=("features_real", "features_fake")):
    real, fake = _numbers(real, names[0]), _numbers(fake, names[1])
    fit = real.shape[1] == fake.shape[1] and min(len(real), len(fake)) >= least
    expected = (
        f"equally many columns in {names[0]} and {names[1]}, {least} or more rows"
    )
    expect(fit, expected, f"shapes {real.shape} and {fake.shape}")
    return real, fake


def _centered(real, fake):
    """Return both without the mean of the first, which distances do not depend on.

    Far from 0 they would be differences of large squares, and not exact.
    """
    mean = real.mean(axis=0)
    return real - mean, fake - mean


def _moments(x):
    """Return the mean (d,) and the unbiased covariance (d, d)."""
    covariance = np.cov(x, rowvar=False, dtype="float64")
    return x.mean(axis=0, dtype="float64"), np.atleast_2d(covariance)


def _blocks(x):
    """Yield consecutive rows of x in float64."""
    for start in range(0, len(x), SIDE):
        yield x[start : start + SIDE].astype("float64")


def _kernel_sum(x, y):
    pairs = ((a, b) for a in _blocks(x) for b in _blocks(y))
    return float(sum(_kernel(a @ b.T, x.shape[1]).sum() for a, b in pairs))


def _kernel(products, d):
    base = products / d + 1
    return base * base * base  # Much faster than the power.


def _kernel_mean(x):
    """Return the mean kernel of pairs of different rows."""
    squares = np.square(x, dtype="float64").sum(axis=1)
    same = _kernel(squares, x.shape[1]).sum()
    return float(_kernel_sum(x, x) - same) / (len(x) * (len(x) - 1))


def _radii(x, neighbors):
    """Return the distance of each row to its k-th nearest other row, (n,)."""
    expect_whole("neighbors", neighbors, 1, len(x) - 1)
    # By brute force, as distances to other examples are: rounding is then alike.
    nearest = NearestNeighbors(n_neighbors=neighbors, algorithm="brute").fit(x)
    distances, _ = nearest.kneighbors()
    return distances[:, -1]
