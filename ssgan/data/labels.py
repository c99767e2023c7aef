"""Labels in the one form that all of ssgan uses, and what means that there is none."""

import re
import unicodedata
from numbers import Integral, Real

import numpy as np

from ssgan.errors import as_input_error, counted, expect, warn

# Texts that mean unlabeled; and texts for a missing value that may name a class, too.
NONE = re.compile(r"(-1(\.0*)?|unlabell?ed)?", re.IGNORECASE)
LIKE_NONE = ("?", "NA", "N/A", "n/a", "<NA>", "#N/A", "#NA")
LIKE_NONE += ("nan", "NaN", "NAN", "NaT", "None", "NULL", "null")
# A decimal point and zeros may follow, as programs write them beside empty fields.
WHOLE = re.compile(r"(0|[1-9]\d{0,17})(\.0*)?")


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


def are_booleans(y):
    """Return whether all labels that are given are Booleans.

    Parameters
    ----------
    y : array-like of shape (n,)
        Labels in any form that `read_labels` takes.
    """
    if isinstance(y, np.ma.MaskedArray):
        y = y.tolist()  # Masked entries become None.
    kind = getattr(getattr(y, "dtype", None), "kind", "O")
    if kind not in "Ob":
        return False
    labels = np.asarray(y, object).ravel().tolist()
    given = [label for label in labels if not (_is_missing(label) or means_none(label))]
    return bool(given) and all(isinstance(label, (bool, np.bool_)) for label in given)


def whole_numbers(labels):
    """Return labels in text as whole numbers: "2" and "2.0" are one class.

    Parameters
    ----------
    labels : iterable of str
        Without any that means unlabeled.

    Returns
    -------
    list of int or None
        None if a label is another one than a whole number from 0, of at most 18 digits
        and without leading zeros.
    """
    found = [WHOLE.fullmatch(label) for label in labels]
    return [int(whole[1]) for whole in found] if all(found) else None


def warn_of_minus_one(labels, path):
    """Warn of labels in text that are -1 beside 0 or 1: it may be meant as a class.

    Parameters
    ----------
    labels : sequence of str
    path : path
        Where they are from.
    """
    n = sum(y.startswith("-1") and means_none(y) for y in labels)
    others = {y for y in labels if not means_none(y)}
    if n and others and others <= {"0", "1", "0.0", "1.0"}:
        warn(
            f"-1 means unlabeled: {counted(n, 'label')} of {path}. If it is a class, "
            "give it another name."
        )


def spelled_alike(names):
    """Return the names that differ only in capital letters, spaces or form of Unicode.

    A letter with an accent may be one character or two (as macOS writes it). Single
    letters are left out: where they are classes, a and A are two.

    Parameters
    ----------
    names : iterable of str

    Returns
    -------
    list of list of str
        Two names or more each.
    """
    groups = {}
    for name in sorted(names):
        composed = unicodedata.normalize("NFC", name)
        groups.setdefault("".join(composed.split()).lower(), []).append(name)
    return [g for name, g in groups.items() if len(g) > 1 and max(map(len, g)) > 1]


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
    if y.dtype.kind in "ST":  # Bytes and NumPy's text of any length.
        y = y.astype(object)
    expect(y.dtype.kind in "buifcUO", "labels that are numbers or text", y.dtype)
    expect(y.ndim > 0, "a sequence of labels", type(y.tolist()).__name__)
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
    given = [label for label in labels if not means_none(label)]
    if given and all(isinstance(label, str) for label in given):
        doubtful = sorted({g for g in given if g.strip() in LIKE_NONE})
        expect(
            not doubtful,
            'None, "" or -1 for unlabeled examples, and names of classes that cannot '
            "mean a missing value",
            ", ".join(map(repr, doubtful)),
        )
        read = np.empty(y.shape, object)
        # A member of an enumeration that is text is its value, not its name.
        read.flat = [
            -1 if means_none(label) else str.__str__(label) for label in labels
        ]
        return read
    numbers = all(isinstance(label, (Real, np.bool_)) for label in given)
    kinds = sorted({type(label).__name__ for label in given})
    expected = "labels that are all text or all whole numbers"
    if "bytes" in kinds:
        expected += " (decode bytes first)"
    expect(numbers, expected, ", ".join(kinds))
    numbers = [-1 if means_none(label) else label for label in labels]
    expected = "whole numbers from -2**63 to 2**63 - 1 as labels"
    whole = all(isinstance(label, (Integral, np.bool_)) for label in numbers)
    beyond = [n for n in numbers if whole and not -(2**63) <= n < 2**63]
    expect(not beyond, expected, beyond[0] if beyond else "")
    with as_input_error(expected):
        read = np.array(numbers, np.int64 if whole else np.float64)
    return _whole(read.reshape(y.shape))


def _is_missing(label):
    """Return whether an object is None, masked, NaN, or pandas' NaT or NA."""
    if label is None or label is np.ma.masked or type(label).__name__ == "NAType":
        return True
    return np.ndim(label) == 0 and bool(label != label)


def means_none(label):
    """Return whether a label, a text or a number, is one that means unlabeled."""
    if isinstance(label, str):
        return NONE.fullmatch(label.strip()) is not None
    return np.ndim(label) == 0 and bool(label == -1)


def _whole(y):
    """Return numbers as int64 if all are whole."""
    whole = np.all((np.abs(y) < 2**63) & (y == np.round(y)))
    return y.astype(np.int64) if whole else y
