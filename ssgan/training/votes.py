"""Similar examples vote on the classes of unlabeled ones."""

import dataclasses

import keras
import numpy as np
import tensorflow as tf
from scipy import special

from ssgan.data.storage import take
from ssgan.game.prediction import in_batches

# A class without any vote counts as one with so large a part of them.
FLOOR = 0.01


@dataclasses.dataclass(frozen=True)
class Voters:
    """Which examples vote on each unlabeled one.

    Parameters
    ----------
    codes : integer ndarray of shape (n,)
        Classes of the labeled examples, which vote for these.
    places : integer ndarray of shape (r,)
        Where the other voters are among the unlabeled examples.
    nearest : integer ndarray of shape (m, k)
        The voters of each unlabeled example: below n a labeled one, and from n on those
        at `places`.
    weights : ndarray of shape (m, k)
        What their votes count for. They add up to 1.
    """

    codes: np.ndarray
    places: np.ndarray
    nearest: np.ndarray
    weights: np.ndarray

    def votes(self, guesses):
        """Return the share of each class among the votes, of shape (m, K).

        Parameters
        ----------
        guesses : ndarray of shape (r, K)
            Probabilities of the classes of the examples at `places`.
        """
        known = np.eye(guesses.shape[1], dtype=guesses.dtype)[self.codes]
        said = np.concatenate([known, guesses])[self.nearest]
        return np.einsum("mk,mkc->mc", self.weights, said)


class Votes(keras.callbacks.Callback):
    """Let examples vote at the start of each report interval.

    The network's guess about an image, and its guesses about similar images, err in
    different ways: what is similar is told by strokes, and not by what the network has
    learned. So `ssgan.nn.terms.PseudoLabels` multiplies each guess by a power of the
    votes. In the first interval nobody votes, for the network knows nothing yet.

    The votes follow from the averaged weights at the start of the interval, so that a
    training that continues from a checkpoint has the same ones. They count while the
    callback is entered, as a context.

    Parameters
    ----------
    recipe : ssgan.recipes.Recipe
        Its `neighbor_votes` are the power.
    model : SelfTraining or SSGAN
    voters : Voters
    unlabeled : ndarray of shape (m, ...)
    """

    def __init__(self, recipe, model, voters, unlabeled):
        super().__init__()
        self.power = recipe.neighbor_votes
        self.trained, self.voters = model, voters
        self.x = take(unlabeled, voters.places)
        shape = len(unlabeled), model.discriminator.output_shape[-1]
        with model.distribute_strategy.scope():
            self._votes = tf.Variable(tf.ones(shape), trainable=False)

    def __enter__(self):
        # A function, so that the votes are not saved with the model.
        self.trained.votes_at = lambda places: tf.gather(self._votes, places)
        return self

    def __exit__(self, *_):
        self.trained.votes_at = None

    def on_epoch_begin(self, epoch, logs=None):
        if not int(self.trained.steps_done.numpy()):
            return
        guesses = special.softmax(in_batches(self.trained.logits, self.x), axis=1)
        likely = (self.voters.votes(guesses) + FLOOR) ** self.power
        self._votes.assign(likely / likely.max(axis=1, keepdims=True))
