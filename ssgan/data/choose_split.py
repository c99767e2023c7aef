"""Which labels to keep: a number, those of a file, or all."""

import numpy as np

from ssgan.data.labels import is_labeled
from ssgan.data.splits import LabelSplit, label_split
from ssgan.errors import expect, warn

# Numbers of fewer values may well be classes.
MANY = 20


def choose_split(data, n_labels=None, seed=0, path=None, *, balanced=True):
    """Return a split with `n_labels` labels, or that of a file, or one with all labels.

    Parameters
    ----------
    data : ssgan.data.examples.Data
    n_labels : int, "all" or None, default=None
        Number of labels to keep. None keeps all, if there are unlabeled examples.
    seed : int, default=0
        Seed of the split.
    path : path or None, default=None
        A file that `LabelSplit.save` wrote, instead of `n_labels`.
    balanced : bool, default=True
        See `ssgan.label_split`.

    Returns
    -------
    LabelSplit

    Raises
    ------
    InputError
        If no split is named and every example has a label, or if all labels are of one
        class.
    """
    if path is not None:
        both = f"--labels {n_labels} --split {path}"
        expect(n_labels is None, "--labels or --split", both)
        split = LabelSplit.load(path)
        split.apply(data.y_train)
        drawn = split.name.rpartition("@")[0]
        if drawn not in ("", "data", data.name):  # "data" is the default name.
            warn(
                f"{path} is a split of {drawn}. If {data.name} holds other examples, "
                "or the same in another order, then the wrong examples keep their "
                "labels."
            )
        return split
    given = np.flatnonzero(is_labeled(data.y_train))
    _expect_classes(data, given)
    if data.columns is not None:
        _warn_of_numbers(data.y_train[given], data.name)
    if n_labels in (None, "all"):
        is_table, is_folder = data.columns is not None, data.files_train is not None
        none = "an empty label" if is_table else "the label -1"
        if is_folder:
            none = "no label (in a folder called unlabeled, or in no folder)"
        expect(
            n_labels == "all" or len(given) < len(data.y_train),
            f"--labels N, --labels all or --split FILE, or examples with {none}",
            f"a label for each of the {len(given)} examples of {data.name}",
        )
        return LabelSplit(f"{data.name}@{len(given)}", given, seed, len(given))
    return label_split(data.y_train, n_labels, seed, balanced=balanced, name=data.name)


def _expect_classes(data, given):
    """Raise InputError unless the labels are of two classes or more."""
    classes = {data.class_name(label) for label in data.y_train[given].tolist()}
    form = ""
    if data.files_train is not None:
        form = ", in a folder for each class or named in labels.csv"
    one = "one class, " + "".join(classes)
    expect(
        len(classes) > 1,
        f"labels of two classes or more in {data.name}{form}",
        one if classes else "no label",
    )


def _warn_of_numbers(labels, name):
    """Warn of many whole numbers with gaps, most of which are the label of one row."""
    if labels.dtype.kind != "i":
        return
    values, counts = np.unique(labels, return_counts=True)
    n, has_gaps = len(values), values[-1] - values[0] >= len(values)
    if n > MANY and has_gaps and np.mean(counts == 1) > 0.5:
        warn(
            f"The {len(labels):,} labels of {name} are {n:,} different numbers. Is it "
            "a number to predict? ssgan makes classifiers: each is a class of its own."
        )
