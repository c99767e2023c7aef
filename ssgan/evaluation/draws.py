"""Draw what a comparison trains and tests on: labels that are kept, and test parts."""

from typing import NamedTuple

import numpy as np

from ssgan.data.copies import first_of_same, warn_of_copies, with_unlabeled
from ssgan.data.examples import Data
from ssgan.data.folds import NONE, label_folds
from ssgan.data.labels import is_labeled
from ssgan.data.splits import LabelSplit, label_split
from ssgan.errors import expect, expect_seed, expect_whole

# All are drawn before the first run. A mistyped number would fill the memory.
MOST = 1000


class Draw(NamedTuple):
    """Examples, with a test part, and which of the training labels are kept."""

    data: Data
    split: LabelSplit


def draw(data, n_labels=None, splits=5, first_seed=0, *, balanced=True):
    """Return the draws of a comparison, a list; see `ssgan.evaluation.compare.compare`.

    Raises
    ------
    InputError
        If an argument is not as described, or there are too few labels.
    """
    expect_whole("splits", splits, 1, MOST)
    expect_seed("first_seed", first_seed)
    if n_labels is None:
        return _folds(data, splits, first_seed)
    data, seeds = data.with_test_part(), range(first_seed, first_seed + splits)
    options = {"balanced": balanced, "name": data.name}
    return [
        Draw(data, label_split(data.y_train, n_labels, seed, **options))
        for seed in seeds
    ]


def _folds(data, k, seed):
    """Leave out each fold of the labels once."""
    y = data.y_train
    expect(
        not is_labeled(y).all(),
        f"a number of labels for {data.name}, where every training example has one",
        "none",
    )
    expect(k > 1, "two splits or more, to leave out labels in turn", f"splits={k}")
    first = first_of_same(data.x_train, y)
    fold_of = label_folds(y, k, seed, first)
    expect(np.any(fold_of != NONE), f"a class with two labels in {data.name}", "none")
    if data.x_test is None:
        warn_of_copies(first, y, data.files_train)
        first = with_unlabeled(first, data.x_train, y)
    return [
        _without(data, fold_of == fold, first, fold, seed)
        for fold in range(int(fold_of.max()) + 1)
    ]


def _without(data, left_out, first, fold, seed):
    """Return the draw without the labels of a fold, which are its test part.

    The examples are left out altogether, also as unlabeled ones: new examples are not
    there during the training either. Data with a test part of their own keep both.
    """
    if data.x_test is None:
        data = data.moved_to_test(left_out, first)
        left_out = np.zeros(len(data.y_train), bool)
    kept = np.flatnonzero(is_labeled(data.y_train) & ~left_out)
    name = f"{data.name}@{len(kept)}-fold{fold + 1}"
    return Draw(data, LabelSplit(name, kept, seed + fold, len(kept)))
