"""How often a difference between the classes' shares is noticed, without training.

    python benchmarks/shares.py digits
    python benchmarks/shares.py tfds:mnist --labels 50 100

The classes of the training part are made unequal: with "first" the first class has ten
times as many unlabeled examples as the last, falling evenly, with "last" the other way
round. The labels are equally many of each class or, with "in proportion", as many as
the unlabeled examples suggest. For each number of labels and eight draws, the table
(Markdown) says how often `ssgan.estimator.class_shares` takes them to differ.
"""

import warnings

import numpy as np
from engine import cell, parser, table
from tune import long_tail

from ssgan import label_split, load
from ssgan.data.labels import is_labeled
from ssgan.errors import InputError
from ssgan.estimator.class_shares import class_shares
from ssgan.estimator.validation import encode

WORLDS = {
    "alike": (1.0, True),
    "first": (10.0, True),
    "last": (0.1, True),
    "first, labels in proportion": (10.0, False),
}
# The splits of tune.py begin at 1000, and the numbers were chosen with seeds to 7.
FIRST_SEED, DRAWS = 100, 8


def drawn(data, n_labels, imbalance, balanced, seed):
    """Return examples, their classes, and which of them have a label in one draw."""
    kept = np.arange(len(data.y_train))
    if imbalance != 1:
        kept = long_tail(data.y_train, imbalance)
    y = data.y_train[kept]
    split = label_split(y, n_labels, seed, balanced=balanced)
    return data.x_train[kept], y, is_labeled(split.apply(y))


def looked_at(data, n_labels, imbalance, balanced, seed):
    """Return the `ClassShares` of one draw."""
    x, y, labeled = drawn(data, n_labels, imbalance, balanced, seed)
    x = x[..., None] if x.ndim == 3 else x
    return class_shares(x[labeled], encode(y[labeled])[1], x, seed)


def main():
    """Look at every world, and print the table."""
    options = parser(__doc__, ())
    options.add_argument("source", choices=("digits", "tfds:mnist"))
    options.add_argument("--labels", nargs="+", type=int, default=[20, 50, 100])
    options = options.parse_args()
    data, lines = load(options.source), []
    for n in options.labels:
        for name, (imbalance, balanced) in WORLDS.items():
            found = []
            for seed in range(FIRST_SEED, FIRST_SEED + DRAWS):
                try:
                    shares = looked_at(data, n, imbalance, balanced, seed)
                except InputError as error:  # A rare class may get no label.
                    warnings.warn(f"{name}: {error}", stacklevel=1)
                    continue
                if shares is not None:
                    found.append(shares)
            if not found:
                lines.append([n, name, "-", "-", "-"])
                continue
            error = np.mean([shares.error for shares in found])
            differ = sum(shares.differ for shares in found)
            distance = cell([shares.distance for shares in found], 3)
            lines.append(
                [n, name, f"{differ} of {len(found)}", distance, f"{error:.2f}"]
            )
    head = ["labels", "more frequent", "differ", "distance", "error of the guesses"]
    print(table(head, lines))


if __name__ == "__main__":
    main()
