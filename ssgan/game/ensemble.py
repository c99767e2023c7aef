"""Several models as one classifier."""

import math

import keras
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

        See `ssgan.SSGAN.sample`.
        """
        ends = [-(-n * i // len(self.members)) for i in range(len(self.members) + 1)]
        samples = []
        for member, start, end in zip(self.members, ends, ends[1:], strict=False):
            if end > start:
                some = None if classes is None else classes[start:end]
                samples.append(member.sample(end - start, seed, some))
        return ops.concatenate(samples)

    def interpolate(self, n, steps, seed=None, classes=None):
        """Generate n series of examples, all by the first member.

        See `ssgan.SSGAN.interpolate`.
        """
        return self.members[0].interpolate(n, steps, seed, classes)

    def get_config(self):
        members = [keras.saving.serialize_keras_object(m) for m in self.members]
        return {**super().get_config(), "members": members, "info": self.info}

    from_config = classmethod(AveragedClassifier.from_config.__func__)
