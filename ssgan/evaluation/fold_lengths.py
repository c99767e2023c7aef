"""How many trainings leave out labels, and how long each is."""

import math

import numpy as np

from ssgan.data.folds import NONE, label_folds
from ssgan.recipes.recipe import STEPS_PER_CALL

FOLDS = 4
# Steps of all trainings together, as a part of the steps of the saved model's. Of
# images, together with those on the labels alone, they take less time than it does.
SHARE = 0.7
# Of rows, most of the time is for compilation: at least so many steps are taken, if the
# recipe has as many. Fewer tell errors far above those of the saved model.
ROW_STEPS = 600
# Of images, so many answers are enough, and few trainings of more steps tell more.
ANSWERS = 400


def left_out_folds(y, folds, seed, images, first=None):
    """Return the fold of each example whose label is left out once, -1 for the others.

    Of images, there are only as many folds as are needed for 400 answers. No class is
    lost by that: if all of its labels are in the other folds, some move to the first.

    Parameters
    ----------
    y, folds, seed, first
        See `ssgan.data.folds.label_folds`.
    images : bool

    Returns
    -------
    ndarray of shape (n,), int64
    """
    fold_of = label_folds(y, folds, seed, first)
    is_left_out, k = fold_of != NONE, fold_of.max() + 1
    # Copies are not asked about.
    once = is_left_out if first is None else is_left_out & (first == np.arange(len(y)))
    if not (images and once.any()):
        return fold_of
    kept = np.where(fold_of < math.ceil(ANSWERS * k / once.sum()), fold_of, NONE)
    for label in {*y[is_left_out].tolist()} - {*y[kept != NONE].tolist()}:
        own = is_left_out & (y == label)
        kept[own & (fold_of == fold_of[own].min())] = 0
    return kept


def fold_steps(steps, images, folds=FOLDS):
    """Return the steps of a training without one fold of the labels.

    Of images, all of them together take fewer steps than the training itself, of which
    there are `steps`. Of rows, each takes at least 600 of them, or all.
    """
    calls = max(1, round(SHARE * steps / folds / STEPS_PER_CALL))
    return max(calls * STEPS_PER_CALL, 0 if images else min(steps, ROW_STEPS))
