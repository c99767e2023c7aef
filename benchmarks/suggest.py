"""Measure errors against labels that were suggested, or drawn at random.

    python benchmarks/suggest.py digits tfds:mnist
    python benchmarks/suggest.py digits --classifiers ssgan --labels 20 40 60 100
    python benchmarks/suggest.py digits tfds:mnist --show

Ways to choose what is labeled next, at most ten examples at a time:

- random: drawn at random
- typical: `ssgan.suggest` without a model
- suggested: `ssgan.suggest` with the classifier that was trained last: typical examples
  until every class has two labels, then those that it is unsure of
- typical, learned: as "typical", on features of a discriminator that was trained
  without any label, by the default recipe without pseudo-labels; only if asked for

Classifiers: "regression" is a logistic regression, "spreading" label spreading to seven
neighbors, both on features that need no learning; "ssgan" is the default recipe.
The pool of MNIST is a random 10,000 of the training images, another for each seed.

Rows are appended to results/suggest/rows.jsonl as they come; runs that have a row are
not repeated. Then a table (Markdown) is printed and a figure drawn. With --held-out,
seeds begin at 1000 and errors are on held-out training images: nothing is chosen by
test error.
"""

import argparse
import dataclasses
import functools
import time
from types import SimpleNamespace

import numpy as np
from engine import RESULTS, per_cent, save_figure, table
from matplotlib.figure import Figure
from sklearn.linear_model import LogisticRegression
from sklearn.semi_supervised import LabelSpreading
from tune import FIRST_SEED, hold_out

from ssgan import load, suggest
from ssgan.data.components import unlearned_features
from ssgan.evaluation.result_rows import ResultRows
from ssgan.recipes import IMAGES
from ssgan.support.provenance import environment

OUT = RESULTS / "suggest"
STRATEGIES = ("random", "typical", "suggested", "typical, learned")
CLASSIFIERS = ("regression", "spreading", "ssgan")
LABELS = (10, 20, 30, 40, 50, 60, 80, 100)
ROUND = 10
POOL = 10_000
STEPS = {"digits": 600, "mnist": 300}
# What typical examples are looked for by, and what the small classifiers learn from.
# Rows without it are of principal components of the pixels.
FEATURES = "orientations, pixels"
STEPS_WITHOUT_LABELS = {"digits": 1200, "mnist": 2000}


class Pool:
    """The unlabeled examples of one seed, and the examples to test on."""

    def __init__(self, data, seed):
        self.data, self.seed = data, seed
        self.order = np.random.default_rng(seed).permutation(len(data.x_train))[:POOL]
        self.x, self.y = data.x_train[self.order], data.y_train[self.order]
        self.source = data.name.partition("-")[0]
        self.steps = STEPS[self.source]
        compress = unlearned_features(self.x, seed)
        self.rows, self.test_rows = compress(self.x), compress(data.x_test)

    @functools.cached_property
    def learned(self):
        """Features of a discriminator that was trained without labels."""
        from ssgan import SSGANClassifier

        steps = STEPS_WITHOUT_LABELS[self.source]
        recipe = IMAGES.with_steps(steps).without_term("PseudoLabels")
        recipe = dataclasses.replace(recipe, supervised_weight=0.0)
        # There must be labels, but their loss has the weight 0.
        no_labels = np.where(np.arange(len(self.x)) < 10, np.arange(len(self.x)), -1)
        classifier = SSGANClassifier(recipe, random_state=self.seed)
        return classifier.fit(self.x, no_labels).transform(self.x)

    def fit(self, classifier, labeled):
        """Return a classifier of some labels for `suggest`, and its test error."""
        y = np.full(len(self.y), -1)
        y[labeled] = self.y[labeled]
        if classifier == "ssgan":
            from ssgan import SSGANClassifier

            model = SSGANClassifier(steps=self.steps, random_state=self.seed)
            model.fit(self.x, y)
            return model, 1 - model.score(self.data.x_test, self.data.y_test)
        with np.errstate(invalid="ignore"):  # Some rows no label reaches.
            if classifier == "regression":
                model = LogisticRegression(max_iter=1000)
                model.fit(self.rows[labeled], y[labeled])
            else:
                model = LabelSpreading(kernel="knn", n_neighbors=7, max_iter=100)
                model.fit(self.rows, y)
            error = 1 - model.score(self.test_rows, self.data.y_test)
        rows = SimpleNamespace(
            predict_proba=lambda x: np.nan_to_num(model.predict_proba(x)),
            transform=lambda x: x,
        )
        return rows, error

    def choose(self, strategy, classifier, model, labeled, n):
        """Return which n examples to label next."""
        if strategy == "random":
            # The pool is in random order.
            return list(range(len(labeled), len(labeled) + n))
        y = np.full(len(self.y), -1)
        y[labeled] = self.y[labeled]
        x = self.x if classifier == "ssgan" else self.rows
        if strategy == "suggested" and model is not None:
            features = None if classifier == "ssgan" else self.rows
            chosen = suggest(x, n, y, model=model, features=features, seed=self.seed)
            return chosen.tolist()
        features = self.learned if strategy == "typical, learned" else self.rows
        chosen = []
        while len(chosen) < n:
            y[chosen] = self.y[chosen]
            some = min(ROUND, n - len(chosen))
            chosen += suggest(x, some, y, features=features, seed=self.seed).tolist()
        return chosen


