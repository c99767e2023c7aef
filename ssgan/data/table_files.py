"""Files of tables: .csv, .tsv and .parquet, read column by column."""

import codecs
import contextlib
import csv
import gzip
import re
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.dataset

from ssgan.data import column_values as values
from ssgan.data import written_numbers as written
from ssgan.data.delimiter import FORM, delimiter_of, first_lines, names_delimiter
from ssgan.errors import as_input_error, expect, some, warn
from ssgan.support.files import check_regular, open_regular

# Names that pandas gives to the index columns it writes.
INDEX = re.compile(r"__index_level_\d+__")
# Bytes that are parsed at a time.
BLOCK = 2**20


class Table(NamedTuple):
    """A table whose columns are read one by one.

    Parameters
    ----------
    names : list of str
    n : int
        Number of rows.
    read : callable
        ``read(name)`` returns a column, a `pyarrow.ChunkedArray` of length n.
    read_text : callable or None, default=None
        ``read_text(*names)`` returns columns, a list. Those of a .csv file are text as
        written: "01" is not 1. None if the table is no file.
    commas_divide_fields : bool or None, default=None
        Whether they do in the file. None if the table is no such file.
    """

    names: list
    n: int
    read: Callable
    read_text: Callable | None = None
    commas_divide_fields: bool | None = None


def open_table(path, known=()):
    """Return a table file as a `Table`.

    Parameters
    ----------
    path : pathlib.Path
        Any name that does not end in .parquet is read as .csv; see `ssgan.load`.
    known : sequence of str, default=()
        Names that columns of it have: a row of a .csv file with one of them is the
        header.

    Raises
    ------
    InputError
        If the file cannot be read, or names of columns are not distinct.
    """
    is_parquet = path.suffix.lower() == ".parquet"
    return _open_parquet(path) if is_parquet else _open_csv(path, set(known))


def _open_csv(path, known):
    """Return a .csv or .tsv file as a `Table`."""
    form = f"{path} to be {FORM}"
    with as_input_error(form):
        check_regular(path)
        is_compressed = path.suffix.lower() == ".gz"
        opened = gzip.open if is_compressed else open_regular
        with opened(path, "rb") as file:
            wide = file.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    expect(not wide, form, "text in UTF-16")
    with (
        as_input_error(form),
        opened(path, "rt", newline="", encoding="utf-8-sig") as file,
    ):
        lines = first_lines(file)
    delimiter, top = delimiter_of(lines), int(names_delimiter(lines))
    reader = csv.reader(lines[top:], delimiter=delimiter)
    first, head = [], top
    with as_input_error(form):
        while not first and head < len(lines):
            first = [name.strip() for name in next(reader)]
            head = top + reader.line_num
        rows = [row for row in reader if row]
    names = [name or f"Unnamed: {i}" for i, name in enumerate(first)]
    # A table without a header calls its columns by their numbers.
    known = known - {str(i) for i in range(len(first))}
    if known.isdisjoint(first) and _has_no_header(first, rows):
        head, names = top, [str(i) for i in range(len(first))]
        warn(
            f"The first row of {path} has no names of columns. They are called "
            f"{some(names)}."
        )
    _check_names(names, path)

    # The longest line must fit into one.
    block = max(BLOCK, 4 * max(map(len, lines), default=0))

    def read(**options):
        options = {"null_values": values.MISSING, **options}
        options = pyarrow.csv.ConvertOptions(**options)
        uneven = []

        def skip(row):
            uneven.append(row)
            return "skip"

        with as_input_error(form):
            table = pyarrow.csv.read_csv(
                pa.input_stream(path, "gzip" if is_compressed else None),
                read_options=pyarrow.csv.ReadOptions(
                    column_names=names, skip_rows=head, block_size=block
                ),
                parse_options=pyarrow.csv.ParseOptions(
                    delimiter=delimiter,
                    newlines_in_values=True,
                    invalid_row_handler=skip,
                ),
                convert_options=options,
            )
        if uneven:  # Its threads do not know the line.
            with opened(path, "rt", newline="", encoding="utf-8-sig") as file:
                where = _first_uneven(file, delimiter, head, len(names))
            expect(False, f"{len(names)} fields in each row of {path}", where)
        return table

    table = read()
    n = len(table)
    if not _last_is_given(table):
        as_text = dict.fromkeys(names, pa.string())
        n = _n_given(read(column_types=as_text, null_values=[]))
    if n < len(table):  # A spreadsheet leaves them.
        warn(f"Empty rows at the end of {path} are left out: {len(table) - n}")

    def read_text(*names):
        if not names:
            return []
        as_text = dict.fromkeys(names, pa.string())
        text = read(include_columns=list(names), column_types=as_text)
        return text.slice(0, n).columns

    table = table.slice(0, n)
    return Table(names, n, table.__getitem__, read_text, delimiter == ",")


