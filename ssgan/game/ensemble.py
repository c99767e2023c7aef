"""Several models as one classifier."""

import math

import keras
import numpy as np
from keras import ops

from ssgan.game.averaged_classifier import AveragedClassifier, Predictor
from ssgan.nn.registration import serializable


@serializable
class Ensemble(Predictor):
    """Average the probabilities of several models.

    Parameters
    ----------
    members : sequence of AveragedClassifier
        Models of the same classes in the same order.
    info : dict or None, default=None
        See `AveragedClassifier`.
    """

    def __init__(self, members, info=None, **kwargs):
        super().__init__(**kwargs)
        self.members = list(members)
        self.info = dict(info or {})
        self.built = True

    @property
    def preprocessor(self):
        """That of the first member, which has the same range of pixels as all."""
        return self.members[0].preprocessor

    @property
    def example_shape(self):
        """Shape of one raw example, a tuple of int."""
        return self.members[0].example_shape

    def call(self, x, training=False):
        """Return logits whose softmax is the mean of the members' probabilities."""
        members = [ops.log_softmax(m(x, training=training)) for m in self.members]
        return ops.logsumexp(ops.stack(members), axis=0) - math.log(len(members))

    def _features(self, x):
        return ops.concatenate([m._features(x) for m in self.members], axis=-1)

    def sample(self, n, seed=None, classes=None):
        """Generate n examples, of shape (n, ...), divided evenly among the members.

        Which member makes which of them is random. See `ssgan.SSGAN.sample`.
        """
        order = np.random.default_rng(seed).permutation(n)
        samples = []
        for member, mine in zip(
            self.members, np.array_split(order, len(self.members)), strict=True
        ):
            if len(mine):
                some = None if classes is None else classes[mine]
                samples.append(member.sample(len(mine), seed, some))
        return ops.take(ops.concatenate(samples), np.argsort(order), axis=0)

    def interpolate(self, n, steps, seed=None, classes=None):
        """Generate n series of examples, all by the first member.

        See `ssgan.SSGAN.interpolate`.
        """
        return self.members[0].interpolate(n, steps, seed, classes)

    def get_config(self):
        members = [keras.saving.serialize_keras_object(m) for m in self.members]
        return {**super().get_config(), "members": members, "info": self.info}

    from_config = classmethod(AveragedClassifier.from_config.__func__)


def members_of(model):
    """Return the models that make up an ensemble or a head, or a model by itself."""
    return getattr(model, "members", [model])
