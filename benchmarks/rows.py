"""The table of rows of numbers: ssgan beside scikit-learn's methods; see tables.py."""

import statistics

import numpy as np
from engine import mean_and_std, run_grid, save_figure, table
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


def columns_of(rows):
    """Return the errors of each method by block, a dict of dicts of lists.

    A block is a data set with a number of labels. Runs of ssgan and of its network are
    named after their recipe. Of an earlier form of a method there is nothing.
    """
    last = {_name(row): row["fingerprint"] for row in rows}
    errors = {}
    for row in rows:
        name, block = _name(row), (row["dataset"], row["n_labels"])
        if row["fingerprint"] == last[name]:
            errors.setdefault(name, {}).setdefault(block, []).append(row["error"])
    return errors


def _name(row):
    name = row["recipe"] or row["method"]
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
    ranks : ndarray of shape (n_blocks, k)
        1 for the lowest error; equal ones share their mean rank.
    """
    blocks = sorted(set.intersection(*(set(by_block) for by_block in errors.values())))
    names = list(errors)
    means = np.array(
        [[statistics.mean(errors[name][block]) for name in names] for block in blocks]
    ).reshape(len(blocks), len(names))
    ranks = rankdata(means, axis=1)
    order = np.argsort(ranks.mean(axis=0), kind="stable") if blocks else []
    return [names[i] for i in order], blocks, means[:, order], ranks[:, order]


def critical_difference(k, n, level=0.05):
    """Return how far mean ranks of k methods in n blocks must differ.

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
            mean, std = mean_and_std([100 * e for e in errors[name][block]])
            line.append(f"{mean:.1f}" + ("" if std is None else f" ± {std:.1f}"))
        cells.append(line)
    splits = [len(errors[name][block]) for name in names for block in blocks]
    n = f"{min(splits)}" if len(set(splits)) == 1 else f"{min(splits)} to {max(splits)}"
    of_blocks = table(["set (labels)", *names], cells)
    return f"{table(head, summary)}\n\nError, %, over n = {n} splits:\n\n{of_blocks}"


def draw(rows, path):
    """Draw the mean ranks; bars join methods that do not differ at the level of 5 %."""
    from matplotlib.figure import Figure

    names, blocks, _, ranks = compared(columns_of(rows))
    mean = ranks.mean(axis=0)
    gap = critical_difference(len(names), len(blocks))
    figure = Figure(figsize=(7, 1.2 + 0.3 * len(names)), layout="constrained")
    axes = figure.subplots()
    axes.plot(mean, range(len(names)), "o", color="C0")
    axes.hlines(range(len(names)), mean, mean + gap, color="0.7", zorder=0)
    axes.set_yticks(range(len(names)), names)
    axes.invert_yaxis()
    axes.set(
        xlabel="mean rank",
        title=f"{len(blocks)} sets and numbers of labels. A method whose dot is\n"
        f"beyond another's bar is worse (Nemenyi, 5 %: {gap:.2f} ranks)",
    )
    axes.title.set_size("medium")
    save_figure(figure, path)


def show(out):
    """Print the tables of all rows, and draw the figure."""
    rows = ResultRows(out).rows
    print(markdown(rows))
    if compared(columns_of(rows))[1]:
        draw(rows, out / "figure.svg")
