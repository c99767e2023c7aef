"""The layout of folders of images: the parts, and the label of each image."""

import os
from collections import Counter
from pathlib import Path, PurePosixPath

from ssgan.data import image_files
from ssgan.data.label_table import LABELS, read_label_table
from ssgan.data.labels import (
    LIKE_NONE,
    means_none,
    warn_of_minus_one,
    whole_numbers,
)
from ssgan.errors import as_input_error, counted, expect, some, warn

# Files and types that stand in folders of images for good reason, and are no images.
EXPECTED = {LABELS, "labels.jsonl", "Thumbs.db", "desktop.ini", ".txt", ".md"}
# The folders of the parts, in any case.
PARTS = ("train", "test")
LIKE_PARTS = (*PARTS, "val", "eval", "dev")


def label_tables(folder):
    """Return where labels.csv of a folder, and of its parts, is or would be.

    Parameters
    ----------
    folder : pathlib.Path

    Returns
    -------
    list of pathlib.Path
    """
    with as_input_error(f"{folder} to be a folder that can be read"):
        if not folder.is_dir():
            return []
        parts = [name for name in _inner_folders(folder) if name.lower() in PARTS]
    return [folder / part / LABELS for part in ("", *parts)]


def find_files(folder):
    """Return the images to learn from in a folder, and their labels; read none.

    Parameters
    ----------
    folder : pathlib.Path
        As `load_folder` takes it.

    Returns
    -------
    root : pathlib.Path
        The folder itself, or the one of its training part. A labels.csv belongs there.
    labels : dict of str to str
        The label of each image, "" for unlabeled, by its path relative to the root.

    Raises
    ------
    InputError
        If the folder has another layout.
    """
    train, *test = parts_of(folder)
    if not test:
        return folder, train
    name = next(iter(train)).partition("/")[0]
    return folder / name, {
        file.removeprefix(f"{name}/"): label for file, label in train.items()
    }


def parts_of(folder):
    """Find the files of each part, and their labels.

    Returns
    -------
    list of dict of str to str
        The training part and, if there is one, the test part. Each maps files to
        labels, "" for unlabeled. File names are relative to the folder, and sorted.
    """
    readable = f"{folder} to be a folder that can be read"
    with as_input_error(readable):
        inner = _inner_folders(folder)
    halves = {name.lower(): name for name in inner if name.lower() in PARTS}
    if _has_table(folder):
        if len(halves) == len(PARTS):
            warn(
                f"All images of {folder} are one part, because of its {LABELS}: "
                f"{' and '.join(halves.values())} are read as one. Parts have a "
                f"{LABELS} each."
            )
        return _in_one_form(folder, [_labels_of_table(folder)])
    with as_input_error(readable):
        within = {name: _inner_folders(folder / name) for name in inner}
    if len(halves) == len(PARTS):
        train, test = (halves[part] for part in PARTS)
        rest = [name for name in within if name not in (train, test)]
        if rest:
            warn(
                f"Only {train} and {test} of {folder} are read, not "
                f"{', '.join(rest)}. What has no labels belongs in {train}/unlabeled."
            )
        return _in_one_form(folder, [_part(folder, train), _part(folder, test)])
    # A class may be named train, but then the folder holds images, not folders.
    nested = any(within.get(part) for part in PARTS)
    both = f"the folders train and test in {folder}, or one folder for each class"
    expect(not nested, both, [*within])
    labels = _labels_of_folders(folder)
    first, *others = within.values() or [()]
    parts = all(name.lower().startswith(LIKE_PARTS) for name in within)
    if first and all(each == first for each in others) and (parts or not others):
        again = [f"{name}/{inner}" for name in within for inner in first]
        warn(
            f"Each folder of {folder}, which is taken for a class, holds the same "
            f"folders: {some(again)}. Parts are called train and test; of one "
            "folder that holds all classes, give that."
        )
    return [labels]


def _in_one_form(folder, parts):
    """Return the parts, with "2" for "2.0" if all labels are whole numbers.

    Programs write them so in tables where other labels are missing. Without a table,
    they are names of folders, which stay as they are.
    """
    labels = [y for part in parts for y in part.values() if not means_none(y)]
    numbers = whole_numbers(labels)
    if numbers is None or not any(table.exists() for table in label_tables(folder)):
        return parts
    forms = dict(zip(labels, map(str, numbers), strict=True))
    return [{file: forms.get(y, y) for file, y in part.items()} for part in parts]


