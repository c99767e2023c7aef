"""What tells the shares of the classes best when labels were chosen, without training.

    python benchmarks/label_shares.py
    python benchmarks/label_shares.py --labels 40 80 --draws 8

Digits are labeled as on the page of ``ssgan label``: three of four are suggested, and
every fourth is drawn at random. With "unlike", the first class is ten times as frequent
as the last. The table (Markdown) says how far three estimates are from the shares among
the examples without a label, half the sum of the absolute differences: the shares among
all labels, among those drawn at random, and among the guesses that
`ssgan.estimator.class_shares` makes, by which the last training corrects them. The
guesses need two labels of each class.
"""

import numpy as np
from engine import cell, parser, table
from shares import DRAWS, FIRST_SEED
from tune import long_tail

from ssgan import load
from ssgan.data.unlearned_features import unlearned_features
from ssgan.estimator.class_shares import class_shares
from ssgan.suggestions import suggest
from ssgan.web.questions import draw, is_random

AT_A_TIME = 10


def labeled_as_on_the_page(x, y, n_labels, seed):
    """Return which examples were labeled, and which of them at random: two sets."""
    features = unlearned_features(x, seed)(x)
    known, chosen, drawn, queue = np.full(len(y), -1), set(), set(), []
    for number in range(n_labels):
        taken = chosen | drawn
        if is_random(number):
            index = draw(number, len(y), taken, seed)
            drawn.add(index)
        else:
            queue = [i for i in queue if i not in taken]
            if not queue:
                found = suggest(x, AT_A_TIME, known, features=features, seed=seed)
                queue = found.tolist()
            index = queue.pop(0)
            chosen.add(index)
        known[index] = y[index]
    return chosen | drawn, drawn


def errors(x, y, n_labels, seed):
    """Return how far each estimate is from the shares among the unlabeled examples."""
    labeled, drawn = (sorted(s) for s in labeled_as_on_the_page(x, y, n_labels, seed))
    rest = np.setdiff1d(np.arange(len(y)), labeled)
    classes, codes = np.unique(y[labeled], return_inverse=True)

    def shares(of):
        return np.array([np.mean(of == c) for c in classes])

    estimates = {"all labels": shares(y[labeled]), "at random": shares(y[drawn])}
    guessed = class_shares(x[labeled], codes, x[rest], seed)
    if guessed is not None:
        estimates["guesses"] = np.array(guessed.guessed)
    # A class without a label counts as well.
    missing = 1 - shares(y[rest]).sum()
    return {
        name: (np.abs(estimate - shares(y[rest])).sum() + missing) / 2
        for name, estimate in estimates.items()
    }


def main():
    """Measure, and print the table."""
    options = parser(__doc__, ())
    options.add_argument("--labels", nargs="+", type=int, default=[40, 80])
    options.add_argument("--draws", type=int, default=DRAWS)
    options = options.parse_args()
    data, lines = load("digits"), []
    for n_labels in options.labels:
        for name, imbalance in (("alike", 1.0), ("unlike", 10.0)):
            kept = np.arange(len(data.y_train))
            if imbalance != 1:
                kept = long_tail(data.y_train, imbalance)
            x, y = data.x_train[kept][..., None], data.y_train[kept]
            seeds = range(FIRST_SEED, FIRST_SEED + options.draws)
            found = [errors(x, y, n_labels, seed) for seed in seeds]
            cells = []
            for estimate in ("all labels", "at random", "guesses"):
                values = [one[estimate] for one in found if estimate in one]
                n = len(values)
                cells.append(f"{cell(values, 3)} (n={n})" if values else "-")
            lines.append([n_labels, name, *cells])
    print(table(["labels", "classes", "all labels", "at random", "guesses"], lines))


if __name__ == "__main__":
    main()
