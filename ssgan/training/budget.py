"""How many steps a recipe can take in a given time on this machine."""

import statistics
import warnings
from time import perf_counter

import keras

from ssgan.errors import expect
from ssgan.training.build import STEPS_PER_CALL
from ssgan.training.loop import train

TIMED_CALLS = 6
# Fewer train nothing that deserves the name.
LEAST_STEPS = 100


def steps_within(minutes, recipe, make_model, *data):
    """Return the number of steps that a recipe can take in some minutes.

    A model that is then thrown away takes a few steps. The time of a step, and the time
    to build and to compile a model, are measured.

    Parameters
    ----------
    minutes : float
        Time for the training of one model.
    recipe : ssgan.recipes.Recipe
    make_model : callable
        Takes a recipe and returns a new model of it; see `ssgan.training.build.build`.
    *data
        The examples and labels that `ssgan.training.loop.train` takes.

    Returns
    -------
    int
        A multiple of 10, and at least 100.

    Raises
    ------
    InputError
        If the time is not enough for 100 steps.
    """
    begun = perf_counter()
    calls = _CallTimes()
    short = recipe.with_steps((1 + TIMED_CALLS) * STEPS_PER_CALL)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # So short a training learns nothing.
        train(short, make_model(short), *data, callbacks=[calls])
    # The first call compiles.
    overhead = calls.ends[0] - begun
    pairs = zip(calls.ends, calls.ends[1:], strict=False)
    step = statistics.median(end - start for start, end in pairs) / calls.steps
    steps = int((60 * minutes - overhead) / step) // STEPS_PER_CALL * STEPS_PER_CALL
    least = (overhead + LEAST_STEPS * step) / 60
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
