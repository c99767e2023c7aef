"""From a recipe and data to a trained model."""

import contextlib
import functools
import random
import warnings
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from ssgan import augmentation, networks, replicas, terms
from ssgan.classifier import AveragedClassifier, Ensemble
from ssgan.data.batches import batches
from ssgan.errors import errors_mean, expect
from ssgan.history import History
from ssgan.model import SSGAN
from ssgan.monitor import Monitor, WentWrong
from ssgan.optimizers import Adam, HoldThenDecay
from ssgan.records import draft

STEPS_PER_CALL = 10
INITIALIZATION_EXAMPLES = 500
RESTARTS = 3


def build(
    recipe,
    examples,
    n_classes,
    *,
    discriminator=None,
    generator=None,
    seed=0,
    info=None,
):
    """Build a model, initialized from data and compiled, as a recipe has it.

    Parameters
    ----------
    recipe : ssgan.recipes.Recipe
    examples : ndarray of shape (n, ...)
        Raw training examples, for the range (uint8 pixels are 0 to 255, others as far
        as they go) or the columns' means and variances, and for the initialization.
    n_classes : int
        K.
    discriminator, generator : callable or None, default=None
        Own networks: ``discriminator(input_shape, n_classes)`` and
        ``generator(latent_dim, output_shape)`` that return Keras models.
    seed : int, default=0
        Of the weights, the noise and the initialization batch.
    info : dict or None, default=None
        See `ssgan.AveragedClassifier`.

    Returns
    -------
    SSGAN, or AveragedClassifier where the recipe has no generator
    """
    shape = examples.shape[1:]
    with _seeded(seed):
        discriminator = discriminator or _part(networks, recipe.discriminator)
        arguments = {
            "discriminator": discriminator(shape, n_classes),
            "preprocessor": _preprocessor(recipe, examples),
            "augmentation": _changes(recipe.augmentation, "augmentation"),
            "averaging_step": recipe.averaging_step,
            "info": info,
        }
        if recipe.generator is None:
            model = AveragedClassifier(**arguments)
        else:
            generator = generator or _part(networks, recipe.generator)
            model = SSGAN(
                generator=generator(recipe.latent_dim, shape),
                strong_augmentation=_changes(
                    recipe.strong_augmentation, "strong_augmentation"
                ),
                unsupervised_weight=recipe.unsupervised_weight,
                matching_norm=recipe.matching_norm,
                terms=[_part(terms, part)() for part in recipe.terms],
                **arguments,
            )
        some = np.random.default_rng(seed).permutation(len(examples))
        model.initialize(examples[np.sort(some[:INITIALIZATION_EXAMPLES])])
    compile_for(recipe, model)
    return model


def compile_for(recipe, model, slower=1.0):
    """Compile a model as the recipe has it, at a fraction `slower` of its rate."""

    def adam():
        rate = HoldThenDecay(recipe.learning_rate * slower, recipe.hold, recipe.steps)
        return Adam(rate, recipe.beta_1, recipe.beta_2, epsilon=recipe.epsilon)

    players = {"optimizer": adam()}
    if recipe.generator is not None:
        players["generator_optimizer"] = adam()
    model.compile(
        **players,
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
        # Several replicas cannot meet within a loop of TensorFlow's.
        steps_per_execution=STEPS_PER_CALL if replicas.count() == 1 else 1,
    )


