"""Choose which training examples keep their labels."""

from dataclasses import dataclass

import numpy as np

from ssgan.data.labels import is_labeled, read_labels
from ssgan.errors import as_input_error, expect, expect_seed, expect_whole, some
from ssgan.support.files import read_json, write_json


@dataclass(frozen=True, eq=False)
class LabelSplit:
    """Which training examples keep their labels.

    Parameters
    ----------
    name : str
        Describes the split: "mnist@100-seed3" is 100 labels of MNIST, drawn with
        seed 3.
    indices : ndarray of shape (n_labels,), int64
        Indices into the training set, from 0, distinct, in the order they were drawn.
    seed : int
        Seed of the draw, 0 to 4294967295. It is not the seed of the weights.
    n_labels : int
        Number of labels kept, from 1.

    Raises
    ------
    InputError
        If a value is not as described above.
    """

    name: str
    indices: np.ndarray
    seed: int
    n_labels: int

    def __post_init__(self):
        expect(
            isinstance(self.name, str),
            "the name of the split to be text",
            repr(self.name),
        )
        expect_seed("seed", self.seed)
        expect_whole("n_labels", self.n_labels, 1)
        indices = self.indices
        whole = isinstance(indices, np.ndarray) and indices.dtype == np.int64
        expect(whole and indices.ndim == 1, "indices of shape (n,), int64", indices)
        distinct = len(np.unique(indices)) == len(indices) == self.n_labels
        expect(
            distinct and indices.min() >= 0,
            f"{self.n_labels} distinct indices from 0",
            f"{len(indices)} that begin {indices[:5].tolist()}",
        )

    def apply(self, y):
        """Hide all labels except those of the split.

        Parameters
        ----------
        y : array-like of shape (n,)
            Labels of the training set; see `ssgan.data.labels.read_labels`.

        Returns
        -------
        ndarray of shape (n,), int64 or object
            A copy of `y` with -1 outside the split. int64 for integers, object for
            strings.

        Raises
        ------
        InputError
            If `y` is too short, has another shape or dtype, or lacks a label that the
            split keeps.
        """
        y = _check_labels(y)
        last = self.indices.max()
        expect(last < len(y), f"more than {last} labels for {self.name}", len(y))
        missing = self.indices[~is_labeled(y[self.indices])]
        expect(
            not len(missing),
            f"a label at every index of {self.name}",
            f"none at {missing[:5].tolist()}",
        )
        hidden = np.full(len(y), -1, dtype=y.dtype)
        hidden[self.indices] = y[self.indices]
        return hidden

    def save(self, path):
        """Write the split to a JSON file atomically.

        Parameters
        ----------
        path : str or path

        Raises
        ------
        InputError
            If the file cannot be written.
        """
        write_json(path, vars(self) | {"indices": self.indices.tolist()})

    @classmethod
    def load(cls, path):
        """Read a split that `save` wrote.

        Parameters
        ----------
        path : str or path

        Returns
        -------
        LabelSplit

        Raises
        ------
        InputError
            If the file cannot be read or does not contain a valid split.
        """
        with as_input_error(f"{path} to be a saved label split"):
            fields = read_json(path)
            return cls(**fields | {"indices": np.asarray(fields["indices"])})


