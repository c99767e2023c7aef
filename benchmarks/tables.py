"""Reproduce the papers' tables of error rates, and show ours beside theirs.

    python benchmarks/tables.py mnist --splits 3            # run what is missing
    python benchmarks/tables.py mnist --recipes mnist --labels 100 --splits 1
    python benchmarks/tables.py cifar10 --recipes cifar10 --time     # how long it takes
    python benchmarks/tables.py mnist --show                # what is recorded

Each run trains one model on one label split, with `ssgan.runs.fit_into`, in a folder of
its own below --runs; interrupted, the same command goes on from its checkpoints. Its
row is appended to results/table-NAME/rows.jsonl as soon as it ends, and a recorded run
is not run again. With --members 5 each split is trained from five seeds of the weights,
and their mean probabilities make a row of their own. The table (Markdown), the figure
and the verdicts follow, for all that is recorded: a mean over splits with the sample
standard deviation, and the published figures, which are never run. What --precision
computes in half precision, faster on processors made for it, has a line of its own, and
so have another number of updates (--steps) and runs of a recipe's earlier form.
"""

import argparse
import functools
import json
import statistics
import zlib
from pathlib import Path

import keras
from published import PUBLISHED

from ssgan import SSGANClassifier, label_split, load, parallel, recipes
from ssgan.progress import Progress
from ssgan.records import Book, draft, environment
from ssgan.runs import fit_into

RESULTS = Path(__file__).parent / "results"
REFERENCE = "Improved GAN"
METHODS = ("ssgan", "supervised")
# The data set's name, its labels, and in how many parts of the whole errors are given.
TABLES = {
    "mnist": ("mnist", (20, 50, 100, 200), 10_000, "errors of 10,000"),
    "cifar10": ("cifar10", (1000, 2000, 4000, 8000), 100, "error, %"),
    "svhn": ("svhn_cropped", (500, 1000, 2000), 100, "error, %"),
}


def plan(dataset, labels, method, recipe, seed, weights_seed, precision):
    """Return the part of a row that is known before the run."""
    recipe = recipe if method == "ssgan" else recipe.supervised()
    return {
        "dataset": dataset,
        "labels": labels,
        "method": method,
        "recipe": recipe.name,
        "steps": recipe.steps,
        "seed": seed,
        "weights_seed": weights_seed,
        "precision": precision,
        # Another number in the recipe makes it another run.
        "fingerprint": f"{zlib.crc32(repr(recipe).encode()):08x}",
    }


def folder(runs, row):
    """Return where a run's model lies."""
    keys = ("dataset", "labels", "recipe", "fingerprint", "seed", "weights_seed")
    return Path(runs) / "-".join(str(row[key]) for key in (*keys, "precision"))


def run(row, recipe, data, runs, live):
    """Train what a plan says, or finish it; return what came out."""
    recipe = recipe if row["method"] == "ssgan" else recipe.supervised()
    keras.config.set_dtype_policy(row["precision"])
    out = folder(runs, row)
    fit_into(
        out,
        data,
        label_split(data.y_train, row["labels"], row["seed"], name=data.name),
        recipe=recipe,
        weights_seed=row["weights_seed"],
        resume=True,
        progress=functools.partial(Progress, live=live),
    )
    result = json.loads((out / "result.json").read_text())
    keys = ("error", "n_test", "seconds", "resumed_from_step", "machine", "versions")
    return {key: result[key] for key in keys}


def run_missing(book, plans, recipe_of, data, options):
    """Run the plans that have no row yet, and write one for each as it ends."""
    missing = [row for row in plans if book.find(row) is None]
    jobs = parallel.at_a_time(options.jobs)
    tasks = [
        (row, recipe_of[row["recipe"]], data, options.runs, jobs == 1)
        for row in missing
    ]
    for done, (place, outcome) in enumerate(parallel.each(run, tasks, jobs), start=1):
        row = missing[place] | outcome | {"jobs": jobs}
        book.add(row)
        print(
            f"[{done}/{len(missing)}] {row['recipe']}, {row['labels']} labels, "
            f"seed {row['seed']}, weights {row['weights_seed']}: "
            f"error {100 * row['error']:.2f} %, {row['seconds'] / 60:.1f} min",
            flush=True,
        )


