"""See if a temperature, and classes left empty, hold what they promise.

    python benchmarks/calibration.py digits wine breast-cancer --splits 4
    python benchmarks/calibration.py tfds:mnist --labels 100 --splits 1

Each split is trained as by `ssgan fit`, with labels that are left out in short
trainings. Their answers give a temperature (Guo et al. 2017), and a threshold
below which a class is left empty (`ssgan predict --abstain`). New examples judge both:
held-out training examples, none that a table of errors uses. The tables (Markdown)
show the Brier score and the calibration error on them before and after the temperature,
and for a promised rate the part of new examples with a class, and with a wrong one.
"""

import argparse
import dataclasses

import numpy as np
from engine import mean_and_std, per_cent, table
from row_sets import TEST, load_rows, part
from tune import BASES, hold_out

from ssgan import SSGANClassifier, label_split, load
from ssgan.evaluation.answer import ask
from ssgan.recipes import VECTORS
from ssgan.stats.calibration import brier_score, calibration_error
from ssgan.stats.conformal import conformal_scores, is_sure
from ssgan.stats.temperature import cross_fitted, tempered

LABELS = {"digits": 50, "tfds:mnist": 100, "wine": 30, "breast-cancer": 30}
RATES = (0.05, 0.1)
FIRST_SEED = 300
WHEN = ("before", "after")


def measure(data, recipe, n_labels, seed):
    """Return numbers of one split, a dict of float."""
    y = label_split(data.y_train, n_labels, seed).apply(data.y_train)
    own = dataclasses.replace(data, y_train=y, x_test=None, y_test=None)
    answer = ask(own, y, recipe, seed=seed)
    left_out, kept = answer.left_out, answer.kept
    before = left_out.probabilities[kept]
    temperature, after = cross_fitted(before, left_out.codes, left_out.folds)
    recipe = recipe if kept == "ssgan" else recipe.supervised()
    classifier = SSGANClassifier(recipe, random_state=seed)
    classifier.fit(data.named(data.x_train), y)
    p = classifier.predict_proba(data.named(data.x_test))
    codes = np.searchsorted(classifier.classes_, data.y_test)
    numbers = {"temperature": temperature}
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


def main():
    """Train on every split, and print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sources", nargs="+", choices=LABELS)
    parser.add_argument("--labels", type=int)
    parser.add_argument("--splits", type=int, default=4)
    parser.add_argument("--steps", type=int, help="(default: those of tune.py)")
    options = parser.parse_args()
    calibration, abstention = [], []
    for source in options.sources:
        is_rows = source in ("wine", "breast-cancer")
        data = part(load_rows(source), TEST) if is_rows else hold_out(load(source))
        recipe = VECTORS if is_rows else BASES[source.removeprefix("tfds:")]
        recipe = recipe.with_steps(options.steps or recipe.steps)
        n_labels, found = options.labels or LABELS[source], []
        for seed in range(FIRST_SEED, FIRST_SEED + options.splits):
            found.append(measure(data, recipe, n_labels, seed))
            print(source, {k: round(v, 4) for k, v in found[-1].items()}, flush=True)
        name = f"{source}, {n_labels} labels (n = {len(found)})"

        def cell(key, found=found):
            mean, std = mean_and_std([numbers[key] for numbers in found])
            return f"{mean:.3f}" if std is None else f"{mean:.3f} ± {std:.3f}"

        pairs = [f"{m} {w}" for m in ("Brier", "calibration") for w in WHEN]
        calibration.append([name, *map(cell, ("temperature", *pairs))])
        for rate in RATES:
            keys = ("error", f"answered {rate}", f"wrong {rate}")
            cells = [per_cent([n[key] for n in found]) for key in keys]
            abstention.append([name, f"{100 * rate:g}", *cells])
    print(table(["data", "temperature", *pairs], calibration))
    head = ["data", "rate, %", "error, %", "with a class, %", "with a wrong one, %"]
    print(table(head, abstention))


if __name__ == "__main__":
    main()
