"""Reproduce the papers' tables of error rates, and show ours beside theirs.

    python benchmarks/tables.py mnist --splits 3            # run what is missing
    python benchmarks/tables.py mnist --recipes mnist --labels 100 --splits 1
    python benchmarks/tables.py cifar10 --recipes cifar10 --time     # how long it takes
    python benchmarks/tables.py mnist --show                # what is recorded
    python benchmarks/tables.py all --time                  # every table, on a GPU
    python benchmarks/tables.py rows --splits 3             # rows: scikit-learn's peers

Each run trains one method on one label split. Its row is appended to
results/table-NAME/rows.jsonl the moment it ends, and a recorded run is not repeated. An
interrupted run continues from its checkpoint. At the end come the table (Markdown), the
figure and the verdicts: means over label splits with the sample standard deviation,
beside the published figures, which are never run. A verdict needs three splits. Runs
with another --precision, other --steps or several --members have lines of their own; of
"rows", other --steps need an --out of their own.
Runs of an earlier form of the same recipe have a table of their own, without figure and
verdicts.

"all" runs the paper's recipe on every data set with every number of labels, ten splits
each, which takes a GPU. Give it --time first: it prints how many hours that is, without
the methods of scikit-learn, which take seconds.

"rows" is the table of ssgan and its peers on the sets of rows that row_sets.py names:
mean rank, mean error and seconds of each method, and the critical difference.
"""

import functools
import statistics

import rows as rows_table
from engine import (
    RESULTS,
    last_form,
    log_scale,
    mean_and_std,
    parser,
    run_grid,
    save_figure,
    set_precision,
    table,
)
from published import PUBLISHED
from row_sets import JUDGED
from timing import show_time

from ssgan import load, recipes
from ssgan.evaluation.comparison import METHODS as ALL_METHODS
from ssgan.evaluation.result_rows import ResultRows

REFERENCE = "Improved GAN"
METHODS = ("ssgan", "supervised")
# Label splits that a verdict needs.
FEWEST = 3
# The data set's name, its labels, and what errors are given in: the factor and the
# unit.
TABLES = {
    "mnist": ("mnist", (20, 50, 100, 200), 10_000, "errors of 10,000"),
    "cifar10": ("cifar10", (1000, 2000, 4000, 8000), 100, "error, %"),
    "svhn": ("svhn_cropped", (500, 1000, 2000), 100, "error, %"),
}


def line_name(row):
    """Return the name of the line of the table that shows a run."""
    name = f"{row['recipe']}, {row['steps']:,} steps"
    if row.get("precision", "float32") != "float32":
        name += f", {row['precision']}"
    if (row.get("n_members") or 1) > 1:
        name += f", ensemble of {row['n_members']}"
    return name


def lines_of(rows, earlier=False):
    """Return the rows by line of the table, then by number of labels: nested dicts.

    Only those of the last form of each recipe or, if `earlier`, only the others. Of
    runs with the same labels and weights, the last one counts.
    """
    now = last_form(rows, line_name)
    lines = {}
    for row in sorted(rows, key=lambda row: (row["n_labels"], row["seed"])):
        if (row in now) != earlier:
            suffix = f", formerly ({row['fingerprint']})" if earlier else ""
            cells = lines.setdefault(line_name(row) + suffix, {})
            run = row["seed"], row["weights_seed"]
            cells.setdefault(row["n_labels"], {})[run] = row
    return {
        line: {n: [*runs.values()] for n, runs in cells.items()}
        for line, cells in lines.items()
    }


def summarize(rows, factor):
    """Return mean, standard deviation (None for one split) and number of splits.

    Runs with other seeds of the weights on the same split count once, by their mean.
    """
    splits = {}
    for row in rows:
        splits.setdefault(row["seed"], []).append(factor * row["error"])
    errors = [statistics.mean(errors) for errors in splits.values()]
    return *mean_and_std(errors), len(errors)


def markdown(name, rows, earlier=False):
    """Return the table: published methods and ours, or of `earlier` forms; or ""."""
    dataset, labels, factor, unit = TABLES[name]
    lines = []
    for method, cells in PUBLISHED[dataset].items() if not earlier else ():
        shown = [number(*cells[n], factor) if n in cells else "-" for n in labels]
        lines.append([f"{method} (published)", *shown])
    for own, cells in lines_of(rows, earlier).items():
        shown = []
        for n in labels:
            if n not in cells:
                shown.append("not run")
                continue
            mean, std, count = summarize(cells[n], factor)
            minutes = statistics.mean(row["seconds"] for row in cells[n]) / 60
            given = f"(n = {count}, {minutes:.1f} min)"
            shown.append(f"{number(mean, std, factor)} {given}")
        lines.append([own if earlier else f"**{own}**", *shown])
    what = f"{dataset}, {unit}{', earlier forms' if earlier else ''}"
    return table([what, *(f"{n} labels" for n in labels)], lines) if lines else ""


def number(mean, std, factor):
    """Return a mean with its standard deviation, which may be None, as text."""
    digits = 0 if factor == 10_000 else 2
    text = f"{mean:.{digits}f}"
    return text if std is None else f"{text} ± {std:.{max(digits, 1)}f}"


