"""How long trainings will take, told before they begin."""

import functools
import math
from time import perf_counter

import numpy as np

from ssgan.data.copies import first_of_same
from ssgan.data.labels import is_labeled
from ssgan.errors import warn
from ssgan.estimator.spread_labels import for_parts, short_form, spread_for
from ssgan.estimator.validation import encode, network_shape, random_numbers
from ssgan.evaluation.fold_lengths import (
    FOLDS,
    ROW_STEPS,
    SHARE,
    fold_steps,
    left_out_folds,
)
from ssgan.training.budget import (
    Pace,
    TooFewMinutes,
    in_words,
    kept_steps,
    measure_pace,
    recipe_within,
    rounded_up,
)
from ssgan.training.build import build

# To measure takes seconds, most of them to compile. Fewer steps than these, in all, are
# not worth it. A step of examples of so many values counts twice.
WORTH_STEPS, VALUES = 5000, 200
# The largest part of given minutes in which trainings without some labels may get
# ready: compilation, labels that spread. Otherwise little would be left for the model.
MOST_TO_BEGIN = 0.25


def expected_seconds(runs, recipe, n_members=1):
    """Return the seconds that trainings of networks will take, one after another.

    A network of each kind takes a few steps on all cores. Trainings side by side take a
    little less in all.

    Parameters
    ----------
    runs : list of (method, ssgan.evaluation.draws.Draw)
        The methods of scikit-learn count nothing.
    recipe : ssgan.recipes.Recipe
    n_members : int, default=1

    Returns
    -------
    float or None
        None where the trainings are so short that measuring is not worth it.
    """
    recipe_of = {"supervised": recipe.supervised(), "ssgan": recipe}
    # More labels do not change the time of a step.
    runs = [(m if m != "ceiling" else "supervised", draw) for m, draw in runs]
    methods = [method for method, _ in runs if method in recipe_of]
    if not methods or not _is_worth(
        len(methods) * n_members * recipe.steps, runs[0][1].data
    ):
        return None
    seconds = 0.0
    for method in sorted(set(methods)):
        data, split = next(draw for m, draw in runs if m == method)
        pace = _pace(recipe_of[method], data, split.apply(data.y_train))
        one = _seconds(pace, recipe.steps)
        seconds += methods.count(method) * n_members * one
    return seconds


def recipe_with_folds(
    minutes,
    recipe,
    data,
    y,
    n_members=1,
    *,
    seed=0,
    folder=None,
    since=None,
    on_timing=None,
):
    """Return the recipe that can be trained, with folds left out, in some minutes.

    The trainings without a fold are those of `ssgan.evaluation.left_out`. If they do
    not fit, a warning says so, and the recipe is the one that can be trained alone.

    Parameters
    ----------
    minutes : float
    recipe : ssgan.recipes.Recipe
    data : ssgan.data.examples.Data
    y : ndarray of shape (n,)
        The labels to learn from, -1 for unlabeled.
    n_members : int, default=1
        Models of the training itself.
    seed : int, default=0
        Of the images that labels spread to.
    folder, since
        See `ssgan.training.budget.recipe_within`.
    on_timing : callable or None, default=None
        ``on_timing()`` is called before steps are timed, if any are.

    Returns
    -------
    recipe : ssgan.recipes.Recipe
    folds : int
        To ask for: 0 if they do not fit.

    Raises
    ------
    TooFewMinutes
        If the training does not fit without them either.
    """
    spread, seconds = _spread(recipe, data, y, seed)
    there = _folds_of(data, y)
    n, measured = len(data.x_train), {}
    parts = for_parts(recipe, is_labeled(y).sum(), n)
    # Neighbors take a time that grows with the square, the features do not: at most so.
    fewer = min(n, parts.spread_most) / min(n, recipe.spread_most)

    def pace_of(recipe):
        if on_timing and not measured:
            on_timing()
        if recipe.name not in measured:
            measured[recipe.name] = _pace(recipe, data, y)
        return measured[recipe.name]

    def within(folds):
        def begins(start, at_most):
            """Raise TooFewMinutes if networks of a fold begin too slowly."""
            if folds * (start + fewer * seconds) > MOST_TO_BEGIN * 60 * minutes:
                least = folds * (at_most + fewer * seconds) / MOST_TO_BEGIN
                raise TooFewMinutes("Expected more minutes", rounded_up(least / 60))

        def measure(recipe):
            paces = [pace_of(recipe)]
            alone = _alone(recipe) if folds else []
            # Those on the labels alone take no longer to begin. To time them takes a
            # part of the minutes, which may be decided without.
            begins(paces[0].start, (1 + len(alone)) * paces[0].start)
            paces += map(pace_of, alone)
            start = sum(pace.start for pace in paces)
            begins(start, start)
            spreading = (1 + folds * fewer) * seconds
            spent = 0 if since is None else perf_counter() - since
            left, of_rows = 60 * minutes - spent - spreading, data.x_train.ndim == 2
            pace = _with_folds(paces, n_members, folds, left, of_rows)
            return pace._replace(start=pace.start + spreading)

        return recipe_within(
            minutes,
            recipe,
            measure,
            folder,
            short=short_form(recipe, spread),
            since=since,
            members=n_members,
            folds=folds,
            examples=list(data.x_train.shape),
        )

    if not there:
        return within(0), FOLDS  # There is nothing to leave out, as `ask` will say.
    # A training that is continued goes on as it was begun.
    if kept_steps(folder).get("folds") == 0:
        return within(0), 0
    try:
        return within(there), FOLDS
    except TooFewMinutes as error:
        without = within(0)
        warn(
            f"The error on new examples stays unknown: in {in_words(minutes)} there is "
            "no time for trainings without some of the labels. "
            f"{error.least} minutes are enough here."
        )
        return without, 0


