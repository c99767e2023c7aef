"""Try settings of the image recipes, on training images held out for that.

    python benchmarks/tune.py digits --labels 50 --splits 4
    python benchmarks/tune.py tfds:mnist --labels 100 --method ssgan --jobs 2
    python benchmarks/tune.py tfds:mnist --labels 20 100 --method ssgan --what terms
    python benchmarks/tune.py tfds:cifar10 --labels 4000 --method ssgan --what photos

A baseline that inherits every setting of the method it is compared with may be weak for
that alone: so it is tuned by itself, and the game likewise. Each setting below changes
one thing, or two, in what was the default; with "--what terms" the changes are terms of
the loss, with and without, in what is the default now: the ablation; with "--what
photos" they are what distinguishes the recipe for photographs, at a third of its
length. Labels are drawn by seeds from 1000 on, errors are those on held-out *training*
images; the test images and the seeds that the tables show are not touched. A repeated
call runs only what is missing, and ends with the table (Markdown) of all that was asked
for. Splits differ by more than most settings do, so that it also says what each setting
changes split by split. With "--imbalance 10" the unlabeled examples are of some classes
far more often than of others, while the labels are of each as often.
"""

import argparse
import dataclasses
import statistics
from pathlib import Path

import numpy as np
from sklearn.model_selection import train_test_split

from ssgan import load
from ssgan.compare import compare
from ssgan.data.examples import Data
from ssgan.progress import Progress
from ssgan.recipes import IMAGES, PHOTOS, Part
from ssgan.records import draft

RESULTS = Path(__file__).parent / "results"
HELD_OUT = {"digits": 400, "mnist": 10_000, "cifar10": 10_000}
BASES = {
    "digits": IMAGES.lasting(1200),
    "mnist": IMAGES.lasting(5000),
    "cifar10": PHOTOS.lasting(4000),
}


def terms(base):
    """Return the terms to try, and to leave out: a dictionary from name to recipe."""
    change = dataclasses.replace
    (labels,), (affine,) = base.terms, base.augmentation

    def pseudo_labels(**options):
        return change(base, terms=(Part(labels.name, labels.options | options),))

    def more(name, **options):
        return change(base, terms=(labels, Part(name, options)))

    return {
        "default": base,
        "no game": change(base, unsupervised_weight=0.0),
        "a third of the game": change(base, unsupervised_weight=0.3),
        "the game alone": change(base, terms=()),
        "not aligned": pseudo_labels(aligned=False),
        "confidence 0.8": pseudo_labels(confidence=0.8),
        "confidence 0.95": pseudo_labels(confidence=0.95),
        "mean teacher instead": change(
            base, terms=(Part("MeanTeacher", {"weight": 5.0}),)
        ),
        "conditional entropy": more("ConditionalEntropy", weight=0.1),
        "virtual adversarial": more("VirtualAdversarial", weight=0.3),
        "manifold smoothness": more("ManifoldSmoothness", weight=0.1),
        "features by l1": change(base, matching_norm="l1"),
        "in turn": change(base, in_turn=True),
        "half of it sharp": change(
            base, augmentation=(Part(affine.name, affine.options | {"sharp": 0.5}),)
        ),
        # Over some 20 updates; otherwise over about the last tenth of them.
        "shorter average": change(base, averaging_step=0.05),
        "twice the updates": base.lasting(2 * base.steps),
    }