def run(pool, strategy, classifier, labels, rows, split):
    """Label more and more examples, and record the error of each number of labels."""
    labeled, model = [], None
    for n in labels:
        new = pool.choose(strategy, classifier, model, labeled, n - len(labeled))
        labeled = labeled + new
        start = time.perf_counter()
        model, error = pool.fit(classifier, labeled)
        plan = {
            "dataset": pool.data.name,
            "split": split,
            "seed": pool.seed,
            "method": strategy,
            "fingerprint": f"{classifier}@{n}, {FEATURES}",
            "features": FEATURES,
            "classifier": classifier,
            "n_labels": n,
            "n_classes": len({*pool.y[labeled].tolist()}),
            "n_test": len(pool.data.y_test),
            "steps": pool.steps if classifier == "ssgan" else None,
            "error": float(error),
            "seconds": round(time.perf_counter() - start, 2),
            **environment(),
        }
        rows.add(plan)
        print(
            f"{pool.data.name}, seed {pool.seed}, {classifier}, {strategy}, {n} labels:"
            f" error {100 * error:.2f} %",
            flush=True,
        )


def todays(rows):
    """Return the rows that the features of today gave."""
    return [row for row in rows.rows if row.get("features") == FEATURES]


def errors_of(rows, dataset, classifier, strategy):
    """Return the errors of each number of labels, a dict of lists; the latest rows."""
    errors = {}
    for row in rows:
        same = (row["dataset"], row["classifier"], row["method"])
        if same == (dataset, classifier, strategy):
            errors.setdefault(row["n_labels"], {})[row["seed"]] = row["error"]
    return {n: list(errors[n].values()) for n in sorted(errors)}


def show(rows, path):
    """Print a table for each data set and classifier, and draw them all."""
    cases = list(dict.fromkeys((r["dataset"], r["classifier"]) for r in rows))
    figure = Figure(figsize=(4 * len(cases), 3.5), layout="constrained")
    panels = figure.subplots(1, len(cases), squeeze=False)[0]
    for axes, (dataset, classifier) in zip(panels, cases, strict=True):
        found = {s: errors_of(rows, dataset, classifier, s) for s in STRATEGIES}
        found = {s: errors for s, errors in found.items() if errors}
        labels = sorted({n for errors in found.values() for n in errors})
        lines = []
        for strategy, errors in found.items():
            cells = [
                f"{per_cent(errors[n])} (n = {len(errors[n])})" if n in errors else "-"
                for n in labels
            ]
            lines.append([strategy, *cells])
            means = np.array([100 * np.mean(e) for e in errors.values()])
            stds = np.array([100 * np.std(e, ddof=len(e) > 1) for e in errors.values()])
            color = f"C{STRATEGIES.index(strategy)}"
            axes.plot([*errors], means, "o-", ms=3, color=color, label=strategy)
            axes.fill_between(
                [*errors], means - stds, means + stds, color=color, alpha=0.12, lw=0
            )
        head = [f"{dataset}, {classifier}, error, %", *(f"{n} labels" for n in labels)]
        print(table(head, lines), end="\n\n")
        axes.set(xlabel="labels", title=f"{dataset}, {classifier}", ylim=(0, None))
    panels[0].set_ylabel("error, %")
    panels[0].legend(frameon=False)
    save_figure(figure, path)


def main():
    """Run what is missing, and show all that was asked for."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = options.add_argument
    add("sources", nargs="+", choices=("digits", "tfds:mnist"))
    add("--classifiers", nargs="+", choices=CLASSIFIERS, default=CLASSIFIERS[:2])
    add("--strategies", nargs="+", choices=STRATEGIES, default=STRATEGIES[:3])
    add("--labels", nargs="+", type=int, default=LABELS)
    add("--splits", type=int, default=5)
    add("--held-out", action="store_true")
    add("--show", action="store_true", help="run nothing")
    parsed = options.parse_args()

    rows = ResultRows(OUT)
    first = FIRST_SEED if parsed.held_out else 0
    names = []
    for source in parsed.sources:
        data = load(source)
        data = hold_out(data) if parsed.held_out else data
        names.append(data.name)
        for seed in range(first, first + parsed.splits) if not parsed.show else ():
            pool = functools.cache(lambda data=data, seed=seed: Pool(data, seed))
            for classifier in parsed.classifiers:
                for strategy in parsed.strategies:
                    found = errors_of(
                        [r for r in todays(rows) if r["seed"] == seed],
                        *(data.name, classifier, strategy),
                    )
                    if not set(parsed.labels) <= set(found):
                        split = f"{data.name}-pool{seed}"
                        run(pool(), strategy, classifier, parsed.labels, rows, split)
    kept = [r for r in todays(rows) if r["dataset"] in names]
    held_out = "-held-out" if parsed.held_out else ""
    show(kept, OUT / f"figure{held_out}.svg")


if __name__ == "__main__":
    main()
