"""Notice unlabeled, or new, examples of no class that has a label.

    python benchmarks/foreign.py digits
    python benchmarks/foreign.py tfds:mnist --draws 2

Only the first half of the classes has labels. The other unlabeled examples are of these
classes alone ("none" is foreign; with "first" the first class has four times as many as
the last one, with "last" it is the other way round), or half of them are of the other
classes, or random pixels. For each draw of labels, networks are trained on the labels
alone without a quarter of them, as by `ssgan fit --steps 3400`; they tell the share of
foreign examples. Then the default recipe is trained, for 1,200 steps, and asked about
new examples: held-out training images. The table (Markdown) says how often a share was
found, and which part of new examples of the labeled classes, and of others, has a
familiarity below 0.05. What the foreign examples do to the error: tune.py --foreign.
"""

import dataclasses

import numpy as np
from engine import cell, parser, per_cent, table
from tune import hold_out, long_tail

from ssgan import SSGANClassifier, label_split, load
from ssgan.data.examples import Data
from ssgan.data.folds import label_folds
from ssgan.data.labels import is_labeled
from ssgan.estimator.foreign import LOW, foreign_share, some_unlabeled
from ssgan.evaluation.fold_lengths import FOLDS, SHARE
from ssgan.recipes import IMAGES

# What is foreign, and the imbalance of the unlabeled examples; see `tune.long_tail`.
WORLDS = {
    "none": (None, 1.0),
    "none, first": (None, 4.0),
    "none, last": (None, 0.25),
    "other classes": ("classes", 1.0),
    "random pixels": ("noise", 1.0),
}
FIRST_SEED = 200
SHORT = IMAGES.supervised().with_steps(round(SHARE * 3400 / FOLDS))
GAME = IMAGES.with_steps(1200)


def world_of(data, foreign, imbalance):
    """Return the examples of a world, with -1 for foreign ones, as `Data`."""
    x, y, classes = data.x_train, data.y_train, np.unique(data.y_train)
    ours = y < classes[len(classes) // 2]
    if foreign == "classes":
        return Data(data.name, x, np.where(ours, y, -1))
    x, y = x[ours], y[ours]
    if imbalance != 1:
        kept = long_tail(y, imbalance)
        x, y = x[kept], y[kept]
    if foreign == "noise":
        most = int(x.max()) + 1
        noise = np.random.default_rng(FIRST_SEED).integers(most, size=x.shape)
        x = np.concatenate([x, noise.astype(x.dtype)])
        y = np.concatenate([y, np.full(len(y), -1)])
    return Data(data.name, x, y)


def share_of(world, y, seed):
    """Return the `ForeignShare` of a world with labels y."""
    folds, left_out, unlabeled = label_folds(y, FOLDS, seed), [], []
    for fold in range(FOLDS):
        part = dataclasses.replace(world, y_train=y).moved_to_test(folds == fold)
        classifier = SSGANClassifier(SHORT, random_state=seed)
        classifier.fit(part.x_train, part.y_train)
        some = some_unlabeled(part.x_train, ~is_labeled(part.y_train), seed)
        left_out.append(classifier.predictions(part.x_test).confidence)
        unlabeled.append(classifier.predictions(some).confidence)
    return foreign_share(left_out, unlabeled)


def unfamiliar(world, y, x_new, share, seed):
    """Return which new examples have a low familiarity, booleans of shape (n,)."""
    classifier = SSGANClassifier(GAME, random_state=seed).fit(world.x_train, y)
    if share.found:
        classifier.model_.info["reference"]["share"] = share.share
    return classifier.familiarity(x_new) < LOW


def main():
    """Train in every world, and print the table."""
    options = parser(__doc__, ())
    options.add_argument("source", choices=("digits", "tfds:mnist"))
    options.add_argument("--labels", type=int, default=50)
    options.add_argument("--draws", type=int, default=3)
    options = options.parse_args()
    data, lines = hold_out(load(options.source)), []
    for name, (foreign, imbalance) in WORLDS.items():
        world, shares, known, other = world_of(data, foreign, imbalance), [], [], []
        ours = np.isin(data.y_test, np.unique(world.y_train))
        for seed in range(FIRST_SEED, FIRST_SEED + options.draws):
            y = label_split(world.y_train, options.labels, seed).apply(world.y_train)
            shares.append(share_of(world, y, seed))
            low = unfamiliar(world, y, data.x_test, shares[-1], seed)
            known.append(low[ours].mean())
            other.append(low[~ours].mean())
        found = sum(s.found for s in shares)
        lines.append(
            [
                name,
                cell([s.share for s in shares]),
                f"{found} of {len(shares)}",
                per_cent(known),
                per_cent(other),
            ]
        )
        print(*lines[-1], sep=", ", flush=True)
    head = ["foreign", "share told", "found", "unfamiliar, %", "of other classes, %"]
    print(table(head, lines))


if __name__ == "__main__":
    main()
