"""Folders of images: the part and the label of each image."""

import csv
import os
import warnings
from collections import Counter
from pathlib import Path, PurePosixPath

import numpy as np

from ssgan.data import image_files
from ssgan.data.examples import Data
from ssgan.errors import as_input_error, expect
from ssgan.support.files import open_regular

LABELS = "labels.csv"
# Files and types that stand in folders of images for good reason, and are no images.
EXPECTED = {LABELS, "labels.jsonl", "Thumbs.db", "desktop.ini", ".txt", ".md"}
SHOWN = 3


def load_folder(folder, size=None, shape=None):
    """Read a folder of images. `ssgan.load` describes its layout.

    Parameters
    ----------
    folder : pathlib.Path
    size : int or None, default=None
        Height and width of the images. By default, see `image_files.common_shape`.
    shape : tuple of int or None, default=None
        Shape of one image: (h, w), (h, w, 1) or (h, w, 3). Any other shape is ignored.

    Returns
    -------
    Data
        Images of dtype uint8. Labels are text, with -1 for unlabeled.

    Raises
    ------
    InputError
        If the folder has another layout, or if one of its parts has no image that can
        be read.
    """
    parts = _parts(folder)
    paths = [[folder / file for file in part] for part in parts]
    if not _is_shape_of_images(shape):
        shape = image_files.common_shape(sum(paths, []), size)
    arrays, reasons, n = [], {}, 0
    for part, part_paths in zip(parts, paths, strict=True):
        x, failed = image_files.read(part_paths, shape)
        files = list(part)
        reasons |= {files[i]: reason for i, reason in failed.items()}
        files = tuple(file for file in files if file not in reasons)
        expect(
            files,
            f"an image in {folder} that can be read",
            f"none of {len(part)}: {_some_reasons(reasons)}",
        )
        arrays.append((x, np.array([part[f] for f in files]), files))
        n += len(part)
    if reasons:
        warnings.warn(
            f"{len(reasons)} of {n} images in {folder} cannot be read and are left "
            f"out: {_some_reasons(reasons)}",
            stacklevel=3,
        )
    (x, y, files), *test = arrays
    x_test, y_test, files_test = test[0] if test else (None, None, None)
    return Data(
        folder.resolve().name,
        *(x, y, x_test, y_test),
        files_train=files,
        files_test=files_test,
        unreadable=reasons,
    )


def load_files(files, size=None, shape=None):
    """Read image files that are named one by one, without labels.

    Parameters
    ----------
    files : sequence of str or path
    size, shape
        See `load_folder`.

    Returns
    -------
    Data
        `files_train` holds the names as they were given.

    Raises
    ------
    InputError
        If none of them can be read.
    """
    files = [str(file) for file in files]
    paths = [Path(file).expanduser() for file in files]
    if not _is_shape_of_images(shape):
        shape = image_files.common_shape(paths, size)
    x, failed = image_files.read(paths, shape)
    reasons = {files[i]: reason for i, reason in failed.items()}
    expect(len(x), "an image that can be read", _some_reasons(reasons))
    if reasons:
        warnings.warn(
            f"{len(reasons)} of {len(files)} images cannot be read and are left out: "
            f"{_some_reasons(reasons)}",
            stacklevel=3,
        )
    kept = tuple(file for i, file in enumerate(files) if i not in failed)
    return Data(paths[0].stem, x, np.full(len(x), -1), files_train=kept)


def _is_shape_of_images(shape):
    """Return whether a shape is (h, w), (h, w, 1) or (h, w, 3)."""
    return shape is not None and len(shape) in (2, 3) and shape[2:] in ((), (1,), (3,))


def find_files(folder):
    """Return the images to learn from in a folder, and their labels; read none.

    Parameters
    ----------
    folder : pathlib.Path
        As `load_folder` takes it.

    Returns
    -------
    root : pathlib.Path
        The folder itself, or its part "train". A labels.csv belongs there.
    labels : dict of str to str
        The label of each image, "" for unlabeled, by its path relative to the root.

    Raises
    ------
    InputError
        If the folder has another layout.
    """
    train, *test = _parts(folder)
    if not test:
        return folder, train
    return folder / "train", {
        file.removeprefix("train/"): label for file, label in train.items()
    }


def _some_reasons(reasons):
    """Return the first files, each with its reason, as text, and "..." if more."""
    return _some([f"{file} ({reason})" for file, reason in reasons.items()])


def _some(files):
    return ", ".join(files[:SHOWN]) + (", ..." if len(files) > SHOWN else "")


