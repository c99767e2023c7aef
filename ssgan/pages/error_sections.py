"""Sections of the fit page about errors."""

import numpy as np
from markupsafe import Markup

from ssgan.data import image_grid
from ssgan.pages import figures
from ssgan.stats.calibration import calibration_error, errors_by_coverage
from ssgan.stats.intervals import binomial_interval
from ssgan.stats.predictions import largest_confusions

SHOWN = 12  # Examples, or confusions, of a kind.
COLUMNS = 6  # Of a row of numbers.
MATRIX = 20  # The most classes for which a confusion matrix is shown.


def by_class(data, y, evaluation):
    """Return a dict for each class: its name, labels, examples, error and bar (0-100).

    Parameters
    ----------
    data : ssgan.data.examples.Data
    y : ndarray of shape (n,)
        The labels that were learned from, -1 for others.
    evaluation : ssgan.evaluation.evaluate.Evaluation
    """
    rows = evaluation.by_class()
    top = max([error for _, error in rows.values() if error] or [1.0])
    known = evaluation.predictions.classes.tolist()
    return [
        {
            "name": data.class_name(c),
            "labels": int((y == c).sum()),
            "n": rows.get(c, (0, None))[0],
            "error": rows.get(c, (0, None))[1],
            "bar": 100 * (rows.get(c, (0, None))[1] or 0) / top,
        }
        # Classes without any training label come last.
        for c in [*known, *(c for c in rows if c not in known)]
    ]


def confusion(data, evaluation):
    """Return the confusion matrix or, with many classes, its largest wrong entries."""
    matrix, classes = evaluation.confusion(), evaluation.predictions.classes
    names = [data.class_name(c) for c in classes]
    if len(classes) <= MATRIX:
        fractions = matrix / np.maximum(matrix.sum(1, keepdims=True), 1)
        return {
            "classes": classes.tolist(),
            "rows": list(zip(names, matrix.tolist(), fractions.tolist(), strict=True)),
        }
    pairs = largest_confusions(matrix, SHOWN)
    return {"pairs": [(names[i], names[j], times) for i, j, times in pairs]}


def calibration(evaluation):
    """Return the calibration error and the figures that show what confidence means."""
    confidence, correct = evaluation.predictions.confidence, ~evaluation.wrong
    error, bins = calibration_error(confidence, correct)
    intervals = np.array([binomial_interval(k, n) for n, _, k in bins])
    svg = figures.reliability(
        np.array([mean for _, mean, _ in bins]),
        np.array([k / n for n, _, k in bins]),
        *intervals.T,
        np.array([n for n, _, _ in bins]) / len(correct),
        size=(288, 230),
    )
    covered = errors_by_coverage(confidence, evaluation.wrong)
    return {
        "error": error,
        "svg": Markup(svg),
        "coverage": Markup(figures.coverage(covered, size=(288, 200))),
        "half": float(covered[(len(covered) - 1) // 2]),
        "confidence": float(confidence.mean()),
        "accuracy": float(correct.mean()),
    }


def hard_examples(data, evaluation, raw_range):
    """Return the most confident wrong predictions, and the least confident ones."""
    order = np.argsort(-evaluation.predictions.confidence, kind="stable")
    return [
        {
            "title": "Most confidently wrong",
            "text": "Wrong predictions with the highest probability.",
            "examples": _examples(
                data, evaluation, order[evaluation.wrong[order]], raw_range
            ),
        },
        {
            "title": "Most uncertain",
            "text": "Predictions with the lowest probability.",
            "examples": _examples(data, evaluation, order[::-1], raw_range),
        },
    ]


def _examples(data, evaluation, where, raw_range):
    x, predictions = evaluation.x, evaluation.predictions
    shown = image_grid.can_show(x)
    return [
        {
            "place": evaluation.places[i],
            "picture": image_grid.data_uri(image_grid.grid(x[i : i + 1], raw_range))
            if shown
            else None,
            "values": {} if shown else _values(data, x[i]),
            "true": data.class_name(evaluation.true[i]),
            "predicted": data.class_name(predictions.labels[i]),
            "right": not evaluation.wrong[i],
            "confidence": float(predictions.confidence[i]),
        }
        for i in where[:SHOWN].tolist()
    ]


def _values(data, row):
    """Return the first values of an example as text, a dict by the column's name."""
    if data.columns is None:
        first = row.ravel()[:COLUMNS].tolist()
        named = {f"column {i}": value for i, value in enumerate(first, 1)}
    else:
        named = dict([*data.named(row[None]).iloc[0].items()][:COLUMNS])
    return {
        name: v if isinstance(v, str) else "" if np.isnan(v) else f"{v:.6g}"
        for name, v in named.items()
    }
