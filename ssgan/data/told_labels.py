"""Doubts about the labels of a table: columns that say them, and names for none."""

import math

import numpy as np

from ssgan.data.labels import is_labeled
from ssgan.errors import some, warn

# With fewer labels, or where chance does it as often, a column says nothing by it.
FEWEST = 10
CHANCE = 0.05
# Names of a class, in lower case, that may mean that the label is not known.
LIKE_UNKNOWN = ("unknown", "missing", "undefined", "not labeled", "tbd", "todo")
# Smaller classes may well be called so.
LARGE = 0.2


def warn_of_labels(x, y, names, source):
    """Warn of columns that say the label, and of a large class called unknown.

    Parameters
    ----------
    x : ndarray of shape (n, n_columns)
        Coded columns.
    y : ndarray of shape (n,)
        Labels as `ssgan.data.labels.read_labels` returns them.
    names : sequence of str
        The columns.
    source : path
    """
    rows = np.flatnonzero(is_labeled(y))
    given = y[rows].astype(str) if y.dtype == object else y[rows]
    of_labels = {"return_index": True, "return_inverse": True, "return_counts": True}
    classes, first, codes, counts = np.unique(given, **of_labels)
    for label, n in zip(classes.tolist(), counts.tolist(), strict=True):
        if str(label).lower() in LIKE_UNKNOWN and n >= LARGE * len(rows):
            warn(
                f"{n:,} of the {len(rows):,} labels of {source} are {label!r}, which "
                "counts as a class. If it means that there is no label, leave the "
                "field empty."
            )
    k = len(classes)
    if k < 2 or counts.min() < 2 or len(rows) < FEWEST:
        return
    # That labels in any order, of classes of these sizes, match a column.
    chance = math.lgamma(k + 1) + sum(math.lgamma(n + 1) for n in counts.tolist())
    chance -= math.lgamma(len(rows) + 1)
    if chance + math.log(len(names)) > math.log(CHANCE):
        return
    told = []
    for i, name in enumerate(names):
        column = x[rows, i]
        values = column[first]
        one_each = len(np.unique(values)) == k
        same = np.array_equal(column, values[codes], equal_nan=True)
        told += [name] if one_each and same else []
    if told:
        warn(
            f"Columns of {source} that match the label in all {len(rows):,} labeled "
            f"rows: {some(told)}. If they are known only after the label, drop them."
        )
