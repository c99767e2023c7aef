"""Tables as data: coded columns, and the column of labels."""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ssgan.data import column_values as values
from ssgan.data import written_numbers as written
from ssgan.data.columns import Columns
from ssgan.data.examples import Data
from ssgan.data.labels import (
    LIKE_NONE,
    is_labeled,
    read_labels,
    warn_of_minus_one,
    whole_numbers,
)
from ssgan.data.table_files import open_table
from ssgan.data.told_labels import warn_of_labels
from ssgan.errors import as_input_error, expect, some, warn

LABEL = "label"
# Without such a name, a column with at most this many values may hold the labels.
MOST_CLASSES = 20


def load_table(path, columns=None, label_column=None, drop=()):
    """Read a table. `ssgan.load` describes its form, and the parameters.

    Parameters
    ----------
    path : pathlib.Path
    columns : ssgan.data.columns.Columns, sequence of str or None, default=None
    label_column : str or None, default=None
    drop : sequence of str, default=()

    Returns
    -------
    Data
        x has shape (n, n_columns), float32, coded as `ssgan.data.columns` says. The
        labels are int64 if all that are present are whole numbers of at most 18 digits,
        without leading zeros. Otherwise they are text. -1 means unlabeled.

    Raises
    ------
    InputError
        If the file cannot be read, has another form, or lacks a column.
    """
    fitted = isinstance(columns, Columns)
    with as_input_error("lists of names as columns and drop"):
        drop = tuple(drop)
        columns = columns if fitted or columns is None else tuple(columns)
        known = {label_column, *drop, *((columns.names if fitted else columns) or ())}
    table = open_table(path, known)
    expect(table.n, f"rows in {path}", "none")
    label = _find_label(table, path, label_column, columns)
    features = [name for name in table.names if name != label]
    missing = [name for name in drop if name not in features]
    expect(not missing, f"columns to drop among {some(features)}", some(missing))
    features = [name for name in features if name not in drop]
    chosen = columns is not None
    if chosen:
        wanted = list(columns.names if fitted else columns)
        _check_names(features, wanted, path, columns.left_out if fitted else ())
        features = wanted
    if not fitted:
        columns = Columns.learn(
            table,
            features,
            path,
            label=label or LABEL,
            chosen=features if chosen else (),
        )
        columns = replace(columns, left_out=(*columns.left_out, *drop))
    # A file to predict may have decimal commas where there were none at fit. If there
    # were, what points are beside them is known.
    is_known = fitted and columns.have_decimal_commas
    as_written = columns if is_known else _with_points(columns, table, path)
    columns = columns if fitted else as_written
    x = as_written.encode(table, path)
    name = path.stem.removesuffix(".csv").removesuffix(".tsv")
    others = [other for other in table.names if other not in (label, *columns.names)]
    found = _find_identifiers(table, others, columns.identifiers)
    labels = [] if label is None else [label]
    # A file is read anew for each call.
    texts = table.read_text(*labels, *found)
    y = _labels(texts.pop(0), path, label) if labels else np.full(table.n, -1)
    ids = {
        each: _as_written(table.read(each), text)
        for each, text in zip(found, texts, strict=True)
    }
    if not fitted:
        columns = replace(columns, identifiers=tuple(ids))
        warn_of_labels(x, y, columns.names, path)
    return Data(name, x, y, columns=columns, ids=ids or None)


def _find_identifiers(table, names, known):
    """Return those of the names, of columns that are no features, that tell rows apart.

    They are known to, or have another value in each row.
    """

    def identifies(name):
        column = table.read(name)
        may = values.may_identify(column.type)
        return may and values.is_distinct(values.plain(column))

    return [name for name in names if name in known or identifies(name)]


def _as_written(column, text):
    """Return the values of a column, a list; as text where that is not the same.

    Such as 0012: as a number, it would lose its zeros. So would those beside an empty
    field.
    """
    given, text = column.to_pylist(), text.to_pylist()
    if [*map(str, given)] == text:
        return given
    return ["" if value is None else value for value in text]


def _with_points(columns, table, path):
    """Return the columns; where others have decimal commas, points divide thousands."""
    numbers = [column for column in columns.columns if not column.categories]
    plain = {c.name: values.plain(table.read(c.name)) for c in numbers}
    if not any(map(written.has_decimal_comma, plain.values())):
        return columns
    names = [
        c.name
        for c in numbers
        if c.comma != written.AFTER_POINTS and written.may_have_points(plain[c.name])
    ]
    texts = map(values.plain, table.read_text(*names))
    found = [
        n for n, text in zip(names, texts, strict=True) if written.may_have_points(text)
    ]
    if found:
        warn(
            f"Numbers of {path} have decimal commas. So points are taken to divide "
            f"thousands, as in 1.016 for 1016, in {some(found)}."
        )
    points = written.AFTER_POINTS
    kept = (replace(c, comma=points) if c.name in found else c for c in columns.columns)
    return replace(columns, columns=tuple(kept))


