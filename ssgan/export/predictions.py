"""Predictions as a table, in memory or in a file."""

from pathlib import Path

import numpy as np
import pandas as pd

from ssgan.errors import expect
from ssgan.support.files import atomic_write

# float32 logits justify six decimals.
_WRITERS = {
    ".csv": lambda table, path: table.to_csv(path, index=False, float_format="%.6f"),
    ".parquet": lambda table, path: table.to_parquet(path, index=False),
}


def predict_table(classifier, x, files=None):
    """Return the predicted class of each example, and its probabilities.

    Parameters
    ----------
    classifier : SSGANClassifier
        Fitted.
    x : array-like of shape (n, ...)
        Raw examples, as at fit.
    files : sequence of str or None, default=None
        File of each example.

    Returns
    -------
    pandas.DataFrame of n rows
        Columns "index" (0 to n-1), "file" if there are files, "class", "probability" of
        that class and, for each class c, "p_c".
    """
    predictions = classifier.predictions(x)
    columns = {"index": np.arange(len(predictions.labels))}
    if files is not None:
        columns["file"] = list(files)
    columns["class"] = predictions.labels
    columns["probability"] = predictions.confidence
    for name, p in zip(
        predictions.classes.tolist(), predictions.probabilities.T, strict=True
    ):
        columns[f"p_{name}"] = p
    return pd.DataFrame(columns)


def write_predictions(classifier, x, path, files=None):
    """Write `predict_table` to a ``.csv`` or ``.parquet`` file, atomically.

    A CSV file has six decimals, a Parquet file all.

    Raises
    ------
    InputError
        If the path has another suffix or cannot be written.
    """
    suffix = Path(path).suffix.lower()
    expect(suffix in _WRITERS, f"a path that ends in {' or '.join(_WRITERS)}", path)
    table = predict_table(classifier, x, files)
    with atomic_write(path) as temporary:
        _WRITERS[suffix](table, temporary)
