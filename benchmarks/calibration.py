"""See if a temperature, and classes left empty, hold what they promise.

    python benchmarks/calibration.py digits wine breast-cancer
    python benchmarks/calibration.py tfds:mnist tfds:cifar10 --splits 2 --steps 1000
    python benchmarks/calibration.py letters.npz --labels 100      # of letters.py
    python benchmarks/calibration.py digits --show          # what is recorded

Each split is trained as by `ssgan fit`, with labels that are left out in short
trainings. Their answers give a temperature (Guo et al. 2017), and a threshold: where a
second class is above it, too, the class is left empty (`ssgan predict --abstain`).
New examples judge both: held-out training examples, none that a table of errors uses.
The tables (Markdown) show the Brier score and the calibration error on them before and
after the temperature, and for a promised rate the part of new examples with a class,
and with a wrong one. A third one has the errors of the labels that were left out, and
what `ssgan fit` tells, beside the test errors of the models that it saves.

A file of one's own is trained by the default for images, and judged by its test part.
Each split is a row in results/calibration the moment it ends, and none is repeated.
"""

import dataclasses
import time
from pathlib import Path

import numpy as np
from engine import (
    RESULTS,
    TOLD,
    cell,
    last_form,
    parser,
    per_cent,
    table,
    told_cells,
)
from row_sets import TEST, load_rows, part
from tune import BASES, hold_out

from ssgan import SSGANClassifier, label_split, load, recipes
from ssgan.evaluation.answer import ask
from ssgan.evaluation.fold_answer import looked_at
from ssgan.evaluation.fold_lengths import ANSWERS
from ssgan.evaluation.result_rows import ResultRows
from ssgan.recipes import IMAGES, VECTORS
from ssgan.stats.calibration import brier_score, calibration_error
from ssgan.stats.conformal import conformal_scores, is_sure
from ssgan.stats.intervals import binomial_interval
from ssgan.stats.temperature import tempered
from ssgan.support.provenance import environment, fingerprint
from ssgan.training.parts import recipe_numbers

OUT = RESULTS / "calibration"
ROWS = ("wine", "breast-cancer")
LABELS = {
    "digits": 50,
    "tfds:mnist": 100,
    "tfds:cifar10": 4000,
    "wine": 30,
    "breast-cancer": 30,
}
RATES = (0.05, 0.1)
FIRST_SEED = 300
WHEN = ("before", "after")
PAIRS = [f"{m} {w}" for m in ("Brier", "calibration") for w in WHEN]


def measure(data, recipe, n_labels, seed):
    """Return numbers of one split, a dict of float."""
    y = label_split(data.y_train, n_labels, seed).apply(data.y_train)
    own = dataclasses.replace(data, y_train=y, x_test=None, y_test=None)
    answer = ask(own, y, recipe, seed=seed)
    left_out, kept = answer.left_out, answer.kept
    before = left_out.probabilities[kept]
    temperature, _ = answer.tempered
    recipe = recipe if kept == "ssgan" else recipe.supervised()
    classifier = SSGANClassifier(recipe, random_state=seed)
    classifier.fit(data.named(data.x_train), y)
    p = classifier.predict_proba(data.named(data.x_test))
    codes = np.searchsorted(classifier.classes_, data.y_test)
    numbers = {
        "temperature": temperature,
        "left out": answer.n,
        "left out and wrong": answer.wrong(kept),
    }
    some = looked_at(own, y, seed)
    if len(some):
        guesses = tempered(classifier.predict_proba(some), temperature)
        answer = answer.beside(guesses)
    low, high = answer.interval
    numbers |= {"told": answer.error, "told low": low, "told high": high}
    for name, q in (("before", p), ("after", tempered(p, temperature))):
        numbers[f"Brier {name}"] = brier_score(q, codes)
        right = q.argmax(axis=1) == codes
        numbers[f"calibration {name}"] = calibration_error(q.max(axis=1), right)[0]
    numbers["error"] = float(np.mean(p.argmax(axis=1) != codes))
    for rate in RATES:
        scores = conformal_scores(before, left_out.codes)
        sure = is_sure(p, scores, rate)
        numbers[f"answered {rate}"] = float(sure.mean())
        numbers[f"wrong {rate}"] = float(np.mean(sure & (p.argmax(axis=1) != codes)))
    return numbers


