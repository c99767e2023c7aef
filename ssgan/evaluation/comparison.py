"""Test errors of several methods on the same labels, and the verdict."""

import dataclasses

import numpy as np

from ssgan.stats.intervals import mean_interval

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
            helped; ``low`` and ``high`` of its 95 % interval (Student's t), None for
            one split; the number ``n`` of splits; the mean errors ``supervised`` and
            ``ssgan``. All are fractions. Only ``n``, which is 0, if no split has both.
        """
        supervised, ours = self.errors("supervised"), self.errors("ssgan")
        pairs = np.array([(supervised[s], ours[s]) for s in supervised if s in ours])
        n = len(pairs)
        if n == 0:
            return {"n": 0}
        mean, low, high = mean_interval(pairs[:, 0] - pairs[:, 1])
        supervised, ours = pairs.mean(axis=0).tolist()
        return {
            "mean": mean,
            "low": low,
            "high": high,
            "n": n,
            "supervised": supervised,
            "ssgan": ours,
        }

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
        interval = (
            f"95 % paired interval {100 * d['low']:+.2f} to {100 * d['high']:+.2f}, "
            f"{d['n']} splits"
        )
        if d["low"] > 0:
            what = f"helped by {points}"
        elif d["high"] < 0:
            what = f"hurt by {points}"
        else:
            what = f"made no clear difference: {100 * d['mean']:+.2f} points"
        return f"The unlabeled data {what} ({interval}): {means}."
