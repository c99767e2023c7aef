"""Train the members of an ensemble, or continue from their checkpoints."""

import contextlib
import copy
import dataclasses
import functools
from typing import Any

import keras
import tensorflow as tf

from ssgan.errors import expect
from ssgan.estimator.layers import layers_of
from ssgan.nn.precision import precision
from ssgan.recipes import Recipe
from ssgan.support.locks import locked
from ssgan.support.parallel import run_all
from ssgan.support.provenance import fingerprint
from ssgan.training.budget import Pace, measure_pace, recipe_within
from ssgan.training.build import build, build_networks, make_preprocessor
from ssgan.training.checkpoints import resume
from ssgan.training.loop import train
from ssgan.training.parts import recipe_numbers
from ssgan.training.take_over import take_over
from ssgan.training.training_log import member_stem

# Their models, of some MB each, are kept together.
MOST_MEMBERS = 1000


@dataclasses.dataclass(frozen=True)
class MemberSettings:
    """What all members of an ensemble have in common; see `ssgan.SSGANClassifier`."""

    recipe: Recipe
    n_classes: int
    n_categories: tuple | None = None
    discriminator: Any = None
    generator: Any = None
    class_weight: dict | None = None
    callbacks: Any = ()
    strategy: Any = None
    checkpoints: Any = None
    precision: str = "float32"  # Of the networks.
    earlier: Any = None  # See `ssgan.estimator.continuation.Earlier`.
    shares_found: bool = False  # By `ssgan.estimator.class_shares.suited`.


def train_members(settings, seeds, data, examples, key, n_jobs=None):
    """Train a member for each seed and return their models, a list.

    Parameters
    ----------
    settings : MemberSettings
    seeds : list of int
    data : tuple ``(x_labeled, y_labeled, unlabeled, validation, first)``
        See `ssgan.training.loop.train`.
    examples : ndarray of shape (n, ...)
        What the models are built for; see `ssgan.training.build.build`.
    key : dict
        Checksums of the examples and labels, by what they are of.
    n_jobs : int or None, default=None
        Members to train at a time.

    Raises
    ------
    InputError
        If there is a checkpoint of another training, or another process writes there.
    """
    tasks = [
        (settings, _Member(index, len(seeds)), seed, data, examples, key)
        for index, seed in enumerate(seeds)
    ]
    with _alone(settings):
        members = dict(run_all(_train_member, tasks, n_jobs))
    return [members[index] for index in range(len(seeds))]


def _alone(settings):
    """Return the lock of the folder of checkpoints. Of several workers one writes."""
    writes = _strategy(settings).extended.should_checkpoint
    writes = writes and settings.checkpoints is not None
    return locked(settings.checkpoints) if writes else contextlib.nullcontext()


def within_minutes(settings, minutes, n_members, data, examples, *, short, since):
    """Return the settings, with the recipe that all members can train in some minutes.

    For `short` and `since` see `ssgan.training.budget.recipe_within`. Who brings a
    generator wants it trained.
    """

    def measure(recipe):
        make_model = functools.partial(_build, settings, examples=examples, seed=0)
        with _strategy(settings).scope():
            pace = measure_pace(recipe, make_model, *data[:3])
        return Pace(n_members * pace.start, n_members * pace.step)

    about = {}
    if settings.checkpoints is not None:
        about = {
            "network": _own_networks(settings, examples),
            "examples": list(examples.shape),
            "precision": settings.precision,
            "replicas": _strategy(settings).num_replicas_in_sync,
        }
    recipe = recipe_within(
        minutes,
        settings.recipe,
        measure,
        settings.checkpoints,
        short=short if settings.generator is None else None,
        since=since,
        members=n_members,
        **about,
    )
    return dataclasses.replace(settings, recipe=recipe)


def _strategy(settings):
    kinds = tf.distribute.Strategy | None
    usable = isinstance(settings.strategy, kinds)
    expect(usable, "a tf.distribute.Strategy or None", f"{settings.strategy!r}")
    return settings.strategy or tf.distribute.get_strategy()


def _build(settings, recipe, examples, seed, info=None, old=None):
    return build(
        recipe,
        examples,
        settings.n_classes,
        n_categories=settings.n_categories,
        discriminator=settings.discriminator,
        generator=settings.generator,
        preprocessor=old and copy.deepcopy(old.preprocessor),
        seed=seed,
        info=info,
    )


def _own_networks(settings, examples):
    """Return a fingerprint of the layers of networks of one's own; None without any."""
    recipe = settings.recipe
    if settings.discriminator is None and settings.generator is None:
        return None
    encoder = make_preprocessor(recipe, examples, settings.n_categories)
    shape = encoder.compute_output_shape((None, *examples.shape[1:]))[1:]
    own = settings.discriminator, settings.generator
    networks = build_networks(recipe, tuple(shape), settings.n_classes, *own)[:2]
    return fingerprint([network and layers_of(network) for network in networks])


class _Member(keras.callbacks.Callback):
    """Tell the other callbacks which member of how many is trained, from 0."""

    def __init__(self, index, n):
        super().__init__()
        self.index, self.n = index, n

    def on_train_begin(self, logs=None):
        self.params["member"] = self.index, self.n


def _train_member(settings, member, seed, data, examples, key):
    # Everything that decides the result, so that no other training is continued. Shares
    # that were found follow from the rest, up to how the processor rounds.
    asked = settings.recipe
    if settings.shares_found:
        asked = asked.with_term("PseudoLabels", shares=None)
    identity = {
        "seed": seed,
        "recipe": fingerprint(recipe_numbers(asked)),
        "class weights": fingerprint(settings.class_weight),
        "precision": settings.precision,
        "network": _own_networks(settings, examples),
        **key,
    }
    earlier = settings.earlier
    if earlier is not None:
        identity["model to continue from"] = earlier.checksum
    folder, index = settings.checkpoints, member.index
    checkpoint = folder and member_stem(folder, index).with_suffix(".keras")
    x_labeled, y_labeled, unlabeled, validation, first = data
    with precision(settings.precision), _strategy(settings).scope():
        if checkpoint is not None and checkpoint.exists():
            model = resume(checkpoint)
            other = model.info.get("training", {})
            differs = [name for name in identity if other.get(name) != identity[name]]
            expect(
                not differs,
                f"{checkpoint} to be a checkpoint of this training",
                f"one with another {' and another '.join(differs)}",
            )
        else:
            old = earlier and earlier.models[index % len(earlier.models)]
            info = {"training": identity}
            model = _build(settings, settings.recipe, examples, seed, info, old)
            if old is not None:
                take_over(model, old, earlier.places)
    train(
        settings.recipe,
        model,
        x_labeled,
        y_labeled,
        unlabeled,
        validation=validation,
        class_weight=settings.class_weight,
        seed=seed,
        callbacks=[member, *settings.callbacks],
        checkpoint=checkpoint,
        first=first,
    )
    _forget_kernels()
    return model


def _forget_kernels():
    """Free what TensorFlow keeps of operations that it has run: MiB for each model.

    Their names and variables are new in each model, so that it finds none again.
    """
    # No public function does this and nothing else.
    with contextlib.suppress(ImportError, AttributeError):
        from tensorflow.python.eager import context

        context.context().clear_kernel_cache()
