"""Time a training step as the user gets it, against what the machine can do at best.

    python benchmarks/speed.py                       # all cases, some minutes
    python benchmarks/speed.py --cases mnist         # one of them
    python benchmarks/speed.py --xla on --precision mixed_float16      # on a GPU
    python benchmarks/speed.py --growth              # more and more unlabeled examples

For each case these take turns in one process, a few steps each, round after round; the
medians over rounds are printed, and one row a case is appended to results/speed.jsonl:

fit      a step of `SSGAN.fit`, with data feeding, metrics, monitor and progress
loop     the same step, compiled, called once a batch with NumPy arrays
plain    the paper's step as one would write it first: a pass for each batch, Keras's
         noise and Adam, weights normalized in every pass; fed like "loop"
limit    the matrix products and convolutions of the paper's step and nothing else, of
         the same shapes, in the faster of two orders (one after another, or any)
predict  examples a second through `SSGANClassifier`, and through the bare Keras model

The values of the examples do not matter to the time, so that they are random.

With --growth, a step of `fit` (default image recipe) for ever more unlabeled examples,
in an array and as a stream that makes them when they are asked for, and the memory that
the process then holds.
"""

import argparse
import dataclasses
import io
import json
import os
import resource
import statistics
import subprocess
import sys
import time
import warnings
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import rich.console
import tensorflow as tf
from paper_step import limit_steps, plain_step

from ssgan import SSGANClassifier, recipes, replicas, training
from ssgan.data.batches import batches
from ssgan.monitor import Monitor
from ssgan.progress import Progress
from ssgan.records import environment

RESULTS = Path(__file__).parent / "results"
CLASSES = 10
QUARTER = dataclasses.replace(
    recipes.CIFAR10,
    discriminator=recipes.Part("conv_discriminator", {"filters": (24, 48)}),
    generator=recipes.Part("conv_generator", {"filters": (128, 64, 32)}),
)
# Ten batches, so that a large network does not take minutes.
PREDICTED = 2560
GROWTH = (10_000, 100_000, 1_000_000)
CASES = {
    "mnist": (recipes.MNIST, (28, 28, 1)),
    "images": (recipes.IMAGES, (28, 28, 1)),
    "cifar10-quarter": (QUARTER, (32, 32, 3)),
    "cifar10": (recipes.CIFAR10, (32, 32, 3)),
}


class Examples:
    """Random pixels: some labeled, some not."""

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
            in_turn=recipe.in_turn,
            start=start * parts,
        )

    def batch(self, recipe):
        """Return a batch of NumPy arrays, as a loop in Python would draw it."""
        some = self._rng.integers(len(self.labeled), size=recipe.labeled_size)
        x = {"labeled": self.labeled[some]}
        for name in ("unlabeled", "matched")[: 1 + recipe.in_turn]:
            where = self._rng.integers(len(self.unlabeled), size=recipe.unlabeled_size)
            x[name] = self.unlabeled[where]
        return x, self.labels[some]


class Clock(keras.callbacks.Callback):
    """When the calls of a `fit` ended, and when its epoch did."""

    def on_train_begin(self, logs=None):
        self.calls = []

    def on_train_batch_end(self, batch, logs=None):
        self.calls.append((batch + 1, time.perf_counter()))

    def on_epoch_end(self, epoch, logs=None):
        self.end = time.perf_counter()


def time_fit(model, recipe, examples, steps):
    """Return seconds a step of `fit`.

    The first call is left out. What comes at the end of an epoch is shared among the
    steps of an epoch as `ssgan.training` has it, which is longer than this one.
    """
    clock = Clock()
    silent = Progress("fit", rich.console.Console(file=io.StringIO()))
    start = int(model.updates.numpy())
    stream = replicas.stream(
        model.distribute_strategy, lambda n: examples.stream(recipe, start, n)
    )
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*shuffle=True")
        model.fit(
            stream,
            steps_per_epoch=steps + training.STEPS_PER_CALL,
            callbacks=[Monitor(), silent, clock],
            verbose=0,
        )
    (before, start), (done, end) = clock.calls[0], clock.calls[-1]
    rest = (clock.end - end) / training.report_interval(recipe)
    return (end - start) / max(done - before, 1) + rest