def seconds_with_folds(recipe, data, y, n_members=1, *, on_timing=None):
    """Return the seconds that a training will take, with folds left out.

    The arguments are those of `recipe_with_folds`. None where it is so short that
    measuring is not worth it.
    """
    if not _is_worth(recipe.steps * n_members, data):
        return None
    if on_timing:
        on_timing()
    own, *_ = paces = [_pace(form, data, y) for form in (recipe, *_alone(recipe))]
    folds = _folds_of(data, y)
    each = fold_steps(recipe.steps, data.x_train.ndim > 2, folds or FOLDS)
    return n_members * _seconds(own, recipe.steps) + folds * sum(
        _seconds(pace, each) for pace in paces
    )


def _folds_of(data, y):
    """Return the number of folds: 4, or fewer where labels are few or many."""
    first, images = first_of_same(data.x_train, y), data.x_train.ndim > 2
    return int(left_out_folds(y, FOLDS, 0, images, first).max()) + 1


def _alone(recipe):
    """Return the form of a recipe that learns from the labels alone, if another."""
    return [recipe.supervised()] if recipe.semi_supervised else []


def _is_worth(steps, data):
    """Return whether so many steps take long enough to measure them before."""
    values = math.prod(data.x_train.shape[1:])
    return steps * (1 + values / VALUES) >= WORTH_STEPS


def _with_folds(paces, n_members, folds, seconds, of_rows):
    """Return the pace of all trainings, where so many seconds are to be filled.

    What the folds take as a part of the training's steps, and besides, depends on the
    steps; see `ssgan.evaluation.fold_lengths.fold_steps`.
    """
    own, each = paces[0], Pace(*np.sum(paces, axis=0))
    start = n_members * own.start + folds * each.start
    forms = [(SHARE if folds else 0, 0, math.inf)]
    if of_rows and folds:
        always = (0, folds * ROW_STEPS, folds * ROW_STEPS / SHARE)
        forms = [(folds, 0, ROW_STEPS), always, *forms]
    for share, besides, at_most in forms:
        pace = Pace(
            start + besides * each.step, n_members * own.step + share * each.step
        )
        if _seconds(pace, at_most) > seconds:
            break
    return pace


def _seconds(pace, steps):
    return pace.start + steps * pace.step


def _spread(recipe, data, y, seed):
    """Return what `spread_for` does, and the seconds that it takes."""
    begun = perf_counter()
    x, codes, x_labeled = _arrays(data, y)
    # As in the training: the seed of its first member.
    seed = int(random_numbers(seed).randint(2**31 - 1))
    spread = spread_for(recipe, x_labeled, codes, x, seed)
    return spread, perf_counter() - begun


def _arrays(data, y):
    """Return all examples, the codes of the labels, and the labeled examples."""
    x, labeled = data.x_train, is_labeled(y)
    x = x.reshape(len(x), *network_shape(x.shape[1:]))
    return x, encode(y[labeled])[1], x[labeled]


def _pace(recipe, data, y):
    x, codes, x_labeled = _arrays(data, y)
    make_model = functools.partial(
        build,
        examples=x,
        n_classes=int(codes.max()) + 1,
        n_categories=data.columns and data.columns.n_categories,
    )
    return measure_pace(recipe, make_model, x_labeled, codes, x)
