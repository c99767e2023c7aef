"""Arrays of examples, with and without labels."""

import re
import warnings
from dataclasses import dataclass, replace
from numbers import Integral, Real
from typing import Any

import numpy as np

from ssgan.data.storage import take
from ssgan.errors import as_input_error, expect

# Texts that mean unlabeled; and texts for a missing value that may name a class, too.
NONE = re.compile(r"(-1(\.0*)?|unlabell?ed)?", re.IGNORECASE)
LIKE_NONE = ("?", "NA", "N/A", "n/a", "<NA>", "#N/A", "#NA")
LIKE_NONE += ("nan", "NaN", "NAN", "NaT", "None", "NULL", "null")


@dataclass(frozen=True, eq=False)
class Data:
    """Examples and labels of one data set. InputError if they are not as described.

    Parameters
    ----------
    name : str
        Short name, such as "digits", "mnist" or the stem of a file name.
    x_train : ndarray of shape (n, h, w), (n, h, w, c) or (n, d)
        Training examples: raw pixels or table columns, in the range and dtype of
        their source. All values are finite.
    y_train : array-like of shape (n,) or (n, 1)
        Labels, of which `read_labels` makes whole numbers from 0, or text in an object
        array. -1 means unlabeled.
    x_test, y_test : ndarray or None, default=None
        Test examples and labels, in the same form. Every test example has a label.
        None if there is no test part.
    class_names : tuple of str or None, default=None
        The name of each integer class, if the source has names.
    files_train, files_test : tuple of str or None, default=None
        The file of each example, relative to its folder, if each has one of its own.
    columns : ssgan.data.columns.Columns or None, default=None
        What the columns of x are, of a table. Then NaN in x is an empty field.
    unreadable : dict of str to str or None, default=None
        The files that could not be read, with reasons.
    ids : dict of str to list or None, default=None
        Columns of a table to predict that are no features, and have another value in
        each row of the training part.
    """

    name: str
    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray | None = None
    y_test: np.ndarray | None = None
    class_names: tuple[str, ...] | None = None
    files_train: tuple[str, ...] | None = None
    files_test: tuple[str, ...] | None = None
    unreadable: dict[str, str] | None = None
    columns: Any = None  # Its module is slow to import.
    ids: dict[str, list] | None = None

    def __post_init__(self):
        for part in ("train", "test"):
            x, y = getattr(self, f"x_{part}"), getattr(self, f"y_{part}")
            both = f"x_{part} and y_{part}, or neither"
            expect((x is None) == (y is None), both, "only one")
            if x is not None:
                y = _checked(f"{self.name}, {part}", x, y, self.columns is not None)
                object.__setattr__(self, f"y_{part}", y)  # The others are frozen.
        if x is None:
            return
        train, test = (
            f"examples of shape {x.shape[1:]} with labels of type "
            f"{'text' if y.dtype == object else 'int'}"
            for x, y in ((self.x_train, self.y_train), (x, y))
        )
        alike = "training and test parts to be alike"
        expect(train == test, alike, f"{train}, but {test}")
        missing = np.count_nonzero(~is_labeled(y))
        expect(not missing, "a label for every test example", f"{missing} without one")

    def class_name(self, label):
        """Return a label as text, together with the name of its class.

        Parameters
        ----------
        label : int or str

        Returns
        -------
        str
            "LABEL NAME", or "LABEL" if the class has no name or is named like its
            label.
        """
        if self.class_names is None or self.class_names[int(label)] == str(label):
            return str(label)
        return f"{label} {self.class_names[int(label)]}"

    def named(self, x):
        """Return examples as `ssgan.SSGANClassifier` takes them.

        Parameters
        ----------
        x : ndarray of shape (m, ...)
            Examples of these data.

        Returns
        -------
        pandas.DataFrame of shape (m, d), or ndarray
            `x` itself if the data are no table.
        """
        return x if self.columns is None else self.columns.decode(x)

    def with_test_part(self):
        """Return these data with a test part.

        Data that have a test part are returned as they are. Otherwise, a fifth of the
        labeled examples of each class, rounded down, is moved from the training part to
        the test part. The choice is random but always the same. A warning reports it.

        Returns
        -------
        Data

        Raises
        ------
        InputError
            If there is no test part and no class has five labeled examples.
        """
        if self.x_test is not None:
            return self
        y, rng = self.y_train, np.random.default_rng(0)
        test = np.zeros(len(y), bool)
        for label in sorted(set(y[is_labeled(y)].tolist())):
            members = rng.permutation(np.flatnonzero(y == label))
            test[members[: len(members) // 5]] = True
        labeled = np.count_nonzero(is_labeled(y))
        expect(
            test.any(),
            f"a test part in {self.name}, or a class with five labeled examples to "
            "take one from",
            f"{labeled} labeled examples",
        )
        warnings.warn(
            f"{self.name} has no test part: {np.count_nonzero(test)} of its {labeled} "
            "labeled examples are held out for testing.",
            stacklevel=2,
        )

        return self.moved_to_test(test)

    def moved_to_test(self, test):
        """Return these data with some training examples as their test part.

        Parameters
        ----------
        test : boolean ndarray of shape (n,)
            Which training examples; each must have a label.

        Returns
        -------
        Data
        """

        def files(part):
            names = self.files_train
            return names and tuple(names[i] for i in np.flatnonzero(part))

        return replace(
            self,
            x_train=take(self.x_train, ~test),
            y_train=self.y_train[~test],
            x_test=take(self.x_train, test),
            y_test=self.y_train[test],
            files_train=files(~test),
            files_test=files(test),
            ids=None,
        )


def is_labeled(y):
    """Return which examples have a label.

    Parameters
    ----------
    y : array-like of shape (n,)
        Labels in any form that `read_labels` takes.

    Returns
    -------
    ndarray of shape (n,), bool
    """
    return read_labels(y) != -1


def read_labels(y):
    """Return labels in the one form that all of ssgan uses.

    Unlabeled are the number -1, None, NaN, pandas' NA and NaT, masked entries, and the
    texts "", "-1" and "unlabeled". Other texts that programs write for a missing value,
    such as "nan" or "NA", are refused: they may be meant as either.

    Parameters
    ----------
    y : array-like of any shape
        Labels: whole numbers, Booleans (as 0 and 1) or text, but not both.

    Returns
    -------
    ndarray of the same shape
        int64 for numbers. For text, an object array of str, with the integer -1 for
        unlabeled. Fractions, infinities and complex numbers, which are no classes, stay
        as they are, with -1 for NaN.

    Raises
    ------
    InputError
        If there are labels of another type, numbers beside text, or a text that may
        mean a missing value.
    """
    if isinstance(y, np.ma.MaskedArray):
        y = y.tolist()  # Masked entries become None.
    # NumPy would turn the numbers in a list into text if one element is text.
    y = np.asarray(y, object if isinstance(y, (list, tuple)) else None)
    expect(y.dtype.kind in "buifcUO", "labels that are numbers or text", y.dtype)
    expect(y.ndim > 0, "a sequence of labels", repr(y.tolist())[:60])
    if y.dtype.kind == "c":
        return y
    if np.can_cast(y.dtype, np.int64):
        return y.astype(np.int64)
    if y.dtype.kind == "f":
        return _whole(np.where(np.isnan(y), -1.0, y.astype(np.float64)))
    if y.dtype.kind == "U":
        classes, codes = np.unique(y, return_inverse=True)
        return read_labels(classes.astype(object))[codes.reshape(y.shape)]
    labels = [-1 if _is_missing(label) else label for label in y.astype(object).flat]
    given = [label for label in labels if not _is_none(label)]
    if given and all(isinstance(label, str) for label in given):
        doubtful = sorted({g for g in given if g.strip() in LIKE_NONE})
        expect(
            not doubtful,
            'no label that may mean a missing value: None, "" or -1 for unlabeled '
            "examples, and other names for classes",
            ", ".join(map(repr, doubtful)),
        )
        read = np.empty(y.shape, object)
        read.flat = [-1 if _is_none(label) else str(label) for label in labels]
        return read
    numbers = all(isinstance(label, (Real, np.bool_)) for label in given)
    kinds = sorted({type(label).__name__ for label in given})
    expect(numbers, "labels that are all text or all whole numbers", ", ".join(kinds))
    numbers = [-1 if _is_none(label) else label for label in labels]
    with as_input_error("whole numbers of at most 64 bits as labels"):
        whole = all(isinstance(label, (Integral, np.bool_)) for label in numbers)
        read = np.array(numbers, np.int64 if whole else np.float64)
    return _whole(read.reshape(y.shape))


def _is_missing(label):
    """Return whether an object is None, NaN, or pandas' NaT or NA."""
    if label is None or type(label).__name__ == "NAType":
        return True
    return np.ndim(label) == 0 and bool(label != label)


def _is_none(label):
    """Return whether a label is one that means unlabeled."""
    if isinstance(label, str):
        return NONE.fullmatch(label.strip()) is not None
    return np.ndim(label) == 0 and bool(label == -1)


def _whole(y):
    """Return numbers as int64 if all are whole."""
    whole = np.all((np.abs(y) < 2**63) & (y == np.round(y)))
    return y.astype(np.int64) if whole else y


def _checked(part, x, y, may_be_empty):
    """Return `y` as read. InputError unless both are as `Data` describes them."""
    dtype = x.dtype if isinstance(x, np.ndarray) else np.dtype(object)
    expect(dtype.kind in "buif", f"numeric x in {part}", f"x of dtype {dtype}")
    shapes = f"nonempty x of shape (n, d), (n, h, w) or (n, h, w, c) in {part}"
    expect(x.ndim in (2, 3, 4) and x.size, shapes, f"x of shape {x.shape}")
    expect(not np.ma.is_masked(x), f"x without masked values in {part}", "a masked x")
    y = read_labels(y)
    if y.ndim == 2 and y.shape[1] == 1:  # Keras keeps the labels of CIFAR in a column.
        y = y[:, 0]
    one_each = f"one label for each of the {len(x)} examples in {part}"
    expect(y.shape == x.shape[:1], one_each, f"y of shape {y.shape}")
    # Integers are always finite, and a mask of them might not fit in memory.
    is_fine = (lambda column: ~np.isinf(column)) if may_be_empty else np.isfinite
    bad = x.size - np.count_nonzero(is_fine(x)) if x.dtype.kind == "f" else 0
    expect(not bad, f"finite x in {part}", f"{bad} NaN or infinite values")
    expect(
        y.dtype == object or (y.dtype == np.int64 and y.min() >= -1),
        f"labels in {part} to be strings or whole numbers from 0, with -1 for none",
        f"y of dtype {y.dtype} that begins {y[:5].tolist()}",
    )
    return y
