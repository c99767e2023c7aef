"""What the scripts share: run settings on label splits, and show the rows.

A setting is a recipe with a name. `run_grid` trains it with `ssgan.evaluation.compare`,
which records one row for each run (see `ssgan.evaluation.result_rows`) and repeats no
run that has one. An interrupted run continues from its checkpoint.
"""

import argparse
import statistics
from pathlib import Path

import numpy as np

from ssgan.evaluation.compare import compare
from ssgan.support.files import atomic_write
from ssgan.training.progress import Progress

RESULTS = Path(__file__).parent / "results"
PRECISIONS = ("float32", "mixed_float16", "mixed_bfloat16")
OPTIONS = {
    "--labels": {"nargs": "+", "type": int, "help": "numbers of labels"},
    "--splits": {"type": int, "help": "label splits for each number of labels"},
    "--steps": {"type": int, "help": "training steps (default: those of the recipe)"},
    "--jobs": {"type": int, "default": 1, "help": "runs at a time (default 1)"},
    "--precision": {"choices": PRECISIONS, "default": "float32"},
    "--out": {"type": Path, "help": "folder for the rows (default: below results/)"},
    "--checkpoints": {
        "type": Path,
        "default": Path("ssgan-runs"),
        "help": "folder from which interrupted runs continue (default ssgan-runs)",
    },
}
# Of `told_cells`.
TOLD = ("splits", "told, %", "test error, %", "above the 95 % interval", "below")


def parser(description, names=OPTIONS):
    """Return a parser with some of `OPTIONS`, those that a script heeds."""
    options = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for name in names:
        options.add_argument(name, **OPTIONS[name])
    return options


def set_precision(name):
    """Set the dtype policy of all networks."""
    import keras  # After ssgan, which says how TensorFlow is to compute.

    keras.config.set_dtype_policy(name)


def run_grid(data, settings, n_labels, options, **arguments):
    """Run what has no row yet, and return all that was asked for.

    Parameters
    ----------
    data : ssgan.data.examples.Data
    settings : dict of str to ssgan.recipes.Recipe
    n_labels : sequence of int
    options : argparse.Namespace
        Of `parser`.
    **arguments
        Further arguments of `ssgan.evaluation.compare.compare`.

    Returns
    -------
    dict of str to dict of int to ssgan.evaluation.comparison.Comparison
        By setting and number of labels.
    """
    set_precision(options.precision)
    return {
        name: {
            n: compare(
                data,
                n,
                splits=options.splits,
                recipe=recipe,
                n_jobs=options.jobs,
                checkpoints=options.checkpoints,
                progress=Progress,
                on_row=_show,
                **arguments,
            )
            for n in n_labels
        }
        for name, recipe in settings.items()
    }


def _show(row, done, total):
    what = f"{row['split']}, {row['method']}"
    if row["recipe"] is not None:
        what += f", {row['recipe']}, {row['steps']:,} steps"
    outcome = f"error {100 * row['error']:.2f} %, {row['seconds'] / 60:.1f} min"
    print(f"[{done}/{total}] {what}: {outcome}", flush=True)


def mean_and_std(values):
    """Return mean and sample standard deviation, the latter None for one value."""
    mean = statistics.mean(values)
    return mean, statistics.stdev(values) if len(values) > 1 else None


def last_form(rows, place):
    """Return the rows without those of an earlier form of what stands in their place.

    Parameters
    ----------
    rows : list of dict
        Those without a fingerprint are of an earlier form than those with one.
    place : callable
        From a row to where a table shows it.
    """
    last = {place(row): row.get("fingerprint") for row in rows}
    return [row for row in rows if row.get("fingerprint") == last[place(row)]]


def cell(values, digits=2, sign=""):
    """Return mean and standard deviation as text, for one value the value alone."""
    mean, std = mean_and_std(values)
    text = f"{round(mean, digits) + 0:{sign}.{digits}f}"  # Without a sign for zero.
    return text if std is None else f"{text} ± {std:.{digits}f}"


def per_cent(fractions, sign=""):
    """Return mean and standard deviation of fractions as text, in per cent."""
    return cell([100 * fraction for fraction in fractions], sign=sign)


def told_cells(splits):
    """Return how told errors hold: cells of a table with the head `TOLD`.

    Parameters
    ----------
    splits : list of tuple
        The told error with the ends of its interval, and the test error of the model
        that was saved, all of them fractions.
    """
    told, low, high, error = np.array(splits, float).T
    means = [f"{100 * mean:.1f}" for mean in (told.mean(), error.mean())]
    return [len(splits), *means, np.sum(error > high), np.sum(error < low)]


def table(head, rows):
    """Return a Markdown table from a list of cells and a list of lists of cells."""
    lines = [head, *rows]
    text = [f"| {' | '.join(str(cell) for cell in line)} |" for line in lines]
    return "\n".join([text[0], "|-" * len(head) + "|", *text[1:]])


def log_scale(axis):
    """Give a logarithmic axis ticks that can be read."""
    from matplotlib.ticker import LogLocator

    axis.set_major_locator(LogLocator(subs=(1, 1.5, 2, 3, 5, 7)))
    axis.set_major_formatter("{x:g}")
    axis.axes.minorticks_off()


def save_figure(figure, path):
    """Write a figure as SVG."""
    with atomic_write(path) as temporary:
        figure.savefig(temporary, format="svg", metadata={"Date": None})
