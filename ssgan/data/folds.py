"""Divide the labels into folds, to leave out one at a time."""

import numpy as np

from ssgan.data.examples import is_labeled, read_labels

# Part of no fold.
NONE = -1


def label_folds(y, k, seed=0):
    """Return the fold of each example whose label is left out once.

    The labels of each class are spread over the folds as evenly as can be. A class with
    a single label is never left out: nothing else tells what it looks like.

    Parameters
    ----------
    y : array-like of shape (n,)
        Labels in any form that `ssgan.data.examples.read_labels` takes.
    k : int
        Number of folds, from 2.
    seed : int, default=0
        Seed of the choice, 0 to 4294967295.

    Returns
    -------
    ndarray of shape (n,), int64
        0 to k-1, or -1 for examples that are in no fold: those without a label, and
        those that are alone in their class. With few labels there may be fewer folds.
    """
    y, rng = read_labels(y), np.random.default_rng(seed)
    folds, placed = np.full(len(y), NONE), 0
    for label in sorted(set(y[is_labeled(y)].tolist())):
        members = rng.permutation(np.flatnonzero(y == label))
        if len(members) > 1:
            folds[members] = (placed + np.arange(len(members))) % k
            placed += len(members)
    return folds