def train(
    recipe,
    model,
    x_labeled,
    y_labeled,
    unlabeled=None,
    *,
    validation=None,
    class_weight=None,
    seed=0,
    callbacks=(),
    checkpoint=None,
):
    """Train a model to the end of its recipe, from wherever it is.

    A run that goes wrong (see `ssgan.monitor`) is taken up again where it was last
    well, at half the learning rate, three times at most.

    Parameters
    ----------
    recipe : ssgan.recipes.Recipe
    model : AveragedClassifier or SSGAN
        From `build`, or loaded from a checkpoint of this recipe.
    x_labeled, y_labeled, unlabeled
        See `ssgan.data.batches`; a recipe without a generator leaves `unlabeled` alone.
    validation : tuple of ndarray ``(x, y)`` or None, default=None
        Evaluated as training goes; it decides nothing.
    class_weight : dict of int to float or None, default=None
        Weight of each class in the supervised loss.
    seed : int, default=0
        Of the order of the examples.
    callbacks : sequence of keras.callbacks.Callback, default=()
    checkpoint : path or None, default=None
        A ``.keras`` file to write after each part of the training, with a history
        beside it; see `ssgan.history`.

    Raises
    ------
    FloatingPointError
        If it still goes wrong after the restarts.
    """
    interval = report_interval(recipe)
    callbacks = [*callbacks]
    if checkpoint is not None:
        # The history first: what is written beyond a checkpoint is taken back.
        stem = Path(checkpoint).with_suffix("")
        callbacks += [History(stem), Checkpoint(checkpoint)]
    monitor = Monitor()
    weights = class_weight and [class_weight[k] for k in sorted(class_weight)]
    n = model.distribute_strategy.num_replicas_in_sync
    sizes = recipe.labeled_size, recipe.unlabeled_size
    expect(
        not any(size % n for size in sizes),
        f"batches that {n} replicas can share evenly",
        f"{sizes[0]} labeled and {sizes[1]} unlabeled examples",
    )

    def make_batches(done, parts):
        stream = batches(
            x_labeled,
            y_labeled,
            unlabeled if recipe.generator is not None else None,
            labeled_size=recipe.labeled_size // parts,
            unlabeled_size=recipe.unlabeled_size // parts,
            in_turn=recipe.in_turn,
            seed=seed,
            start=done * parts,
        )
        if weights is None:
            return stream
        return stream.map(lambda x, y: (x, y, tf.gather(weights, y)))

    for attempt in range(RESTARTS + 1):
        done = int(model.updates.numpy())
        stream = replicas.stream(
            model.distribute_strategy, functools.partial(make_batches, done)
        )
        try:
            with warnings.catch_warnings():
                # Keras warns that it will not shuffle the stream, which is shuffled.
                warnings.filterwarnings("ignore", message=".*shuffle=True")
                model.fit(
                    stream,
                    epochs=-(-recipe.steps // interval),
                    initial_epoch=done // interval,
                    steps_per_epoch=interval,
                    validation_data=validation,
                    callbacks=[monitor, *callbacks],
                    verbose=0,
                )
            return
        except WentWrong as trouble:
            if attempt == RESTARTS:
                raise FloatingPointError(
                    f"{trouble} It went wrong again after {RESTARTS} restarts, each at "
                    "half the learning rate. Is the input scaled sensibly?"
                ) from None
            with model.distribute_strategy.scope():
                compile_for(recipe, model, slower=0.5 ** (attempt + 1))
            monitor.restore()
            warnings.warn(
                f"{trouble} Going on from update {model.updates.numpy()} at half the "
                "learning rate.",
                stacklevel=2,
            )


def report_interval(recipe):
    """Return the updates between two reports, checks and checkpoints."""
    calls = min(500, -(-recipe.steps // 20)) // STEPS_PER_CALL
    return STEPS_PER_CALL * max(1, calls)


class Checkpoint(keras.callbacks.Callback):
    """Write the whole model to one file, in place of the last one or not at all."""

    def __init__(self, path):
        super().__init__()
        self.path = Path(path)

    def on_epoch_end(self, epoch, logs=None):
        # Of several workers the first one writes.
        if self.model.distribute_strategy.extended.should_checkpoint:
            save(self.model, self.path)


def save(model, path):
    """Write a model to a ``.keras`` file, never leaving half of one behind."""
    with draft(path) as part:
        model.save(part)


def load(path):
    """Load a model that `save` wrote.

    Raises
    ------
    InputError
        If the file is missing, damaged or of another kind.
    """
    expect(Path(path).is_file(), "a .keras file", f"{path}, which is not there")
    with errors_mean(f"{path} to be a .keras file that ssgan wrote"):
        model = keras.saving.load_model(path)
    ours = isinstance(model, (AveragedClassifier, Ensemble))
    expect(ours, "a model that ssgan wrote", f"{path}, a {type(model).__name__}")
    return model


def _part(module, part):
    return functools.partial(getattr(module, part.name), **part.options)


def _changes(parts, name):
    def home(name):  # Ours first, where Keras has a layer of the same name.
        return augmentation if hasattr(augmentation, name) else keras.layers

    changes = [_part(home(part.name), part)() for part in parts]
    return keras.Sequential(changes, name=name) if changes else None


def _preprocessor(recipe, examples):
    # In float32 whatever the compute type: raw columns may be of any size.
    if recipe.pixel_range is None:
        mean, std = examples.mean(0, dtype="float64"), examples.std(0, dtype="float64")
        std = np.where(std > 0, std, 1.0)
        return keras.layers.Normalization(
            mean=mean.tolist(), variance=(std**2).tolist(), dtype="float32"
        )
    low, high = (0, 255) if examples.dtype == np.uint8 else _extremes(examples)
    bottom, top = recipe.pixel_range
    # x -> (x - mean) / scale takes low to bottom and high to top.
    scale = (high - low) / (top - bottom) or 1.0
    mean = low - bottom * scale
    return keras.layers.Normalization(
        axis=None, mean=mean, variance=scale**2, dtype="float32"
    )


def _extremes(examples):
    return float(examples.min()), float(examples.max())


@contextlib.contextmanager
def _seeded(seed):
    """Give all of Keras's unseeded layers and initializers seeds that follow this one.

    They draw them from Python's generator, which other threads (those of Dask, for one)
    use at the same time: here they get one of their own.
    """
    shared = random.randint
    random.randint = random.Random(seed).randint
    try:
        yield
    finally:
        random.randint = shared
