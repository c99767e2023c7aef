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
    """Ask that a second augmentation be given the class that the first one suggests.

    The class that the discriminator gives to an unlabeled example, where it is surer
    than `confidence`, serves as the label of the same example augmented anew.

    Parameters
    ----------
    weight : float, default=1.0
        See `Term`.
    confidence : float in (0, 1), default=0.95
        Least probability, among the K classes, of a class to be believed.

    References
    ----------
    Sohn et al. 2020, "FixMatch", section 2.2, arXiv:2001.07685; here both
    augmentations are the weak one, for the game supplies the rest.
    """

    def __init__(self, weight=1.0, confidence=0.95):
        super().__init__(weight)
        self.confidence = confidence

    def __call__(self, model, play):
        guess = ops.stop_gradient(ops.softmax(play.logits_unlabeled))
        believed = ops.cast(ops.max(guess, axis=-1) >= self.confidence, guess.dtype)
        second = model.discriminator(model.augment(play.unlabeled), training=True)
        loss = keras.losses.sparse_categorical_crossentropy(
            ops.argmax(guess, axis=-1), second, from_logits=True
        )
        return ops.mean(believed * loss)

    def get_config(self):
        return {**super().get_config(), "confidence": self.confidence}
