"""Choose the few training examples that keep their labels, by a seed."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from numbers import Integral
from pathlib import Path

import numpy as np

from ssgan.data.examples import is_labeled
from ssgan.errors import as_input_error, expect
from ssgan.support.files import write_json


@dataclass(frozen=True, eq=False)
class LabelSplit:
    """Positions of the training examples that keep their labels.

    Parameters
    ----------
    name : str
        Says it all: "mnist@100-seed3" is 100 labels of MNIST drawn by seed 3.
    indices : ndarray of shape (n_labels,), int64
        Positions in the training set, distinct, in the order they were drawn.
    seed : int
        Data seed of the draw; the seed of the weights is another.
    n_labels : int
        Number of labels kept.

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
        expect(isinstance(self.name, str), "the split's name as text", repr(self.name))
        _check_whole(self.seed, "seed", minimum=0)
        _check_whole(self.n_labels, "n_labels", minimum=1)
        indices = self.indices
        whole = isinstance(indices, np.ndarray) and indices.dtype == np.int64
        expect(whole and indices.ndim == 1, "indices in one int64 array", indices)
        distinct = len(np.unique(indices)) == len(indices) == self.n_labels
        expect(
            distinct and indices.min() >= 0,
            f"{self.n_labels} distinct indices from 0",
            f"{len(indices)} that begin {indices[:5].tolist()}",
        )

    def apply(self, y: np.ndarray) -> np.ndarray:
        """Hide every label but those of the split.

        Parameters
        ----------
        y : ndarray of shape (n,)
            Labels of the training set, integers or strings; -1 is unlabeled.

        Returns
        -------
        ndarray of shape (n,), int64 or object
            Copy of `y` that has -1 outside the split.

        Raises
        ------
        InputError
            If an index is beyond `y`, or a label that should stay is not there.
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
        hidden = np.full(len(y), -1, dtype=object if y.dtype.kind in "OU" else np.int64)
        hidden[self.indices] = y[self.indices]
        return hidden

    def save(self, path: str | os.PathLike) -> None:
        """Write the split to a JSON file, whole or not at all.

        Raises
        ------
        InputError
            If the file cannot be written.
        """
        write_json(path, vars(self) | {"indices": self.indices.tolist()})

    @classmethod
    def load(cls, path: str | os.PathLike) -> LabelSplit:
        """Read a split that `save` wrote.

        Raises
        ------
        InputError
            If the file cannot be read or holds no valid split.
        """
        with as_input_error(f"{path} to be a saved label split"):
            fields = json.loads(Path(path).read_text())
            return cls(**fields | {"indices": np.asarray(fields["indices"])})


def label_split(
    y: np.ndarray,
    n_labels: int,
    seed: int = 0,
    *,
    balanced: bool = True,
    name: str = "data",
) -> LabelSplit:
    """Draw the examples that keep their labels.

    The labeled examples are shuffled by the seed, then the first of each class are
    taken: equally many of each (Salimans et al. 2016, section 5), or in proportion.

    Parameters
    ----------
    y : ndarray of shape (n,)
        Labels of the training set, integers or strings. -1 is unlabeled and is
        never drawn.
    n_labels : int
        How many labels to keep in all.
    seed : int, default=0
        Data seed, from 0.
    balanced : bool, default=True
        True: the same number of each class; where it does not come out even,
        classes drawn by the seed have one more. False: in proportion to the
        frequency of the classes (largest remainder), but at least one of each.
    name : str, default="data"
        Name of the data set, for the name of the split.

    Returns
    -------
    LabelSplit
        Named "NAME@N-seedS", with "-stratified" after it if not balanced.

    Raises
    ------
    InputError
        If there are fewer than two classes, fewer labels wanted than classes, or
        more labels wanted than `y` or one of its classes has.

    Examples
    --------
    >>> split = label_split(np.repeat([0, 1], 50), 4, seed=3, name="toy")
    >>> split.name, len(split.indices)
    ('toy@4-seed3', 4)
    """
    _check_whole(n_labels, "n_labels", minimum=1)
    _check_whole(seed, "seed", minimum=0)
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
        f"at least {counts.max()} labels of each class",
        ", ".join(f"{sizes[k]} of class {classes[k]!s}" for k in short),
    )
    codes = codes[order]
    firsts = [np.flatnonzero(codes == k)[:count] for k, count in enumerate(counts)]
    indices = labeled[order[np.sort(np.concatenate(firsts))]]
    kind = "" if balanced else "-stratified"
    return LabelSplit(f"{name}@{n_labels}-seed{seed}{kind}", indices, seed, n_labels)


def _proportional(total: int, sizes: np.ndarray) -> np.ndarray:
    """Divide `total` in proportion to `sizes` (k,), at least one for each."""
    quotas = total * sizes / sizes.sum()
    counts = np.maximum(1, np.floor(quotas).astype(np.int64))
    while counts.sum() < total:
        counts[np.argmax(quotas - counts)] += 1
    while counts.sum() > total:  # The ones given for nothing come from the richest.
        counts[np.argmax(np.where(counts > 1, counts - quotas, -np.inf))] -= 1
    return counts


def _check_whole(value: int, name: str, minimum: int) -> None:
    whole = isinstance(value, Integral) and not isinstance(value, bool)
    is_valid = whole and value >= minimum
    expect(is_valid, f"a whole number from {minimum}", f"{name}={value!r}")


def _check_labels(y: np.ndarray) -> np.ndarray:
    y = np.asarray(y)
    expect(
        y.ndim == 1 and y.dtype.kind in "biuOU",
        "labels of shape (n,), integers or strings",
        f"y of shape {y.shape} and dtype {y.dtype}",
    )
    return y