def label_split(y, n_labels, seed=0, *, balanced=True, name="data"):
    """Draw the training examples that keep their labels.

    The labeled examples are shuffled. Then the first examples of each class are taken:
    equally many of each class (Salimans et al. 2016, section 5), or in proportion to
    the size of the class.

    Parameters
    ----------
    y : array-like of shape (n,)
        Labels of the training set; see `ssgan.data.labels.read_labels`. Unlabeled
        examples are never drawn.
    n_labels : int
        Total number of labels to keep, from 1.
    seed : int, default=0
        Seed of the draw, 0 to 4294967295.
    balanced : bool, default=True
        If True, every class gets the same number of labels. If `n_labels` is not a
        multiple of the number of classes, some classes, drawn with the seed, get one
        more. If False, the numbers are proportional to the class sizes, rounded by
        the largest-remainder method, with at least one for each class.
    name : str, default="data"
        Name of the data set, used in the name of the split.

    Returns
    -------
    LabelSplit
        Its name is "NAME@N-seedS" if balanced, else "NAME@N-seedS-stratified".

    Raises
    ------
    InputError
        If there are fewer than two classes, if `n_labels` is less than the number of
        classes, or if `y` or one of its classes has too few labels. Also if a value is
        not as described above.

    Examples
    --------
    >>> split = label_split(np.repeat([0, 1], 50), 4, seed=3, name="toy")
    >>> split.name, len(split.indices)
    ('toy@4-seed3', 4)
    """
    expect_whole("n_labels", n_labels, 1)
    expect_seed("seed", seed)
    y = _check_labels(y)
    labeled = np.flatnonzero(is_labeled(y))
    with as_input_error("labels of one type, with -1 for none"):
        classes, codes, sizes = np.unique(
            y[labeled], return_inverse=True, return_counts=True
        )
    expect(len(classes) >= 2, "at least two classes", f"classes={classes.tolist()}")
    enough = f"n_labels from {len(classes)}, one for each class, to {len(labeled)}"
    expect(len(classes) <= n_labels <= len(labeled), enough, f"n_labels={n_labels}")

    rng = np.random.default_rng(seed)
    order = rng.permutation(len(labeled))
    if balanced:
        share, rest = divmod(n_labels, len(classes))
        counts = np.full(len(classes), share)
        counts[rng.permutation(len(classes))[:rest]] += 1
    else:
        counts = _proportional(n_labels, sizes)
    short = np.flatnonzero(sizes < counts)
    expect(
        not len(short),
        f"at least {counts.max()} labels of each class, for {n_labels} labels of "
        f"{len(classes)} classes alike",
        ", ".join(f"{sizes[k]} of class {classes[k]!s}" for k in short)
        + ". Draw fewer, or in proportion to the classes (--stratified, or "
        "balanced=False)",
    )
    codes = codes[order]
    firsts = [np.flatnonzero(codes == k)[:count] for k, count in enumerate(counts)]
    indices = labeled[order[np.sort(np.concatenate(firsts))]]
    kind = "" if balanced else "-stratified"
    return LabelSplit(f"{name}@{n_labels}-seed{seed}{kind}", indices, seed, n_labels)


def hold_out(split, y, fraction, first):
    """Draw some labeled examples to hold out, of each class alike.

    Parameters
    ----------
    split : LabelSplit
    y : ndarray of shape (n,)
        Its labels, as `LabelSplit.apply` returns them.
    fraction : float in (0, 1)
        Of the labels of each class.
    first : integer ndarray of shape (n,)
        From `ssgan.data.copies.first_of_same`: of the same examples, one is drawn.

    Returns
    -------
    boolean ndarray of shape (n,)

    Raises
    ------
    InputError
        If there are too few labels.
    """
    from sklearn.model_selection import train_test_split  # Slow to import.

    once = split.indices[first[split.indices] == split.indices]
    classes, sizes = np.unique(y[once].astype(str), return_counts=True)
    two = f"--validation {fraction} with two or more different examples of each class"
    expect(sizes.min() > 1, two, f"one of class {some(classes[sizes < 2])}")
    with as_input_error(
        f"labels enough to hold out --validation {fraction} of each class"
    ):
        _, drawn = train_test_split(
            once,
            test_size=fraction,
            stratify=y[once].astype(str),
            random_state=split.seed,
        )
    held = np.zeros(len(y), bool)
    held[drawn] = True
    return held


def _proportional(total, sizes):
    """Divide a number in proportion to class sizes, with at least one for each class.

    Parameters
    ----------
    total : int
        At least k.
    sizes : integer ndarray of shape (k,)

    Returns
    -------
    ndarray of shape (k,), int64
        Its sum is `total`.
    """
    quotas = total * sizes / sizes.sum()
    counts = np.maximum(1, np.floor(quotas).astype(np.int64))
    while counts.sum() < total:
        counts[np.argmax(quotas - counts)] += 1
    # Take any excess from the classes that are furthest above their quotas.
    while counts.sum() > total:
        counts[np.argmax(np.where(counts > 1, counts - quotas, -np.inf))] -= 1
    return counts


def _check_labels(y):
    """Return `y` as read, or raise InputError."""
    y = read_labels(y)
    expect(
        y.ndim == 1 and y.dtype.kind in "iO",
        "labels of shape (n,), integers or strings",
        f"y of shape {y.shape} and dtype {y.dtype}",
    )
    return y