def time_loop(step, recipe, examples, steps):
    """Return seconds a call of a compiled step with NumPy input."""
    start = time.perf_counter()
    for _ in range(steps):
        result = step(examples.batch(recipe))
    keras.tree.map_structure(np.asarray, result)  # A GPU may still be at it.
    return (time.perf_counter() - start) / steps


def time_predict(examples, recipe):
    """Return two functions to time: through the estimator, and the bare model."""
    # Any weights predict as fast.
    short = dataclasses.replace(recipe, steps=training.STEPS_PER_CALL)
    y = np.full(len(examples.unlabeled), -1)
    y[: len(examples.labels)] = examples.labels
    classifier = SSGANClassifier(short).fit(examples.unlabeled, y)
    model = classifier.model_

    x = examples.unlabeled[:PREDICTED]

    def timed(function):
        start = time.perf_counter()
        function()
        return len(x) / (time.perf_counter() - start)

    return (
        lambda: timed(lambda: classifier.predict_proba(x)),
        lambda: timed(lambda: model.predict(x, batch_size=256, verbose=0)),
    )


def measure(name, rounds, seconds, xla, strategy):
    """Measure one case; return its row."""
    recipe, shape = CASES[name]
    examples = Examples(shape)
    devices = strategy.num_replicas_in_sync
    row = {"case": name, "recipe": recipe.name, "xla": xla, "devices": devices}
    start = time.perf_counter()
    with strategy.scope():
        model = training.build(recipe, examples.unlabeled, CLASSES)
    model.jit_compile = xla
    row["build_s"] = time.perf_counter() - start
    start = time.perf_counter()
    time_fit(model, recipe, examples, training.STEPS_PER_CALL)
    row["first_steps_s"] = time.perf_counter() - start

    orders = limit_steps(model, recipe, xla)
    timers = {
        "fit": lambda steps: time_fit(model, recipe, examples, steps),
        "limit, in order": lambda steps: time_loop(orders[0], recipe, examples, steps),
        "limit, any order": lambda steps: time_loop(orders[1], recipe, examples, steps),
    }
    if devices == 1:
        loop = tf.function(model.train_step, jit_compile=xla)
        timers["loop"] = lambda steps: time_loop(loop, recipe, examples, steps)
    if recipe.in_turn:
        alone = training.build(recipe, examples.unlabeled, CLASSES)
        plain = plain_step(alone, recipe, xla)
        timers["plain"] = lambda steps: time_loop(plain, recipe, examples, steps)
    # The first call compiles, the second tells how many steps fit into the time.
    steps = {}
    for key, timer in timers.items():
        timer(1)
        steps[key] = max(3, round(seconds / timer(3)))
    times = {key: [] for key in timers}
    for _ in range(rounds):
        for key, timer in timers.items():
            times[key].append(timer(steps[key]))
    medians = {key: statistics.median(values) for key, values in times.items()}
    limit = min((k for k in medians if k.startswith("limit")), key=medians.get)
    row |= {
        f"{k}_ms": 1000 * medians[k] for k in ("fit", "loop", "plain") if k in medians
    }
    row["limit_ms"] = 1000 * medians[limit]
    for over in ("limit", "loop", "plain"):
        if (key := limit if over == "limit" else over) in times:
            pairs = zip(times["fit"], times[key], strict=True)
            row[f"fit/{over}"] = statistics.median(a / b for a, b in pairs)

    estimator, bare = time_predict(examples, recipe)
    estimator(), bare()
    pairs = [(estimator(), bare()) for _ in range(rounds)]
    row["predict_per_s"] = statistics.median(a for a, _ in pairs)
    row["predict/bare"] = statistics.median(a / b for a, b in pairs)
    row["peak_mib"] = _peak_memory()
    return row


