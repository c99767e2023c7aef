"""Arrays of examples, with and without labels."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ssgan.data.copies import first_of_same, warn_of_copies, with_unlabeled
from ssgan.data.labels import is_labeled, read_labels
from ssgan.data.storage import take
from ssgan.errors import expect, some, warn


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
        Columns of a table that are no features, and have another value in each row of
        the training part, or had when the features were learned.
    made_by : str or None, default=None
        The network that made the features, if these are known to be some.
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
    made_by: str | None = None

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
        # Before types are compared: -1 for all of them is a number.
        missing = np.count_nonzero(~is_labeled(y))
        expect(not missing, "a label for every test example", f"{missing} without one")
        train, test = (
            f"examples of shape {x.shape[1:]} with labels of type "
            f"{'text' if y.dtype == object else 'int'}"
            for x, y in ((self.x_train, self.y_train), (x, y))
        )
        alike = "training and test parts to be alike"
        expect(train == test, alike, f"{train}, but {test}")

    def class_name(self, label):
        """Return a label as text, together with the name of its class.

        Parameters
        ----------
        label : int or str

        Returns
        -------
        str
            "LABEL NAME", or "LABEL" if the class has no name or is named like its
            label; on one line.
        """
        names, said = self.class_names, str(label)
        named = names is not None and 0 <= int(label) < len(names)
        if named and names[int(label)] != said:
            said += f" {names[int(label)]}"
        return " ".join(said.split())

    def places(self, part="train"):
        """Return the file of each example of a part, or its number, from 0.

        Parameters
        ----------
        part : {"train", "test"}, default="train"

        Returns
        -------
        ndarray of shape (n,)
        """
        files = getattr(self, f"files_{part}")
        if files is None:
            return np.arange(len(getattr(self, f"x_{part}")))
        return np.array(files, dtype=object)

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
        labeled examples of each class, rounded down, but at least one of two, is moved
        from the training part to the test part. The choice is random but always the
        same. Copies count once, and those of test examples are left out. A warning
        reports it.

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
        first, test = first_of_same(self.x_train, y), np.zeros(len(y), bool)
        once, untested, most = first == np.arange(len(y)), [], 0
        for label in sorted(set(y[is_labeled(y)].tolist())):
            members = rng.permutation(np.flatnonzero((y == label) & once))
            most = max(most, len(members))
            if len(members) > 1:
                test[members[: max(1, len(members) // 5)]] = True
            else:
                untested.append(self.class_name(label))
        labeled = np.count_nonzero(is_labeled(y))
        expect(  # With fewer in each class, too few would be left to learn from.
            most >= 5,
            f"a test part in {self.name}, or a class with five labeled examples to "
            "take one from",
            f"{labeled} labeled examples",
        )
        rest = f" Classes with one label are not tested: {some(untested)}."
        warn(
            f"{self.name} has no test part: {np.count_nonzero(test)} of its {labeled} "
            f"labeled examples are held out for testing.{rest if untested else ''}"
        )
        warn_of_copies(first, y, self.files_train)
        return self.moved_to_test(test, with_unlabeled(first, self.x_train, y))

    def without(self, part):
        """Return these data without some training examples.

        Parameters
        ----------
        part : boolean ndarray of shape (n,)
            Which training examples to leave out.

        Returns
        -------
        Data
        """
        return replace(
            self,
            x_train=take(self.x_train, ~part),
            y_train=self.y_train[~part],
            files_train=self._files(~part),
            ids=None,
        )

    def moved_to_test(self, test, first=None):
        """Return these data with some training examples as their test part.

        Parameters
        ----------
        test : boolean ndarray of shape (n,)
            Which training examples; each must have a label.
        first : integer ndarray of shape (n,) or None, default=None
            From `ssgan.data.copies.with_unlabeled`: copies are in neither part. None if
            no example is a copy.

        Returns
        -------
        Data
        """
        gone = test
        if first is not None:
            gone, test = test[first], test & (first == np.arange(len(test)))
        return replace(
            self.without(gone),
            x_test=take(self.x_train, test),
            y_test=self.y_train[test],
            files_test=self._files(test),
        )

    def _files(self, part):
        names = self.files_train
        return names and tuple(names[i] for i in np.flatnonzero(part))


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
