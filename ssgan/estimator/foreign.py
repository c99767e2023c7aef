"""Find examples of no class that has a label: among the unlabeled, and later.

Foreign examples hardly raise the error: pseudo-labels need confidence, and there is a
class that fits best. But a network that has learned from them is as confident about
them as about others. So their share is told by networks that have learned from labels
alone, and a new example by its features: those of foreign examples are far from those
of all labeled ones.
"""

import dataclasses
import math

import numpy as np
import scipy.stats
from sklearn.metrics import pairwise_distances_argmin_min

from ssgan.data.storage import take
from ssgan.game.prediction import in_batches
from ssgan.stats.intervals import CONFIDENCE
from ssgan.support.base64_arrays import from_base64, to_base64

# Unlabeled examples, and labeled ones, that are looked at.
UNLABELED, LABELED = 1000, 1000
# Standard errors above 0 from which a share is believed: by chance, 6 of 1000 are.
BELIEVED = 2.5
# New examples of lower familiarity are named: 5 of 100 that are like the training's.
LOW = 0.05
# With a smaller probability than this, chance does not explain that so many are low.
CHANCE = 0.01
# The dtype of features in a file.
FLOAT = "<f4"


@dataclasses.dataclass(frozen=True)
class ForeignShare:
    """How many unlabeled examples seem to be of no class that has a label.

    Parameters
    ----------
    share : float
        The estimate, at most 1. Below 0, labeled examples are the stranger ones.
    error : float
        Its standard error where there are none.
    """

    share: float
    error: float

    @property
    def found(self):
        """Whether chance does not explain the share."""
        return self.share > BELIEVED * self.error

    @property
    def interval(self):
        """The ends of its 95 % interval, 0 to 1."""
        half = scipy.stats.norm.ppf((1 + CONFIDENCE) / 2) * self.error
        low, high = np.clip([self.share - half, self.share + half], 0, 1)
        return float(low), float(high)


def foreign_share(left_out, unlabeled):
    """Estimate which part of the unlabeled examples is of no class that has a label.

    If labeled examples that were left out and unlabeled ones are of the same classes,
    then either is the one with the higher confidence in half of all pairs. If the left
    out one is in a part A of the pairs, the share is ``2 A - 1`` (Somers' D). It is
    right if foreign examples have less confidence than all others, and too low if some
    have more.

    Parameters
    ----------
    left_out, unlabeled : list of ndarray of shape (n,) and (m,)
        For each of several networks, the confidence in labeled and in unlabeled
        examples that it has not learned from.

    Returns
    -------
    ForeignShare

    References
    ----------
    Somers 1962, "A new asymmetric measure of association for ordinal variables". The
    standard error is that of Mann and Whitney's test (1947).
    """
    sizes = [len(own) for own in left_out]
    parts = [
        scipy.stats.mannwhitneyu(own, others).statistic / (len(own) * len(others))
        for own, others in zip(left_out, unlabeled, strict=True)
    ]
    share = 2 * np.average(parts, weights=sizes) - 1
    n, m = sum(sizes), len(unlabeled[0])
    return ForeignShare(float(share), float(np.sqrt(1 / (3 * n) + 1 / (3 * m))))


def some_unlabeled(x, unlabeled, seed=0):
    """Return unlabeled examples to look at, at most 1,000, drawn by the seed.

    Parameters
    ----------
    x : ndarray of shape (n, ...)
    unlabeled : boolean ndarray of shape (n,)
    seed : int, default=0
    """
    where = np.random.default_rng(seed).permutation(np.flatnonzero(unlabeled))
    return take(x, np.sort(where[:UNLABELED]))


def reference(model, x_labeled, x_unlabeled):
    """Return what a trained model must know to tell `familiarity`, as JSON.

    Parameters
    ----------
    model : AveragedClassifier or Ensemble
    x_labeled, x_unlabeled : ndarray of shape (n, ...)
        Of the labeled ones, 1,000 are kept.

    Returns
    -------
    dict or None
        "labeled", features of labeled examples; "distances" of unlabeled examples from
        the nearest of them, rising; "share", the foreign part of these, 0 until it is
        known. None if the model does not compute finite numbers.
    """
    kept = np.random.default_rng(0).permutation(len(x_labeled))[:LABELED]
    labeled = in_batches(model.features, take(x_labeled, np.sort(kept)))
    unlabeled = in_batches(model.features, x_unlabeled)
    if not (np.isfinite(labeled).all() and np.isfinite(unlabeled).all()):
        return None
    return {
        "labeled": to_base64(labeled.astype(FLOAT)),
        "distances": to_base64(np.sort(_nearest(labeled, unlabeled)).astype(FLOAT)),
        "share": 0.0,
    }