def verdicts(name, rows):
    """Yield a sentence for each of our means that has a published one beside it."""
    dataset, _, factor, _ = TABLES[name]
    for own, cells in lines_of(rows).items():
        for n, runs in cells.items():
            if n not in PUBLISHED[dataset][REFERENCE]:
                continue
            published, std = PUBLISHED[dataset][REFERENCE][n]
            mean, _, count = summarize(runs, factor)
            if count < FEWEST:
                verdict = "too few splits for a verdict"
            elif mean < published - 2 * std:
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

    A baseline has the same recipe, network and precision, and any number of steps.
    """

    def what(row):
        # Rows without "schema" do not say which network they trained.
        network = row.get("recipe_numbers", {}).get("discriminator")
        return network, row.get("precision")

    factor = TABLES[name][2]
    lines = lines_of(rows)
    for own, cells in lines.items():
        for n, runs in cells.items():
            for other, others in lines.items():
                beside = others.get(n)
                baseline = f"{runs[0]['recipe']}-supervised"
                if not beside or beside[0]["recipe"] != baseline:
                    continue
                if what(beside[0]) != what(runs[0]):
                    continue
                mean, alone = (summarize(each, factor)[0] for each in (runs, beside))
                change = 100 * (mean / alone - 1)
                yield (
                    f"{own}, {n} labels: {mean:.4g} against {alone:.4g} of {other}: "
                    f"{abs(change):.0f} % {'fewer' if change < 0 else 'more'} errors"
                )


def draw(name, rows, path):
    """Draw error against the number of labels."""
    from matplotlib.figure import Figure

    dataset, labels, factor, unit = TABLES[name]
    figure = Figure(figsize=(7, 5.5), layout="constrained")
    axes = figure.subplots()
    for method in (REFERENCE, f"{REFERENCE}, ensemble of 10"):
        cells = PUBLISHED[dataset][method]
        means, stds = zip(*cells.values(), strict=True)
        style = {"color": "0.6", "ls": "-" if method == REFERENCE else ":"}
        axes.errorbar(list(cells), means, stds, label=f"{method} (published)", **style)
    for i, (method, cells) in enumerate(lines_of(rows).items()):
        values = [summarize(cells[n], factor) for n in cells]
        means = [mean for mean, _, _ in values]
        stds = [std or 0 for _, std, _ in values]
        style = {"color": f"C{i}", "marker": "o", "capsize": 3}
        axes.errorbar(list(cells), means, stds, label=method, **style)
    axes.set(xscale="log", yscale="log", xlabel="labels", ylabel=unit, title=dataset)
    log_scale(axes.yaxis)
    axes.set_xticks(labels, [str(n) for n in labels])
    axes.minorticks_off()
    figure.legend(frameon=False, loc="outside lower center")
    save_figure(figure, path)


def show(name, out):
    """Print the table and the verdicts of all rows, and draw the figure."""
    rows = ResultRows(out).rows
    print(markdown(name, rows))
    print()
    print(*verdicts(name, rows), sep="\n")
    print(*gains(name, rows), sep="\n")
    if earlier := markdown(name, rows, earlier=True):
        print(f"\n{earlier}")
    draw(name, rows, out / "figure.svg")


def main():
    """Run what the command line asks for, then show all that is recorded."""
    options = parser(__doc__)
    options.add_argument("table", choices=[*TABLES, "rows", "all"])
    options.add_argument("--recipes", nargs="+", help="default: images")
    options.add_argument("--methods", nargs="+", choices=ALL_METHODS)
    options.add_argument("--sets", nargs="+", choices=JUDGED, help="of rows")
    options.add_argument("--first-seed", type=int, default=0)
    options.add_argument("--members", type=int, default=1, help="models to average")
    options.add_argument("--show", action="store_true", help="run nothing")
    options.add_argument("--time", action="store_true", help="say how long it takes")
    options = options.parse_args()

    if options.table == "rows":
        if options.time:
            raise SystemExit("--time is for the tables of images")
        if options.steps and not options.out:
            raise SystemExit("--steps takes the place of other rows: give it an --out")
        out = options.out or RESULTS / "table-rows"
        options.splits = options.splits or rows_table.SPLITS
        if not options.show:
            for name in options.recipes or ["vectors"]:
                recipe = recipes.resolve(name, options.steps, shape=(1,))
                rows_table.run(options, recipe, out)
        rows_table.show(out)
        return
    if options.sets:
        raise SystemExit("--sets is for the table of rows")
    whole, methods = options.table == "all", options.methods or METHODS
    options.splits = options.splits or (10 if whole else 3)
    hours = 0
    for name in TABLES if whole else [options.table]:
        dataset, labels, *_ = TABLES[name]
        labels = options.labels or labels
        out = options.out or RESULTS / f"table-{name}"
        names = options.recipes or ([name] if whole else ["images"])
        resolve = functools.partial(recipes.resolve, shape=(28, 28))
        chosen = [resolve(recipe, options.steps) for recipe in names]
        if options.time:
            set_precision(options.precision)
            runs = len(labels) * options.splits
            data = load(f"tfds:{dataset}")
            hours += show_time(name, chosen, data, runs, methods, options.members)
            continue
        if not options.show:
            run_grid(
                load(f"tfds:{dataset}"),
                {recipe.name: recipe for recipe in chosen},
                labels,
                options,
                first_seed=options.first_seed,
                methods=methods,
                n_members=options.members,
                out=out,
            )
        show(name, out)
    if options.time and whole:
        print(f"All tables: {hours:.0f} hours, one run at a time")


if __name__ == "__main__":
    main()
