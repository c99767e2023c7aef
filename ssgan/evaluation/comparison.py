"""Test errors of several methods on the same labels, and the verdict."""

import dataclasses

import numpy as np

from ssgan.errors import as_input_error
from ssgan.stats.intervals import mean_interval, paired_interval
from ssgan.stats.predictions import unpacked

DESCRIPTIONS = {
    "supervised": "the same network, trained on the labels alone",
    "self-training": "scikit-learn: a logistic regression that labels more for itself",
    "label-spreading": "scikit-learn: labels spread to the nearest neighbors",
    "ssgan": "the game, with labeled and unlabeled examples",
    "ceiling": "the same network, trained on every training label",
}
METHODS = tuple(DESCRIPTIONS)


@dataclasses.dataclass(frozen=True)
class Comparison:
    """Test errors of several methods that had the same labels.

    Parameters
    ----------
    rows : list of dict
        One for each run; see `ssgan.evaluation.result_rows`.
    """

    rows: list[dict]

    def errors(self, method):
        """Return a dict from split name to the test error of a method, a fraction."""
        return {r["split"]: r["error"] for r in self.rows if r["method"] == method}

    def summary(self):
        """Return mean and standard deviation for each method.

        Returns
        -------
        dict of str to dict
            For each method, ``mean`` and ``std`` of its test errors over splits (as
            fractions; ``std`` is the sample standard deviation, None for one split),
            their number ``n`` and the mean ``seconds`` of training.
        """
        summary = {}
        for method in METHODS:
            rows = [r for r in self.rows if r["method"] == method]
            if not rows:
                continue
            errors = [r["error"] for r in rows]
            summary[method] = {
                "mean": float(np.mean(errors)),
                "std": float(np.std(errors, ddof=1)) if len(rows) > 1 else None,
                "n": len(rows),
                "seconds": float(np.mean([r["seconds"] for r in rows])),
            }
        return summary

    def difference(self):
        """Return how much lower SSGAN's error is than the supervised baseline's.

        Returns
        -------
        dict
            ``mean`` of the differences, split by split, above 0 if the unlabeled data
            helped; ``low`` and ``high`` of its 95 % interval, None for one split; the
            number ``n`` of splits; the mean errors ``supervised`` and ``ssgan``; and
            ``covers``, what the interval covers. The numbers are fractions. Only ``n``,
            which is 0, if no split has both.

            The interval covers what would change with other labels of the same number
            and with other test examples: "splits and test examples", see
            `ssgan.stats.intervals.paired_interval`. Rows of earlier versions do not say
            which predictions were wrong. Then it covers "splits" alone (Student's t),
            and "helped" or "hurt" is said too often. It does not cover other unlabeled
            examples.

        Raises
        ------
        InputError
            If the rows were tested on different examples, or have been damaged.
        """
        supervised, ours = self.errors("supervised"), self.errors("ssgan")
        pairs = np.array([(supervised[s], ours[s]) for s in supervised if s in ours])
        n = len(pairs)
        if n == 0:
            return {"n": 0}
        wrong = [self._wrong(method) for method in ("supervised", "ssgan")]
        if all(wrong):
            by_split = [[w[s] for s in supervised if s in ours] for w in wrong]
            with as_input_error("rows that were tested on the same examples"):
                before, after = np.array(by_split, int)
            mean, low, high = paired_interval(before - after)
        else:
            mean, low, high = mean_interval(pairs[:, 0] - pairs[:, 1])
        supervised, ours = pairs.mean(axis=0).tolist()
        return {
            "mean": mean,
            "low": low,
            "high": high,
            "n": n,
            "supervised": supervised,
            "ssgan": ours,
            "covers": "splits and test examples" if all(wrong) else "splits",
        }

    def _wrong(self, method):
        """Return the wrong predictions by split, a dict; empty if a row lacks them."""
        rows = [r for r in self.rows if r["method"] == method]
        if not all("wrong" in row for row in rows):
            return {}
        with as_input_error("rows whose wrong predictions can be read"):
            return {r["split"]: unpacked(r["wrong"], r["n_test"]) for r in rows}

    def verdict(self):
        """Say in one sentence whether the unlabeled data helped, and by how much."""
        d = self.difference()
        if d["n"] == 0:
            return (
                "No verdict: supervised and ssgan were not trained on the same split."
            )
        points = f"{100 * abs(d['mean']):.2f} points"
        before, after = 100 * d["supervised"], 100 * d["ssgan"]
        means = f"supervised {before:.2f} % -> ssgan {after:.2f} %"
        if d["n"] == 1:
            sign = "lower" if d["mean"] >= 0 else "higher"
            return (
                f"With the unlabeled data the error was {points} {sign}; one split "
                f"gives no interval, so this may be chance ({means})."
            )
        ends = f"{100 * d['low']:+.2f} to {100 * d['high']:+.2f}"
        interval = f"95 % interval {ends} over {d['n']} splits"
        if d["covers"] == "splits":
            interval += ", but not over test examples"
        else:
            n_test = next(r["n_test"] for r in self.rows if r["method"] == "ssgan")
            interval += f" and {n_test:,} test examples"
        if d["low"] > 0:
            what = f"helped by {points}"
        elif d["high"] < 0:
            what = f"hurt by {points}"
        else:
            what = f"made no clear difference: {100 * d['mean']:+.2f} points"
        return f"The unlabeled data {what} ({interval}): {means}."