def _check_names(features, wanted, path, left_out):
    """Raise InputError if a wanted feature is missing; warn of new ones."""
    missing = [name for name in wanted if name not in features]
    others = {name.lower(): name for name in features if name not in wanted}
    alike = [f"{others[m.lower()]} for {m}" for m in missing if m.lower() in others]
    hint = f". Capital letters count: {some(alike)}" if alike else ""
    expect(
        not missing,
        f"the columns {some(wanted)} in {path}",
        f"{some(features)}, without {some(missing)}{hint}",
    )
    rest = [name for name in features if name not in wanted]
    new = [name for name in rest if name not in left_out]
    if new:
        warn(
            f"{path} has columns besides those of the model, which does not use them: "
            f"{some(new)}"
        )


def _find_label(table, path, label, columns):
    """Return the name of the column of labels, or None if there seems to be none."""
    names = table.names
    if label is not None:
        expect(label in names, f"the column {label} in {path}", some(names))
        return label
    if isinstance(columns, Columns):
        return columns.label if columns.label in names else None
    if LABEL in names or columns is not None:
        return LABEL if LABEL in names else None
    found = [name for name in names if name.lower() in values.LIKE_LABEL]
    why = "by its name"
    if not found:
        empty = {name: _empty_share(table.read(name)) for name in names}
        found = [name for name in names if empty[name]]
        # Labels are rarer than what else may be missing.
        mostly = [name for name in found if empty[name] > 0.5]
        found = mostly if len(mostly) == 1 else found
        why = "which has few values, and empty fields"
    if len(found) == 1:
        warn(
            f"{path} has no column called {LABEL}. The labels are taken from "
            f"{found[0]}, {why}. --label-column names another."
        )
        return found[0]
    warn(
        f"{path} has no column called {LABEL}: all rows are unlabeled. --label-column "
        f"names the column of labels, such as {some(found or names)}."
    )
    return None


def _empty_share(column):
    """Return the share of empty fields in a column of few values; 0 for others."""
    kind = column.type
    if not values.is_readable(kind) or values.is_date(kind):
        return 0
    column = values.plain(column)
    n = len(column) - column.null_count
    few = 1 < pc.count_distinct(column).as_py() <= min(MOST_CLASSES, n / 2)
    return column.null_count / len(column) if few else 0


def _labels(column, path, name):
    """Convert the column of labels.

    Parameters
    ----------
    column : pyarrow.ChunkedArray of length n
        Text, Booleans or whole numbers. Null, NaN, and the texts that
        `ssgan.data.labels.read_labels` and `LIKE_NONE` name mean unlabeled.
    path : pathlib.Path
        The file, for messages.
    name : str
        Name of the column.

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
    with as_input_error(f"text or whole numbers in the column {name} of {path}"):
        text = pc.fill_null(pc.cast(column, pa.string()), "")
    y = pc.utf8_trim_whitespace(text).to_numpy().astype(str)
    warn_of_minus_one(y.tolist(), path)
    missing = np.isin(y, LIKE_NONE)
    if missing.any() and not pa.types.is_floating(column.type):
        words = some(repr(word) for word in np.unique(y[missing]).tolist())
        warn(
            f"{np.count_nonzero(missing)} labels of {path} that are {words} count as "
            "unlabeled."
        )
    y = read_labels(np.where(missing, "", y))
    labeled = is_labeled(y)
    given, codes = np.unique(y[labeled].astype(str), return_inverse=True)
    whole = whole_numbers(given)
    if whole is not None:
        numbers = np.full(len(y), -1)
        numbers[labeled] = np.array(whole, int)[codes]
        return numbers
    lines = [label for label in given if "\n" in label]
    one_line = f'labels of one line in {name} of {path}; a " may not be closed'
    expect(not lines, one_line, some(repr(str(line[:20])) for line in lines))
    # Digits with a leading zero, such as "01", or with too many digits are text.
    digits = all(label.isdecimal() for label in given)
    is_label = digits or not all(map(_is_number, given))
    expected = f"whole numbers from 0, or text, as labels in {name} of {path}"
    expect(is_label, expected, some(given))
    return y


def _is_number(text):
    try:
        float(text)
    except ValueError:
        return False
    return "_" not in text  # As Python allows: 1_0 is 10.