def measure_growth(rounds, seconds):
    """Yield a row for each number of unlabeled examples, streamed and in an array."""
    recipe, shape = CASES["images"]
    model = training.build(recipe, Examples(shape).unlabeled, CLASSES)

    def make(i):
        # Another picture for each number; none is kept.
        picture = tf.random.stateless_uniform(shape, (0, i), 0, 256, "int32")
        return tf.cast(picture, "uint8")

    # The arrays last: the peak of memory does not fall.
    for streamed in (True, False):
        for n in GROWTH:
            examples = Examples(shape, unlabeled=1 if streamed else n)
            if streamed:
                numbers = tf.data.Dataset.range(n, output_type="int32")
                examples.unlabeled = numbers.map(
                    make, num_parallel_calls=tf.data.AUTOTUNE
                )
            steps = 3 * training.STEPS_PER_CALL
            steps = max(
                steps, round(seconds / time_fit(model, recipe, examples, steps))
            )
            before = _peak_memory()
            times = [time_fit(model, recipe, examples, steps) for _ in range(rounds)]
            yield {
                "case": "growth",
                "streamed": streamed,
                "unlabeled": n,
                "drawn": rounds * steps * recipe.unlabeled_size,
                "fit_ms": 1000 * statistics.median(times),
                "peak_before_mib": before,
                "peak_mib": _peak_memory(),
            }


def _strategy(devices):
    """Return what shares a batch among so many GPUs, or else logical CPUs."""
    if devices == 1:
        return tf.distribute.get_strategy()
    kind = "GPU" if tf.config.list_physical_devices("GPU") else "CPU"
    if kind == "CPU":
        [cpu] = tf.config.list_physical_devices("CPU")
        logical = [tf.config.LogicalDeviceConfiguration()] * devices
        tf.config.set_logical_device_configuration(cpu, logical)
    return tf.distribute.MirroredStrategy([f"{kind}:{i}" for i in range(devices)])


def _peak_memory():
    """Return the most memory in use so far, in MiB: a GPU's, or the process's."""
    if tf.config.list_physical_devices("GPU"):
        return tf.config.experimental.get_memory_info("GPU:0")["peak"] / 2**20
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10


def _import_seconds(module):
    """Return the time that a new process takes to import a module."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", f"import {module}"], check=True)
    return time.perf_counter() - start


def main():
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cases", nargs="+", choices=CASES, default=list(CASES))
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument(
        "--seconds", type=float, default=2.0, help="of each, in each round (default 2)"
    )
    parser.add_argument("--growth", action="store_true", help="see above")
    parser.add_argument("--xla", choices=("on", "off"), default="off")
    parser.add_argument(
        "--devices", type=int, default=1, help='that share each batch of "fit" (1)'
    )
    parser.add_argument(
        "--precision", choices=("float32", "mixed_float16", "mixed_bfloat16")
    )
    parser.add_argument("--out", type=Path, default=RESULTS / "speed.jsonl")
    options = parser.parse_args()
    if options.precision:
        keras.config.set_dtype_policy(options.precision)

    strategy = _strategy(options.devices)

    def write(row):
        row |= {"precision": keras.config.dtype_policy().name} | environment()
        options.out.parent.mkdir(parents=True, exist_ok=True)
        with options.out.open("a") as file:
            file.write(json.dumps(row) + "\n")
        shown = {
            key: f"{value:.4g}" if isinstance(value, float) else value
            for key, value in row.items()
            if isinstance(value, (float, int, str))
        }
        print(*(f"{key} {value}" for key, value in shown.items()), sep="  ", flush=True)

    if options.growth:
        for row in measure_growth(options.rounds, options.seconds):
            write(row)
        return
    imports = {m: _import_seconds(m) for m in ("ssgan", "ssgan.estimator")}
    for name in options.cases:
        xla = options.xla == "on"
        row = measure(name, options.rounds, options.seconds, xla, strategy)
        write(row | {f"import_{m}_s": seconds for m, seconds in imports.items()})


if __name__ == "__main__":
    main()