def distances(known, features):
    """Return the distance from the nearest labeled example, of shape (n,).

    As a multiple of the mean of the unlabeled examples, so that networks can be
    compared; None where these are all like a labeled one. The arguments are those of
    `familiarity`.
    """
    found, unlabeled = _distances(known, features)
    return found / unlabeled.mean() if unlabeled.mean() > 0 else None


def told_by_left_out(known, left_out):
    """Let left-out labels tell what is familiar, if the unlabeled examples do not.

    A network that has learned from the unlabeled examples knows them better than new
    ones, above all those of a small table. That shows in labeled examples that were
    left out of a training: more of them are unfamiliar than chance explains. Fewer
    than 20 of them could call nothing unfamiliar.

    Parameters
    ----------
    known : dict
        From `reference`. It gets their distances as "left_out", rising.
    left_out : array-like of shape (n,) or None
        Their `distances`, each from the others.
    """
    unlabeled = from_base64(known["distances"], FLOAT)
    if left_out is None or len(left_out) < 1 / LOW or not unlabeled.mean() > 0:
        return
    limit = np.quantile(unlabeled, 1 - LOW) / unlabeled.mean()
    n = np.count_nonzero(np.greater(left_out, limit))
    if scipy.stats.binom.sf(n - 1, len(left_out), LOW) < CHANCE:
        known["left_out"] = np.sort(left_out).tolist()


def more_than_usual(known, familiar):
    """Return whether more examples are unfamiliar than chance explains.

    `familiarity` compares with a number of examples. The fewer these are, the more the
    part of new ones with a familiarity below 0.05 varies: it has a beta distribution,
    that of an order statistic.

    Parameters
    ----------
    known : dict
        From `reference`.
    familiar : ndarray of shape (n,)
        The familiarity of new examples.
    """
    # A new example is below where it is farther than all but k of m others.
    if left_out := known.get("left_out"):
        m = len(left_out)
        k = math.ceil(LOW * (m + 1)) - 1
    else:
        m = (1 - known["share"]) * len(from_base64(known["distances"], FLOAT))
        k = math.ceil(LOW * m)
    if not 0 < k <= m:
        return False
    n = np.count_nonzero(familiar < LOW)
    usual = scipy.stats.betabinom(len(familiar), k, m + 1 - k)
    return bool(usual.sf(n - 1) < CHANCE)


def familiarity(known, features):
    """Return which part of the unlabeled examples is as far from all labeled ones.

    Of new examples like them, 5 % have a familiarity of at most 0.05. If a share of the
    unlabeled examples is foreign, that many of the farthest do not count. If the
    unlabeled examples are better known than new ones, it is the part of the labeled
    examples that were as far from all others when left out (a conformal p-value).

    Parameters
    ----------
    known : dict
        From `reference`.
    features : ndarray of shape (n, d)

    Returns
    -------
    ndarray of shape (n,)
        From 0 to 1.

    References
    ----------
    Sun et al. 2022, "Out-of-Distribution Detection with Deep Nearest Neighbors",
    arXiv:2204.06507. The p-value: Vovk, Gammerman and Shafer 2005, "Algorithmic
    Learning in a Random World", section 2.2.
    """
    found, unlabeled = _distances(known, features)
    if left_out := known.get("left_out"):
        nearer = np.searchsorted(left_out, found / unlabeled.mean())
        return 1 - nearer / (1 + len(left_out))
    farther = 1 - np.searchsorted(unlabeled, found) / len(unlabeled)
    return np.maximum(farther - known["share"], 0) / (1 - known["share"])


def _distances(known, features):
    """Return distances from the nearest labeled example: of features, of unlabeled."""
    labeled = from_base64(known["labeled"], FLOAT).reshape(-1, features.shape[1])
    unlabeled = from_base64(known["distances"], FLOAT)
    return _nearest(labeled, features).astype(unlabeled.dtype), unlabeled


def _nearest(labeled, features):
    """Return the distance of each of n features from the nearest labeled ones."""
    return pairwise_distances_argmin_min(features, labeled)[1]
