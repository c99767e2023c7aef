"""Error against the number of labels, and what more labels would bring."""

import contextlib
import dataclasses
from pathlib import Path

import numpy as np

from ssgan.errors import expect
from ssgan.evaluation.compare import compare
from ssgan.evaluation.draws import draw
from ssgan.stats.intervals import binomial_interval, product_interval
from ssgan.stats.percent import percent
from ssgan.stats.power_law import PowerLaw
from ssgan.support.files import write_json
from ssgan.support.locks import locked

METHODS = ("supervised", "ssgan")
# Forecasts are for these multiples of the largest number of labels.
BEYOND = (2, 5)
# An interval of an error that is wider, of 0 to 1, says nothing.
WIDE = 0.5
# So does one of a number of labels whose ends are so many times apart.
FAR_APART = 10
MANY_LABELS = 1e6
# Seeds that each number of labels has for itself.
SEEDS_EACH = 100


@dataclasses.dataclass(frozen=True)
class LearningCurve:
    """Test errors of SSGAN and of the supervised baseline, by number of labels.

    Parameters
    ----------
    rows : list of dict
        One for each run; see `ssgan.evaluation.result_rows`.
    """

    rows: list[dict]

    def errors(self, method):
        """Return a dict from number of labels to a list of test errors."""
        errors = {}
        for row in sorted(self.rows, key=lambda row: row["n_labels"]):
            if row["method"] == method:
                errors.setdefault(row["n_labels"], []).append(row["error"])
        return errors

    def law(self, method):
        """Return the `PowerLaw` of a method.

        A run without any error on the test part counts as half an error.
        """
        rows = [row for row in self.rows if row["method"] == method]
        labels = np.array([row["n_labels"] for row in rows], float)
        errors = [max(row["error"], 0.5 / row["n_test"]) for row in rows]
        return PowerLaw(labels, np.array(errors))

    @property
    def n_test(self):
        """The number of test examples, the same ones in all runs."""
        return self.rows[0]["n_test"]

    def predict(self, method, n_labels):
        """Return a method's error at a number of labels, and an interval for it.

        Returns
        -------
        tuple of float
            The error by its `PowerLaw`, and the ends of the 95 % interval for one more
            run on as many test examples: the law's interval for one more run, and the
            binomial interval of that error, put together by `product_interval`. In
            simulations with 60 to 1000 test examples, 95 to 97 % of the intervals held
            the error of one more run on new test examples; 89 % where all runs get the
            same test examples wrong, but for the number of labels.
        """
        error, *ends = self.law(method).predict(n_labels)
        binomial = binomial_interval(error * self.n_test, self.n_test)
        chance = (1, *(end / error for end in binomial))
        _, low, high = product_interval((error, *ends), chance)
        return error, low, min(high, 1.0)

    def has_error(self, method):
        """Return whether any run of a method made an error on the test part."""
        return any(row["error"] > 0 for row in self.rows if row["method"] == method)

    def forecast(self):
        """Return what more labels would bring, if the curve continues as before.

        Returns
        -------
        dict of str to dict
            For each method its ``slope`` and ``at``, a list of dicts with ``n_labels``
            and the fractions ``error``, ``low`` and ``high``.
        """
        forecast = {}
        for method in METHODS:
            law, keys = self.law(method), ("error", "low", "high")
            forecast[method] = {
                "slope": law.slope,
                "at": [
                    {
                        "n_labels": n,
                        **dict(zip(keys, self.predict(method, n), strict=True)),
                    }
                    for n in (factor * int(law.n_labels.max()) for factor in BEYOND)
                ],
            }
        return forecast

    def verdict(self):
        """Say what more labels would bring, and how uncertain that is."""
        said = [self._outlook(*pair) for pair in self.forecast().items()]
        most = max(self.errors("ssgan"))
        alone, error = (float(np.mean(self.errors(m)[most])) for m in METHODS)
        times = (1.0, 1.0, 1.0)
        if 0 < error < alone:  # A line never reaches 0.
            # From the error that was measured: the line may be above it.
            times = self.law("supervised").times_labels(error / alone)
        labels, low, high = (most * factor for factor in times)
        # Less than 5 % would be hidden by two digits.
        if labels >= 1.05 * most and (high < FAR_APART * low or low > MANY_LABELS):
            many = (
                f"about {_rounded(labels)} labels ({_rounded(low)} to {_rounded(high)}"
            )
            many += " by the 95 % interval of its slope)"
            many = many if low < MANY_LABELS else "more than a million labels"
            said.append(
                f"To reach ssgan's error with {most:,} labels, {100 * error:.2f} %, "
                f"training on labels alone would need {many}, if its curve continues."
            )
        return "\n".join(said)

    def _outlook(self, method, forecast):
        """Return what is expected of more labels with one method, a sentence or two."""
        n_test = self.n_test
        if not self.has_error(method):
            return (
                f"{method}: no run made an error on the {n_test:,} test examples, so "
                "what more labels would bring cannot be told."
            )
        told = [at for at in forecast["at"] if at["high"] - at["low"] < WIDE]
        if not told:
            low, high = binomial_interval(forecast["at"][0]["error"] * n_test, n_test)
            more = "test examples" if high - low >= WIDE else "--splits"
            return (
                f"{method}: what more labels would bring cannot be told from these "
                f"runs; more {more} would tell more."
            )

        def shown(error, sign=" %"):  # Less than half an example is none.
            return percent(error if error * n_test >= 0.5 else 0, n_test, sign)

        guesses = ", ".join(
            f"{at['n_labels']:,} labels {shown(at['error'])} "
            f"({shown(at['low'], '')} to {shown(at['high'])})"
            for at in told
        )
        return (
            f"{method}: twice the labels multiply the error by "
            f"{2 ** forecast['slope']:.2f}. If that continues: {guesses}; in "
            f"parentheses the 95 % interval for one more run on {n_test:,} test "
            "examples."
        )