def run_ensembles(book, plans, data, options):
    """Average the probabilities of a split's models, where all of them are there."""
    groups = {}
    for row in plans:
        key = {k: v for k, v in row.items() if k != "weights_seed"}
        groups.setdefault(json.dumps(key), []).append(row)
    for rows in groups.values():
        models = [folder(options.runs, row) / "model.keras" for row in rows]
        ensemble = rows[0] | {"weights_seed": None, "members": len(rows)}
        if book.find(ensemble):
            continue
        gone = [str(model) for model in models if not model.exists()]
        if gone:
            print(f"No ensemble, {rows[0]['labels']} labels: without {', '.join(gone)}")
            continue
        members = [SSGANClassifier.load(model) for model in models]
        mean = sum(m.predict_proba(data.x_test) for m in members)
        guess = members[0].classes_[mean.argmax(axis=1)]
        error = float((guess != data.y_test).mean())
        seconds = sum(book.find(row)["seconds"] for row in rows)
        outcome = {"error": error, "n_test": len(guess), "seconds": seconds}
        book.add(ensemble | outcome | environment())


def time_runs(recipe, data):
    """Print how long a run of a recipe would take on this machine."""
    from speed import Examples, time_fit

    from ssgan import training

    examples = Examples(data.x_train.shape[1:])
    model = training.build(recipe, examples.unlabeled, 10)
    time_fit(model, recipe, examples, training.STEPS_PER_CALL)
    seconds = time_fit(model, recipe, examples, 2 * training.STEPS_PER_CALL)
    hours = seconds * recipe.steps / 3600
    print(
        f"{recipe.name}: {1000 * seconds:.0f} ms a step, {recipe.steps} steps: "
        f"{hours:.1f} hours a run"
    )


def line(row):
    """Return the name of the line of the table in which a run is shown."""
    name = f"{row['recipe']}, {row['steps']:,} updates"
    if row["precision"] != "float32":
        name += f", {row['precision']}"
    if row.get("members"):
        name += f", ensemble of {row['members']}"
    return name


def latest(rows):
    """Return the rows without those of an earlier form of their recipe."""
    last = {line(row): row["fingerprint"] for row in rows}
    return [row for row in rows if row["fingerprint"] == last[line(row)]]


def ours(rows):
    """Return the rows of runs, grouped: a dict from line to labels to rows."""
    now = latest(rows)
    lines = {}
    for row in sorted(rows, key=lambda row: (row["labels"], row["seed"])):
        name = line(row)
        if row not in now:
            name += f", formerly ({row['fingerprint']})"
        lines.setdefault(name, {}).setdefault(row["labels"], []).append(row)
    return lines


def summarize(rows, scale):
    """Return mean and standard deviation, the latter None for a single split.

    Several seeds of the weights on one split are one number, their mean.
    """
    splits = {}
    for row in rows:
        splits.setdefault(row["seed"], []).append(scale * row["error"])
    errors = [statistics.mean(errors) for errors in splits.values()]
    return (
        statistics.mean(errors),
        statistics.stdev(errors) if len(errors) > 1 else None,
        len(errors),
    )


def markdown(name, rows):
    """Return the table: published methods first, then ours."""
    dataset, labels, scale, unit = TABLES[name]

    def number(mean, std):
        digits = 0 if scale == 10_000 else 2
        text = f"{mean:.{digits}f}"
        return text if std is None else f"{text} ± {std:.{max(digits, 1)}f}"

    lines = [
        f"| {dataset}, {unit} | " + " | ".join(f"{n} labels" for n in labels) + " |"
    ]
    lines.append("|-" * (len(labels) + 1) + "|")
    for method, cells in PUBLISHED[dataset].items():
        shown = (number(*cells[n]) if n in cells else "-" for n in labels)
        lines.append(f"| {method} (published) | " + " | ".join(shown) + " |")
    for own, cells in ours(rows).items():
        shown = []
        for n in labels:
            if n not in cells:
                shown.append("not run")
                continue
            mean, std, count = summarize(cells[n], scale)
            minutes = statistics.mean(row["seconds"] for row in cells[n]) / 60
            shown.append(f"{number(mean, std)} (n = {count}, {minutes:.1f} min)")
        lines.append(f"| **{own}** | " + " | ".join(shown) + " |")
    return "\n".join(lines)


def verdicts(name, rows):
    """Yield a sentence for each of our means that has a published one beside it."""
    dataset, _, scale, _ = TABLES[name]
    for own, cells in ours(rows).items():
        for n, runs in cells.items():
            if n not in PUBLISHED[dataset][REFERENCE]:
                continue
            published, std = PUBLISHED[dataset][REFERENCE][n]
            mean, _, count = summarize(runs, scale)
            if mean < published - 2 * std:
                verdict = "better"
            elif mean > published + 2 * std:
                verdict = "worse"
            else:
                verdict = "within two standard deviations of it"
            splits = "1 split" if count == 1 else f"{count} splits"
            yield (
                f"{own}, {n} labels, {splits}: {mean:.4g} against {published} ± "
                f"{std}: {verdict}"
            )


