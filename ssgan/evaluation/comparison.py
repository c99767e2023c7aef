"""Test errors of several methods on the same labels, and the verdict."""

import dataclasses

import numpy as np

from ssgan.errors import as_input_error, listed
from ssgan.stats.intervals import (
    binomial_interval,
    matched_interval,
    mean_interval,
    paired_interval,
)
from ssgan.stats.predictions import unpacked

DESCRIPTIONS = {
    "supervised": "the same network, trained on the labels alone",
    "logistic-regression": "scikit-learn: a logistic regression on the labels",
    "random-forest": "scikit-learn: a random forest on the labels",
    "gradient-boosting": "scikit-learn: boosted trees on the labels",
    "nearest-neighbors": "scikit-learn: the classes of the nearest labeled rows",
    "self-training": "scikit-learn: a logistic regression that labels more for itself",
    "self-training-forest": "scikit-learn: a forest that labels more for itself",
    "self-training-boosting": "scikit-learn: boosted trees that label more for "
    "themselves",
    "self-training-neighbors": "scikit-learn: nearest neighbors that label more",
    "label-spreading": "scikit-learn: labels spread to the nearest neighbors",
    "ssgan": "the game, with labeled and unlabeled examples",
    "ceiling": "the same network, trained on every training label",
}
METHODS = tuple(DESCRIPTIONS)
# By default. Rows of numbers have more peers, which take seconds.
FOR_IMAGES = ("supervised", "self-training", "label-spreading", "ssgan", "ceiling")
FOR_ROWS = ("logistic-regression", "random-forest", *FOR_IMAGES)
# A method that does about as well is recommended if it takes at most this part of the
# time, and makes at most this many times the errors.
FASTER, AS_WELL = 0.2, 1.1


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
            fractions; where labels were left out, every label counts alike; ``std`` is
            the sample standard deviation, None for one split), their number ``n`` and
            the mean ``seconds`` of training.
        """
        summary = {}
        for method in METHODS:
            rows = [r for r in self.rows if r["method"] == method]
            if not rows:
                continue
            errors = [r["error"] for r in rows]
            summary[method] = {
                "mean": float(np.average(errors, weights=self._weights(rows))),
                "std": float(np.std(errors, ddof=1)) if len(rows) > 1 else None,
                "n": len(rows),
                "seconds": float(np.mean([r["seconds"] for r in rows])),
            }
        return summary

    def _weights(self, rows):
        """Return what the error of each row counts for: every left-out label alike."""
        return [row["n_test"] for row in rows] if self.is_left_out else None

    def difference(self, other="supervised", method="ssgan"):
        """Return how much lower a method's error is than another's.

        Returns
        -------
        dict
            ``mean`` of the differences, split by split, above 0 if `method` has the
            lower error (by default: if the unlabeled data helped); ``low`` and ``high``
            of its 95 % interval, None for one split; the number ``n`` of splits; the
            mean errors, by the names of the two; and ``covers``, what the interval
            covers. The numbers are fractions. Only ``n``, which is 0, if no split has
            both.

            The interval covers what would change with other labels of the same number
            and with other test examples: "splits and test examples", see
            `ssgan.stats.intervals.paired_interval`. Where each split is tested on its
            own left-out labels, it covers other "left-out labels", see
            `ssgan.stats.intervals.matched_interval`. Rows of earlier versions do not
            say which predictions were wrong. Then it covers "splits" alone (Student's
            t), and "helped" or "hurt" is said too often. It does not cover other
            unlabeled examples.

        Raises
        ------
        InputError
            If the rows were tested on different examples, or have been damaged.
        """
        errors, own = self.errors(other), self.errors(method)
        both = [split for split in errors if split in own]
        n = len(both)
        if n == 0:
            return {"n": 0}
        pairs = np.array([(errors[split], own[split]) for split in both])
        wrong = [self._wrong(name) for name in (other, method)]
        by_split = [[w[split] for split in both] for w in wrong if w]
        covers = "splits and test examples" if all(wrong) else "splits"
        if all(wrong) and self.is_left_out:
            covers = "left-out labels"
            mean, low, high = matched_interval(*map(np.concatenate, by_split))
        elif all(wrong):
            with as_input_error("rows that were tested on the same examples"):
                before, after = np.array(by_split, int)
            mean, low, high = paired_interval(before - after)
        else:
            mean, low, high = mean_interval(pairs[:, 0] - pairs[:, 1])
        sizes = {r["split"]: r for r in self.rows}
        weights = self._weights([sizes[split] for split in both])
        means = np.average(pairs, axis=0, weights=weights).tolist()
        return {
            "mean": mean,
            "low": low,
            "high": high,
            "n": n,
            other: means[0],
            method: means[1],
            "covers": covers,
        }

    @property
    def is_left_out(self):
        """Whether each split was tested on labels of its own, left out of it."""
        return len({r.get("data") for r in self.rows}) > 1

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
        if not any(row["method"] == "ssgan" for row in self.rows):
            return "No verdict on the unlabeled data: ssgan is not among the methods."
        if d["n"] == 0:
            return (
                "No verdict: supervised and ssgan were not trained on the same split."
            )
        points = f"{100 * abs(d['mean']):.2f} points"
        before, after = 100 * d["supervised"], 100 * d["ssgan"]
        means = f"supervised {before:.2f} % -> ssgan {after:.2f} %"
        if d["n"] == 1 and not self.is_left_out:
            sign = "lower" if d["mean"] >= 0 else "higher"
            return (
                f"With the unlabeled data the error was {points} {sign}; one split "
                f"gives no interval, so this may be chance ({means})."
            )
        ends = f"{100 * d['low']:+.2f} to {100 * d['high']:+.2f}"
        interval = f"95 % interval {ends} over {d['n']} splits"
        if self.is_left_out:
            tested = sum(r["n_test"] for r in self.rows if r["method"] == "ssgan")
            interval = f"95 % interval {ends} over {tested} labels, each left out once"
        elif d["covers"] == "splits":
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

    def best(self):
        """Return which method to use: one that was trained on few labels alone.

        That is the one with the lowest mean error, or a much faster one that does about
        as well: its error is not clearly higher, at most 1.1 times as high, and it took
        at most a fifth of the time.

        Returns
        -------
        str or None
            None if fewer than two methods have the same splits.
        """
        summary = self._comparable()
        if len(summary) < 2:
            return None
        lowest = min(summary, key=lambda method: summary[method]["mean"])
        most, longest = AS_WELL * summary[lowest]["mean"], summary[lowest]["seconds"]
        worse = self._clearly_worse(lowest, summary)
        quick = [
            method
            for method, s in summary.items()
            if method not in worse
            and s["mean"] <= most
            and s["seconds"] <= FASTER * longest
        ]
        return min(quick, key=lambda m: summary[m]["mean"]) if quick else lowest

    def better_network(self):
        """Return the network with the lower mean error, "ssgan" or "supervised".

        None if neither was trained.
        """
        own = ("ssgan", "supervised")
        summary = {m: s for m, s in self._comparable().items() if m in own}
        return min(summary, key=lambda m: summary[m]["mean"], default=None)

    def recommendation(self):
        """Say in one sentence which method to use; empty if there are not two."""
        summary, best = self._comparable(), self.best()
        if best is None:
            return ""

        def error(method):
            return f"{100 * summary[method]['mean']:.2f} %"

        lowest = min(summary, key=lambda method: summary[method]["mean"])
        if summary[best]["n"] == 1:
            return (
                f"{_capital(lowest)} has the lowest error, {error(lowest)}. One split "
                "may mislead: try more."
            )
        if best != lowest:
            times = summary[lowest]["seconds"] / max(summary[best]["seconds"], 1e-3)
            return (
                f"Use {best}: it does about as well as {lowest} ({error(best)} for "
                f"{error(lowest)}), {times:,.0f} times as fast."
            )
        worse = self._clearly_worse(best, summary)
        rivals = [m for m in summary if m != best and m not in worse]
        if not rivals:
            return f"Use {best}: its error, {error(best)}, is clearly the lowest."
        equal = [m for m in rivals if summary[m]["mean"] == summary[best]["mean"]]
        others = [f"{m} ({error(m)})" for m in rivals if m not in equal]
        more = "labels" if self.is_left_out else "splits or test examples"
        said = f"{_capital(listed([best, *equal]))} "
        said += f"{'have' if equal else 'has'} the lowest error, {error(best)}"
        if others:
            verb = "is" if len(others) == 1 else "are"
            said += f", but {listed(others)} {verb} not clearly worse"
        return f"{said}: more {more} would tell."

    def left_out(self, method):
        """Return how many labels a method answered wrongly, and of how many: ints.

        None if the splits were not tested on labels of their own.
        """
        rows = [row for row in self.rows if row["method"] == method]
        if not (rows and self.is_left_out):
            return None
        wrong = sum(round(row["error"] * row["n_test"]) for row in rows)
        return wrong, sum(row["n_test"] for row in rows)

    def expectation(self):
        """Say what to expect of the best method where labels were left out; else ""."""
        best = self.best() or self.better_network()
        if best is None or not self.is_left_out:
            return ""
        wrong, n = self.left_out(best)
        low, high = binomial_interval(wrong, n)
        return (
            f"Left out, {wrong} of {n} labels were answered wrongly by {best} (95 % "
            f"interval {100 * low:.0f} to {100 * high:.0f} %). That holds for new "
            "examples only if the labeled ones are a random sample of them."
        )

    def _comparable(self):
        """Return the `summary` of methods for few labels that have the most splits."""
        summary = {m: s for m, s in self.summary().items() if m != "ceiling"}
        n = max((s["n"] for s in summary.values()), default=0)
        return {m: s for m, s in summary.items() if s["n"] == n}

    def _clearly_worse(self, best, summary):
        """Return the methods whose error is higher than one's, without a doubt."""
        lows = {m: self.difference(m, best)["low"] for m in summary if m != best}
        return [m for m, low in lows.items() if low is not None and low > 0]


def _capital(name):
    return "SSGAN" if name == "ssgan" else name[:1].upper() + name[1:]
