"""See what `ssgan fit` keeps on rows of numbers, and what another choice would.

    python benchmarks/kept.py                     # 13 sets, 2 splits
    python benchmarks/kept.py --sets wine --splits 1 --first-seed 5
    python benchmarks/kept.py --show

On the label splits of the table of rows (tables.py rows), labels are left out as by
`ssgan fit`. It keeps the better one of two networks. "clearly better" would keep the
best of all methods that make fewer errors than that network by more than one standard
error of the difference (McNemar 1947). The test error is that of the table's row for
the same split, so that nothing is trained twice: the table must have these splits. A
row in results/kept says which of the left-out labels each method got wrong, from which
both choices follow; older rows also say what an older rule kept. A table (Markdown)
shows both, for the last recipe, beside each method alone, and beside the best method of
each split, which nobody can know beforehand. A second one has the errors that are told,
by their 95 % intervals, beside those of the networks that are saved.
"""

import json
import statistics
import time
from collections import Counter

import numpy as np
from engine import RESULTS, TOLD, parser, table, told_cells
from row_sets import JUDGED, label_counts, load_rows

from ssgan import label_split
from ssgan.evaluation.answer import ask
from ssgan.evaluation.fold_lengths import ROW_STEPS
from ssgan.evaluation.left_out import NETWORKS
from ssgan.recipes import VECTORS
from ssgan.stats.calibration import brier_score
from ssgan.stats.intervals import binomial_interval
from ssgan.support.json_lines import append_line, drop_half_line, read_json_lines
from ssgan.support.provenance import environment, fingerprint
from ssgan.training.parts import recipe_numbers

OUT = RESULTS / "kept"
CLEAR, BETTER = "clearly better", "ssgan fit"
SPLITS = 2
# Older rows have none, or are of shorter trainings.
FINGERPRINT = fingerprint([recipe_numbers(VECTORS), ROW_STEPS])


def asked(data, n_labels, seed):
    """Return the row of one split: the better network, and which answers were wrong."""
    start = time.perf_counter()
    y = label_split(data.y_train, n_labels, seed, name=data.name).apply(data.y_train)
    answer = ask(data, y, VECTORS, seed=seed)
    left_out = answer.left_out
    wrong = {
        method: np.flatnonzero(left_out.wrong(method)).tolist()
        for method in left_out.probabilities
    }
    brier = {
        method: round(brier_score(said, left_out.codes), 4)
        for method, said in left_out.probabilities.items()
    }
    return {
        "dataset": data.name,
        "n_labels": n_labels,
        "seed": seed,
        "fingerprint": FINGERPRINT,
        "network": answer.better,
        "left_out": answer.n,
        "wrong": wrong,
        "brier": brier,
        "seconds": round(time.perf_counter() - start, 1),
        **environment(),
    }


def clearly_better(row):
    """Return the method that "clearly better" keeps, by the answers in a row."""
    wrong = {method: set(where) for method, where in row["wrong"].items()}
    of_network = wrong[row["network"]]

    def is_clear(method):
        fewer, more = len(of_network - wrong[method]), len(wrong[method] - of_network)
        return method not in NETWORKS and fewer - more > (fewer + more) ** 0.5

    clear = [row["network"], *filter(is_clear, wrong)]
    return min(clear, key=lambda method: len(wrong[method]))


def seeds_of(options):
    """Return the label splits to look at, a range."""
    return range(options.first_seed, options.first_seed + (options.splits or SPLITS))


def measure(options, path):
    """Ask for each split that has no row yet."""
    keys = ("dataset", "n_labels", "seed", "fingerprint")
    done = {tuple(row.get(key) for key in keys) for row in read_json_lines(path)}
    for seed in seeds_of(options):
        for name in options.sets or JUDGED:
            data = load_rows(name)
            for n_labels in options.labels or label_counts(data):
                if (name, n_labels, seed, FINGERPRINT) not in done:
                    row = asked(data, n_labels, seed)
                    append_line(path, row)
                    print(json.dumps({k: row[k] for k in list(row)[:5]}), flush=True)