def _rounded(labels):
    """Return a number of labels as text, with two digits that count."""
    return f"{float(f'{labels:.2g}'):,.0f}"


def learning_curve(
    data, labels, *, splits=3, first_seed=0, out=None, on_row=None, **options
):
    """Measure error against the number of labels, with SSGAN and on labels alone.

    Parameters
    ----------
    data : ssgan.data.examples.Data
    labels : sequence of int
        At least three numbers of labels.
    splits : int, default=3
        Label splits for each number, at most 100.
    first_seed : int, default=0
        The splits of n labels have the seeds from ``first_seed + 100 * n`` on. With the
        same seeds, the labels of a smaller number would be among those of a larger
        one, and the errors would not be independent, as `PowerLaw` takes them to be.
    out : path or None, default=None
        Folder for ``curve.json`` and, for each number, the rows. Runs that have a row
        there are not repeated.
    on_row : callable or None, default=None
        ``on_row(row, done, total)`` is called with each row. The rows of all numbers of
        labels are counted.
    **options
        Further arguments of `ssgan.evaluation.compare.compare`.

    Returns
    -------
    LearningCurve

    Raises
    ------
    InputError
        If there are fewer than three numbers of labels, or `compare` refuses one.
    """
    labels = sorted(set(labels))
    expect(len(labels) >= 3, "at least three different numbers of labels", labels)
    data, rows = data.with_test_part(), []
    seeds = {n: first_seed + SEEDS_EACH * n for n in labels}
    for n in labels:  # All are drawn before the first training, to refuse none later.
        draw(data, n, splits, seeds[n], balanced=options.get("balanced", True))
    expect(splits <= SEEDS_EACH, f"at most {SEEDS_EACH} splits", f"splits={splits}")
    total = len(labels) * splits * len(METHODS)

    def shown(row, done, _):
        on_row(row, len(rows) + done, total)

    with locked(out) if out else contextlib.nullcontext():
        for n in labels:
            folder = out and Path(out) / f"{n}-labels"
            result = compare(
                data,
                n,
                splits=splits,
                first_seed=seeds[n],
                methods=METHODS,
                out=folder,
                on_row=on_row and shown,
                **options,
            )
            rows += result.rows
        curve = LearningCurve(rows)
        if out:
            forecast = {"verdict": curve.verdict(), "forecast": curve.forecast()}
            write_json(Path(out) / "curve.json", {**forecast, "rows": rows})
    return curve
