"""How long a recipe takes on this machine, and what fits into a given time."""

import math
import statistics
import warnings
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

import keras
import tensorflow as tf

from ssgan.errors import InputError, expect, is_number
from ssgan.recipes.recipe import STEPS_PER_CALL
from ssgan.support.files import read_json, write_json
from ssgan.support.provenance import fingerprint
from ssgan.training.loop import train
from ssgan.training.parts import recipe_numbers

# Steps to time; fewer of them once they took so many seconds.
TIMED_STEPS, TIMED_SECONDS = 60, 4
LEAST_CALLS = 2
# Fewer train nothing that deserves the name.
LEAST_STEPS = 100
# To compile them alone takes longer. This needs no measurement.
NO_MINUTES = 0.01
# Where less time is than for so many steps of a whole recipe, its form for short
# trainings makes fewer errors; see "A few minutes" in benchmarks/pages/papers.md.
FEW_STEPS = 2500
# In the folder of the checkpoints.
FILE = "steps.json"


class TooFewMinutes(InputError):
    """No hundred steps fit into the time; `least`, text of minutes, would be enough."""

    def __init__(self, message, least):
        super().__init__(message)
        self.least = least


class Pace(NamedTuple):
    """How fast a recipe trains on this machine.

    Parameters
    ----------
    start : float
        Seconds to build and to compile a model.
    step : float
        Seconds for a training step.
    """

    start: float
    step: float


def measure_pace(recipe, make_model, *data):
    """Return the `Pace` of a recipe: train a model a few steps, and throw it away.

    Parameters
    ----------
    recipe : ssgan.recipes.Recipe
    make_model : callable
        Takes a recipe and returns a new model of it; see `ssgan.training.build.build`.
    *data
        The examples and labels that `ssgan.training.loop.train` takes.
    """
    begun = perf_counter()
    calls = _CallTimes()
    short = recipe.with_steps(STEPS_PER_CALL + TIMED_STEPS)
    model = make_model(short)
    if _are_long(recipe):
        model.steps_per_execution = 1
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # So short a training learns nothing.
        train(short, model, *data, callbacks=[calls])
    pairs = zip(calls.ends, calls.ends[1:], strict=False)
    step = statistics.median(end - start for start, end in pairs)
    step /= model.steps_per_execution
    # The first call compiles.
    return Pace(calls.ends[0] - begun, step)


def recipe_within(
    minutes, recipe, measure, folder=None, *, short=None, since=None, **asked
):
    """Return a recipe with as many steps as can be taken in some minutes.

    Where few steps fit, that is its form for short trainings. The number is kept in the
    folder. A training that is continued takes it from there: the machine may be slower
    or faster by now. A number for something else than what is asked is measured anew.

    Parameters
    ----------
    minutes : float
    recipe : ssgan.recipes.Recipe
    measure : callable
        Takes a recipe and returns the `Pace` of all that must fit into the minutes.
    folder : path or None, default=None
        Folder of the checkpoints.
    short : ssgan.recipes.ShortForm or None, default=None
        See `ssgan.estimator.spread_labels.short_form`.
    since : float or None, default=None
        When the minutes began, by `time.perf_counter`: what has been done since, such
        as to measure, counts as well. None: they begin with the training.
    **asked
        What else the number depends on, besides the minutes and the recipe: JSON
        values.

    Returns
    -------
    ssgan.recipes.Recipe
        Its steps are a multiple of 10, and at least 100.

    Raises
    ------
    InputError
        If `minutes` is no number above 0.01.
    TooFewMinutes
        If they are not enough for 100 steps. It is an InputError, too.
    """
    expect_minutes(minutes)

    def steps_of(form):
        pace = measure(form)
        spent = 0 if since is None else perf_counter() - since
        return _steps(minutes, Pace(spent + pace.start, pace.step))

    forms = [recipe] if short is None else [short.recipe, recipe]
    named = {form.name: form for form in forms}
    asked |= {
        "minutes": minutes,
        "recipe_numbers": fingerprint(recipe_numbers(recipe)),
    }
    kept = kept_steps(folder)
    name, steps = kept.pop("recipe", None), kept.pop("steps", None)
    if kept != asked or name not in named or steps is None:
        for form in forms:
            name, steps = form.name, steps_of(form)
            if short is not None and steps <= short.cheaper * FEW_STEPS:
                break
        if folder:
            write_json(Path(folder) / FILE, {**asked, "recipe": name, "steps": steps})
    return named[name].with_steps(steps)


def expect_minutes(minutes):
    """Raise InputError unless minutes are a number that may be enough."""
    above = is_number(minutes) and minutes > NO_MINUTES
    expect(above, f"a number of minutes above {NO_MINUTES}", f"minutes={minutes!r}")


def kept_steps(folder):
    """Return what `recipe_within` has kept in a folder, a dict; {} if nothing."""
    file = folder and Path(folder) / FILE
    return read_json(file) if file and file.exists() else {}


def _steps(minutes, pace):
    seconds = 60 * minutes - pace.start
    steps = int(seconds / pace.step) // STEPS_PER_CALL * STEPS_PER_CALL
    if steps < LEAST_STEPS:
        least = rounded_up((pace.start + LEAST_STEPS * pace.step) / 60)
        raise TooFewMinutes(
            f"Expected at least {least} minutes, for {LEAST_STEPS} steps here. "
            f"Received: {in_words(minutes)}",
            least,
        )
    return steps


def in_words(minutes):
    """Return minutes as text: "1 minute", "2.5 minutes"."""
    return "1 minute" if minutes == 1 else f"{minutes:g} minutes"


def rounded_up(minutes):
    """Return text of minutes, rounded up to two digits, or to a whole number."""
    unit = 10.0 ** min(0, math.floor(math.log10(minutes)) - 1)
    return f"{math.ceil(minutes / unit) * unit:g}"


def _are_long(recipe):
    """Return whether steps of a recipe take long enough to be timed one by one.

    Those of images on processors do: ten at a time, three times, would take a minute
    where a step takes two seconds.
    """
    of_images = recipe.value_range is not None
    return of_images and not tf.config.list_physical_devices("GPU")


class _CallTimes(keras.callbacks.Callback):
    """Note when each call of the compiled step ended."""

    def on_train_begin(self, logs=None):
        self.ends = []

    def on_train_batch_end(self, batch, logs=None):
        self.ends.append(perf_counter())
        enough = len(self.ends) > LEAST_CALLS
        if enough and self.ends[-1] - self.ends[0] >= TIMED_SECONDS:
            self.model.stop_training = True
