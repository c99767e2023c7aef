"""Predictions as a table, in memory or in a file."""

from pathlib import Path

import numpy as np
import pandas as pd

from ssgan.errors import expect
from ssgan.records import draft

# Six decimals are what float32 logits are good for.
_WRITERS = {
    ".csv": lambda table, path: table.to_csv(path, index=False, float_format="%.6f"),
    ".parquet": lambda table, path: table.to_parquet(path, index=False),
}


def predict_table(classifier, x, files=None):
    """Return the class of each example and how probable it is.

    Parameters
    ----------
    classifier : SSGANClassifier
        Fitted.
    x : array-like of shape (n, ...)
        Raw examples, as at fit.
    files : sequence of str or None, default=None
        Where each example comes from.

    Returns
    -------
    pandas.DataFrame of n rows
        Columns "index" (0 to n-1), "file" if there are files, "class", "probability"
        (that of the class) and, for each class c, "p_c".
    """
    probabilities = classifier.predict_proba(x)
    best = probabilities.argmax(axis=1)
    columns = {"index": np.arange(len(best))}
    if files is not None:
        columns["file"] = list(files)
    columns["class"] = classifier.classes_[best]
    columns["probability"] = probabilities.max(axis=1)
    for c, p in zip(classifier.classes_.tolist(), probabilities.T, strict=True):
        columns[f"p_{c}"] = p
    return pd.DataFrame(columns)


def write_predictions(classifier, x, path, files=None):
    """Write `predict_table` to a ``.csv`` or ``.parquet`` file, whole or not at all.

    CSV has six decimals, Parquet all.

    Raises
    ------
    InputError
        If the path has another suffix or cannot be written.
    """
    suffix = Path(path).suffix.lower()
    expect(suffix in _WRITERS, f"a path that ends in {' or '.join(_WRITERS)}", path)
    table = predict_table(classifier, x, files)
    with draft(path) as part:
        _WRITERS[suffix](table, part)