def compared(rows, measured):
    """Return the error of each choice, a dict of dicts by split, and what was kept.

    Parameters
    ----------
    rows : list of dict
        Of `asked`.
    measured : list of dict
        Rows of the table: the last of a method and split counts.
    """
    errors = {}
    for row in measured:
        split = row["dataset"], row["n_labels"], row["seed"]
        errors.setdefault(split, {})[row["method"]] = row["error"]
    choices = {
        name: {
            split: choice(row)
            for row in rows
            if (split := (row["dataset"], row["n_labels"], row["seed"])) in errors
        }
        for name, choice in (
            (CLEAR, clearly_better),
            (BETTER, lambda row: row["network"]),
        )
    }
    splits = choices[CLEAR]
    methods = set.intersection(*(set(errors[split]) for split in splits))
    return {
        name: {split: errors[split][method] for split, method in chosen.items()}
        for name, chosen in choices.items()
    } | {
        **{m: {split: errors[split][m] for split in splits} for m in sorted(methods)},
        "the best of each split": {s: min(errors[s].values()) for s in splits},
    }, Counter(splits.values())


def markdown(rows, measured):
    """Return the mean errors as a table, and a sentence about what was kept."""
    errors, counts = compared(rows, measured)
    ordered = sorted(errors, key=lambda name: statistics.mean(errors[name].values()))
    lines = []
    for name in ordered:
        gains = [errors["ssgan"][s] - e for s, e in errors[name].items()]
        signs = [sum(g > 0 for g in gains), sum(g < 0 for g in gains)]
        mean = f"{100 * statistics.mean(errors[name].values()):.2f}"
        lines.append([name, mean, *signs])
    head = ["method", "mean error, %", "splits better than ssgan", "worse"]
    said = ", ".join(f"{method} {n}" for method, n in counts.most_common())
    n = len(errors[CLEAR])
    return f"{table(head, lines)}\n\nClearly better in {n} splits: {said}."


def told(rows, measured):
    """Return a table of the errors that are told, and of those of what is saved.

    The arguments are those of `compared`.
    """
    errors = {
        (row["dataset"], row["n_labels"], row["seed"], row["method"]): row["error"]
        for row in measured
    }
    lines = []
    for name, few in (("fewer than 50", True), ("50 or more", False)):
        splits = []
        for row in rows:
            key = *(row[k] for k in ("dataset", "n_labels", "seed")), row["network"]
            n, k = row["left_out"], len(row["wrong"][row["network"]])
            if key in errors and (n < 50) == few:
                splits.append((k / n, *binomial_interval(k, n), errors[key]))
        if splits:
            lines.append([name, *told_cells(splits)])
    return table(["labels left out", *TOLD], lines)


def main(arguments=None):
    """Run what is missing, and show all that is recorded."""
    options = parser(__doc__, ("--labels", "--splits", "--out"))
    options.set_defaults(out=OUT)
    options.add_argument("--sets", nargs="*", choices=JUDGED, help="(default: all)")
    options.add_argument("--first-seed", type=int, default=0, help="(default: 0)")
    options.add_argument("--show", action="store_true", help="run nothing")
    options = options.parse_args(arguments)
    path = options.out / "rows.jsonl"
    drop_half_line(path)
    if not options.show:
        measure(options, path)
    rows = read_json_lines(path)
    rows = [row for row in rows if row["seed"] in seeds_of(options)]
    # Answers by an earlier recipe do not go with the errors of today's.
    rows = [
        row for row in rows if row.get("fingerprint") == rows[-1].get("fingerprint")
    ]
    if not rows:
        raise SystemExit("No rows of these splits yet: run it without --show.")
    measured = read_json_lines(RESULTS / "table-rows" / "rows.jsonl")
    print(markdown(rows, measured), told(rows, measured), sep="\n\n")


if __name__ == "__main__":
    main()
