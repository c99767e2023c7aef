"""What can be labeled: folders of images, and arrays or tables of images.

Each source has pictures, which the page knows by their index alone, and writes labels
in the form that ``ssgan fit`` reads.
"""

import csv
import io
import math
from pathlib import Path

import numpy as np

from ssgan.data import image_files
from ssgan.data.folder_layout import find_files, label_tables
from ssgan.data.image_grid import can_show, grid
from ssgan.data.label_table import LABELS, LabelTable, read_label_table
from ssgan.data.labels import is_labeled, whole_numbers
from ssgan.data.sources import load
from ssgan.errors import expect, warn
from ssgan.support.files import atomic_write
from ssgan.support.provenance import checksum

LOG = "labels.jsonl"


def open_source(source):
    """Return the `FolderSource` or `ArraySource` of a path."""
    path = Path(source).expanduser()
    if path.is_dir():
        return FolderSource(path)
    kinds = (".npz", ".csv", ".parquet")
    expected = "a folder of images, or a .npz, .csv or .parquet file of images"
    expect(path.suffix.lower() in kinds and path.exists(), expected, source)
    return ArraySource(path)


class FolderSource:
    """A folder of images. Labels are written to labels.csv beside them.

    Parameters
    ----------
    folder : pathlib.Path

    Attributes
    ----------
    name : str
    keys : list of str
        The file of each picture, relative to `folder`.
    labels : dict of str to str
        The labels that there are: of labels.csv or, without it, of class folders.
    folder : pathlib.Path
        Where the labels are written: the folder, or its part "train".
    log, written : pathlib.Path
        The log of decisions in it, and what `write` writes.
    trained_on : pathlib.Path
        What to load with `ssgan.load` for a training with the labels.
    checksum : str or None
        Of the pictures, where keys alone do not say which they are.
    is_live : bool
        Whether `write` writes what is read here, and is quick enough for every
        decision. Otherwise it is called at the end.
    """

    is_live = True
    checksum = None

    def __init__(self, folder):
        self.name = folder.resolve().name
        self.trained_on = folder
        for table in label_tables(folder):
            _drop_if_empty(table)
        self.folder, labels = find_files(folder)
        self.log, self.written = self.folder / LOG, self.folder / LABELS
        # Bytes that are no text cannot be written to a table.
        self.keys = [file for file in labels if _is_text(file)]
        if len(self.keys) < len(labels):
            warn(
                f"{len(labels) - len(self.keys)} images in {folder} are left out: "
                "the bytes of their names are no UTF-8."
            )
        self._take(labels, self._version())

    def read(self):
        """Read labels.csv again if another program has changed it.

        Returns
        -------
        bool
            Whether it was changed.

        Raises
        ------
        InputError
            If it is not as `ssgan.load` takes it, or is being written.
        """
        version = self._version()
        if version in (None, self._seen):
            return False
        labels = find_files(self.trained_on)[1]
        finished = self._version() == version
        name = self.written.name
        expect(finished, f"{name} to be whole, so try again", "one that is written now")
        self._take(labels, version)
        return True

    def _take(self, labels, version):
        """Keep the labels of all files, and what else a version of the table holds."""
        known = [(file, y) for file, y in labels.items() if y and _is_text(file)]
        given = is_labeled([label for _, label in known]) if known else []
        self.labels = {f: y for (f, y), is_y in zip(known, given, strict=True) if is_y}
        self._table = LabelTable()
        if version is not None:
            self._table = read_label_table(self.written, labels)
        rows = enumerate(self._table.rows)
        self._rows = {i if file is None else file: row for i, (file, row) in rows}
        # The lines of labels.csv as they would be without labels, a dict by file.
        self._unlabeled_lines = {
            file: self._line(row, "" if file in self.labels else None)
            for file, row in self._rows.items()
        }
        self._seen = version

    def _version(self, path=None):
        """Return what changes when labels.csv is written; None without one."""
        try:
            found = (path or self.written).stat()
        except FileNotFoundError:
            return None
        return found.st_ino, found.st_size, found.st_mtime_ns

    def picture(self, index, side):
        """Return a picture of at most a number of pixels in width and height.

        Raises
        ------
        Exception
            Of any type, if the file cannot be read.
        """
        return image_files.read_whole(self.folder / self.keys[index], side)

    def write(self, labels):
        """Write labels.csv, whole or not at all. What else it held is kept."""
        table, given = self._table, {}
        for file, label in labels.items():
            new = [file if i == table.file else "" for i in range(len(table.columns))]
            given[file] = self._line(self._rows.get(file, new), label)
        lines = {**self._unlabeled_lines, **given}
        # The log of decisions is on disk already. To wait for the disk once more would
        # double what an answer takes.
        with atomic_write(self.written, lasting=False) as path:
            with path.open("w", newline="", encoding=table.encoding) as file:
                file.write(table.before + self._line(table.columns))
                file.write("".join(lines.values()))
            self._seen = self._version(path)

    def _line(self, row, label=None):
        """Return a row as text, with another label if one is given."""
        row = [*row]
        if label is not None:
            row[self._table.label] = label
        text = io.StringIO()
        # With "\r\n", each field that holds one of these is put in quotation marks.
        end = "\r\n"
        rows = csv.writer(text, delimiter=self._table.delimiter, lineterminator=end)
        rows.writerow(row)
        return text.getvalue().removesuffix(end) + self._table.line_end


