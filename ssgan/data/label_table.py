"""The table labels.csv in a folder of images, which says the label of each file."""

import codecs
import csv
import unicodedata
from pathlib import PurePosixPath
from typing import NamedTuple

from ssgan.data.delimiter import delimiter_of, names_delimiter
from ssgan.errors import as_input_error, expect
from ssgan.support.files import open_regular

LABELS = "labels.csv"


class LabelTable(NamedTuple):
    """What a labels.csv holds. The default is an empty one.

    Parameters
    ----------
    columns : tuple of str
        Names as they are written.
    file, label : str
        Names of the columns of files and of labels.
    rows : tuple of (str, dict of str to str)
        The file of each row, and its fields by column. Rows without both are not there.
    delimiter : str
    encoding : str
        "utf-8-sig" if the file begins with a mark of that, as spreadsheets need it.
    """

    columns: tuple = ("file", "label")
    file: str = "file"
    label: str = "label"
    rows: tuple = ()
    delimiter: str = ","
    encoding: str = "utf-8"

    @property
    def labels(self):
        """The file and the label of each row, a list of pairs of str."""
        return [(file, row[self.label].strip()) for file, row in self.rows]


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
    form = f"{path} to be a table with commas, semicolons or tabs, in UTF-8"
    with (
        as_input_error(form),
        open_regular(path, newline="", encoding="utf-8-sig") as opened,
    ):
        has_mark = opened.buffer.peek(3)[:3] == codecs.BOM_UTF8
        # Rows may lack their last fields: the header alone tells.
        first = [opened.readline()]
        delimiter = delimiter_of(first)
        if not names_delimiter(first):
            opened.seek(0)
        table = csv.DictReader(opened, delimiter=delimiter)
        columns, rows = tuple(table.fieldnames or ()), list(table)
    file, label = (_named(name, columns) for name in ("file", "label"))
    both = file is not None and label is not None
    expect(both, f"the columns file and label in {path}", list(columns))
    # In a row that is too short, the missing fields are None.
    rows = [{column: row[column] or "" for column in columns} for row in rows]
    # A spreadsheet leaves empty rows.
    rows = [row for row in rows if row[file].strip() or row[label].strip()]
    rows = [(_meant(row[file], files), row) for row in rows]
    encoding = "utf-8-sig" if has_mark else "utf-8"
    return LabelTable(columns, file, label, tuple(rows), delimiter, encoding)


def _named(name, columns):
    """Return the column of a name, in any case if none has it exactly; or None."""
    found = [column for column in columns if column.strip().lower() == name]
    return name if name in found else next(iter(found), None)


def _meant(file, files):
    """Return which of the files is meant; with forward slashes if it is none.

    A letter with an accent may be one character or two (as macOS writes it).
    """
    if file in files:
        return file
    path = PurePosixPath(file.strip().replace("\\", "/")).as_posix()
    forms = (unicodedata.normalize(form, path) for form in ("NFC", "NFD"))
    return next((form for form in forms if form in files), path)
