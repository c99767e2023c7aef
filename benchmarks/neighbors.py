"""How many images get a wrong label from their neighbors, without training.

    python benchmarks/neighbors.py tfds:mnist
    python benchmarks/neighbors.py tfds:mnist --labels 50 100 --more-frequent first

Labels of the training part are spread to its other images, by
`ssgan.estimator.spread_labels`, from eight draws of labels, equally many of each class.
With --more-frequent, the first class is ten times as frequent among the images as the
last, falling evenly, or the other way round. The table (Markdown) says how many of the
images are wrong, with classes as they spread, and with classes that are weighted for
the least normalized cut: the mean and standard deviation over the draws, the worst, and
in how many of them neighbors were a good enough guide to be used.
"""

import dataclasses

import numpy as np
from engine import parser, per_cent, table
from shares import DRAWS, FIRST_SEED, drawn

from ssgan import load
from ssgan.estimator.spread_labels import spread_labels
from ssgan.estimator.validation import encode
from ssgan.recipes import IMAGES

NAMES = {False: "as they spread", True: "least normalized cut"}
WORLDS = {"none": 1.0, "first": 10.0, "last": 0.1}


def wrong(data, n_labels, imbalance, seed, *, most=IMAGES.spread_most, cut=True):
    """Return the error rate of the labels that spread, or None if none do."""
    x, truth, labeled = drawn(data, n_labels, imbalance, True, seed)
    classes, codes = encode(truth[labeled])
    # All others, or as many as the function looks at: their order says which is which.
    others = np.flatnonzero(~labeled)
    others = np.sort(np.random.default_rng(seed).permutation(others)[:most])
    recipe = dataclasses.replace(IMAGES, spread_most=most, spread_cut=cut)
    spread = spread_labels(recipe, x[labeled], codes, x[others], seed)
    if spread is None:
        return None
    return np.mean(classes[spread.codes[len(codes) :]] != truth[others])


def main():
    """Spread, and print the table."""
    options = parser(__doc__, ())
    options.add_argument("source", choices=("digits", "tfds:mnist", "tfds:cifar10"))
    options.add_argument("--labels", nargs="+", type=int, default=[20, 100])
    options.add_argument("--more-frequent", choices=WORLDS, default="none")
    options.add_argument(
        "--most",
        type=int,
        default=IMAGES.spread_most,
        help="images to look at; the short trainings of ssgan fit look at half of them",
    )
    options = options.parse_args()
    data, lines = load(options.source), []
    for n in options.labels:
        for cut, name in NAMES.items():
            world = WORLDS[options.more_frequent]
            errors = [
                wrong(data, n, world, seed, most=options.most, cut=cut)
                for seed in range(FIRST_SEED, FIRST_SEED + DRAWS)
            ]
            used = [error for error in errors if error is not None]
            counted = f"{len(used)} of {DRAWS}"
            shown = (per_cent(used), f"{100 * max(used):.1f}") if used else ("-", "-")
            lines.append([n, name, *shown, counted])
    print(table(["labels", "classes", "wrong, %", "worst", "used"], lines))


if __name__ == "__main__":
    main()
