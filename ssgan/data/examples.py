"""Arrays of examples, with and without labels."""

import warnings
from dataclasses import dataclass, replace

import numpy as np

from ssgan.data.storage import take
from ssgan.errors import expect


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
    y_train : ndarray of shape (n,)
        Labels: integers from 0, or strings in an object array. -1 means unlabeled.
    x_test, y_test : ndarray or None, default=None
        Test examples and labels, in the same form. Every test example has a label.
        None if there is no test part.
    class_names : tuple of str or None, default=None
        The name of each integer class, if the source has names.
    files_train, files_test : tuple of str or None, default=None
        The file of each example, relative to the folder they come from. None if the
        examples do not come from files of their own.
    columns : tuple of str or None, default=None
        The name of each column of x, if the source has names.
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
            f"examples of shape {x.shape[1:]} with labels of type "
            f"{'text' if y.dtype.kind in 'OU' else 'int'}"
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
        """Add the column names to an array of examples.

        scikit-learn takes feature names from a DataFrame and checks them.

        Parameters
        ----------
        x : ndarray of shape (m, d)
            Examples of these data. If the data have no column names, any shape.

        Returns
        -------
        pandas.DataFrame of shape (m, d), or ndarray
            `x` itself if the data have no column names.
        """
        if self.columns is None:
            return x
        import pandas as pd

        return pd.DataFrame(x, columns=self.columns)

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


def is_labeled(y):
    """Return which examples have a label.

    Parameters
    ----------
    y : array-like of shape (n,)
        Labels. -1 means unlabeled.

    Returns
    -------
    ndarray of shape (n,), bool
        True where `y` is not -1.
    """
    return np.asarray(y) != -1


def read_labels(y):
    """Convert the labels of a file to the form that `Data` holds.

    Parameters
    ----------
    y : ndarray of shape (n,) or (n, 1)
        Integers, Booleans or strings. The strings "" and "-1" mean unlabeled.

    Returns
    -------
    ndarray of shape (n,)
        int64 for integers and Booleans. For strings, an object array of str, with the
        integer -1 for unlabeled. Any other dtype is unchanged, for `Data` to check.
    """
    if y.ndim == 2 and y.shape[1] == 1:  # Keras keeps the labels of CIFAR in a column.
        y = y[:, 0]
    if y.dtype.kind == "U":
        return np.where((y == "") | (y == "-1"), -1, y.astype(object))
    return y.astype(np.int64) if y.dtype.kind in "bui" else y


def _check(part, x, y):
    """Raise InputError unless `x` and `y` are as `Data` describes them."""
    expect(x.dtype.kind in "buif", f"numeric x in {part}", f"x of dtype {x.dtype}")
    shapes = f"nonempty x of shape (n, d), (n, h, w) or (n, h, w, c) in {part}"
    expect(x.ndim in (2, 3, 4) and x.size, shapes, f"x of shape {x.shape}")
    one_each = f"one label for each of the {len(x)} examples in {part}"
    expect(y.shape == x.shape[:1], one_each, f"y of shape {y.shape}")
    # Integers are always finite, and a mask of them might not fit in memory.
    bad = x.size - np.count_nonzero(np.isfinite(x)) if x.dtype.kind == "f" else 0
    expect(not bad, f"finite x in {part}", f"{bad} NaN or infinite values")
    expect(
        y.dtype.kind in "OU" or (y.dtype.kind in "iu" and y.min() >= -1),
        f"labels in {part} to be strings or whole numbers from 0, with -1 for none",
        f"y of dtype {y.dtype} that begins {y[:5].tolist()}",
    )