def run(source, options, rows):
    """Measure the splits of a data set that have no row."""
    if source in ROWS:
        data, recipe = part(load_rows(source), TEST), VECTORS
    elif source in LABELS:
        data, recipe = hold_out(load(source)), BASES[source.removeprefix("tfds:")]
    else:
        data, recipe = load(source), IMAGES
    if options.recipe:
        recipe = recipes.resolve(options.recipe, shape=data.x_train.shape[1:])
    numbers = recipe_numbers(recipe.with_steps(options.steps or recipe.steps))
    n_labels = options.labels or LABELS[source]
    form = [numbers, RATES, "no second class", "told of the saved model, in part"]
    if source not in ROWS and n_labels > ANSWERS:
        form.append(ANSWERS)  # Earlier rows are of four short trainings.
    for seed in range(options.first_seed, options.first_seed + options.splits):
        plan = {
            "dataset": name_of(source),
            "seed": seed,
            "method": "calibration",
            "fingerprint": fingerprint(form),
            "n_labels": n_labels,
            "weights_seed": seed,
            "n_test": len(data.y_test),
            **({"recipe": options.recipe} if options.recipe else {}),
        }
        if rows.find(plan):
            continue
        start = time.perf_counter()
        measured = measure(data, recipe.with_steps(numbers["steps"]), n_labels, seed)
        row = {
            **plan,
            **measured,
            "steps": numbers["steps"],
            "recipe_numbers": numbers,
            "seconds": round(time.perf_counter() - start, 2),
            **environment(),
        }
        rows.add(row)
        shown = {key: round(value, 4) for key, value in measured.items()}
        print(f"{source}, seed {seed}: {shown}", flush=True)


def name_of(source):
    """Return the name of a data set in its rows, that of a file without its folder."""
    return source if source in LABELS else Path(source).stem


def show(rows):
    """Print the tables; of the same split, the latest row of the last form counts.

    The third is of rows that say how many labels were left out; older ones do not. What
    was told before the saved model was asked, too, is a row of its own.
    """

    def group_of(row):
        recipe, asked = row.get("recipe"), "told" in row
        return row["dataset"], row["n_labels"], row["steps"], recipe, asked

    groups = {}
    for row in last_form(rows, group_of):
        groups.setdefault(group_of(row), {})[row["seed"]] = row
    calibration, abstention, told = [], [], []
    for (source, n_labels, steps, recipe, asked), by_seed in groups.items():
        found = list(by_seed.values())
        by = (f" of {recipe}" if recipe else "") + (", model asked" if asked else "")
        name = f"{source}, {n_labels} labels, {steps:,} steps{by} (n = {len(found)})"
        columns = ("temperature", *PAIRS)
        cells = [cell([r[key] for r in found], 3) for key in columns]
        calibration.append([name, *cells])
        for rate in RATES:
            keys = ("error", f"answered {rate}", f"wrong {rate}")
            cells = [per_cent([r[key] for r in found]) for key in keys]
            abstention.append([name, f"{100 * rate:g}", *cells])
        found = [r for r in found if "left out" in r]
        if found:
            raw = per_cent([r["left out and wrong"] / r["left out"] for r in found])
            cells = told_cells([told_of(r) for r in found])
            told.append([name.split(" (n")[0], raw, *cells])
    print(table(["data", "temperature", *PAIRS], calibration))
    head = ["data", "rate, %", "error, %", "with a class, %", "with a wrong one, %"]
    print(table(head, abstention))
    print(table(["data", "of those left out, %", *TOLD], told))


def told_of(row):
    """Return the told error, its interval and the test error; see `told_cells`.

    Rows from before the saved model was asked, too, are of left-out labels alone.
    """
    wrong, n = row["left out and wrong"], row["left out"]
    told = wrong / n, *binomial_interval(wrong, n)
    keys = ("told", "told low", "told high")
    return *(row.get(k, t) for k, t in zip(keys, told, strict=True)), row["error"]


def main(arguments=None):
    """Measure what has no row, and print the tables."""
    options = parser(__doc__, ())
    known = ", ".join(LABELS)
    options.add_argument("sources", nargs="+", help=f"{known}, or .npz files")
    options.add_argument("--labels", type=int, help="(of a file: must be given)")
    options.add_argument("--splits", type=int, default=4)
    options.add_argument("--first-seed", type=int, default=FIRST_SEED)
    options.add_argument("--recipe", help="by name (default: that of tune.py)")
    options.add_argument("--steps", type=int, help="(default: those of tune.py)")
    options.add_argument("--show", action="store_true", help="measure nothing")
    options.add_argument("--out", default=OUT, help="(default: results/calibration)")
    options = options.parse_args(arguments)
    if not (options.labels or set(options.sources) <= set(LABELS)):
        raise SystemExit(f"Expected --labels with sources other than {known}.")
    rows = ResultRows(options.out)
    for source in () if options.show else options.sources:
        run(source, options, rows)
    names = [name_of(source) for source in options.sources]
    show([row for row in rows.rows if row["dataset"] in names])


if __name__ == "__main__":
    main()
