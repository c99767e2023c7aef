"""The same labels given to SSGAN and to baselines, and what came of it."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import time
import zlib

import numpy as np
import scipy.stats

from ssgan import baselines, parallel, recipes
from ssgan.baselines import BASELINES
from ssgan.data.examples import is_labeled
from ssgan.data.splits import label_split
from ssgan.errors import expect
from ssgan.estimator import SSGANClassifier
from ssgan.records import Book, environment

DESCRIPTIONS = {
    "supervised": "the same network, learnt from the labels alone",
    "self-training": "scikit-learn, a logistic regression that labels more for itself",
    "label-spreading": "scikit-learn, labels spread over the nearest neighbors",
    "ssgan": "the game, with labels and unlabeled examples",
    "ceiling": "the same network, with every training label",
}
METHODS = tuple(DESCRIPTIONS)

CONFIDENCE = 0.95


@dataclasses.dataclass(frozen=True)
class Comparison:
    """Test errors of several methods that had the same labels.

    Parameters
    ----------
    rows : list of dict
        One for each run, as `compare` describes them.
    """

    rows: list[dict]

    def errors(self, method):
        """Return a dict from split name to the test error of a method, a fraction."""
        return {r["split"]: r["error"] for r in self.rows if r["method"] == method}

    def summary(self):
        """Return what the table shows.

        Returns
        -------
        dict of str to dict
            For each method the ``mean`` and ``std`` of its test errors over splits
            (fractions; the sample standard deviation, None for one split), their
            number ``n`` and the mean ``seconds`` of training.
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
        """Return how much lower SSGAN's error is than that of its supervised half.

        Returns
        -------
        dict
            ``mean`` of the differences, split by split, above 0 where the unlabeled
            data helped; ``low`` and ``high`` of its 95 % interval (Student's t), None
            for one split; ``n`` splits; the means ``supervised`` and ``ssgan``; all
            fractions. Without a split that both methods have there is only n = 0.
        """
        supervised, ours = self.errors("supervised"), self.errors("ssgan")
        pairs = np.array([(supervised[s], ours[s]) for s in supervised if s in ours])
        n = len(pairs)
        if n == 0:
            return {"n": 0}
        gains = pairs[:, 0] - pairs[:, 1]
        mean, low, high = float(gains.mean()), None, None
        if n > 1:
            quantile = scipy.stats.t.ppf((1 + CONFIDENCE) / 2, n - 1)
            half = float(quantile * gains.std(ddof=1) / np.sqrt(n))
            low, high = mean - half, mean + half
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
                "No verdict: it takes a split that both supervised and ssgan were "
                "trained on."
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


def compare(
    data,
    n_labels,
    *,
    splits=5,
    first_seed=0,
    recipe="auto",
    steps=None,
    methods=METHODS,
    balanced=True,
    out=None,
    n_jobs=None,
    progress=None,
    on_row=None,
):
    """Train every method on the same labels, and test it on the same examples.

    - "supervised": SSGAN's discriminator without the game: the same network, averaging,
      augmentation and number of updates, from the labels alone.
    - "self-training": scikit-learn's, around a logistic regression on at most 64
      principal components of all training examples.
    - "label-spreading": scikit-learn's, over 7 neighbors. Its memory and time grow with
      the rows: of more than 20,000 unlabeled ones it gets 20,000, drawn by the split's
      seed; "unlabeled" in its row says so.
    - "ssgan": the game, with the labels and all unlabeled examples.
    - "ceiling": "supervised" with every training label. Splits do not change these, so
      it runs once, after all others.

    Parameters
    ----------
    data : ssgan.data.examples.Data
        Without a test part it gets one: see `Data.with_test_part`.
    n_labels : int
        Labels that each split keeps.
    splits : int, default=5
        Label splits to draw.
    first_seed : int, default=0
        Seed of the first; the next ones follow. The weights have the seed of the split.
    recipe : str or ssgan.recipes.Recipe, default="auto"
    steps : int or None, default=None
        See `ssgan.SSGANClassifier`.
    methods : sequence of str, default=METHODS
    balanced : bool, default=True
        See `ssgan.label_split`.
    out : path or None, default=None
        Folder for ``rows.jsonl``, one row the moment it exists, and ``result.json``.
        What an earlier, perhaps interrupted, call left there is not run again.
    n_jobs : int or None, default=None
        Runs at a time; see `ssgan.parallel.each`.
    progress : callable or None, default=None
        ``progress(description, live=...)`` returns a Keras callback with a method
        ``close``, such as `ssgan.progress.Progress`. Live is what has the terminal to
        itself: one run at a time.
    on_row : callable or None, default=None
        ``on_row(row, done, total)`` is called with each row as it comes, how many there
        are by then, and how many there will be.

    Returns
    -------
    Comparison
        Its rows are dictionaries: dataset, split, method, recipe, steps, labels and
        unlabeled (examples trained on), seed, error (fraction of the test examples),
        n_test, seconds (of training), jobs (that ran at a time), machine, versions, and
        a fingerprint of the data and the recipe's numbers.

    Raises
    ------
    InputError
        If the data have no test part and too few labels for one, or an argument is not
        as described.
    """
    data = data.with_test_part()
    expect(
        isinstance(splits, int) and splits > 0, "splits=1 or more", f"splits={splits}"
    )
    unknown = [m for m in methods if m not in METHODS]
    expect(
        methods and not unknown, f"methods among {', '.join(METHODS)}", list(methods)
    )
    parallel.at_a_time(n_jobs)
    recipe = recipes.resolve(recipe, steps, images=data.x_train.ndim > 2)
    drawn = [
        label_split(data.y_train, n_labels, seed, balanced=balanced, name=data.name)
        for seed in range(first_seed, first_seed + splits)
    ]
    runs = [(m, s) for s in drawn for m in METHODS if m in methods and m != "ceiling"]
    if "ceiling" in methods:
        runs.append(("ceiling", drawn[0]))
    book = Book(out)
    rows = _rows(runs, recipe, data, book, n_jobs, progress, on_row or _nothing)
    comparison = Comparison(rows)
    book.close(comparison)
    return comparison


