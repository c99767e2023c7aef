"""The error of what `SSGANClassifier(minutes=...)` makes, against the minutes.

    python benchmarks/minutes.py tfds:mnist --labels 100 --minutes 1 3 --splits 3
    python benchmarks/minutes.py tfds:mnist --labels 100 --minutes 1 3 --whole
    python benchmarks/minutes.py tfds:mnist --minutes 1 3 --precision mixed_bfloat16
    python benchmarks/minutes.py tfds:mnist --show

The minutes are those from the first line of `fit` to the trained model: the search for
neighbors, the choice of the steps and compilation are among them. Where few steps fit,
a form of the recipe for short trainings is taken (see
`ssgan.estimator.spread_labels.short_form`); with --whole it is the whole recipe even
then. Errors are those on test images. Labels have the seeds of the tables, from 0 on.
Each run is a row in results/minutes, and is not repeated with the same recipe on the
same kind of machine. At the end come the table (Markdown) and the figure: in each line
the rows of the last recipe and machine. Run one at a time: the number of steps depends
on what else the machine does.
"""

import time
from pathlib import Path

import numpy as np
from engine import (
    RESULTS,
    last_form,
    log_scale,
    parser,
    per_cent,
    save_figure,
    set_precision,
    table,
)

from ssgan import SSGANClassifier, label_split, load
from ssgan.estimator import findings
from ssgan.recipes import resolve
from ssgan.support.json_lines import append_line, drop_half_line, read_json_lines
from ssgan.support.provenance import environment, fingerprint
from ssgan.training.parts import recipe_numbers

OUT = RESULTS / "minutes"
FORMS = {False: "as minutes choose", True: "whole recipe"}


def form_of(whole, precision):
    """Return what the table calls a form, with another precision than float32."""
    return FORMS[whole] + ("" if precision == "float32" else f", {precision}")


def planned(data, n_labels, seed, minutes, whole, precision):
    """Return the part of a row that is known before the run.

    The fingerprint is of the recipe that minutes choose steps of, and of the machine.
    """
    recipe = resolve("auto", shape=data.x_train.shape[1:])
    about = [recipe_numbers(recipe), environment()["machine"]]
    return {
        "dataset": data.name,
        "n_labels": n_labels,
        "seed": seed,
        "minutes": minutes,
        "form": form_of(whole, precision),
        "fingerprint": fingerprint(about),
    }


def fitted(data, n_labels, seed, minutes, whole, precision):
    """Return the row of one run."""
    y = label_split(data.y_train, n_labels, seed, name=data.name).apply(data.y_train)
    classifier = SSGANClassifier(minutes=minutes, random_state=seed)
    form = findings.short_form
    start = time.perf_counter()
    try:
        if whole:  # No other form is built and timed within the minutes.
            findings.short_form = lambda *_: None
        classifier.fit(data.x_train, y)
    finally:
        findings.short_form = form
    seconds = time.perf_counter() - start
    return {
        **planned(data, n_labels, seed, minutes, whole, precision),
        "recipe": classifier.recipe_.name,
        "steps": classifier.recipe_.steps,
        "seconds": round(seconds, 1),
        "error": float(np.mean(classifier.predict(data.x_test) != data.y_test)),
        **environment(),
    }


def by_setting(rows):
    """Return lists of rows by form and minutes, in this order.

    Each has the rows of the last recipe and machine.
    """

    def setting(row):
        return row["form"], row["minutes"]

    rows = last_form(rows, setting)
    keys = sorted({setting(row) for row in rows})
    return {key: [row for row in rows if setting(row) == key] for key in keys}


def markdown(rows):
    """Return the table of the rows of one set and number of labels."""
    lines = []
    for (form, minutes), same in by_setting(rows).items():
        error = f"{per_cent(row['error'] for row in same)} (n = {len(same)})"
        recipes = ", ".join(sorted({row["recipe"] for row in same}))
        steps, seconds = (
            f"{np.mean([row[key] for row in same]):,.0f}"
            for key in ("steps", "seconds")
        )
        lines.append([f"{minutes:g}", form, recipes, steps, seconds, error])
    head = ["minutes", "form", "recipe", "steps", "seconds", "test error, %"]
    return table(head, lines)


def draw(rows, path):
    """Draw error against seconds: a dot for each run, a line through the means."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3.2), layout="constrained")
    axes = figure.subplots()
    forms = dict.fromkeys([*FORMS.values(), *(row["form"] for row in rows)])
    for i, form in enumerate(forms):
        color = f"C{i}"
        means = []
        for (f, _), same in by_setting(rows).items():
            if f == form:
                seconds, errors = (
                    [scale * row[key] for row in same]
                    for key, scale in (("seconds", 1), ("error", 100))
                )
                axes.plot(seconds, errors, "o", color=color, alpha=0.5, mew=0)
                means.append((np.mean(seconds), np.mean(errors)))
        if means:
            axes.plot(*zip(*means, strict=True), color=color, label=form)
    title = f"{rows[0]['dataset']}, {rows[0]['n_labels']} labels"
    axes.set(xscale="log", yscale="log", title=title)
    axes.set(xlabel="seconds of fit", ylabel="test error, %")
    log_scale(axes.xaxis)
    log_scale(axes.yaxis)
    axes.legend()
    save_figure(figure, path)


def main(arguments=None):
    """Run what is missing, and show all that is recorded of this set and labels."""
    options = parser(__doc__, ("--precision",))
    add = options.add_argument
    add("source", choices=("digits", "tfds:mnist"))
    add("--labels", type=int, default=100, help="(default: 100)")
    add("--minutes", type=float, nargs="+", default=[1.0, 3.0], help="(default: 1 3)")
    add("--splits", type=int, default=3, help="(default: 3)")
    add("--whole", action="store_true", help="the whole recipe, however few its steps")
    add("--show", action="store_true", help="run nothing")
    add("--out", type=Path, default=OUT, help="(default: results/minutes)")
    options = options.parse_args(arguments)
    set_precision(options.precision)
    path = options.out / "rows.jsonl"
    drop_half_line(path)
    rows = read_json_lines(path)
    data = load(options.source)
    for seed in range(0 if options.show else options.splits):
        for minutes in options.minutes:
            how = options.whole, options.precision
            asked = data, options.labels, seed, minutes, *how
            plan = planned(*asked).items()
            if not any(plan <= row.items() for row in rows):
                rows.append(fitted(*asked))
                append_line(path, rows[-1])
                print({k: rows[-1][k] for k in list(rows[-1])[:10]}, flush=True)
    shown = data.name, options.labels
    rows = [row for row in rows if (row["dataset"], row["n_labels"]) == shown]
    if not rows:
        raise SystemExit("No rows of these labels yet: run it without --show.")
    print(markdown(rows))
    draw(rows, options.out / f"{data.name}-{options.labels}.svg")


if __name__ == "__main__":
    main()
