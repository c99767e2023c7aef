"""Measure errors against labels that were suggested, or drawn at random.

    python benchmarks/suggest.py digits tfds:mnist
    python benchmarks/suggest.py digits --classifiers ssgan --labels 20 40 60 100
    python benchmarks/suggest.py digits tfds:mnist --show

Ways to choose what is labeled next, at most ten examples at a time:

- random: drawn at random
- typical: `ssgan.suggest` without a model
- suggested: `ssgan.suggest` with the classifier that was trained last: typical examples
  until every class has two labels, then those that it is unsure of

Classifiers: "regression" is a logistic regression, "spreading" label spreading to seven
neighbors, both on features that need no learning; "ssgan" is the default recipe.
The pool of MNIST is a random 10,000 of the training images, another for each seed.

Rows are appended to results/suggest/rows.jsonl as they come; what has a row by the same
recipe and the same numbers of --labels so far is not repeated. Then tables (Markdown)
of all data sets are printed, and a figure is drawn. With --held-out, seeds begin at
1000 and errors are on held-out training images: nothing is chosen by test error.
"""

import functools
import time
from types import SimpleNamespace

import numpy as np
from engine import RESULTS, last_form, parser, per_cent, save_figure, table
from matplotlib.figure import Figure
from sklearn.linear_model import LogisticRegression
from sklearn.semi_supervised import LabelSpreading
from tune import FIRST_SEED, hold_out

from ssgan import load, suggest
from ssgan.data.unlearned_features import unlearned_features
from ssgan.evaluation.result_rows import ResultRows
from ssgan.recipes import resolve
from ssgan.support.provenance import environment, fingerprint
from ssgan.training.parts import recipe_numbers

OUT = RESULTS / "suggest"
STRATEGIES = ("random", "typical", "suggested")
CLASSIFIERS = ("regression", "spreading", "ssgan")
# Options of those of scikit-learn.
REGRESSION = {"max_iter": 1000}
SPREADING = {"kernel": "knn", "n_neighbors": 7, "max_iter": 100}
LABELS = (10, 20, 30, 40, 50, 60, 80, 100)
ROUND = 10
POOL = 10_000
STEPS = {"digits": 600, "mnist": 300}
# What typical examples are looked for by, and what the small classifiers learn from.
# Rows without it are of principal components of the pixels.
FEATURES = "orientations, pixels"


class Pool:
    """The unlabeled examples of one seed, and the examples to test on."""

    def __init__(self, data, seed):
        self.data, self.seed = data, seed
        self.order = np.random.default_rng(seed).permutation(len(data.x_train))[:POOL]
        self.x, self.y = data.x_train[self.order], data.y_train[self.order]
        compress = unlearned_features(self.x, seed)
        self.rows, self.test_rows = compress(self.x), compress(data.x_test)

    def fit(self, classifier, labeled):
        """Return a classifier of some labels for `suggest`, and its test error."""
        y = np.full(len(self.y), -1)
        y[labeled] = self.y[labeled]
        if classifier == "ssgan":
            from ssgan import SSGANClassifier

            steps = recipe_of(self.data).steps
            model = SSGANClassifier(steps=steps, random_state=self.seed)
            model.fit(self.x, y)
            return model, 1 - model.score(self.data.x_test, self.data.y_test)
        with np.errstate(invalid="ignore"):  # Some rows no label reaches.
            if classifier == "regression":
                model = LogisticRegression(**REGRESSION)
                model.fit(self.rows[labeled], y[labeled])
            else:
                model = LabelSpreading(**SPREADING)
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
        chosen = []
        while len(chosen) < n:
            y[chosen] = self.y[chosen]
            some = min(ROUND, n - len(chosen))
            chosen += suggest(x, some, y, features=self.rows, seed=self.seed).tolist()
        return chosen


def recipe_of(data):
    """Return the default recipe, as short as it is here."""
    steps = STEPS[data.name.partition("-")[0]]
    return resolve("auto", steps, shape=data.x_train.shape[1:])