def _inner_folders(folder):
    """Return the names of the folders in a folder, sorted."""
    with os.scandir(folder) as entries:  # It asks nothing of each file.
        return sorted(e.name for e in entries if _is_visible(e.name) and _is_folder(e))


def _is_folder(entry):
    # A link may lead to itself, which is an error for the entry.
    return os.path.isdir(entry.path) if entry.is_symlink() else entry.is_dir()


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
    doubtful = sorted({label for label in labels.values() if label in LIKE_NONE})
    named = f"names of folders in {folder} that cannot mean a missing label"
    expect(not doubtful, named, some(doubtful))
    warn_of_minus_one([*labels.values()], folder)
    return labels


def _labels_of_table(folder):
    """Return a dict from each file to its label in the folder's labels.csv, or ""."""
    path = folder / LABELS
    labels = dict.fromkeys(_files(folder), "")
    pairs = read_label_table(path, labels).labels
    gone = [file for file, _ in pairs if file not in labels]
    # Some may have been removed. Of a table for another folder, most are not there.
    expect(
        len(gone) <= len(pairs) / 2,
        f"each file of {path} to be an image in that folder",
        f"{len(gone)} that are not: {some(gone)}",
    )
    if gone:
        warn(
            f"Left out {len(gone)} of {len(pairs)} rows of {path}, whose files are no "
            f"images in that folder: {some(gone)}"
        )
        pairs = [(file, y) for file, y in pairs if file in labels]
    warn_of_minus_one([y for _, y in pairs], path)
    missing = [y for _, y in pairs if y in LIKE_NONE]
    if missing:
        words = some(sorted({*missing}))
        warn(f"{len(missing)} labels of {path} that are {words} count as unlabeled.")
        pairs = [(f, "" if y in LIKE_NONE else y) for f, y in pairs]
    twice = [f for f, count in Counter(f for f, _ in pairs).items() if count > 1]
    expect(not twice, f"each file once in {path}", f"again {some(twice)}")
    given = dict(pairs)
    _warn_of_folders(path, [file for file in labels if file not in given], given)
    return labels | given


def _warn_of_folders(path, others, given):
    """Warn of files without a row that lie in folders named like labels of the table.

    They may have been added after the labeling page wrote the table, or a label was
    taken back there.
    """
    names = {*given.values()}
    in_them = [f for f in others if "/" in f and f.partition("/")[0] in names]
    if in_them:
        warn(
            f"Images without a row in {path} count as unlabeled. {len(in_them)} lie in "
            f"folders that are called like its labels: {some(in_them)}"
        )


def _files(folder):
    """Return the image files at any depth, as sorted paths relative to the folder.

    Paths are str with forward slashes. Hidden files and folders are skipped.
    """
    found, others, again = [], Counter(), []
    with as_input_error(f"{folder} to be a folder that can be read"):
        for root, files in _walk(folder, again):
            base = PurePosixPath(Path(root).relative_to(folder).as_posix())
            for file in filter(_is_visible, files):
                if file.lower().endswith(image_files.SUFFIXES):
                    found.append((base / file).as_posix())
                elif EXPECTED.isdisjoint((file, suffix := PurePosixPath(file).suffix)):
                    others[suffix or file] += 1
    kinds = " ".join(image_files.SUFFIXES)
    named = some([f"{kind} ({n})" for kind, n in others.most_common()])
    received = f"files of other types: {named}" if others else "none"
    expect(found, f"images ({kinds}) in {folder}", received)
    if others:
        warn(
            f"{counted(others.total(), 'file')} in {folder} of types that are not "
            f"read: {named}. Images are {kinds}"
        )
    if again:
        warn(
            f"Links in {folder} to folders that are read anyway, and are left out: "
            f"{some(again)}"
        )
    return sorted(found)


def _walk(folder, again):
    """Yield each folder below one, and the names of its files.

    Links to folders are followed after all folders, so that these keep their names.
    Those to folders that were there before are added to `again`, by relative path.
    """
    seen, starts = set(), [folder]
    while starts:
        links = []
        for root, inner, files in os.walk(starts.pop(0), onerror=_raise):
            real = os.path.realpath(root)
            if real in seen:  # Links may form a cycle.
                again.append(os.path.relpath(root, folder))
                inner.clear()
                continue
            seen.add(real)
            paths = [os.path.join(root, name) for name in inner if _is_visible(name)]
            links += filter(os.path.islink, paths)
            inner[:] = [os.path.basename(p) for p in paths if not os.path.islink(p)]
            yield root, files
        starts += sorted(links)


def _is_visible(name):
    return not name.startswith(".")


def _raise(error):
    raise error
