"""See what `ssgan fit --method auto` gains on rows of numbers.

    python benchmarks/auto.py                     # 13 sets, 2 splits
    python benchmarks/auto.py --sets wine --splits 1
    python benchmarks/auto.py --show

On the label splits of the table of rows (tables.py rows), labels are left out as by
`--method auto`, and the method that answers them best is kept. Its test error is that
of the table's row for the same split, so that nothing is trained twice: the table must
have these splits. A row in results/auto says what was kept. The table (Markdown) shows
it beside each method alone, and beside the best method of each split, which nobody can
know beforehand.
"""

import json
import statistics
import time
from collections import Counter

from engine import RESULTS, parser, table
from row_sets import JUDGED, label_counts, load_rows

from ssgan import label_split
from ssgan.evaluation.answer import ask
from ssgan.recipes import VECTORS
from ssgan.support.files import read_json_lines
from ssgan.support.json_lines import append_line
from ssgan.support.provenance import environment

OUT = RESULTS / "auto"
SPLITS = 2


def kept(data, n_labels, seed):
    """Return the row of one split: what is kept, and how many answers were wrong."""
    start = time.perf_counter()
    y = label_split(data.y_train, n_labels, seed, name=data.name).apply(data.y_train)
    answer = ask(data, y, VECTORS, "any", seed=seed)
    wrong = {method: answer.wrong(method) for method in answer.left_out.said}
    return {
        "dataset": data.name,
        "n_labels": n_labels,
        "seed": seed,
        "kept": answer.kept,
        "left_out": answer.n,
        "wrong": wrong,
        "seconds": round(time.perf_counter() - start, 1),
        **environment(),
    }


def measure(options):
    """Ask for each split that has no row yet."""
    path = options.out / "rows.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = read_json_lines(path) if path.exists() else []
    done = {(row["dataset"], row["n_labels"], row["seed"]) for row in rows}
    for seed in range(options.splits or SPLITS):
        for name in options.sets or JUDGED:
            data = load_rows(name)
            for n_labels in options.labels or label_counts(data):
                if (name, n_labels, seed) not in done:
                    row = kept(data, n_labels, seed)
                    append_line(path, row)
                    print(json.dumps({k: row[k] for k in list(row)[:7]}), flush=True)


def compared(rows, measured):
    """Return the error of each choice, a dict of dicts by split, and what was kept.

    Parameters
    ----------
    rows : list of dict
        Of `kept`.
    measured : list of dict
        Rows of the table: the last of a method and split counts.
    """
    errors = {}
    for row in measured:
        split = row["dataset"], row["n_labels"], row["seed"]
        errors.setdefault(split, {})[row["method"]] = row["error"]
    choices = {
        (row["dataset"], row["n_labels"], row["seed"]): row["kept"] for row in rows
    }
    choices = {split: method for split, method in choices.items() if split in errors}
    methods = set.intersection(*(set(errors[split]) for split in choices))
    return {
        "auto": {split: errors[split][method] for split, method in choices.items()},
        **{m: {split: errors[split][m] for split in choices} for m in sorted(methods)},
        "the best of each split": {s: min(errors[s].values()) for s in choices},
    }, Counter(choices.values())


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
    n = len(errors["auto"])
    return f"{table(head, lines)}\n\nKept in {n} splits: {said}."


def main(arguments=None):
    """Run what is missing, and show all that is recorded."""
    options = parser(__doc__)
    options.set_defaults(out=OUT)
    options.add_argument("--sets", nargs="*", choices=JUDGED, help="(default: all)")
    options.add_argument("--show", action="store_true", help="run nothing")
    options = options.parse_args(arguments)
    if not options.show:
        measure(options)
    rows = read_json_lines(options.out / "rows.jsonl")
    measured = read_json_lines(RESULTS / "table-rows" / "rows.jsonl")
    print(markdown(rows, measured))


if __name__ == "__main__":
    main()
