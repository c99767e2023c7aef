"""Folders of images: which part each image belongs to, and its label."""

from __future__ import annotations

import csv
import os
import warnings
from collections import Counter
from pathlib import Path, PurePosixPath

import numpy as np

from ssgan.data import image_files
from ssgan.data.examples import Data, read_labels
from ssgan.errors import as_input_error, expect

LABELS = "labels.csv"
UNLABELED = ("unlabeled", "unlabelled")
SHOWN = 3


def load_folder(
    folder: Path, size: int | None = None, shape: tuple[int, ...] | None = None
) -> Data:
    """Read a folder of pictures; see `ssgan.load` for its forms and the arguments.

    Returns
    -------
    Data
        Labels are text, with -1 for none.

    Raises
    ------
    InputError
        If it has no such form, or no picture that can be read.
    """
    parts = _parts(folder)
    paths = [[folder / file for file in part] for part in parts]
    if shape is None or len(shape) not in (2, 3) or shape[2:] not in ((), (1,), (3,)):
        shape = image_files.common_shape(sum(paths, []), size)
    arrays, reasons, n = [], {}, 0
    for part, part_paths in zip(parts, paths, strict=True):
        x, failed = image_files.read(part_paths, shape)
        files = list(part)
        reasons |= {files[place]: reason for place, reason in failed.items()}
        files = tuple(file for file in files if file not in reasons)
        expect(
            files,
            f"a picture in {folder} that can be read",
            f"none among {len(part)}, such as {_some(reasons)}",
        )
        arrays.append((x, read_labels(np.array([part[f] for f in files])), files))
        n += len(part)
    if reasons:
        warnings.warn(
            f"{len(reasons)} of {n} pictures in {folder} cannot be read and are left "
            f"out: {_some(reasons)}",
            stacklevel=3,
        )
    (x, y, files), *test = arrays
    x_test, y_test, files_test = test[0] if test else (None, None, None)
    return Data(
        folder.resolve().name,
        *(x, y, x_test, y_test),
        files_train=files,
        files_test=files_test,
    )


def _some(reasons: dict[str, str]) -> str:
    """Name the first files, each with the reason, and say if there are more."""
    some = [f"{file} ({reason})" for file, reason in list(reasons.items())[:SHOWN]]
    return ", ".join(some) + (", ..." if len(reasons) > SHOWN else "")


def _parts(folder: Path) -> list[dict[str, str]]:
    """Return the label, "" for none, of each file to train on, and to test on if any.

    Files are named relative to the folder, in sorted order.
    """
    if (folder / LABELS).is_file():
        return [_labels_of_table(folder)]
    with as_input_error(f"{folder} to be a folder that can be read"):
        inner = sorted(p for p in folder.iterdir() if p.is_dir() and _is_shown(p.name))
        halves = [p for p in inner if p.name in ("train", "test")]
        nested = any(p.is_dir() for half in halves for p in half.iterdir())
    names = [p.name for p in inner]
    if len(halves) == 2:
        rest = [name for name in names if name not in ("train", "test")]
        if rest:
            warnings.warn(
                f"Only train and test of {folder} are read, not {', '.join(rest)}. "
                "What has no labels belongs into train/unlabeled.",
                stacklevel=4,
            )
        return [_part(folder, "train"), _part(folder, "test")]
    # A class may be called train, but classes hold pictures.
    both = f"the folders train and test in {folder}, or one for each class"
    expect(not nested, both, names)
    return [_labels_of_folders(folder)]


def _part(folder: Path, name: str) -> dict[str, str]:
    inner = folder / name
    has_table = (inner / LABELS).is_file()
    labels = _labels_of_table(inner) if has_table else _labels_of_folders(inner)
    return {f"{name}/{file}": label for file, label in labels.items()}


def _labels_of_folders(folder: Path) -> dict[str, str]:
    labels = {}
    for file in _files(folder):
        label = file.partition("/")[0] if "/" in file else ""
        labels[file] = "" if label.lower() in UNLABELED else label
    return labels


def _labels_of_table(folder: Path) -> dict[str, str]:
    path = folder / LABELS
    labels = dict.fromkeys(_files(folder), "")
    with (
        as_input_error(f"{path} to be a table with commas, in UTF-8"),
        path.open(newline="", encoding="utf-8-sig") as file,
    ):
        table = csv.DictReader(file)
        columns, rows = list(table.fieldnames or []), list(table)
    both = {"file", "label"} <= set(columns)
    expect(both, f"the columns file and label in {path}", columns)
    # A row that is too short has None for what it lacks.
    pairs = [
        ((row["file"] or "").strip(), (row["label"] or "").strip()) for row in rows
    ]
    pairs = [(PurePosixPath(f.replace("\\", "/")).as_posix(), y) for f, y in pairs]
    unknown = [file for file, _ in pairs if file not in labels]
    expect(
        not unknown,
        f"each file of {path} to be a picture in that folder",
        f"{len(unknown)} that are not: {_first(unknown)}",
    )
    twice = [f for f, count in Counter(f for f, _ in pairs).items() if count > 1]
    expect(not twice, f"each file once in {path}", f"again {_first(twice)}")
    return labels | dict(pairs)


def _first(files: list[str]) -> str:
    return ", ".join(files[:SHOWN]) + (", ..." if len(files) > SHOWN else "")


def _files(folder: Path) -> list[str]:
    """Return the picture files at any depth, relative to the folder, sorted."""
    found, seen = [], set()
    with as_input_error(f"{folder} to be a folder that can be read"):
        for place, inner, files in os.walk(folder, onerror=_raise, followlinks=True):
            inner[:] = sorted(filter(_is_shown, inner))
            real = os.path.realpath(place)
            if real in seen:  # Links may go round.
                inner.clear()
                continue
            seen.add(real)
            base = PurePosixPath(Path(place).relative_to(folder).as_posix())
            found += [
                (base / file).as_posix()
                for file in files
                if _is_shown(file) and file.lower().endswith(image_files.SUFFIXES)
            ]
    kinds = " ".join(image_files.SUFFIXES)
    expect(found, f"pictures ({kinds}) in {folder}", "none")
    return sorted(found)


def _is_shown(name: str) -> bool:
    return not name.startswith(".")


def _raise(error: OSError) -> None:
    raise error
