"""The table of rows of numbers: ssgan beside scikit-learn's methods; see tables.py."""

import statistics

import numpy as np
from engine import cell, last_form, run_grid, save_figure, table
from row_sets import JUDGED, label_counts, load_rows
from scipy.stats import rankdata, studentized_range

from ssgan.evaluation.comparison import METHODS
from ssgan.evaluation.result_rows import ResultRows

SPLITS = 10
# An error that is this many times the lowest one counts as close to it.
CLOSE = 1.1


def run(options, recipe, out):
    """Run what is missing on the sets that the options name."""
    for name in options.sets or JUDGED:
        data = load_rows(name)
        run_grid(
            data,
            {recipe.name: recipe},
            options.labels or label_counts(data),
            options,
            first_seed=options.first_seed,
            methods=options.methods or METHODS[:-1],
            n_members=options.members,
            out=out,
        )


def latest(rows):
    """Return the rows of the last form of each method, of each split the last one."""
    keys = ("dataset", "n_labels", "seed")
    rows = last_form(rows, _name)
    return [*{(_name(row), *(row[key] for key in keys)): row for row in rows}.values()]


def columns_of(rows):
    """Return the errors of each method by block, a dict of dicts of lists.

    A block is a data set with a number of labels. Runs of ssgan and of its network are
    named after their recipe.
    """
    errors = {}
    for row in rows:
        block = row["dataset"], row["n_labels"]
        errors.setdefault(_name(row), {}).setdefault(block, []).append(row["error"])
    return errors


def _name(row):
    name = row["recipe"] or row["method"]
    if row["precision"] != "float32":
        name += f", {row['precision']}"
    members = row["n_members"]
    return f"{name}, {members} members" if members > 1 else name


def compared(errors):
    """Return the blocks that all methods have, and their mean errors.

    Returns
    -------
    names : list of str
        The k methods, in order of their mean rank.
    blocks : list of (dataset, n_labels)
    means : ndarray of shape (n_blocks, k)
    ranks : ndarray of shape (n_sets, k)
        1 for the lowest error; equal ones share their mean rank. Of a data set with
        several numbers of labels, the mean: its blocks are no independent trials.
    """
    blocks = sorted(set.intersection(*(set(by_block) for by_block in errors.values())))
    names = list(errors)
    means = np.array(
        [[statistics.mean(errors[name][block]) for name in names] for block in blocks]
    ).reshape(len(blocks), len(names))
    of_set = {}
    for (dataset, _), ranks in zip(blocks, rankdata(means, axis=1), strict=True):
        of_set.setdefault(dataset, []).append(ranks)
    ranks = np.array([np.mean(each, axis=0) for each in of_set.values()])
    ranks = ranks.reshape(len(of_set), len(names))
    order = np.argsort(ranks.mean(axis=0), kind="stable") if blocks else []
    return [names[i] for i in order], blocks, means[:, order], ranks[:, order]


def critical_difference(k, n, level=0.05):
    """Return how far mean ranks of k methods on n data sets must differ.

    That is Nemenyi's test (Demsar 2006, "Statistical Comparisons of Classifiers over
    Multiple Data Sets", section 3.2.2).
    """
    q = studentized_range.ppf(1 - level, k, np.inf) / np.sqrt(2)
    return float(q * np.sqrt(k * (k + 1) / (6 * n)))


def close_share(means):
    """Return the share of blocks in which each method is close to the best one."""
    return (means <= CLOSE * means.min(axis=1, keepdims=True)).mean(axis=0)


def markdown(rows):
    """Return two tables: each method over all blocks, and the errors of each block."""
    rows = latest(rows)
    errors = columns_of(rows)
    names, blocks, means, ranks = compared(errors)
    seconds = {
        name: statistics.mean(r["seconds"] for r in rows if _name(r) == name)
        for name in names
    }
    close = close_share(means)
    summary = [
        [
            name,
            f"{ranks[:, i].mean():.2f}",
            f"{100 * means[:, i].mean():.2f}",
            f"{100 * close[i]:.0f} %",
            f"{seconds[name]:.1f}",
        ]
        for i, name in enumerate(names)
    ]
    head = ["method", "mean rank", "mean error, %", f"within {CLOSE} x", "seconds"]
    cells = []
    for block in blocks:
        line = ["{} ({})".format(*block)]
        for name in names:
            line.append(cell([100 * e for e in errors[name][block]], 1))
        cells.append(line)
    splits = [len(errors[name][block]) for name in names for block in blocks]
    n = f"{min(splits)}" if len(set(splits)) == 1 else f"{min(splits)} to {max(splits)}"
    of_blocks = table(["set (labels)", *names], cells)
    return f"{table(head, summary)}\n\nError, %, over n = {n} splits:\n\n{of_blocks}"


def draw(rows, path):
    """Draw the mean ranks, each with a bar as long as the critical difference."""
    from matplotlib.figure import Figure

    names, _, _, ranks = compared(columns_of(latest(rows)))
    mean = ranks.mean(axis=0)
    gap = critical_difference(len(names), len(ranks))
    figure = Figure(figsize=(7, 1.2 + 0.3 * len(names)), layout="constrained")
    axes = figure.subplots()
    axes.plot(mean, range(len(names)), "o", color="C0")
    axes.hlines(range(len(names)), mean, mean + gap, color="0.7", zorder=0)
    axes.set_yticks(range(len(names)), names)
    axes.invert_yaxis()
    axes.set(
        xlabel="mean rank",
        title=f"{len(ranks)} data sets. A method whose dot is beyond\n"
        f"another's bar is worse (Nemenyi, 5 %: {gap:.2f} ranks)",
    )
    axes.title.set_size("medium")
    save_figure(figure, path)


def show(out):
    """Print the tables of all rows, and draw the figure."""
    rows = ResultRows(out).rows
    print(markdown(rows))
    if compared(columns_of(latest(rows)))[1]:
        draw(rows, out / "figure.svg")