def settings(base):
    """Return the settings to try: a dictionary from name to recipe."""
    change = dataclasses.replace
    # The default recipe before this comparison: noise of 0.3 and 0.5, changes of 0.07,
    # 10 degrees and 0.1.
    base = change(
        base,
        discriminator=Part("small_discriminator"),
        augmentation=(Part("RandomAffine"),),
    )

    def network(**options):
        return change(base, discriminator=Part("small_discriminator", options))

    def affine(**options):
        return change(base, augmentation=(Part("RandomAffine", options),))

    return {
        "as in the game": base,
        "rate 0.001": change(base, learning_rate=0.001),
        "rate 0.01": change(base, learning_rate=0.01),
        "a third of the updates": base.lasting(base.steps // 3),
        "three times the updates": base.lasting(3 * base.steps),
        "no noise": network(input_noise=0.0, noise=0.0),
        "half the noise": network(input_noise=0.15, noise=0.25),
        "more noise": network(input_noise=0.5, noise=0.8),
        "weaker changes": affine(shift=0.04, rotation=5.0, zoom=0.05),
        "stronger changes": affine(shift=0.1, rotation=15.0, zoom=0.15),
        "much stronger changes": affine(shift=0.15, rotation=20.0, zoom=0.2),
        "stronger changes, half the noise": change(
            affine(shift=0.1, rotation=15.0, zoom=0.15),
            discriminator=Part(
                "small_discriminator", {"input_noise": 0.15, "noise": 0.25}
            ),
        ),
        "beta_1 0.9": change(base, beta_1=0.9),
        "half the width": network(filters=(16, 32, 64)),
        "twice the width": network(filters=(64, 128, 256)),
    }


def photos(base):
    """Return changes of the recipe for photographs, by name."""
    change = dataclasses.replace

    def network(**options):
        return change(base, discriminator=Part("pooled_discriminator", options))

    affine, *color = base.augmentation
    (labels,) = base.terms

    def sharp(fraction):
        moved = Part(affine.name, affine.options | {"sharp": fraction})
        return change(base, augmentation=(moved, *color))

    less_sure = Part(labels.name, labels.options | {"confidence": 0.9})
    return {
        "default": base,
        "half the updates": base.lasting(base.steps // 2),
        "twice the updates": base.lasting(2 * base.steps),
        "three times the updates": base.lasting(3 * base.steps),
        "no game": change(base, unsupervised_weight=0.0),
        "the game alone": change(base, terms=()),
        "no strong changes": change(base, strong_augmentation=()),
        "nothing sharp": sharp(0.0),
        "all of it sharp": sharp(1.0),
        "confidence 0.9": change(base, terms=(less_sure,)),
        "a convolution less": network(blocks=((64,), (128, 128), (256,))),
        "affine changes alone": change(base, augmentation=(affine,)),
        "the whole game": change(base, unsupervised_weight=1.0),
        "half the rate": change(base, learning_rate=base.learning_rate / 2),
        "twice the rate": change(base, learning_rate=base.learning_rate * 2),
    }


def long_tail(y, imbalance):
    """Return places in y, of ever fewer examples of each class from first to last.

    Each class keeps the same fraction of what the one before it keeps (Cui et al. 2019,
    "Class-Balanced Loss", section 5.1, arXiv:1901.05555), the last one 1 / `imbalance`
    of the first.
    """
    classes = np.unique(y)
    kept = []
    for i, c in enumerate(classes):
        (where,) = np.nonzero(y == c)
        share = imbalance ** (-i / (len(classes) - 1))
        kept.append(where[: round(share * len(where))])
    return np.sort(np.concatenate(kept))


def per_cent(fractions, sign=""):
    """Return mean and sample standard deviation of fractions, as text in per cent."""
    values = [100 * fraction for fraction in fractions]
    text = f"{round(statistics.mean(values), 2) + 0:{sign}.2f}"  # No -0.00.
    return f"{text} ± {statistics.stdev(values):.2f}" if len(values) > 1 else text


def table(tried, first, method):
    """Return the errors of a method as a Markdown table.

    Parameters
    ----------
    tried : dict of str to dict of int to ssgan.compare.Comparison
        From the setting to the number of labels to its runs.
    first : str
        The setting that the others are compared with, split by split, if it is there.
    method : str

    Returns
    -------
    str
    """
    labels = list(next(iter(tried.values())))
    heads = (f"{n} labels | than {first} | seconds" for n in labels)
    lines = [f"| setting | {' | '.join(heads)} |", "|-" * (1 + 3 * len(labels)) + "|"]
    for name, comparisons in tried.items():
        cells = [name]
        for n, comparison in comparisons.items():
            errors, row = comparison.errors(method), comparison.summary()[method]
            base = tried[first][n].errors(method) if first in tried else {}
            gaps = [errors[split] - base[split] for split in errors if split in base]
            cells.append(f"{per_cent(errors.values())} (n = {row['n']})")
            cells.append(per_cent(gaps, "+") if gaps and name != first else "-")
            cells.append(f"{row['seconds']:.0f}")
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def draw(tried, first, method, path):
    """Draw the errors of `table`, dots for splits and a bar for their mean."""
    from matplotlib.figure import Figure
    from matplotlib.ticker import LogLocator

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
        axes.xaxis.set_major_locator(LogLocator(subs=(1, 1.5, 2, 3, 5, 7)))
        axes.xaxis.set_major_formatter("{x:g}")
        axes.minorticks_off()
    panels[0].set_yticks(range(len(tried)), list(tried))
    panels[0].set_ylim(len(tried) - 0.5, -0.5)
    with draft(path) as part:
        figure.savefig(part, format="svg")


WHAT = {"settings": settings, "terms": terms, "photos": photos}


def main():
    """Run what is missing and print it."""
    parser = argparse.ArgumentParser(
        description=__doc__.partition("\n\n")[0],
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument("source", choices=("digits", "tfds:mnist", "tfds:cifar10"))
    parser.add_argument("--labels", type=int, nargs="+", required=True)
    parser.add_argument(
        "--method", choices=("supervised", "ssgan"), default="supervised"
    )
    parser.add_argument("--what", choices=WHAT, default="settings")
    parser.add_argument("--splits", type=int, default=2)
    parser.add_argument("--jobs", type=int, default=1, help="runs at a time")
    parser.add_argument(
        "--imbalance",
        type=float,
        default=1.0,
        help="examples to learn from of the first class for each one of the last; "
        "labels and held-out examples stay as they are",
    )
    parser.add_argument("--only", nargs="*", help="names of settings to run")
    parser.add_argument("--figure", type=Path, help="an .svg file to draw the table in")
    options = parser.parse_args()

    if (options.what == "photos") != (options.source == "tfds:cifar10"):
        parser.error("--what photos goes with tfds:cifar10, and the others do not")
    recipes = WHAT[options.what](BASES[options.source.removeprefix("tfds:")])
    unknown = sorted(set(options.only or ()) - set(recipes))
    if unknown:
        names = ", ".join(recipes)
        parser.error(f"expected --only from {names}; received {', '.join(unknown)}")
    data = load(options.source)
    parts = train_test_split(
        data.x_train,
        data.y_train,
        test_size=HELD_OUT[data.name],
        stratify=data.y_train,
        random_state=1000,
    )
    x, x_held, y, y_held = parts
    source = f"{data.name}-held-out"
    if options.imbalance > 1:
        source += f"-imbalance-{options.imbalance:g}"
        kept = long_tail(y, options.imbalance)
        x, y = x[kept], y[kept]
    held_out = Data(source, x, y, x_held, y_held)
    first = next(iter(recipes))
    tried = {}
    for labels in options.labels:
        for name, recipe in recipes.items():
            if options.only and name not in options.only:
                continue
            tried.setdefault(name, {})[labels] = compare(
                held_out,
                labels,
                splits=options.splits,
                first_seed=1000,
                recipe=dataclasses.replace(recipe, name=name),
                methods=(options.method,),
                n_jobs=options.jobs,
                out=RESULTS / f"tune-{data.name}-{labels}",
                progress=Progress,
            )
            errors = tried[name][labels].errors(options.method).values()
            print(f"{labels} labels, {name}: {per_cent(errors)} %", flush=True)
    print(table(tried, first, options.method))
    if options.figure:
        draw(tried, first, options.method, options.figure)


if __name__ == "__main__":
    main()
