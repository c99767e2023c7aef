"""How often mirror images are found to mislead, without training.

    python benchmarks/mirrors.py digits tfds:mnist tfds:cifar10
    python benchmarks/mirrors.py tfds:cifar10 --labels 4000

The mirror image of a digit is another one or none, while a photograph's shows the same
thing. For each number of labels and eight draws from the training part, the table
(Markdown) says how often `ssgan.estimator.mirror_images` finds that mirror images are
recognized less well, and how many labeled images, of those that were left out, were
recognized in one form alone, in the mean.
"""

import argparse

import numpy as np
from engine import table
from shares import DRAWS, FIRST_SEED, drawn

from ssgan import load
from ssgan.estimator.mirror_images import mirror_images
from ssgan.estimator.validation import encode


def found(data, n_labels, seed):
    """Return the `MirrorImages` of one draw."""
    x, y, labeled = drawn(data, n_labels, 1.0, True, seed)
    x = x[..., None] if x.ndim == 3 else x
    return mirror_images(x[labeled], encode(y[labeled])[1], x, seed)


def main():
    """Look at every source, and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    sources = ("digits", "tfds:mnist", "tfds:cifar10")
    parser.add_argument("sources", nargs="+", choices=sources)
    parser.add_argument("--labels", nargs="+", type=int, default=[20, 50, 100])
    options = parser.parse_args()
    lines = []
    for source in options.sources:
        data = load(source)
        for n in options.labels:
            draws = [
                found(data, n, seed) for seed in range(FIRST_SEED, FIRST_SEED + DRAWS)
            ]
            noticed = f"{sum(each.mislead for each in draws)} of {DRAWS}"
            alone = np.mean([(d.as_they_are, d.mirrored) for d in draws], axis=0)
            lines.append([data.name, n, noticed, *(f"{m:.1f}" for m in alone)])
    head = ["images", "labels", "noticed", "right as they are alone", "mirrored alone"]
    print(table(head, lines))


if __name__ == "__main__":
    main()