def _parts(folder):
    """Find the files of each part, and their labels.

    Returns
    -------
    list of dict of str to str
        The training part and, if there is one, the test part. Each maps files to
        labels, "" for unlabeled. File names are relative to the folder, and sorted.
    """
    if _has_table(folder):
        return [_labels_of_table(folder)]
    with as_input_error(f"{folder} to be a folder that can be read"):
        folders = [p for p in folder.iterdir() if p.is_dir()]
        inner = sorted(p for p in folders if _is_visible(p.name))
        halves = [p for p in inner if p.name in ("train", "test")]
        nested = any(p.is_dir() for half in halves for p in half.iterdir())
    names = [p.name for p in inner]
    if len(halves) == 2:
        rest = [name for name in names if name not in ("train", "test")]
        if rest:
            warnings.warn(
                f"Only train and test of {folder} are read, not {', '.join(rest)}. "
                "What has no labels belongs in train/unlabeled.",
                stacklevel=4,
            )
        return [_part(folder, "train"), _part(folder, "test")]
    # A class may be named train, but then the folder holds images, not folders.
    both = f"the folders train and test in {folder}, or one folder for each class"
    expect(not nested, both, names)
    return [_labels_of_folders(folder)]


def _part(folder, name):
    inner = folder / name
    has_table = _has_table(inner)
    labels = _labels_of_table(inner) if has_table else _labels_of_folders(inner)
    return {f"{name}/{file}": label for file, label in labels.items()}


def _has_table(folder):
    with as_input_error(f"{folder} to be a folder that can be read"):
        return (folder / LABELS).exists()


def _labels_of_folders(folder):
    """Return a dict from each file to the folder at the top of its path, or ""."""
    labels = {}
    for file in _files(folder):
        labels[file] = file.partition("/")[0] if "/" in file else ""
    return labels


def _labels_of_table(folder):
    """Return a dict from each file to its label in the folder's labels.csv, or ""."""
    path = folder / LABELS
    labels = dict.fromkeys(_files(folder), "")
    with (
        as_input_error(f"{path} to be a table with commas, in UTF-8"),
        open_regular(path, newline="", encoding="utf-8-sig") as file,
    ):
        table = csv.DictReader(file)
        columns, rows = list(table.fieldnames or []), list(table)
    both = {"file", "label"} <= set(columns)
    expect(both, f"the columns file and label in {path}", columns)
    # In a row that is too short, the missing fields are None.
    pairs = [(row["file"] or "", (row["label"] or "").strip()) for row in rows]
    # Written elsewhere, a path may have other slashes, or spaces around it.
    pairs = [
        (
            f
            if f in labels
            else PurePosixPath(f.strip().replace("\\", "/")).as_posix(),
            y,
        )
        for f, y in pairs
    ]
    unknown = [file for file, _ in pairs if file not in labels]
    expect(
        not unknown,
        f"each file of {path} to be an image in that folder",
        f"{len(unknown)} that are not: {_some(unknown)}",
    )
    twice = [f for f, count in Counter(f for f, _ in pairs).items() if count > 1]
    expect(not twice, f"each file once in {path}", f"again {_some(twice)}")
    return labels | dict(pairs)


def _files(folder):
    """Return the image files at any depth, as sorted paths relative to the folder.

    Paths are str with forward slashes. Hidden files and folders are skipped.
    """
    found, seen, others = [], set(), Counter()
    with as_input_error(f"{folder} to be a folder that can be read"):
        for root, inner, files in os.walk(folder, onerror=_raise, followlinks=True):
            inner[:] = sorted(filter(_is_visible, inner))
            real = os.path.realpath(root)
            if real in seen:  # Links may form a cycle.
                inner.clear()
                continue
            seen.add(real)
            base = PurePosixPath(Path(root).relative_to(folder).as_posix())
            for file in filter(_is_visible, files):
                if file.lower().endswith(image_files.SUFFIXES):
                    found.append((base / file).as_posix())
                elif EXPECTED.isdisjoint((file, suffix := PurePosixPath(file).suffix)):
                    others[suffix or file] += 1
    kinds = " ".join(image_files.SUFFIXES)
    named = _some([f"{kind} ({n})" for kind, n in others.most_common()])
    received = f"files of other types: {named}" if others else "none"
    expect(found, f"images ({kinds}) in {folder}", received)
    if others:
        n = others.total()
        warnings.warn(
            f"{n} file{'s' if n > 1 else ''} in {folder} of types that are not read: "
            f"{named}. Images are {kinds}",
            stacklevel=2,
        )
    return sorted(found)


def _is_visible(name):
    return not name.startswith(".")


def _raise(error):
    raise error
