"""The examples of one part of a source, or of several sources, to predict."""

import itertools
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from ssgan.data import storage
from ssgan.data.folders import load_files
from ssgan.data.forms import in_form
from ssgan.data.image_files import SUFFIXES
from ssgan.data.labels import is_labeled
from ssgan.data.sources import load
from ssgan.errors import expect


@dataclass(frozen=True, eq=False)
class Chosen:
    """Examples without their labels, and where they come from.

    Parameters
    ----------
    x : ndarray of shape (n, ...), or pandas.DataFrame
        The examples; a table if the source has names for its columns.
    index : ndarray of shape (n,)
        Place of each example in its source, from 0; in the test part if that is asked
        for, else with the test part behind the training part.
    files : tuple of str or None
        The file of each example. With several sources, it begins with the source, and
        examples that have no file of their own have the name of the source.
    ids : dict of str to list or None, default=None
        Columns of a table that say which example it is; see `ssgan.data.examples.Data`.
    """

    x: object
    index: np.ndarray
    files: tuple[str, ...] | None
    ids: dict[str, list] | None = None


def load_part(sources, part=None, *, shape=None, columns=None):
    """Load the examples of one part of one source or of several.

    Parameters
    ----------
    sources : sequence of str or path
        See `ssgan.load`. Image files among them may be many.
    part : {"test", "train", "unlabeled", "all"} or None, default=None
        "unlabeled" are the training examples without a label. None takes the test part
        of a source that has one, and else all of it.
    shape, columns
        See `ssgan.load`.

    Returns
    -------
    Chosen

    Raises
    ------
    InputError
        If a source cannot be loaded, lacks the part, or is not like the others.
    """
    several = len(sources) > 1
    loaded = []
    for is_image, group in itertools.groupby(map(str, sources), _is_image_file):
        if is_image:
            files = [*group]
            data = in_form(load_files(files, shape=shape), shape, files[0])
            loaded.append((data, _part_of(data, part, None)))
            continue
        for source in group:
            data = load(source, shape=shape, columns=columns)
            loaded.append((data, _part_of(data, part, source if several else None)))
    first = loaded[0][0]
    for data, _ in loaded[1:]:
        like = data.x_train.shape[1:] == first.x_train.shape[1:]
        like &= data.columns == first.columns
        kinds = [f"{d.name} of shape {d.x_train.shape[1:]}" for d in (first, data)]
        expect(like, "sources whose examples are alike", " and ".join(kinds))
    found = [examples for _, examples in loaded]
    if len(found) == 1:
        return replace(found[0], x=first.named(found[0].x))
    x = storage.join(*(examples.x for examples in found))
    index = np.concatenate([examples.index for examples in found])
    names = [
        name for name in found[0].ids or () if all(name in (e.ids or ()) for e in found)
    ]
    ids = {name: [value for e in found for value in e.ids[name]] for name in names}
    return Chosen(first.named(x), index, sum((e.files for e in found), ()), ids or None)


def _is_image_file(source):
    return source.lower().endswith(SUFFIXES) and Path(source).expanduser().is_file()


def _part_of(data, part, source):
    """Return one part as `Chosen`; `source`, if given, is put before its files."""
    if part is None:
        part = "all" if data.x_test is None else "test"
    expect(
        part != "test" or data.x_test is not None, f"a test part in {data.name}", "none"
    )
    n = len(data.x_train)
    x, files, index, ids = data.x_train, data.files_train, np.arange(n), data.ids
    if part == "test":
        x, files, ids = data.x_test, data.files_test, None
        index = np.arange(len(x))
    elif part == "unlabeled":
        index = np.flatnonzero(~is_labeled(data.y_train))
        expect(len(index), f"examples without a label in {data.name}", "none")
        x = storage.take(x, index)
        files = files and tuple(files[i] for i in index)
        ids = ids and {name: [v[i] for i in index] for name, v in ids.items()}
    elif part == "all" and data.x_test is not None:
        x = storage.join(x, data.x_test)
        files, ids = files and files + data.files_test, None
        index = np.arange(len(x))
    if source is not None:
        files = tuple(f"{source.rstrip('/')}/{f}" for f in files or ())
        files = files or (source,) * len(x)
    return Chosen(x, index, files, ids)
