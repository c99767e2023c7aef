"""Train a model, and restart it if training fails."""

import contextlib
import functools
import math
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from ssgan.errors import expect, warn
from ssgan.game.batches import batches, reading
from ssgan.game.prediction import in_batches
from ssgan.nn import losses, replicas
from ssgan.nn.terms import RealOrFake
from ssgan.recipes.recipe import STEPS_PER_CALL
from ssgan.stats.predictions import error_rate
from ssgan.support import onednn
from ssgan.training.build import compile_for
from ssgan.training.checkpoints import Checkpoint
from ssgan.training.monitor import Monitor, TrainingFailed
from ssgan.training.training_log import TrainingLog

RESTARTS = 3
# Labeled examples that are checked, after so many passes over them.
CHECKED, PASSES = 1000, 100
# More errors on them than this fraction of what chance makes: they were not learned.
NOT_LEARNED = 0.2


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
    first=None,
):
    """Train a model to the end of its recipe, from the step that it has reached.

    Steps are taken ten at a time, so that the last ones may be beyond the end. If
    training fails (see `ssgan.training.monitor`), it restarts from the last good state
    at half the learning rate, at most three times.

    Parameters
    ----------
    recipe : ssgan.recipes.Recipe
    model : AveragedClassifier, SelfTraining or SSGAN
        From `ssgan.training.build.build`, or loaded from a checkpoint of this recipe.
    x_labeled, y_labeled, unlabeled
        See `ssgan.batches`. A recipe without terms ignores `unlabeled`.
    validation : tuple of ndarray ``(x, y)`` or None, default=None
        Evaluated during training. It decides nothing.
    class_weight : dict of int to float or None, default=None
        Weight of each class in the supervised loss.
    seed : int, default=0
        Seed of the order of the examples.
    callbacks : sequence of keras.callbacks.Callback, default=()
    checkpoint : path or None, default=None
        A ``.keras`` file to write after each report interval, with a log beside it;
        see `ssgan.training.training_log`. Ctrl-C, and SIGTERM if Python code handles
        it, wait a moment for a last checkpoint; see `ssgan.training.unfinished`.
    first : tuple of ndarray ``(x, y)`` or None, default=None
        Labeled examples of the first `Recipe.spread_steps` steps, in place of the
        others.

    Raises
    ------
    FloatingPointError
        If training still fails after the restarts.
    """
    if x_labeled.ndim > 2:  # Dense layers gain nothing.
        onednn.warn_if_without()
    interval = report_interval(recipe)
    epochs = -(-recipe.steps // interval)
    last_step = -(-recipe.steps // STEPS_PER_CALL) * STEPS_PER_CALL
    if not int(model.steps_done.numpy()):
        untrained = _untrained_loss(model, x_labeled, y_labeled)
        model.info["untrained_loss"] = untrained * max(
            [1.0, *(class_weight or {}).values()]
        )
    info = model.info
    monitor = Monitor(info.get("untrained_loss"), info.get("monitor"))
    saver = checkpoint and Checkpoint(checkpoint, monitor)
    callbacks = [_LastStep(last_step), monitor, *callbacks]
    if saver:
        # The log first: what it holds beyond the checkpoint is removed at a restart.
        log = TrainingLog(Path(checkpoint).with_suffix(""))
        callbacks = [saver.unfinished, *callbacks, log, saver]
    weights = class_weight and [class_weight[k] for k in sorted(class_weight)]
    n = model.distribute_strategy.num_replicas_in_sync
    sizes = recipe.labeled_size, recipe.unlabeled_size
    expect(
        not any(size % n for size in sizes),
        f"batches that {n} replicas can share evenly",
        f"{sizes[0]} labeled and {sizes[1]} unlabeled examples",
    )

    def make_batches(done, parts):
        def made(x, y, start):
            return batches(
                x,
                y,
                unlabeled if recipe.terms else None,
                labeled_size=recipe.labeled_size // parts,
                unlabeled_size=recipe.unlabeled_size // parts,
                alternating=recipe.alternating,
                seed=seed,
                start=start * parts,
            )

        if first is None or done >= recipe.spread_steps:
            stream = made(x_labeled, y_labeled, done)
        else:
            stream = made(*first, done).take((recipe.spread_steps - done) * parts)
            rest = made(x_labeled, y_labeled, recipe.spread_steps)
            stream = stream.concatenate(rest)
        if weights is None:
            return stream
        return stream.map(lambda x, y: (x, y, tf.gather(weights, y)))

    # An interrupted run may have restarted before.
    for attempt in range(model.info.get("restarts", 0), RESTARTS + 1):
        monitor.restarts_left = RESTARTS - attempt
        done = int(model.steps_done.numpy())
        start = done + (saver.unfinished.find(model) if saver else 0)
        stream = replicas.stream(
            model.distribute_strategy, functools.partial(make_batches, start)
        )
        try:
            interruption = saver.interruption if saver else contextlib.nullcontext()
            with reading(unlabeled), interruption:
                model.fit(
                    stream,
                    shuffle=False,  # `batches` does it.
                    epochs=epochs,
                    initial_epoch=done // interval if done < last_step else epochs,
                    steps_per_epoch=interval,
                    validation_data=validation,
                    callbacks=callbacks,
                    verbose=0,
                )
            _warn_if_not_learned(recipe, model, x_labeled, y_labeled)
            return
        except TrainingFailed as failure:
            if attempt == RESTARTS:
                raise FloatingPointError(
                    f"{failure} Training failed again after {RESTARTS} restarts, each "
                    "at half the learning rate. Is the input scaled sensibly?"
                ) from None
            with model.distribute_strategy.scope():
                compile_for(recipe, model, rate_factor=0.5 ** (attempt + 1))
            monitor.restore()
            model.info["restarts"] = attempt + 1
            if saver:
                saver.save()
            warn(
                f"{failure} Training continues from step {model.steps_done.numpy()} at "
                "half the learning rate."
            )


class _LastStep(keras.callbacks.Callback):
    """End the training after a step, also within a report interval."""

    def __init__(self, step):
        super().__init__()
        self.step = step

    def on_train_begin(self, logs=None):
        self.params["last_step"] = self.step  # All callbacks have the same dictionary.

    def on_train_batch_end(self, batch, logs=None):
        if int(self.model.steps_done.numpy()) >= self.step:
            self.model.stop_training = True


def _untrained_loss(model, x, y):
    """Return the loss of an untrained model on some labeled examples.

    Optional terms are left out. The loss is at least that of a model that gives every
    class, and real and fake, the same probability.
    """
    n_classes = model.discriminator.output_shape[-1]
    logits = in_batches(model.logits, x[:CHECKED], model.batch_size)
    supervised = float(losses.supervised(y[:CHECKED], tf.cast(logits, "float32")))
    weights = [t.weight for t in getattr(model, "terms", ()) if type(t) is RealOrFake]
    regularization = sum(float(loss) for loss in model.losses)
    supervised = max(supervised, math.log(n_classes))
    return supervised + sum(weights) * math.log(2) + regularization


def _warn_if_not_learned(recipe, model, x, y):
    """Warn if many labeled examples are predicted wrongly, though seen again and again.

    Steps that are too large can fail without a sign in the loss.
    """
    asked = recipe.supervised_weight > 0
    if not asked or recipe.steps * recipe.labeled_size < PASSES * len(x):
        return
    x, y = x[:CHECKED], y[:CHECKED]
    logits = in_batches(model.logits, x, model.batch_size)
    error = error_rate(logits.argmax(axis=1), y)
    chance = 1 - np.bincount(y).max() / len(y)
    if error > NOT_LEARNED * chance:
        warn(
            f"After the training {100 * error:.0f} % of the labeled examples "
            f"themselves are predicted wrongly ({100 * chance:.0f} % by the most "
            "frequent class alone). If the labels are right, try a lower learning rate."
        )


def report_interval(recipe):
    """Return the number of steps between two reports, checks and checkpoints."""
    calls = min(500, -(-recipe.steps // 20)) // STEPS_PER_CALL
    return STEPS_PER_CALL * max(1, calls)
