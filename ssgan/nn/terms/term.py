"""What a loss term is, and what it sees."""

import itertools
import re
from typing import NamedTuple

import tensorflow as tf
from keras import ops

from ssgan.errors import expect, is_number


class GeneratorStep(NamedTuple):
    """What a term of the generator's loss sees of one training step.

    Features, of shape (batch, features), and logits, of shape (batch, K), are float32.
    No gradient flows back through those of the real examples.
    """

    latents: tf.Tensor
    fake: tf.Tensor
    features_real: tf.Tensor
    features_fake: tf.Tensor
    logits_real: tf.Tensor
    logits_fake: tf.Tensor


class DiscriminatorStep(NamedTuple):
    """What a term of the discriminator's loss sees of one training step.

    `labeled` and `unlabeled` are preprocessed but not augmented, and `fake` is
    generated from `latents`; all have shape (batch, ...). Logits, of shape (batch, K),
    and features, of shape (batch, features), are float32 and those of augmented
    examples. From `latents` to `features_fake`, all are None where there is no
    generator. `guesses`, of shape (batch, K), are those about the unlabeled examples;
    None where these were not chosen by them.
    """

    labeled: tf.Tensor
    labels: tf.Tensor
    unlabeled: tf.Tensor
    logits_labeled: tf.Tensor
    logits_unlabeled: tf.Tensor
    features_unlabeled: tf.Tensor
    latents: tf.Tensor | None = None
    fake: tf.Tensor | None = None
    logits_fake: tf.Tensor | None = None
    features_fake: tf.Tensor | None = None
    guesses: tf.Tensor | None = None

    def for_generator(self):
        """Return what the generator sees of the pass that it shares."""
        return GeneratorStep(
            self.latents,
            self.fake,
            ops.stop_gradient(self.features_unlabeled),
            self.features_fake,
            ops.stop_gradient(self.logits_unlabeled),
            self.logits_fake,
        )


class Term:
    """A term of a player's loss: a function of the model and of one training step.

    A new loss is a subclass that defines `__call__`, decorated with
    ``keras.saving.register_keras_serializable``. It is passed to `ssgan.SSGAN` or
    `ssgan.SelfTraining`; a recipe names only those of `ssgan.nn.terms`. Terms of the
    discriminator are called with a `DiscriminatorStep`, those of the generator with a
    `GeneratorStep`. Training logs show the value of each term before its weight.

    Parameters
    ----------
    weight : float, default=1.0
        Factor of the term in the loss, 0 or more.

    Attributes
    ----------
    player : {"discriminator", "generator"}
        Whose loss the term belongs to.
    suffices : bool
        Whether a generator learns from the term alone.
    needs_generator : bool
        Whether the term sees what a generator makes.
    """

    player = "discriminator"
    suffices = True
    needs_generator = False

    def __init__(self, weight=1.0):
        fits = is_number(weight) and weight >= 0
        expect(fits, "a weight of 0 or more", f"weight={weight!r}")
        self.weight = weight

    @property
    def name(self):
        """The class name in snake case, such as "pseudo_labels"."""
        return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", type(self).__name__).lower()

    def build(self, model):
        """Create the weights that the term needs, with ``model.add_weight``."""

    def __call__(self, model, step):
        """Return the value of the term, a scalar tensor, before its weight."""
        raise NotImplementedError(f"{type(self).__name__} must define __call__.")

    def get_config(self):
        return {"weight": self.weight}

    @classmethod
    def from_config(cls, config):
        return cls(**config)


def expect_player(player):
    """Return the name of a player; InputError if there is no such player."""
    players = ("discriminator", "generator")
    expect(player in players, f"player to be one of {players}", f"{player!r}")
    return player


def by_name(terms):
    """Return a dict of terms by unique name: the second of a name is "name_2".

    Raises
    ------
    InputError
        If `terms` hold something else.
    """
    named = {}
    for term in terms:
        expect(isinstance(term, Term), "terms of class ssgan.nn.terms.Term", repr(term))
        numbered = (f"{term.name}_{n}" for n in itertools.count(2))
        names = itertools.chain([term.name], numbered)
        named[next(name for name in names if name not in named)] = term
    return named
