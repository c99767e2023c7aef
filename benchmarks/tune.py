"""Try settings of the image recipes on training images that are held out for this.

    python benchmarks/tune.py digits --labels 50 --splits 4
    python benchmarks/tune.py tfds:mnist --labels 100 --method ssgan --jobs 2
    python benchmarks/tune.py tfds:mnist --labels 20 100 --method ssgan --what terms
    python benchmarks/tune.py tfds:cifar10 --labels 4000 --method ssgan --what photos

--what chooses the settings, which are in settings.py: "baseline" are changes of what
was the default, "terms" are loss terms left out, changed or added (the ablation),
"photos" are changes of the recipe for photographs, at a third of its length; "color" is
it beside the one for images, at some four minutes on two idle cores. A baseline
that inherits every setting of the method that it is compared with may be weak for that
reason alone. So it is tuned by itself (--method supervised, the default), and the game
likewise.

Labels are drawn with seeds from 1000 on, and errors are on held-out *training* images.
The test images and the seeds of the tables are not touched. Runs that have a row are
not repeated. At the end comes the table (Markdown) of all that was asked for. Splits
differ from each other by more than most settings do, so it also says how much each
setting changes, split by split. With "--imbalance 10" some classes are up to ten times
as frequent among the unlabeled examples as others, while each has as many labels; with
0.1 the others are. With "--foreign classes" only the first half of the classes has
labels and is held out, and the others are among the unlabeled examples; with "--foreign
noise" as many images of random pixels are there in their place.
"""

import dataclasses
import statistics
from pathlib import Path

import numpy as np
from engine import RESULTS, log_scale, parser, per_cent, run_grid, save_figure
from engine import table as markdown_table
from settings import SETTINGS
from sklearn.model_selection import train_test_split

from ssgan import load
from ssgan.data.examples import Data
from ssgan.recipes import IMAGES, PHOTOS

FIRST_SEED = 1000
HELD_OUT = {"digits": 400, "mnist": 10_000, "cifar10": 10_000}
BASES = {
    "digits": IMAGES.with_steps(1200),
    "mnist": IMAGES.with_steps(5000),
    "cifar10": PHOTOS.with_steps(3000),
}


