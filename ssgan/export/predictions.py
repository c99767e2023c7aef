"""Predictions as a table, in memory or in a file."""

import csv
from pathlib import Path

import numpy as np
import pandas as pd

from ssgan.errors import expect
from ssgan.stats.conformal import is_sure
from ssgan.support.files import atomic_write

# Spreadsheets take text that begins so for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
OWN = ("index", "file", "class", "probability", "familiarity")


def predict_table(classifier, x, files=None, index=None, ids=None, abstain=None):
    """Return the predicted class of each example, and its probabilities.

    Parameters
    ----------
    classifier : SSGANClassifier
        Fitted.
    x : array-like of shape (n, ...)
        Raw examples, as at fit.
    files : sequence of str or None, default=None
        File of each example.
    index : sequence of int or None, default=None
        Place of each example in its source; by default 0 to n-1.
    ids : dict of str to sequence or None, default=None
        More columns that say which example it is; see `ssgan.data.examples.Data`.
    abstain : float or None, default=None
        Leave the class empty where more classes than one are likely, so that about
        this part of all examples, or less, gets a wrong class. The model must
        know scores of labels that were left out: see `ssgan.stats.conformal`. They are
        of other trainings, so that this is no guarantee.

    Returns
    -------
    pandas.DataFrame of n rows
        Columns "index", "file" if there are files, the columns of `ids`, "class",
        "probability" of that class, "familiarity" if it is known (see
        `ssgan.SSGANClassifier.familiarity`) and, for each class c, "p_c". A name among
        `ids` that another column has is put after "input ".
    """
    predictions = classifier.predictions(x)
    columns = {"index": np.arange(len(predictions.labels)) if index is None else index}
    if files is not None:
        # Not as pandas' own text, because it may not be text: see `as_text`.
        columns["file"] = pd.Series(list(files), dtype=object)
    for name, values in (ids or {}).items():
        own = name in OWN or name[:2] == "p_"
        columns[f"input {name}" if own else name] = pd.Series(list(values))
    labels = predictions.labels
    is_text = labels.dtype.kind == "U"
    columns["class"] = pd.Series(labels, dtype=object) if is_text else labels
    if abstain is not None:
        result = classifier.model_.info.get("result") or {}
        scores = (result.get("expected") or {}).get("scores")
        known = (
            "a model whose ssgan fit left out labels, for --abstain. It leaves out "
            "none with a test part, --quick, --validation, --continue-from, a backbone "
            "that has learned from the labels, or too few --minutes"
        )
        minutes = result.get("minutes")
        within = "" if minutes is None else f" (--minutes {minutes:g})"
        received = f"a model that left out none{within}"
        expect(scores, known, received)
        sure = is_sure(predictions.probabilities, scores, abstain)
        whole = pd.Series(labels, dtype=object if is_text else "Int64")
        columns["class"] = whole.where(sure, "" if is_text else pd.NA)
    columns["probability"] = predictions.confidence
    familiarity = classifier.familiarity(x)
    if familiarity is not None:
        columns["familiarity"] = familiarity
    for name, p in zip(
        predictions.classes.tolist(), predictions.probabilities.T, strict=True
    ):
        columns[as_text(f"p_{name}")] = p
    return pd.DataFrame(columns)


def write_predictions(
    classifier, x, path, files=None, index=None, ids=None, abstain=None
):
    """Write `predict_table` to a ``.csv`` or ``.parquet`` file; return the table.

    The file is written atomically. A CSV file has six decimals, a Parquet file all. In
    a CSV file, names that a spreadsheet would take for a formula have an apostrophe
    before them; see `as_cell`.

    Raises
    ------
    InputError
        If the path has another suffix or cannot be written.
    """
    suffix = Path(path).suffix.lower()
    expect(suffix in _WRITERS, f"a path that ends in {' or '.join(_WRITERS)}", path)
    table = predict_table(classifier, x, files, index, ids, abstain)
    with atomic_write(path) as temporary:
        _WRITERS[suffix](table, temporary)
    return table


def as_cell(value):
    """Return text with an apostrophe before it if it could be taken for a formula.

    Anything else is returned as it is.
    """
    is_formula = isinstance(value, str) and value.startswith(FORMULA)
    return f"'{value}" if is_formula else value


def write_csv(path, rows):
    """Write rows of values to a CSV file, each as `as_cell` returns it.

    Bytes in names of files that are no text become escapes.
    """
    with open(
        path, "w", newline="", encoding="utf-8", errors="backslashreplace"
    ) as file:
        csv.writer(file).writerows(map(as_cell, row) for row in rows)


def as_text(name):
    """Return the name of a file or folder with escapes for bytes that are no text."""
    return name.encode("utf-8", "backslashreplace").decode("utf-8")


def _table_to_csv(table, path):
    # float32 logits justify six decimals. Names have the escapes of `as_text`.
    _each_text(table, as_cell).to_csv(
        path, index=False, float_format="%.6f", errors="backslashreplace"
    )


def _table_to_parquet(table, path):
    _each_text(table, as_text).to_parquet(path, index=False)


def _each_text(table, function):
    """Return a table with a function applied to all its text and column names."""
    table = table.rename(columns=function)
    for name in table.columns:
        if pd.api.types.is_object_dtype(table[name]) or pd.api.types.is_string_dtype(
            table[name]
        ):
            values = [function(str(value)) for value in table[name]]
            table[name] = pd.Series(values, dtype=object)
    return table


_WRITERS = {".csv": _table_to_csv, ".parquet": _table_to_parquet}
