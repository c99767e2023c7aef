"""Optional terms of the discriminator's loss, one class for each published idea."""

import keras
from keras import ops

from ssgan.layers import PACKAGE


class Term:
    """A loss term: called with the model and the `Play`, it returns a scalar.

    A new idea is a subclass with `__call__`, registered with
    ``keras.saving.register_keras_serializable``. Its name is the class name in lower
    case; the history shows its value before the weight.

    Parameters
    ----------
    weight : float, default=1.0
        What the term is multiplied by in the loss.
    """

    def __init__(self, weight=1.0):
        self.weight = weight

    @property
    def name(self):
        return type(self).__name__.lower()

    def __call__(self, model, play):
        """Return the term, a scalar tensor, before its weight."""
        raise NotImplementedError(f"{type(self).__name__} must define __call__.")

    def get_config(self):
        return {"weight": self.weight}

    @classmethod
    def from_config(cls, config):
        return cls(**config)


@keras.saving.register_keras_serializable(package=PACKAGE)
class PseudoLabels(Term):
    """Ask that an augmented example be given the class that the plain one has.

    Where the averaged weights, which see the unlabeled example as it is and without
    noise, are surer of a class than `confidence`, that class is the label of what the
    discriminator makes of the augmented example. The game has computed the latter
    already, so that the term costs one inference pass.

    Parameters
    ----------
    weight : float, default=1.0
        See `Term`.
    confidence : float in (0, 1), default=0.95
        Least probability, among the K classes, of a class to be believed.

    References
    ----------
    Sohn et al. 2020, "FixMatch", section 2.2, arXiv:2001.07685, with the averaged
    teacher of Tarvainen and Valpola 2017, arXiv:1703.01780.
    """

    def __init__(self, weight=1.0, confidence=0.95):
        super().__init__(weight)
        self.confidence = confidence

    def __call__(self, model, play):
        teacher = ops.cast(model.classifier(play.unlabeled, training=False), "float32")
        guess = ops.stop_gradient(ops.softmax(teacher))
        believed = ops.cast(ops.max(guess, axis=-1) >= self.confidence, guess.dtype)
        loss = keras.losses.sparse_categorical_crossentropy(
            ops.argmax(guess, axis=-1), play.logits_unlabeled, from_logits=True
        )
        return ops.mean(believed * loss)

    def get_config(self):
        return {**super().get_config(), "confidence": self.confidence}
