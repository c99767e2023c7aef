"""Divide the labels into folds, to leave out one at a time."""

import numpy as np
from sklearn.model_selection import BaseCrossValidator

from ssgan.data.labels import is_labeled, read_labels
from ssgan.errors import as_input_error, expect, expect_whole, warn

# Part of no fold.
NONE = -1


def label_folds(y, k, seed=0, first=None):
    """Return the fold of each example whose label is left out once.

    The labels of each class are spread over the folds as evenly as can be. A class with
    a single label is never left out: nothing else tells what it looks like.

    Parameters
    ----------
    y : array-like of shape (n,)
        Labels in any form that `ssgan.data.labels.read_labels` takes.
    k : int
        Number of folds, from 2.
    seed : int, default=0
        Seed of the choice, 0 to 4294967295.
    first : integer ndarray of shape (n,) or None, default=None
        From `ssgan.data.copies.first_of_same`: each copy is in the fold of what it is a
        copy of. None if no example is a copy.

    Returns
    -------
    ndarray of shape (n,), int64
        0 to k-1, or -1 for examples that are in no fold: those without a label, and
        those that are alone in their class, but for copies. With few labels there may
        be fewer folds.
    """
    y = read_labels(y)
    expect(y.ndim == 1, "labels of shape (n,)", f"shape {y.shape}")
    with as_input_error("a whole number from 0 as the seed of folds"):
        rng = np.random.default_rng(seed)
    folds, placed = np.full(len(y), NONE), 0
    first = np.arange(len(y)) if first is None else first
    once = first == np.arange(len(y))
    for label in sorted(set(y[is_labeled(y)].tolist())):
        members = rng.permutation(np.flatnonzero((y == label) & once))
        if len(members) > 1:
            folds[members] = (placed + np.arange(len(members))) % k
            placed += len(members)
    return folds[first]


def place_in_class(codes):
    """Return how many earlier examples have the same class: 0 for the first of each.

    Parameters
    ----------
    codes : integer ndarray of shape (n,)

    Returns
    -------
    integer ndarray of shape (n,)
    """
    place = np.empty(len(codes), int)
    for code in np.unique(codes):
        members = np.flatnonzero(codes == code)
        place[members] = np.arange(len(members))
    return place


class LabeledKFold(BaseCrossValidator):
    """Folds of the labeled examples, for cross-validation with unlabeled ones.

    Every training part has all unlabeled examples, and a test part has none: so the
    scores tell of the method, and not of how many examples have no label. Examples of a
    test part are not in the training part, not even as unlabeled ones. Copies of them
    may be: remove these first, or scores are too good. Take it as `cv` in
    scikit-learn's `cross_val_score`, `GridSearchCV` and the like.

    Parameters
    ----------
    n_splits : int, default=5
        Number of folds, from 2.
    random_state : int, default=0
        Seed of the folds, 0 to 4294967295.

    See Also
    --------
    label_folds : Which fold each example is in.

    Examples
    --------
    >>> y = [0, -1, 1, 0, -1, 1]
    >>> for train, test in LabeledKFold(2).split(y, y):
    ...     print(len(train), sorted(y[i] for i in test))
    4 [0, 1]
    4 [0, 1]
    """

    def __init__(self, n_splits=5, random_state=0):
        self.n_splits = n_splits
        self.random_state = random_state

    def get_n_splits(self, X=None, y=None, groups=None):
        """Return the number of folds."""
        return self.n_splits

    def split(self, X, y, groups=None):
        """Yield the indices of each training part and of its test part.

        Parameters
        ----------
        X : array-like of shape (n, ...)
            Not looked at.
        y : array-like of shape (n,)
            Labels in any form that `ssgan.data.labels.read_labels` takes.
        groups : None
            For scikit-learn. Others are ignored, with a warning.

        Raises
        ------
        InputError
            If a fold would be empty: a class with a single label is in no fold.
        """
        if groups is not None:
            warn("LabeledKFold ignores groups: one may be in both parts of a fold.")
        return super().split(X, y)

    def _iter_test_indices(self, X=None, y=None, groups=None):
        expect_whole("n_splits", self.n_splits, 2)
        folds = label_folds(y, self.n_splits, self.random_state)
        n = np.count_nonzero(folds != NONE)
        enough = f"{self.n_splits} labels or more, of classes with two or more labels"
        expect(n >= self.n_splits, enough, f"{n} such labels")
        for fold in range(self.n_splits):
            yield np.flatnonzero(folds == fold)