class ArraySource:
    """A .npz, .csv or .parquet file. Labels are written to a folder beside it.

    Rows of a table are images if there are as many columns as a square has pixels, in
    gray, or three times as many.

    Parameters
    ----------
    path : pathlib.Path

    Attributes
    ----------
    name, keys, labels, folder, log, written, trained_on, checksum
        See `FolderSource`. Keys are row numbers. The folder is called NAME-labels.
    """

    is_live = False

    def __init__(self, path):
        data = load(path)
        text = list(data.columns.categories) if data.columns else []
        pixels = not text and not np.isnan(data.x_train.min())
        received = f"text in {', '.join(text)}" if text else "empty fields"
        expect(pixels, f"pixels alone in {path}", received)
        self.name = path.stem
        self._data, self._suffix = data, path.suffix.lower()
        self._images = as_images(data.x_train)
        self._range = float(data.x_train.min()), float(data.x_train.max())
        self.folder = path.parent / f"{path.stem}-labels"
        self.log = self.folder / LOG
        self.trained_on = self.written = self.folder / path.name
        self.keys = list(range(len(data.x_train)))
        self.checksum = checksum(data.x_train)
        given = np.flatnonzero(is_labeled(data.y_train)).tolist()
        self.labels = {i: str(data.y_train[i]) for i in given}

    def picture(self, index, side):
        """Return a picture; see `FolderSource`."""
        image = grid(self._images[index][None], self._range)
        image.thumbnail((side, side))
        return image

    def write(self, labels):
        """Write the pixels with these labels, whole or not at all.

        The file has the form of the one that was read. Of a table, columns that are no
        pixels are not in it.
        """
        data = self._data
        # Labels of both parts are numbers, or those of both are text.
        y_test = [] if data.y_test is None else data.y_test.tolist()
        numbers = whole_numbers([*labels.values(), *map(str, y_test)])
        whole = numbers is not None
        y = np.full(len(self.keys), -1 if whole else "", int if whole else object)
        y[[*labels]] = numbers[: len(labels)] if whole else [*labels.values()]
        with atomic_write(self.written) as path:
            if self._suffix == ".npz":
                y = y if whole else y.astype(str)
                arrays = {"x": data.x_train, "y": y}
                if data.x_test is not None:
                    arrays = {"x_train": data.x_train, "y_train": y}
                    y_test = numbers[len(labels) :] if whole else map(str, y_test)
                    arrays |= {"x_test": data.x_test, "y_test": np.array([*y_test])}
                np.savez(path, **arrays)
                return
            import pandas as pd

            table = pd.DataFrame(data.x_train, columns=data.columns.names)
            table[data.columns.label] = y if not whole else pd.array(y, "Int64")
            if self._suffix == ".csv":
                table.to_csv(path, index=False)
            else:
                table.to_parquet(path, index=False)


def as_images(x):
    """Return examples as images of shape (n, h, w) or (n, h, w, c).

    Parameters
    ----------
    x : ndarray
        Images, or rows of numbers: as many as a square has pixels, in gray, or three
        times as many, with the channels last.

    Raises
    ------
    InputError
        If they are neither.
    """
    if x.ndim == 2:
        for channels in (1, 3):
            side = math.isqrt(x.shape[1] // channels)
            if side > 1 and side * side * channels == x.shape[1]:
                shape = (side, side, channels) if channels > 1 else (side, side)
                return x.reshape(-1, *shape)
    expect(can_show(x[:1]), "images, or rows that are square images", x.shape[1:])
    return x


def _drop_if_empty(table):
    """Remove a labels.csv that a power failure has emptied: the log has its labels."""
    if (table.parent / LOG).exists() and table.exists() and not table.stat().st_size:
        table.unlink()


def _is_text(name):
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
