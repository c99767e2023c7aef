"""How often mirror images are found to mislead, without training.

    python benchmarks/mirrors.py digits tfds:mnist tfds:cifar10
    python benchmarks/mirrors.py tfds:cifar10 --labels 4000

Most digits have a left and a right, and most photographs may be mirrored. For each
number of labels and eight draws from the training part, the table (Markdown) says how
often `ssgan.estimator.mirror_images` finds that mirrored images are recognized less
well, and how many labeled images, of those that were left out, were recognized in one
form only, in the mean.
"""

import numpy as np
from engine import parser, table
from shares import DRAWS, FIRST_SEED, drawn

from ssgan import load
from ssgan.estimator.mirror_images import mirror_images


def found(data, n_labels, seed):
    """Return the `MirrorImages` of one draw."""
    x, y, labeled = drawn(data, n_labels, 1.0, True, seed)
    return mirror_images(x, np.where(labeled, y, -1), seed)


def main():
    """Look at every source, and print the table."""
    options = parser(__doc__, ())
    sources = ("digits", "tfds:mnist", "tfds:cifar10")
    options.add_argument("sources", nargs="+", choices=sources)
    options.add_argument("--labels", nargs="+", type=int, default=[20, 50, 100])
    options = options.parse_args()
    lines = []
    for source in options.sources:
        data = load(source)
        for n in options.labels:
            draws = [
                found(data, n, seed) for seed in range(FIRST_SEED, FIRST_SEED + DRAWS)
            ]
            left_out = f"{sum(each.mislead for each in draws)} of {DRAWS}"
            only = np.mean([(d.as_they_are, d.mirrored) for d in draws], axis=0)
            lines.append([data.name, n, left_out, *(f"{m:.1f}" for m in only)])
    head = ["images", "labels", "less well", "only as they are", "only mirrored"]
    print(table(head, lines))


if __name__ == "__main__":
    main()
