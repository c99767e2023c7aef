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

    Of images, no more folds are left out than hold 400 labels.

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
    n, k = np.count_nonzero(fold_of != NONE), fold_of.max() + 1
    enough = math.ceil(ANSWERS * k / n) if images and n else k
    return np.where(fold_of < enough, fold_of, NONE)


def fold_steps(steps, images, folds=FOLDS):
    """Return the steps of a training without one fold of the labels.

    Of images, all of them together take fewer steps than the training itself, of which
    there are `steps`. Of rows, each takes at least 600 of them, or all.
    """
    calls = max(1, round(SHARE * steps / folds / STEPS_PER_CALL))
    return max(calls * STEPS_PER_CALL, 0 if images else min(steps, ROW_STEPS))
