"""Examples that are there more than once, where that misleads."""

import numpy as np

from ssgan.data.labels import is_labeled
from ssgan.data.storage import take
from ssgan.errors import counted, some, warn
from ssgan.support.provenance import checksums

# If chance would bring as many rows like one, or more, the same rows are no copies.
BY_CHANCE = 0.01


def first_of_same(x, y):
    """Return, for each example, the labeled one that it is a copy of, or itself.

    A copy has the same values and the same label. Models that learned from the one know
    the other, so that both in different parts would make an error too low.

    Rows of a few values are often the same without being copies, and so are those to
    come. So rows are copies only where chance would hardly make them the same: with
    independent columns, 0.01 rows would be like this one, or fewer.

    Parameters
    ----------
    x : ndarray of shape (n, ...)
        Images, or rows as they were read.
    y : ndarray of shape (n,)
        Labels as from `ssgan.data.labels.read_labels`, -1 for unlabeled.

    Returns
    -------
    integer ndarray of shape (n,)
        The index of the first one of the same; that of the example itself if it is no
        copy.
    """
    first, seen = np.arange(len(y)), {}
    labeled = np.flatnonzero(is_labeled(y))
    if not len(labeled):
        return first
    hashes = checksums(take(x, labeled)).tolist()
    for i, *each in zip(labeled.tolist(), hashes, y[labeled], strict=True):
        first[i] = seen.setdefault(tuple(each), i)
    return _without_chance(first, x)


def with_unlabeled(first, x, y):
    """Return what `first_of_same` returned, with unlabeled copies of labeled examples.

    They are copies of the first one with their values, whatever its label. The
    arguments are those of `first_of_same`; all are arrays of length n.
    """
    labeled, numbers = is_labeled(y), np.arange(len(y))
    once, others = numbers[labeled & (first == numbers)], numbers[~labeled]
    if not (len(once) and len(others)):
        return first
    hashes, first = checksums(x).tolist(), first.copy()
    seen = {hashes[i]: i for i in reversed(once)}
    for i in others:
        first[i] = seen.get(hashes[i], i)
    return _without_chance(first, x)


def _without_chance(first, x):
    """Return `first` without rows that chance would make the same."""
    if x.ndim == 2:
        copies = np.flatnonzero(first != np.arange(len(first)))
        by_chance = copies[_like_by_chance(x, copies) >= BY_CHANCE]
        first[by_chance] = by_chance
    return first


def _like_by_chance(x, rows):
    """Return how many rows would be like each of some, with independent columns."""
    number = np.full(len(rows), float(len(x)))
    for column in x.T:
        if np.all(number < BY_CHANCE):  # Mostly so after a few columns.
            break
        values, counts = np.unique(column, return_counts=True)
        number *= counts[np.searchsorted(values, column[rows])] / len(x)
    return number


def said_of_copies(first, y, files=None):
    """Say how many labels are those of copies, and what becomes of them; "" if none.

    Parameters
    ----------
    first : integer ndarray of shape (n,)
        From `first_of_same`.
    y : ndarray of shape (n,)
        Labels, -1 for unlabeled.
    files : sequence of str or None, default=None
        The file of each example.
    """
    copies = np.flatnonzero(first != np.arange(len(y)))
    if not len(copies):
        return ""
    pairs = [f"{files[first[i]]} and {files[i]}" for i in copies] if files else []
    have = "has" if len(copies) == 1 else "have"
    return (
        f"Of {np.count_nonzero(is_labeled(y))} labeled examples, {len(copies)} {have} "
        f"the same values and label as another{f' ({some(pairs)})' if pairs else ''}. "
        "Such copies are left out together, and count once."
    )


def warn_of_copies(first, y, files=None):
    """Warn of what `said_of_copies` says, if there is anything to say."""
    if said := said_of_copies(first, y, files):
        warn(said)


def warn_of_nothing_new(x, y):
    """Warn if every unlabeled example is a copy of a labeled one.

    The arguments are those of `first_of_same`.
    """
    unlabeled = ~is_labeled(y)
    itself = np.arange(len(y))
    is_copy = with_unlabeled(itself, x, y) != itself
    if unlabeled.any() and is_copy[unlabeled].all():
        warn(
            f"Every unlabeled example ({np.count_nonzero(unlabeled):,}) is a copy of a "
            "labeled one: there is nothing more to learn from these."
        )


def warn_of_known_tests(data):
    """Warn of test examples that have the values of training examples.

    Rows that chance would make the same do not count; see `first_of_same`.
    """
    x, tests = data.x_train, data.x_test
    if tests is None:
        return
    dtype = np.result_type(x, tests)
    trained = {h: i for i, h in enumerate(checksums(x, dtype).tolist())}
    same = [trained[h] for h in checksums(tests, dtype).tolist() if h in trained]
    if x.ndim == 2 and same:
        same = np.flatnonzero(_like_by_chance(x, np.array(same)) < BY_CHANCE)
    if n := len(same):
        has = "has" if n == 1 else "have"
        warn(
            f"Of {counted(len(tests), 'test example')}, {n} {has} the same values as a "
            "training example, so that a test error would be too low."
        )


def warn_of_same_images(data):
    """Warn of images with two labels, or in both parts.

    Parameters
    ----------
    data : ssgan.data.examples.Data
        Images as they were read, with their files.
    """
    contradicting, leaked, first = [], [], {}
    x, y, files = data.x_train, data.y_train, data.files_train
    for i in is_labeled(y).nonzero()[0]:
        # One by one: x may be larger than memory.
        j = first.setdefault(*checksums(x[i : i + 1]), i)
        if y[i] != y[j]:
            contradicting.append(f"{files[j]} and {files[i]}")
    if data.x_test is not None:
        trained = dict(zip(checksums(x), files, strict=True))
        tested = zip(checksums(data.x_test), data.files_test, strict=True)
        leaked = [f"{trained[h]} and {file}" for h, file in tested if h in trained]
    said = {
        "Of images that look the same, one has another label": contradicting,
        "Training and test images that look the same, so that a test error would be "
        "too low": leaked,
    }
    for what, pairs in said.items():
        if pairs:
            warn(f"{what}: {some(pairs)} ({len(pairs)} in {data.name})")