def planned(data, seed, strategy, classifier, labels):
    """Return the parts of rows that are known before the run, one for each number.

    The fingerprint has all numbers of labels so far: at each of them a new model says
    what it is unsure of.
    """
    own = {"regression": REGRESSION, "spreading": SPREADING}.get(classifier)
    numbers = own or recipe_numbers(recipe_of(data))
    return [
        {
            "dataset": data.name,
            "split": f"{data.name}-pool{seed}",
            "seed": seed,
            "method": strategy,
            "recipe_numbers": numbers,
            "fingerprint": fingerprint([numbers, FEATURES, labels[: i + 1]]),
            "features": FEATURES,
            "classifier": classifier,
            "n_labels": n,
            "n_test": len(data.y_test),
            "steps": numbers.get("steps"),
        }
        for i, n in enumerate(labels)
    ]


def run(pool, plans, rows):
    """Label more and more examples, and record the errors that have no row."""
    while plans and rows.find(plans[-1]):  # The last model is not asked for more.
        plans = plans[:-1]
    labeled, model = [], None
    for plan in plans:
        n, strategy, classifier = (
            plan[key] for key in ("n_labels", "method", "classifier")
        )
        new = pool.choose(strategy, classifier, model, labeled, n - len(labeled))
        labeled = labeled + new
        recorded = rows.find(plan)
        if recorded and strategy != "suggested":  # No model chooses.
            continue
        start = time.perf_counter()
        model, error = pool.fit(classifier, labeled)
        if recorded:
            continue
        rows.add(
            {
                **plan,
                "n_classes": len({*pool.y[labeled].tolist()}),
                "error": float(error),
                "seconds": round(time.perf_counter() - start, 2),
                **environment(),
            }
        )
        print(
            f"{pool.data.name}, seed {pool.seed}, {classifier}, {strategy}, {n} labels:"
            f" error {100 * error:.2f} %",
            flush=True,
        )


def errors_of(rows, dataset, classifier, strategy):
    """Return the errors of each number of labels, a dict of lists; of the last form."""
    asked, errors = (dataset, classifier, strategy), {}
    same = ("dataset", "classifier", "method")
    rows = [row for row in rows if tuple(row[key] for key in same) == asked]
    for row in last_form(rows, lambda row: row["n_labels"]):
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
    """Run what is missing, and show all that is recorded."""
    options = parser(__doc__, ())
    add = options.add_argument
    add("sources", nargs="+", choices=("digits", "tfds:mnist"))
    add("--classifiers", nargs="+", choices=CLASSIFIERS, default=CLASSIFIERS[:2])
    add("--strategies", nargs="+", choices=STRATEGIES, default=STRATEGIES)
    add("--labels", nargs="+", type=int, default=LABELS)
    add("--splits", type=int, default=5)
    add("--held-out", action="store_true")
    add("--show", action="store_true", help="run nothing")
    parsed = options.parse_args()

    rows = ResultRows(OUT)
    first = FIRST_SEED if parsed.held_out else 0
    for source in parsed.sources:
        data = load(source)
        data = hold_out(data) if parsed.held_out else data
        for seed in range(first, first + parsed.splits) if not parsed.show else ():
            pool = functools.cache(lambda data=data, seed=seed: Pool(data, seed))
            for classifier in parsed.classifiers:
                for strategy in parsed.strategies:
                    plans = planned(data, seed, strategy, classifier, parsed.labels)
                    if not all(rows.find(plan) for plan in plans):
                        run(pool(), plans, rows)
    kept = [
        row
        for row in rows.rows
        # Those of earlier features are left out.
        if row.get("features") == FEATURES
        and row["dataset"].endswith("-held-out") == parsed.held_out
    ]
    held_out = "-held-out" if parsed.held_out else ""
    show(kept, OUT / f"figure{held_out}.svg")


if __name__ == "__main__":
    main()
