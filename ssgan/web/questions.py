"""Which picture to ask about next.

An order is a callable ``order(features, known, labels, n, model)``. It gets the
features of all pictures, of shape (n_pictures, dims), or None before there are any; a
Boolean array that says whose features are known; the labels so far, a dict from index
to class; and a classifier of features, or None. It returns the indices of at most n
pictures without a label: those first whose labels would help most.
"""

import itertools
from typing import NamedTuple

import numpy as np

from ssgan.suggestions import suggest

# Every so many questions, one is drawn at random.
EVERY = 4


class Question(NamedTuple):
    """A picture to ask about.

    Parameters
    ----------
    index : int
    asked : str
        "chosen" or "random".
    guess : str or None
        What was guessed when it was first asked, if an answer was taken back.
    """

    index: int
    asked: str
    guess: str | None = None


def random_order(n_pictures, seed=0):
    """Return an order that is random, and always the same for a seed."""
    shuffled = np.random.default_rng(seed).permutation(n_pictures).tolist()

    def order(features, known, labels, n, model=None):
        unlabeled = (i for i in shuffled if i not in labels)
        return list(itertools.islice(unlabeled, n))

    return order


def suggested_order(seed=0):
    """Return an order by `ssgan.suggestions.suggest`."""

    def order(features, known, labels, n, model=None):
        if features is None:
            return []
        names = sorted({*labels.values()})
        y = np.full(len(known), -1)
        y[[*labels]] = [names.index(name) for name in labels.values()]
        rows = np.flatnonzero(known)
        y = y[rows]
        n = min(n, np.count_nonzero(y == -1))
        if n == 0:
            return []
        x = features[rows]
        chosen = suggest(x, n, y, model=model, features=x, seed=seed)
        return rows[chosen].tolist()

    return order


def is_random(number):
    """Return whether a question, counted from 0, is one that is drawn at random."""
    return number % EVERY == EVERY - 1


def draw(number, n_pictures, excluded, seed=0):
    """Draw the picture of a question at random; None if all are excluded.

    The same one is drawn again for the same question, whatever was asked meanwhile, as
    long as it is not excluded.
    """
    rng = np.random.default_rng([seed, number])
    # Among many pictures, a few draws find one that is not excluded.
    for i in rng.integers(n_pictures, size=100).tolist():
        if i not in excluded:
            return i
    rest = [i for i in range(n_pictures) if i not in excluded]
    return int(rng.choice(rest)) if rest else None