def _first_uneven(file, delimiter, head, n):
    """Return which row, after so many lines, is the first that has not n fields."""
    reader = csv.reader(file, delimiter=delimiter)
    with contextlib.suppress(csv.Error):  # It reads no field above 131,072 characters.
        for row in reader:
            if reader.line_num > head and row and len(row) != n:
                return f"{len(row)} in line {reader.line_num}"
    return "others"


def _last_is_given(table):
    """Return whether the last row has a value in any column; False without rows."""
    rows = table.slice(max(0, len(table) - 1)).to_pylist()
    return any(str(v).strip() for row in rows for v in row.values() if v is not None)


def _n_given(text):
    """Return the number of rows up to the last one that has more than blanks."""
    n = 0
    for column in text.columns:
        given = pc.not_equal(pc.utf8_trim_whitespace(column), "").to_numpy()
        n = max([n, *(np.flatnonzero(given)[-1:] + 1)])
    return int(n)


def _has_no_header(first, rows):
    """Return whether the first row of a table holds values, as the rows below do."""
    second = rows[0] if rows else []
    numeric = [bool(re.match(written.NUMBER, text)) for text in first]
    numbers = [
        text for text, is_number in zip(first, numeric, strict=True) if is_number
    ]
    counted = [str(i) for i in range(len(numbers))]  # The default names in pandas.
    is_counted = numbers == counted and len(numbers) >= min(3, len(first))
    years = all(re.fullmatch(r"(19|20)\d\d", text) for text in numbers)
    # A name does not come again below itself.
    again = any(
        not is_number and any(row[i : i + 1] == [text] for row in rows)
        for i, (text, is_number) in enumerate(zip(first, numeric, strict=True))
    )
    is_label = any(text.lower() in values.LIKE_LABEL for text in first)
    named = (is_counted or is_label) and not again
    if not numbers or named or years:
        return False
    # Above a column of numbers, text is a name.
    pairs = zip(second, numeric, strict=False)
    return not any(
        re.match(written.NUMBER, text.strip()) and not above for text, above in pairs
    )


def _open_parquet(path):
    """Return a .parquet file as a `Table`, without the index columns of pandas.

    Columns are read when they are asked for: few of them are in memory at a time.
    """
    with as_input_error(f"{path} to be a readable .parquet file"):
        if not path.is_dir():  # A folder of such files is a table, too.
            check_regular(path)
        table = pyarrow.dataset.dataset(path, format="parquet")
        n = table.count_rows()
    names = [name for name in table.schema.names if not INDEX.fullmatch(name)]
    _check_names(names, path)

    def read(name):
        with as_input_error(f"{path} to be a readable .parquet file"):
            one = {name: pyarrow.dataset.field(name)}
            return table.to_table(columns=one)[name]

    return Table(names, n, read, lambda *names: [*map(read, names)], False)


def _check_names(names, path):
    expect(names, f"columns in {path}", "none: it is empty")
    values.expect_distinct(names, path)