def gains(name, rows):
    """Yield a sentence for each of our means that has its baseline's beside it.

    A baseline has the recipe and the precision, and whatever number of updates.
    """
    scale = TABLES[name][2]
    lines = ours(latest(rows))
    for own, cells in lines.items():
        for n, runs in cells.items():
            kind = (f"{runs[0]['recipe']}-supervised", runs[0]["precision"])
            for other, others in lines.items():
                beside = others.get(n)
                if not beside or kind != (beside[0]["recipe"], beside[0]["precision"]):
                    continue
                mean, alone = (summarize(each, scale)[0] for each in (runs, beside))
                change = 100 * (mean / alone - 1)
                yield (
                    f"{own}, {n} labels: {mean:.4g} against {alone:.4g} of {other}: "
                    f"{abs(change):.0f} % {'fewer' if change < 0 else 'more'} errors"
                )


def draw(name, rows, path):
    """Draw error against labels."""
    from matplotlib.figure import Figure
    from matplotlib.ticker import LogLocator

    dataset, labels, scale, unit = TABLES[name]
    figure = Figure(figsize=(7, 5.5), layout="constrained")
    axes = figure.subplots()
    for method in (REFERENCE, f"{REFERENCE}, ensemble of 10"):
        cells = PUBLISHED[dataset][method]
        means, stds = zip(*cells.values(), strict=True)
        style = "-" if method == REFERENCE else ":"
        axes.errorbar(
            list(cells),
            means,
            stds,
            color="0.6",
            ls=style,
            label=f"{method} (published)",
        )
    for i, (method, cells) in enumerate(ours(rows).items()):
        values = [summarize(cells[n], scale) for n in cells]
        means = [mean for mean, _, _ in values]
        stds = [std or 0 for _, std, _ in values]
        axes.errorbar(
            list(cells), means, stds, color=f"C{i}", marker="o", capsize=3, label=method
        )
    axes.set(
        xscale="log",
        yscale="log",
        xlabel="labels",
        ylabel=unit,
        title=dataset,
        xticks=labels,
    )
    axes.yaxis.set_major_locator(LogLocator(subs=(1, 1.5, 2, 3, 5, 7)))
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter("{x:.0f}")
    axes.minorticks_off()
    figure.legend(frameon=False, loc="outside lower center")
    with draft(path) as part:
        figure.savefig(part, format="svg")


def main():
    """Run what the command line asks for, then show all that is recorded."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("table", choices=TABLES)
    parser.add_argument("--recipes", nargs="+", default=["images"])
    parser.add_argument("--labels", nargs="+", type=int, help="default: the table's")
    parser.add_argument("--methods", nargs="+", choices=METHODS, default=METHODS)
    parser.add_argument("--splits", type=int, default=3)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--members", type=int, default=1, help="weights for each split")
    parser.add_argument("--steps", type=int, help="default: the recipe's")
    parser.add_argument("--jobs", type=int, default=1, help="runs at a time")
    parser.add_argument(
        "--precision",
        choices=("float32", "mixed_float16", "mixed_bfloat16"),
        default="float32",
    )
    parser.add_argument("--runs", type=Path, default=Path("ssgan-runs"))
    parser.add_argument("--out", type=Path, help="default: results/table-NAME")
    parser.add_argument("--show", action="store_true", help="run nothing")
    parser.add_argument("--time", action="store_true", help="say how long a run takes")
    options = parser.parse_args()

    dataset, labels, _, _ = TABLES[options.table]
    chosen = [
        recipes.resolve(name, options.steps, images=True) for name in options.recipes
    ]
    if options.time:
        data = load(f"tfds:{dataset}")
        keras.config.set_dtype_policy(options.precision)
        for recipe in chosen:
            time_runs(recipe, data)
        return
    out = options.out or RESULTS / f"table-{options.table}"
    book = Book(out)
    if not options.show:
        data = load(f"tfds:{dataset}")
        plans = [
            plan(
                *(data.name, n, method, recipe),
                *(seed, seed + 1000 * member, options.precision),
            )
            for n in options.labels or labels
            for recipe in chosen
            for method in options.methods
            for seed in range(options.first_seed, options.first_seed + options.splits)
            for member in range(options.members)
        ]
        recipe_of = {r.name: r for r in chosen}
        recipe_of |= {r.supervised().name: r for r in chosen}
        run_missing(book, plans, recipe_of, data, options)
        if options.members > 1:
            run_ensembles(book, plans, data, options)
    print(markdown(options.table, book.rows))
    print()
    print(*verdicts(options.table, book.rows), sep="\n")
    print(*gains(options.table, book.rows), sep="\n")
    draw(options.table, book.rows, out / "figure.svg")


if __name__ == "__main__":
    main()
