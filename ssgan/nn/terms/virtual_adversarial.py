"""Predictions withstand the worst small change."""

import keras
import tensorflow as tf
from keras import ops

from ssgan.nn import replicas
from ssgan.nn.registration import serializable
from ssgan.nn.terms.shared import in_float32, probabilities, unit
from ssgan.nn.terms.term import Term


@serializable
class VirtualAdversarial(Term):
    """Ask for the same prediction after a small change in the worst direction.

    ``mean KL(p(x) || p(x + r))`` for unlabeled x, with r of length `radius` in the
    direction in which the divergence grows fastest, found by one power iteration. The
    term costs three forward passes through the discriminator, without its noise, and
    two backward passes. They are in float32, in mixed precision too: half precision
    would round the small change away, and its gradient to 0.

    Parameters
    ----------
    weight : float, default=1.0
        See `Term`.
    radius : float, default=2.0
        Euclidean length of the change, in the networks' value range.
    seed : int or None, default=None
        Seed of the direction that the iteration starts with.

    References
    ----------
    Miyato et al. 2018, "Virtual Adversarial Training", section 3, arXiv:1704.03976.
    """

    # Length of the finite difference. The paper's 1e-6 drowns in float32's rounding.
    PROBE = 1e-2

    def __init__(self, weight=1.0, radius=2.0, seed=None):
        super().__init__(weight)
        self.radius = radius
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)

    def __call__(self, model, step):
        with in_float32(model.discriminator):
            return self._value(model, step)

    def _value(self, model, step):
        x = ops.cast(step.unlabeled, "float32")
        target = ops.stop_gradient(
            probabilities(model.discriminator(x, training=False))
        )

        def divergence(change):
            log_p = ops.log_softmax(
                ops.cast(model.discriminator(x + change, training=False), "float32")
            )
            log_target = ops.log(ops.maximum(target, keras.config.epsilon()))
            return ops.mean(ops.sum(target * (log_target - log_p), axis=-1))

        start = tf.random.stateless_normal(
            ops.shape(x), replicas.seed(self.seed_generator)
        )
        start = self.PROBE * unit(start)
        with tf.GradientTape() as tape:
            tape.watch(start)
            value = divergence(start)
        worst = ops.stop_gradient(tape.gradient(value, start))
        return divergence(self.radius * unit(worst))

    def get_config(self):
        return {**super().get_config(), "radius": self.radius, "seed": self.seed}
