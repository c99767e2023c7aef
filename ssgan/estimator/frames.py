"""DataFrames as coded columns."""

import warnings
from dataclasses import replace

import pandas as pd
import pyarrow as pa

from ssgan.data.column_values import expect_distinct
from ssgan.data.columns import ATTRS, Columns
from ssgan.data.table_files import Table
from ssgan.errors import as_input_error, expect, some

SOURCE = "the DataFrame"


def learn_columns(frame):
    """Return what the columns of a DataFrame are, as `ssgan.data.columns.Columns`.

    Parameters
    ----------
    frame : pandas.DataFrame
        Its `attrs` may have what `Columns.decode` sets.
    """
    table = _as_table(frame)
    expect_distinct(table.names, SOURCE)
    expect(len(frame), f"rows in {SOURCE}", "none")
    about = frame.attrs.get(ATTRS, {})
    # What was kept of a table has been judged there.
    chosen = about.get("kept", ())
    columns = Columns.learn(table, table.names, SOURCE, chosen=chosen)
    gone = tuple(about.get("left_out", ()))  # A list, from Parquet.
    label = about.get("label", columns.label)
    commas = about.get("commas", {})
    kept = tuple(replace(c, comma=commas.get(c.name, c.comma)) for c in columns.columns)
    return replace(
        columns,
        columns=kept,
        left_out=columns.left_out + gone,
        label=label,
        identifiers=tuple(about.get("identifiers", ())),
    )


def encode_frame(columns, frame):
    """Return the columns of a DataFrame of n rows as an array of shape (n, d)."""
    table = _as_table(frame)
    found = set(columns.names) <= set(table.names)
    expect(found, f"the columns {some(columns.names)} in {SOURCE}", some(table.names))
    with warnings.catch_warnings():
        if ATTRS in frame.attrs:
            # What is empty or unknown was said when the table was read.
            warnings.simplefilter("ignore", UserWarning)
        return columns.encode(table, SOURCE)


def _expect_kind(name, kind):
    """Raise InputError if a column of a dtype, or its categories, cannot be read."""
    if isinstance(kind, pd.CategoricalDtype):
        kind = kind.categories.dtype
    spans = isinstance(kind, pd.IntervalDtype | pd.PeriodDtype)
    hint = f"; {name}.astype(str) makes text of it" if spans else ""
    expect(
        not spans and kind.kind != "c",
        f"numbers, text or dates in all columns of {SOURCE}",
        f"{kind} in {name}{hint}",
    )


def _as_table(frame):
    names = [str(name) for name in frame.columns]
    places = {name: i for i, name in enumerate(names)}

    def read(name):
        column = frame.iloc[:, places[name]]
        _expect_kind(name, column.dtype)
        with as_input_error(f"numbers or text in the column {name} of {SOURCE}"):
            if isinstance(column.dtype, pd.SparseDtype):
                column = column.sparse.to_dense()
            column = pa.array(column, from_pandas=True)
        is_array = isinstance(column, pa.Array)
        return pa.chunked_array([column]) if is_array else column

    return Table(names, len(frame), read)
