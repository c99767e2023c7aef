"""Examples with and without labels, as arrays."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from ssgan.data.storage import take
from ssgan.errors import expect

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class Data:
    """Examples and labels of one data set; unfit ones raise InputError.

    Parameters
    ----------
    name : str
        Short name: "digits", "mnist", the stem of a file.
    x_train : ndarray of shape (n, h, w), (n, h, w, c) or (n, d)
        Raw pixels or columns, in the range and dtype of their source.
    y_train : ndarray of shape (n,)
        Classes: integers from 0, or strings in an object array. -1 is unlabeled.
    x_test, y_test : ndarray, optional
        The same for testing, every example labeled. None when there are none.
    class_names : tuple of str, optional
        Name of each integer class, where the source knows them.
    files_train, files_test : tuple of str, optional
        File of each example, relative to their folder, where they come from files.
    columns : tuple of str, optional
        Name of each column of x, where the source has names.
    """

    name: str
    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray | None = None
    y_test: np.ndarray | None = None
    class_names: tuple[str, ...] | None = None
    files_train: tuple[str, ...] | None = None
    files_test: tuple[str, ...] | None = None
    columns: tuple[str, ...] | None = None

    def __post_init__(self):
        x, y = self.x_test, self.y_test
        _check(f"{self.name}, train", self.x_train, self.y_train)
        expect((x is None) == (y is None), "x_test and y_test, or neither", "only one")
        if x is None:
            return
        _check(f"{self.name}, test", x, y)
        train, test = (
            f"x of {x.shape[1:]} with y of {'text' if y.dtype.kind in 'OU' else 'int'}"
            for x, y in ((self.x_train, self.y_train), (x, y))
        )
        expect(train == test, "train and test alike", f"{train}, but {test}")
        missing = np.count_nonzero(~is_labeled(y))
        expect(not missing, "a label for every test example", f"{missing} without one")

    def class_name(self, label) -> str:
        """Return a label, together with the name that its source has for it, if any."""
        if self.class_names is None or self.class_names[int(label)] == str(label):
            return str(label)
        return f"{label} {self.class_names[int(label)]}"

    def named(self, x: np.ndarray) -> np.ndarray | pd.DataFrame:
        """Return some of these examples with the names of their columns, if any.

        scikit-learn takes such names from a DataFrame, and compares them.
        """
        if self.columns is None:
            return x
        import pandas as pd

        return pd.DataFrame(x, columns=self.columns)

    def with_test_part(self) -> Data:
        """Return these data or, if they have no test part, the same with one.

        A fifth of each class's labeled examples, drawn always alike, is taken out of
        the training part; a warning says so.

        Raises
        ------
        InputError
            If no class has five labeled examples.
        """
        if self.x_test is not None:
            return self
        y, rng = self.y_train, np.random.default_rng(0)
        test = np.zeros(len(y), bool)
        for label in sorted(set(y[is_labeled(y)].tolist())):
            members = rng.permutation(np.flatnonzero(y == label))
            test[members[: len(members) // 5]] = True
        given = np.count_nonzero(is_labeled(y))
        expect(
            test.any(),
            f"a test part in {self.name}, or five labeled examples of a class to take "
            "one from",
            f"{given} labeled examples",
        )
        warnings.warn(
            f"{self.name} has no test part: {np.count_nonzero(test)} of its {given} "
            "labeled examples are kept for testing.",
            stacklevel=2,
        )

        def files(part):
            names = self.files_train
            return names and tuple(names[i] for i in np.flatnonzero(part))

        return replace(
            self,
            x_train=take(self.x_train, ~test),
            y_train=y[~test],
            x_test=take(self.x_train, test),
            y_test=y[test],
            files_train=files(~test),
            files_test=files(test),
        )


def is_labeled(y: np.ndarray) -> np.ndarray:
    """Return a boolean mask of shape (n,): True where `y` (n,) is not -1."""
    return np.asarray(y) != -1


def read_labels(y: np.ndarray) -> np.ndarray:
    """Return labels of shape (n,) or (n, 1) as int64, or as objects: str and -1."""
    if y.ndim == 2 and y.shape[1] == 1:  # Keras has CIFAR's labels in a column.
        y = y[:, 0]
    if y.dtype.kind == "U":
        return np.where((y == "") | (y == "-1"), -1, y.astype(object))
    return y.astype(np.int64) if y.dtype.kind in "bui" else y


def _check(part: str, x: np.ndarray, y: np.ndarray) -> None:
    """Raise InputError unless `x` and `y` are as `Data` describes them."""
    expect(x.dtype.kind in "buif", f"numeric x in {part}", f"x of dtype {x.dtype}")
    shapes = f"x in {part} to be (n, d), (n, h, w) or (n, h, w, c), none of them 0"
    expect(x.ndim in (2, 3, 4) and x.size, shapes, f"x of shape {x.shape}")
    one_each = f"one label for each of the {len(x)} examples in {part}"
    expect(y.shape == x.shape[:1], one_each, f"y of shape {y.shape}")
    # Whole numbers are finite, and may be more than the memory holds.
    bad = x.size - np.count_nonzero(np.isfinite(x)) if x.dtype.kind == "f" else 0
    expect(not bad, f"finite x in {part}", f"{bad} NaN or infinite values")
    expect(
        y.dtype.kind in "OU" or (y.dtype.kind in "iu" and y.min() >= -1),
        f"labels in {part} to be strings or whole numbers from 0, with -1 for none",
        f"y of dtype {y.dtype} that begins {y[:5].tolist()}",
    )
