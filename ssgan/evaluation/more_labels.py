"""What more labels would bring, told from a quick method on some of the labels."""

import numpy as np

from ssgan.data.labels import is_labeled
from ssgan.data.splits import label_split
from ssgan.data.unlearned_features import unlearned_features
from ssgan.evaluation.baselines import BASELINES
from ssgan.stats.intervals import mean_interval
from ssgan.stats.power_law import PowerLaw
from ssgan.stats.predictions import error_rate

# Parts of the labels to learn from; the rest is to be answered.
PARTS = (0.25, 0.5, 0.75)
DRAWS = 8
# The most unlabeled examples that the quick method gets each time.
ROWS = 3000


def error_at_twice(x, y, method, seed=0):
    """Return by what twice the labels multiply the error of a quick method.

    It learns from a quarter, a half and three quarters of the labels, each of them
    among those of the next, and answers the rest. That is repeated with other choices,
    and a power law drawn through each.

    Parameters
    ----------
    x : ndarray of shape (n, ...)
    y : ndarray of shape (n,)
        Labels, -1 for unlabeled.
    method : str
        A name in `ssgan.evaluation.baselines.BASELINES`.
    seed : int, default=0

    Returns
    -------
    tuple of float or None
        The factor, and the ends of its 95 % interval over the choices. None where there
        are too few labels for three different parts.
    """
    labeled, rng = np.flatnonzero(is_labeled(y)), np.random.default_rng(seed)
    n, classes = len(labeled), len(set(y[labeled].tolist()))
    sizes = sorted({max(classes, round(part * n)) for part in PARTS})
    if len(sizes) < len(PARTS) or sizes[-1] >= n:
        return None
    others = np.flatnonzero(~is_labeled(y))
    others = rng.permutation(others)[:ROWS]
    some = np.sort(np.concatenate([labeled, others]))
    x, y = x[some], y[some]
    images = x.ndim > 2
    known = {"features": unlearned_features(x, seed)} if images else {}
    slopes = []
    for draw in range(DRAWS):
        errors = []
        for size in sizes:
            split = label_split(y, size, seed + draw, balanced=False)
            hidden = split.apply(y)
            asked = is_labeled(y) & ~is_labeled(hidden)
            predict = BASELINES[method](x, hidden, seed + draw, **known)
            error = error_rate(predict(x[asked]), y[asked])
            # Half an error where there is none: a power law is never 0.
            errors.append(max(error, 0.5 / np.count_nonzero(asked)))
        slopes.append(PowerLaw(np.array(sizes, float), np.array(errors)).slope)
    return tuple(float(2**slope) for slope in mean_interval(slopes))
