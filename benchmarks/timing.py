"""Time a training step: what speed.py, growth.py and --time share."""

import io
import resource
import time

import keras
import numpy as np
import rich.console
import tensorflow as tf

from ssgan.game.batches import batches
from ssgan.nn import replicas
from ssgan.recipes.recipe import STEPS_PER_CALL
from ssgan.support.json_lines import append_line
from ssgan.support.provenance import environment
from ssgan.training.build import build
from ssgan.training.loop import report_interval
from ssgan.training.monitor import Monitor
from ssgan.training.progress import Progress

CLASSES = 10
# Methods that train a network; those of scikit-learn take seconds.
NETWORKS = ("ssgan", "supervised", "ceiling")


class Examples:
    """Random pixels, some labeled: their values do not matter to the time."""

    def __init__(self, shape, unlabeled=10_000, labeled=100):
        rng = np.random.default_rng(0)
        self.labeled = rng.integers(0, 256, (labeled, *shape), "uint8")
        self.labels = np.arange(labeled) % CLASSES
        self.unlabeled = rng.integers(0, 256, (unlabeled, *shape), "uint8")
        self._rng = rng

    def stream(self, recipe, start=0, parts=1):
        return batches(
            self.labeled,
            self.labels,
            self.unlabeled,
            labeled_size=recipe.labeled_size // parts,
            unlabeled_size=recipe.unlabeled_size // parts,
            alternating=recipe.alternating,
            start=start * parts,
        )

    def batch(self, recipe):
        """Return a batch of NumPy arrays, as a Python loop would draw it."""
        some = self._rng.integers(len(self.labeled), size=recipe.labeled_size)
        x = {"labeled": self.labeled[some]}
        for name in ("unlabeled", "matched")[: 1 + recipe.alternating]:
            where = self._rng.integers(len(self.unlabeled), size=recipe.unlabeled_size)
            x[name] = self.unlabeled[where]
        return x, self.labels[some]


class Clock(keras.callbacks.Callback):
    """Note when each call of `fit` ended, and when its epoch ended."""

    def on_train_begin(self, logs=None):
        self.calls = []

    def on_train_batch_end(self, batch, logs=None):
        self.calls.append((batch + 1, time.perf_counter()))

    def on_epoch_end(self, epoch, logs=None):
        self.end = time.perf_counter()


def time_fit(model, recipe, examples, steps):
    """Return the seconds that a step of `fit` takes.

    The first call, which compiles, does not count. The work at the end of an epoch is
    divided among the steps of an epoch in `ssgan.training`, which is longer than here.
    """
    clock = Clock()
    silent = Progress("fit", rich.console.Console(file=io.StringIO()))
    start = int(model.steps_done.numpy())
    stream = replicas.stream(
        model.distribute_strategy, lambda n: examples.stream(recipe, start, n)
    )
    model.fit(
        stream,
        shuffle=False,  # `batches` does it.
        steps_per_epoch=steps + STEPS_PER_CALL,
        callbacks=[Monitor(), silent, clock],
        verbose=0,
    )
    (before, start), (done, end) = clock.calls[0], clock.calls[-1]
    rest = (clock.end - end) / report_interval(recipe)
    return (end - start) / max(done - before, 1) + rest


def seconds_a_run(recipe, data):
    """Return how long a run of a recipe takes on this machine, as measured now."""
    examples = Examples(data.x_train.shape[1:])
    model = build(recipe, examples.unlabeled, CLASSES)
    time_fit(model, recipe, examples, STEPS_PER_CALL)  # Compiles.
    return recipe.steps * time_fit(model, recipe, examples, 2 * STEPS_PER_CALL)


def show_time(name, chosen, data, runs, methods, members):
    """Print how long the runs of a table take; return the hours.

    There are so many runs of each method; scikit-learn's are not timed.
    """
    hours = 0
    for recipe in chosen:
        for method in methods:
            if method not in NETWORKS:
                print(f"{name}, {method}: not timed")
                continue
            own = recipe if method == "ssgan" else recipe.supervised()
            n = 1 if method == "ceiling" else runs
            seconds = seconds_a_run(own, data)
            a_run = members * seconds / 3600
            hours += n * a_run
            print(
                f"{name}, {own.name}: {1000 * seconds / own.steps:.0f} ms a step, "
                f"{own.steps:,} steps: {a_run:.1f} hours a run, {n} runs: "
                f"{n * a_run:.0f} hours"
            )
    return hours


def time_loop(step, recipe, examples, steps):
    """Return the seconds that a call of a compiled step takes, with NumPy input."""
    start = time.perf_counter()
    for _ in range(steps):
        result = step(examples.batch(recipe))
    keras.tree.map_structure(np.asarray, result)  # A GPU may still be working.
    return (time.perf_counter() - start) / steps


def peak_memory():
    """Return the peak memory so far, in MiB, of the GPU or else of this process."""
    if tf.config.list_physical_devices("GPU"):
        return tf.config.experimental.get_memory_info("GPU:0")["peak"] / 2**20
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10


def write_row(row, path):
    """Append a row to a file, with where it was made, and print it."""
    row = row | {"precision": keras.config.dtype_policy().name} | environment()
    path.parent.mkdir(parents=True, exist_ok=True)
    append_line(path, row)
    shown = {
        key: f"{value:.4g}" if isinstance(value, float) else value
        for key, value in row.items()
        if isinstance(value, (float, int, str))
    }
    print(*(f"{key} {value}" for key, value in shown.items()), sep="  ", flush=True)
