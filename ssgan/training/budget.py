"""How long a recipe takes on this machine, and how many steps in a given time."""

import statistics
import warnings
from time import perf_counter
from typing import NamedTuple

import keras

from ssgan.errors import expect
from ssgan.training.build import STEPS_PER_CALL
from ssgan.training.loop import train

TIMED_CALLS = 6
# Fewer train nothing that deserves the name.
LEAST_STEPS = 100


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
    short = recipe.with_steps((1 + TIMED_CALLS) * STEPS_PER_CALL)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # So short a training learns nothing.
        train(short, make_model(short), *data, callbacks=[calls])
    pairs = zip(calls.ends, calls.ends[1:], strict=False)
    step = statistics.median(end - start for start, end in pairs) / calls.steps
    # The first call compiles.
    return Pace(calls.ends[0] - begun, step)


def steps_within(minutes, recipe, make_model, *data):
    """Return the number of steps that a recipe can take in some minutes.

    Parameters
    ----------
    minutes : float
        Time for the training of one model.
    recipe, make_model, *data
        See `measure_pace`.

    Returns
    -------
    int
        A multiple of 10, and at least 100.

    Raises
    ------
    InputError
        If the time is not enough for 100 steps.
    """
    pace = measure_pace(recipe, make_model, *data)
    seconds = 60 * minutes - pace.start
    steps = int(seconds / pace.step) // STEPS_PER_CALL * STEPS_PER_CALL
    least = (pace.start + LEAST_STEPS * pace.step) / 60
    expect(
        steps >= LEAST_STEPS,
        f"at least {least:.2g} minutes a model, for {LEAST_STEPS} steps here",
        f"{minutes:.2g} minutes",
    )
    return steps


class _CallTimes(keras.callbacks.Callback):
    """Note when each report interval of a training ended."""

    def on_train_begin(self, logs=None):
        self.ends, self.steps = [], self.params["steps"]

    def on_epoch_end(self, epoch, logs=None):
        self.ends.append(perf_counter())
