"""Which picture to ask about next."""

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


def suggested(features, known, labels, n, model=None, seed=0):
    """Return the pictures whose labels would help most, by `ssgan.suggestions.suggest`.

    Parameters
    ----------
    features : ndarray of shape (n_pictures, dims) or None
        None before there are any: then nothing is suggested.
    known : boolean ndarray of shape (n_pictures,)
        Whose features are known.
    labels : dict of int to str
        The labels so far, by picture.
    n : int
        At most so many pictures, all of them without a label.
    model : LogisticRegression or None, default=None
        A classifier of features.
    seed : int, default=0

    Returns
    -------
    list of int
    """
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
