"""The table labels.csv in a folder of images, which says the label of each file."""

import codecs
import csv
import unicodedata
from pathlib import PurePosixPath
from typing import NamedTuple

from ssgan.data.delimiter import FORM, delimiter_of, names_delimiter
from ssgan.errors import as_input_error, expect
from ssgan.support.files import open_regular

LABELS = "labels.csv"


class LabelTable(NamedTuple):
    """What a labels.csv holds. The default is an empty one.

    Parameters
    ----------
    columns : tuple of str
        Names as they are written.
    file, label : int
        Places of the columns of files and of labels.
    rows : tuple of (str or None, list of str)
        The file of each row, None in a row without file and label; and its fields: as
        many as there are columns, or more. Empty rows are not there.
    delimiter : str
    encoding : str
        "utf-8-sig" if the file begins with a mark of that, as spreadsheets need it.
    line_end : str
        Between the first line and the second.
    before : str
        The line before the names that says what the delimiter is, if there is one.
    """

    columns: tuple = ("file", "label")
    file: int = 0
    label: int = 1
    rows: tuple = ()
    delimiter: str = ","
    encoding: str = "utf-8"
    line_end: str = "\n"
    before: str = ""

    @property
    def labels(self):
        """The file and the label of each row with either, a list of pairs of str."""
        rows = [(file, row) for file, row in self.rows if file is not None]
        return [(file, row[self.label].strip()) for file, row in rows]


def read_label_table(path, files):
    """Read a labels.csv.

    Parameters
    ----------
    path : pathlib.Path
        A table in UTF-8 with the columns file and label, in any case, and perhaps
        others. Whether commas, semicolons or tabs divide them is detected.
    files : container of str
        The images of the folder, relative to it. A file of the table that is none of
        these may be written with backslashes, with spaces around it, or with accents
        in another form of Unicode.

    Returns
    -------
    LabelTable

    Raises
    ------
    InputError
        If it cannot be read, or lacks a column.
    """
    form = f"{path} to be {FORM}"
    with (
        as_input_error(form),
        open_regular(path, newline="", encoding="utf-8-sig") as opened,
    ):
        has_mark = opened.buffer.peek(3)[:3] == codecs.BOM_UTF8
        # Rows may lack their last fields: the header alone tells.
        first = [opened.readline()]
        delimiter = delimiter_of(first)
        line_end = first[0][len(first[0].rstrip("\r\n")) :] or "\n"
        before = first[0] if names_delimiter(first) else ""
        if not before:
            opened.seek(0)
        table = csv.reader(opened, delimiter=delimiter)
        # A spreadsheet leaves empty rows.
        columns, *rows = [row for row in table if any(map(str.strip, row))] or [[]]
    file, label = (_named(name, columns) for name in ("file", "label"))
    both = file is not None and label is not None
    expect(both, f"the columns file and label in {path}", columns)
    rows = [row + [""] * (len(columns) - len(row)) for row in rows]
    named = [row[file].strip() or row[label].strip() for row in rows]
    meant = (
        _meant(r[file], files) if n else None for r, n in zip(rows, named, strict=True)
    )
    rows = tuple(zip(meant, rows, strict=True))
    encoding = "utf-8-sig" if has_mark else "utf-8"
    form = (delimiter, encoding, line_end, before)
    return LabelTable(tuple(columns), file, label, rows, *form)


def _named(name, columns):
    """Return the place of a name, in any case if none has it exactly; or None."""
    found = [i for i, column in enumerate(columns) if column.strip().lower() == name]
    return columns.index(name) if name in columns else next(iter(found), None)


def _meant(file, files):
    """Return which of the files is meant; with forward slashes if it is none.

    A letter with an accent may be one character or two (as macOS writes it).
    """
    if file in files:
        return file
    path = PurePosixPath(file.strip().replace("\\", "/")).as_posix()
    forms = (unicodedata.normalize(form, path) for form in ("NFC", "NFD"))
    return next((form for form in forms if form in files), path)
