"""Table files: rows of numbers, with or without labels."""

import csv
import re
import warnings

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet

from ssgan.data.examples import Data, is_labeled, read_labels
from ssgan.errors import as_input_error, expect
from ssgan.support.files import check_regular, open_regular

LABEL = "label"
SHOWN = 5
# Names that pandas gives to the index columns it writes.
INDEX = re.compile(r"__index_level_\d+__")
# A whole number from 0, of at most 18 digits. A decimal point and zeros may follow.
WHOLE = re.compile(r"(0|[1-9]\d{0,17})(\.0*)?")


def load_table(path, columns=None):
    """Read a .csv or .parquet file. `ssgan.load` describes its form.

    Parameters
    ----------
    path : pathlib.Path
        Any suffix other than .csv is read as .parquet.
    columns : sequence of str or None, default=None
        Names of the feature columns to read, in this order. By default, all. A warning
        names the columns that are left out.

    Returns
    -------
    Data
        x has shape (n, n_columns), float32. The labels are int64 if all that are
        present are whole numbers of at most 18 digits, without leading zeros. Otherwise
        they are text. -1 means unlabeled.

    Raises
    ------
    InputError
        If the file cannot be read, has another form, or lacks a column.
    """
    read = _read_csv if path.suffix.lower() == ".csv" else _read_parquet
    table = read(path)
    features = [name for name in table.column_names if name != LABEL]
    if columns is not None:
        features = _chosen(features, list(columns), path)
    expect(features and len(table), f"rows and columns of numbers in {path}", "none")
    text = [name for name in features if not _is_numeric(table[name].type)]
    expect(
        not text,
        f"numbers in all columns of {path} but {LABEL}",
        f"others in {', '.join(f'{name} ({table[name].type})' for name in text)}",
    )
    empty = {name: table[name].null_count for name in features}
    expect(
        not any(empty.values()),
        f"a number in every field of {path} but {LABEL}",
        ", ".join(f"{n} empty in {name}" for name, n in empty.items() if n),
    )
    x = np.empty((len(table), len(features)), np.float32)
    for i, name in enumerate(features):
        x[:, i] = pc.cast(table[name], pa.float32(), safe=False).to_numpy()
    if LABEL in table.column_names:
        y = _labels(table[LABEL], path)
    else:
        y = np.full(len(table), -1)
    return Data(path.stem, x, y, columns=tuple(features))


def _chosen(features, columns, path):
    """Return `columns`, a list of str. InputError if not all are among `features`."""
    missing = [name for name in columns if name not in features]
    expect(
        not missing,
        f"the columns {_some(columns)} in {path}",
        f"{_some(features)}, without {_some(missing)}",
    )
    rest = [name for name in features if name not in columns]
    if rest:
        warnings.warn(
            f"{path} has columns besides those of the model. They are left out: "
            f"{_some(rest)}",
            stacklevel=4,
        )
    return columns


def _some(names):
    return ", ".join(names[:SHOWN]) + (", ..." if len(names) > SHOWN else "")


def _read_csv(path):
    """Return a `pyarrow.Table`, with the column "label" as text."""
    with (
        as_input_error(f"{path} to be a table with commas, in UTF-8"),
        open_regular(path, newline="", encoding="utf-8-sig") as file,
    ):
        names = next(csv.reader(file), [])
    counted = [str(i) for i in range(len(names))]  # The default names in pandas.
    headed = names == counted or not all(map(_is_number, names))
    expect(headed, f"the names of the columns in the first row of {path}", names)
    _check_names(names, path)
    # Labels are kept as written: "01" is not "1".
    as_text = pyarrow.csv.ConvertOptions(column_types={LABEL: pa.string()})
    with as_input_error(f"{path} to be a table with commas, in UTF-8"):
        return pyarrow.csv.read_csv(path, convert_options=as_text)


def _read_parquet(path):
    """Return a `pyarrow.Table`, without the index columns of pandas."""
    with as_input_error(f"{path} to be a readable .parquet file"):
        if not path.is_dir():  # A folder of such files is a table, too.
            check_regular(path)
        table = pyarrow.parquet.read_table(path)
    table = table.drop_columns([n for n in table.column_names if INDEX.fullmatch(n)])
    _check_names(table.column_names, path)
    return table


def _check_names(names, path):
    expect(names and all(names), f"a name for each column of {path}", names)
    expect(len(set(names)) == len(names), f"distinct columns in {path}", names)
    alike = [
        n for n in names if n != LABEL and n.strip().lower() in ("label", "labels")
    ]
    expect(not alike, f"labels of {path} in a column called {LABEL}", alike)


def _is_numeric(column):
    """Return whether a `pyarrow.DataType` holds numbers, Booleans or only nulls."""
    types = pa.types
    kinds = types.is_integer, types.is_floating, types.is_boolean, types.is_decimal
    return any(is_kind(column) for is_kind in (*kinds, types.is_null))


def _labels(column, path):
    """Convert the column "label".

    Parameters
    ----------
    column : pyarrow.ChunkedArray of length n
        Text, Booleans or whole numbers. Null, NaN, and the texts that
        `ssgan.data.examples.read_labels` names mean unlabeled.
    path : pathlib.Path
        The file, for error messages.

    Returns
    -------
    ndarray of shape (n,), int64 or object
        Whole numbers as int64. Text and Booleans as an object array of str. -1 means
        unlabeled.

    Raises
    ------
    InputError
        If the column has another type, or if its numbers are not whole or are less
        than -1.
    """
    with as_input_error(f"text or whole numbers in the column {LABEL} of {path}"):
        text = pc.fill_null(pc.cast(column, pa.string()), "")
    y = pc.utf8_trim_whitespace(text).to_numpy().astype(str)
    if pa.types.is_floating(column.type):
        y = np.where(y == "nan", "", y)
    y = read_labels(y)
    labeled = is_labeled(y)
    given, codes = np.unique(y[labeled].astype(str), return_inverse=True)
    if all(map(WHOLE.fullmatch, given)):
        numbers = np.full(len(y), -1)
        whole = [int(label.partition(".")[0]) for label in given]
        numbers[labeled] = np.array(whole, int)[codes]
        return numbers
    # Digits with a leading zero, such as "01", or with too many digits are text.
    digits = all(label.isdecimal() for label in given)
    is_text = digits or not all(map(_is_number, given))
    some = ", ".join(given[:5])
    expect(is_text, f"whole numbers from 0, or text, as labels in {path}", some)
    return y


def _is_number(text):
    try:
        float(text)
    except ValueError:
        return False
    return True
