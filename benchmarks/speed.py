"""Time a training step as users get it, against the best that the machine can do.

    python benchmarks/speed.py                       # all cases, some minutes
    python benchmarks/speed.py --cases mnist         # one of them
    python benchmarks/speed.py --xla on --precision mixed_float16      # on a GPU

For each case these take turns in one process, a few steps each, round after round. The
medians over rounds are printed, and one row a case is appended to results/speed.jsonl:

fit      a step of `SSGAN.fit`, with data feeding, metrics, monitor and progress
loop     the same step, compiled, called once a batch with NumPy arrays
plain    the paper's step in its simplest form: a pass for each batch, Keras's noise and
         Adam, weights normalized in every pass; fed like "loop"
limit    the matrix products and convolutions of the paper's step and nothing else, of
         the same shapes, in the faster of two orders (one after another, or any); not
         of recipes without a generator
own      the same of the recipe's own step, which may share passes or need further ones
predict  examples a second through `SSGANClassifier`, and through the bare Keras model

growth.py measures more and more unlabeled examples.
"""

import dataclasses
import functools
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
# As ssgan does, which is imported later here. 0 shows what that brings.
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")

import keras
import numpy as np
import tensorflow as tf
from engine import PRECISIONS, RESULTS, parser
from reference_step import (
    generator_of,
    limit_steps,
    own_products,
    paper_products,
    plain_step,
)
from timing import CLASSES, Examples, peak_memory, time_fit, time_loop, write_row

from ssgan import SSGANClassifier, recipes
from ssgan.recipes.recipe import STEPS_PER_CALL
from ssgan.training.build import build

QUARTER = dataclasses.replace(
    recipes.CIFAR10,
    discriminator=recipes.Part("conv_discriminator", {"filters": (24, 48)}),
    generator=recipes.Part("conv_generator", {"filters": (128, 64, 32)}),
)
# Ten batches, so that a large network does not take minutes.
PREDICTED = 2560
CASES = {
    "mnist": (recipes.MNIST, (28, 28, 1)),
    "images": (recipes.IMAGES, (28, 28, 1)),
    "guesses": (recipes.GUESSES, (28, 28, 1)),
    "photos": (recipes.PHOTOS, (32, 32, 3)),
    "cifar10-quarter": (QUARTER, (32, 32, 3)),
    "cifar10": (recipes.CIFAR10, (32, 32, 3)),
}


def time_predict(examples, recipe):
    """Return two functions to time: through the estimator, and the bare model."""
    # Any weights predict as fast.
    short = dataclasses.replace(recipe, steps=STEPS_PER_CALL)
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
    row["onednn"] = os.environ["TF_ENABLE_ONEDNN_OPTS"] != "0"
    start = time.perf_counter()
    with strategy.scope():
        model = build(recipe, examples.unlabeled, CLASSES)
    model.jit_compile = xla
    row["build_s"] = time.perf_counter() - start
    start = time.perf_counter()
    time_fit(model, recipe, examples, STEPS_PER_CALL)
    row["first_steps_s"] = time.perf_counter() - start

    timers = {"fit": lambda steps: time_fit(model, recipe, examples, steps)}
    limits = {"own": own_products}
    if generator_of(model):
        limits["limit"] = paper_products
    for limit, products in limits.items():
        for order, step in enumerate(limit_steps(products(model, recipe), xla)):
            timers[f"{limit} {order}"] = functools.partial(
                time_loop, step, recipe, examples
            )
    if devices == 1:
        loop = tf.function(model.train_step, jit_compile=xla)
        timers["loop"] = lambda steps: time_loop(loop, recipe, examples, steps)
    if recipe.alternating:
        alone = build(recipe, examples.unlabeled, CLASSES)
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
    # Of a limit's two orders, the faster.
    fastest = {
        key.split()[0]: key for key in sorted(medians, key=medians.get, reverse=True)
    }
    row |= {f"{what}_ms": 1000 * medians[key] for what, key in fastest.items()}
    for over in fastest.keys() - {"fit"}:
        pairs = zip(times["fit"], times[fastest[over]], strict=True)
        row[f"fit/{over}"] = statistics.median(a / b for a, b in pairs)

    estimator, bare = time_predict(examples, recipe)
    estimator(), bare()
    pairs = [(estimator(), bare()) for _ in range(rounds)]
    row["predict_per_s"] = statistics.median(a for a, _ in pairs)
    row["predict/bare"] = statistics.median(a / b for a, b in pairs)
    row["peak_mib"] = peak_memory()
    return row


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


def _import_seconds(module):
    """Return the time that a new process takes to import a module."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", f"import {module}"], check=True)
    return time.perf_counter() - start


def main():
    """Measure what the command line asks for."""
    options = parser(__doc__, ())
    options.add_argument("--cases", nargs="+", choices=CASES, default=list(CASES))
    options.add_argument("--rounds", type=int, default=7)
    options.add_argument(
        "--seconds", type=float, default=2.0, help="of each, in each round (default 2)"
    )
    options.add_argument("--xla", choices=("on", "off"), default="off")
    options.add_argument(
        "--devices", type=int, default=1, help='that share each batch of "fit" (1)'
    )
    options.add_argument("--precision", choices=PRECISIONS)
    options.add_argument("--out", type=Path, default=RESULTS / "speed.jsonl")
    options = options.parse_args()
    if options.precision:
        keras.config.set_dtype_policy(options.precision)

    strategy = _strategy(options.devices)

    imports = {m: _import_seconds(m) for m in ("ssgan", "ssgan.estimator")}
    for name in options.cases:
        xla = options.xla == "on"
        row = measure(name, options.rounds, options.seconds, xla, strategy)
        row |= {f"import_{m}_s": seconds for m, seconds in imports.items()}
        write_row(row, options.out)


if __name__ == "__main__":
    main()
