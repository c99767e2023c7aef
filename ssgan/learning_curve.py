"""Error against the number of labels, and how many are needed."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import scipy.stats

from ssgan.compare import CONFIDENCE, compare
from ssgan.errors import expect
from ssgan.records import draft, write_json

METHODS = ("supervised", "ssgan")
# How far beyond the largest number of labels it is worth guessing.
BEYOND = (2, 5)


@dataclasses.dataclass(frozen=True)
class PowerLaw:
    """A straight line through the logarithms: ``error = scale * labels ** slope``.

    Parameters
    ----------
    labels : ndarray of shape (n,)
        Number of labels of each run.
    errors : ndarray of shape (n,)
        Its test error, above 0.
    """

    labels: np.ndarray
    errors: np.ndarray

    @property
    def _line(self):
        return scipy.stats.linregress(np.log(self.labels), np.log(self.errors))

    @property
    def slope(self):
        """Return the exponent: -1 halves the error with twice the labels."""
        return float(self._line.slope)

    def predict(self, labels):
        """Return the error at a number of labels, and an interval for it.

        Returns
        -------
        tuple of float
            The error of the line; the ends of the 95 % prediction interval of one more
            run (least squares, Student's t). They know of chance alone, not of a curve
            that bends.
        """
        x, line = np.log(self.labels), self._line
        middle = line.intercept + line.slope * np.log(labels)
        rest = np.log(self.errors) - line.intercept - line.slope * x
        n = len(x)
        spread = np.sum((x - x.mean()) ** 2)
        deviation = np.sqrt(np.sum(rest**2) / (n - 2))
        deviation *= np.sqrt(1 + 1 / n + (np.log(labels) - x.mean()) ** 2 / spread)
        half = scipy.stats.t.ppf((1 + CONFIDENCE) / 2, n - 2) * deviation
        return tuple(float(np.exp(v)) for v in (middle, middle - half, middle + half))

    def labels_for(self, error):
        """Return how many labels the line wants for an error, a fraction above 0.

        Infinity where the line does not fall.
        """
        line = self._line
        if line.slope >= 0:
            return float("inf")
        return float(np.exp((np.log(error) - line.intercept) / line.slope))


@dataclasses.dataclass(frozen=True)
class LearningCurve:
    """Test errors of SSGAN and of the supervised baseline, by number of labels.

    Parameters
    ----------
    rows : list of dict
        As `ssgan.compare.compare` writes them.
    """

    rows: list[dict]

    def errors(self, method):
        """Return a dict from number of labels to the test errors of a method."""
        errors = {}
        for row in sorted(self.rows, key=lambda row: row["labels"]):
            if row["method"] == method:
                errors.setdefault(row["labels"], []).append(row["error"])
        return errors

    def law(self, method):
        """Return the `PowerLaw` of a method.

        A run without an error on the test part counts as half of one.
        """
        rows = [row for row in self.rows if row["method"] == method]
        labels = np.array([row["labels"] for row in rows], float)
        errors = [max(row["error"], 0.5 / row["n_test"]) for row in rows]
        return PowerLaw(labels, np.array(errors))

    def forecast(self):
        """Return what more labels would give, as far as the curve goes on as it did.

        Returns
        -------
        dict of str to dict
            For each method its ``slope`` and ``at``: a list of dicts with ``labels``,
            ``error``, ``low`` and ``high``, fractions.
        """
        forecast = {}
        for method in METHODS:
            law = self.law(method)
            keys = ("error", "low", "high")
            forecast[method] = {
                "slope": law.slope,
                "at": [
                    {"labels": n, **dict(zip(keys, law.predict(n), strict=True))}
                    for n in (factor * int(law.labels.max()) for factor in BEYOND)
                ],
            }
        return forecast

    def verdict(self):
        """Say in sentences what labels are worth, and how uncertain that is."""
        said = []
        for method, forecast in self.forecast().items():
            guesses = ", ".join(
                f"{at['labels']} labels {100 * at['error']:.2g} % "
                f"({100 * at['low']:.2g} to {100 * at['high']:.2g})"
                for at in forecast["at"]
            )
            said.append(
                f"{method}: twice the labels take the error to "
                f"{2 ** forecast['slope']:.2f} of what it was. If that goes on: "
                f"{guesses}; 95 % for one more run."
            )
        most = max(self.errors("ssgan"))
        error = float(np.mean(self.errors("ssgan")[most]))
        labels = self.law("supervised").labels_for(max(error, 1e-6))
        if labels > most:
            many = f"{labels:.2g}" if labels < 1e6 else "more than a million"
            said.append(
                f"For what ssgan reaches with {most} labels, {100 * error:.2f} %, "
                f"labels alone would have to be some {many}, as far as their curve "
                "goes on."
            )
        return "\n".join(said)


def learning_curve(data, labels, *, splits=3, out=None, **options):
    """Measure error against the number of labels, for SSGAN and for labels alone.

    Parameters
    ----------
    data : ssgan.data.examples.Data
    labels : sequence of int
        Three or more numbers of labels.
    splits : int, default=3
        Label splits for each.
    out : path or None, default=None
        Folder for ``curve.json``, ``curve.svg`` and, for each number, the rows.
        Rows found there are kept, so that an interrupted call goes on.
    **options
        Further arguments of `ssgan.compare.compare`: `first_seed`, `recipe`, `steps`,
        `balanced`, `n_jobs`, `progress`, `on_row`.

    Returns
    -------
    LearningCurve

    Raises
    ------
    InputError
        If there are fewer than three numbers of labels, or `compare` refuses one.
    """
    labels = sorted(set(labels))
    expect(len(labels) >= 3, "three different numbers of labels or more", labels)
    data, rows = data.with_test_part(), []
    for n in labels:
        folder = out and Path(out) / f"{n}-labels"
        result = compare(data, n, splits=splits, methods=METHODS, out=folder, **options)
        rows += result.rows
    curve = LearningCurve(rows)
    if out:
        forecast = {"verdict": curve.verdict(), "forecast": curve.forecast()}
        write_json(Path(out) / "curve.json", {**forecast, "rows": rows})
        draw(curve, Path(out) / "curve.svg", data.name)
    return curve


def draw(curve, path, title):
    """Draw the errors, and the laws through them as far as they are guessed.

    Parameters
    ----------
    curve : LearningCurve
    path : path
        The ``.svg`` file, written whole or not at all.
    title : str
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 4.5), layout="constrained")
    axes = figure.subplots()
    for color, method in zip(("0.45", "C0"), METHODS, strict=True):
        law = curve.law(method)
        axes.plot(law.labels, 100 * law.errors, "o", color=color, alpha=0.6, ms=4)
        x = np.geomspace(law.labels.min(), max(BEYOND) * law.labels.max())
        middle, low, high = 100 * np.transpose([law.predict(n) for n in x])
        measured = x <= law.labels.max()
        axes.plot(x[measured], middle[measured], color=color, label=method)
        axes.plot(x[~measured], middle[~measured], ":", color=color)
        axes.fill_between(x, low, high, color=color, alpha=0.15, lw=0)
    axes.set(
        xscale="log", yscale="log", xlabel="labels", ylabel="test error, %", title=title
    )
    shown = sorted(curve.errors("ssgan"))
    shown += [factor * shown[-1] for factor in BEYOND]
    axes.set_xticks(shown, [str(n) for n in shown])
    axes.yaxis.set_major_formatter("{x:g}")
    axes.minorticks_off()
    axes.legend(frameon=False)
    with draft(path) as part:
        figure.savefig(part, format="svg")