def hold_out(data, imbalance=1.0, foreign=None):
    """Return data whose test part are training images, drawn always in the same way.

    `imbalance` and `foreign` are the script's options.
    """
    x, x_held, y, y_held = train_test_split(
        data.x_train,
        data.y_train,
        test_size=HELD_OUT[data.name],
        stratify=data.y_train,
        random_state=FIRST_SEED,
    )
    name = f"{data.name}-held-out"
    if imbalance != 1:
        name += f"-imbalance-{imbalance:g}"
        kept = long_tail(y, imbalance)
        x, y = x[kept], y[kept]
    if foreign is not None:
        name += f"-foreign-{foreign}"
        known = np.unique(y)[: len(np.unique(y)) // 2]
        ours, held = np.isin(y, known), np.isin(y_held, known)
        x_held, y_held = x_held[held], y_held[held]
        y = np.where(ours, y, -1)
        if foreign == "noise":
            rng = np.random.default_rng(FIRST_SEED)
            size, most = (np.count_nonzero(~ours), *x.shape[1:]), int(x.max()) + 1
            x = x.copy()
            x[~ours] = rng.integers(most, size=size)
    return Data(name, x, y, x_held, y_held)


def long_tail(y, imbalance):
    """Return indices of y with fewer examples of each class than of the one before.

    Each class keeps the same fraction of what the one before it keeps, and the last one
    1 / `imbalance` of the first. Below 1 it is the other way round (Cui et al. 2019,
    "Class-Balanced Loss", section 5.1, arXiv:1901.05555).
    """
    classes = np.unique(y)
    kept = []
    for i, c in enumerate(classes):
        (where,) = np.nonzero(y == c)
        fraction = imbalance ** (-i / (len(classes) - 1)) * min(1, imbalance)
        kept.append(where[: round(fraction * len(where))])
    return np.sort(np.concatenate(kept))


def table(tried, first, method):
    """Return the errors of a method as a Markdown table.

    Parameters
    ----------
    tried : dict of str to dict of int to ssgan.evaluation.comparison.Comparison
        By setting and number of labels.
    first : str
        The setting that the others are compared with, split by split, if it is there.
    method : str

    Returns
    -------
    str
    """
    head, lines = ["setting"], []
    for n in next(iter(tried.values())):
        head += [f"{n} labels", f"than {first}", "seconds"]
    for name, comparisons in tried.items():
        cells = [name]
        for n, comparison in comparisons.items():
            errors, row = comparison.errors(method), comparison.summary()[method]
            base = tried[first][n].errors(method) if first in tried else {}
            gaps = [errors[split] - base[split] for split in errors if split in base]
            cells.append(f"{per_cent(errors.values())} (n = {row['n']})")
            cells.append(per_cent(gaps, "+") if gaps and name != first else "-")
            cells.append(f"{row['seconds']:.0f}")
        lines.append(cells)
    return markdown_table(head, lines)


def draw(tried, first, method, path):
    """Draw the errors of `table`: a dot for each split, and a bar for their mean."""
    from matplotlib.figure import Figure

    labels = list(next(iter(tried.values())))
    size = (2 + 3 * len(labels), 0.9 + 0.28 * len(tried))
    figure = Figure(figsize=size, layout="constrained")
    panels = figure.subplots(1, len(labels), sharey=True, squeeze=False)[0]
    for axes, n in zip(panels, labels, strict=True):
        for place, (name, comparisons) in enumerate(tried.items()):
            errors = [100 * e for e in comparisons[n].errors(method).values()]
            color = "C1" if name == first else "C0"
            axes.plot(errors, [place] * len(errors), "o", color=color, alpha=0.5, mew=0)
            mean = statistics.mean(errors)
            axes.plot(mean, place, "|", color=color, ms=14, mew=2)
            if name == first:
                axes.axvline(mean, color="0.8", lw=0.8, zorder=0)
        axes.set(xscale="log", xlabel="held-out error, %", title=f"{n} labels")
        log_scale(axes.xaxis)
    panels[0].set_yticks(range(len(tried)), list(tried))
    panels[0].set_ylim(len(tried) - 0.5, -0.5)
    save_figure(figure, path)


def main():
    """Run what is missing, and print and draw the table."""
    options = parser(__doc__)
    add = options.add_argument
    add("source", choices=("digits", "tfds:mnist", "tfds:cifar10"))
    add("--method", choices=("supervised", "ssgan"), default="supervised")
    add("--what", choices=SETTINGS, default="baseline")
    add(
        "--imbalance",
        type=float,
        default=1.0,
        help="unlabeled examples of the first class for each one of the last; labels "
        "and held-out examples do not change",
    )
    add(
        "--foreign",
        choices=("classes", "noise"),
        help="what half of the unlabeled examples are, of which there are no labels",
    )
    add(
        "--stratified",
        action="store_true",
        help="labels in proportion to the unlabeled examples",
    )
    add(
        "--first-seed",
        type=int,
        default=FIRST_SEED,
        help=f"of the label splits (default {FIRST_SEED}); others judge a choice",
    )
    add("--only", nargs="*", help="names of settings to run")
    add("--figure", type=Path, help="an .svg file to draw the table in")
    parsed = options.parse_args()

    if not parsed.labels:
        options.error("expected --labels; received none")
    if (parsed.what in ("photos", "color")) != (parsed.source == "tfds:cifar10"):
        options.error("--what photos and color go with tfds:cifar10, others do not")
    base = BASES[parsed.source.removeprefix("tfds:")]
    if parsed.steps:
        base = base.with_steps(parsed.steps)
    settings = SETTINGS[parsed.what](base)
    unknown = sorted(set(parsed.only or ()) - set(settings))
    if unknown:
        names = ", ".join(settings)
        options.error(f"expected --only from {names}; received {', '.join(unknown)}")
    first = next(iter(settings))
    parsed.splits = parsed.splits or 2
    data = load(parsed.source)
    tried = run_grid(
        hold_out(data, parsed.imbalance, parsed.foreign),
        {
            name: dataclasses.replace(recipe, name=name)
            for name, recipe in settings.items()
            if not parsed.only or name in parsed.only
        },
        parsed.labels,
        parsed,
        first_seed=parsed.first_seed,
        balanced=not parsed.stratified,
        methods=(parsed.method,),
        out=parsed.out or RESULTS / f"tune-{data.name}",
    )
    print(table(tried, first, parsed.method))
    if parsed.figure:
        draw(tried, first, parsed.method, parsed.figure)


if __name__ == "__main__":
    main()