def _rows(runs, recipe, data, book, n_jobs, progress, on_row):
    """Return a row for each run: from the book, or new and written there."""
    plans = [_plan(method, split, recipe, data) for method, split in runs]
    rows = {}
    for place, plan in enumerate(plans):
        row = book.find(plan)
        if row is not None:
            rows[place] = row
            on_row(row, len(rows), len(runs))
    missing = [place for place in range(len(runs)) if place not in rows]
    jobs = parallel.at_a_time(n_jobs)
    shown = progress and functools.partial(progress, live=jobs == 1)
    tasks = [(*runs[place], recipe, data, shown) for place in missing]
    for number, outcome in parallel.each(_run, tasks, n_jobs):
        place = missing[number]
        rows[place] = plans[place] | outcome | {"jobs": jobs} | environment()
        book.add(rows[place])
        on_row(rows[place], len(rows), len(runs))
    return [rows[place] for place in range(len(runs))]


def _nothing(*_):
    pass


def _plan(method, split, recipe, data):
    """Return the part of a row that is known before the run."""
    alone = method in ("supervised", "ceiling")
    recipe = None if method in BASELINES else recipe.supervised() if alone else recipe
    labels, unlabeled = split.n_labels, len(data.y_train) - split.n_labels
    if method == "ceiling":
        labels = int(is_labeled(data.y_train).sum())
    elif method == "label-spreading":
        unlabeled = min(unlabeled, baselines.SPREADING_ROWS)
    # Other data of the same name, or a recipe changed since, make it another run.
    fingerprint = zlib.crc32(repr((recipe, data.y_train.tolist())).encode())
    for x in (data.x_train, data.x_test):
        fingerprint = zlib.crc32(np.ascontiguousarray(x), fingerprint)
    return {
        "dataset": data.name,
        "split": f"{data.name}@all" if method == "ceiling" else split.name,
        "method": method,
        "recipe": recipe and recipe.name,
        "steps": recipe and recipe.steps,
        "labels": labels,
        "unlabeled": 0 if alone else unlabeled,
        "seed": split.seed,
        "n_test": len(data.y_test),
        "fingerprint": f"{fingerprint:08x}",
    }


def _run(method, split, recipe, data, progress):
    """Train one method; return its error and seconds."""
    y = data.y_train if method == "ceiling" else split.apply(data.y_train)
    start = time.perf_counter()
    if method in BASELINES:
        predict = BASELINES[method](data.x_train, y, split.seed)
    else:
        recipe = recipe if method == "ssgan" else recipe.supervised()
        shown = progress and progress(f"{split.name} {method}")
        with contextlib.closing(shown) if shown else contextlib.nullcontext():
            predict = (
                SSGANClassifier(
                    recipe, random_state=split.seed, callbacks=[shown] if shown else ()
                )
                .fit(data.x_train, y)
                .predict
            )
    seconds = time.perf_counter() - start
    error = float(np.mean(predict(data.x_test) != data.y_test))
    return {"error": error, "seconds": round(seconds, 2)}
