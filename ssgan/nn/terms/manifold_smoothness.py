"""Predictions change little along the generator's manifold."""

import keras
import tensorflow as tf
from keras import ops

from ssgan.nn import replicas
from ssgan.nn.registration import serializable
from ssgan.nn.terms.term import Term


@serializable
class ManifoldSmoothness(Term):
    """Ask for logits that change little along the generator's manifold.

    ``mean(|l(G(z)) - l(G(z + d))|^2)`` with Gaussian d, without the discriminator's
    noise. The term costs one pass through the generator, and two through the
    discriminator, forward and backward.

    Parameters
    ----------
    weight : float, default=1.0
        See `Term`.
    deviation : float, default=0.1
        Standard deviation of each component of d, while z is uniform on [0, 1).
    seed : int or None, default=None
        Seed of d.

    References
    ----------
    Kumar et al. 2017, section 2, arXiv:1705.08850; Lecouat et al. 2018, equation 4,
    arXiv:1805.08957.
    """

    needs_generator = True

    def __init__(self, weight=1.0, deviation=0.1, seed=None):
        super().__init__(weight)
        self.deviation = deviation
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)

    def __call__(self, model, step):
        d = tf.random.stateless_normal(
            ops.shape(step.latents),
            replicas.seed(self.seed_generator),
            0.0,
            self.deviation,
        )
        here = ops.stop_gradient(step.fake)
        near = ops.stop_gradient(model.generator(step.latents + d, training=True))
        logits, others = (
            ops.cast(model.discriminator(fake, training=False), "float32")
            for fake in (here, near)
        )
        return ops.mean(ops.sum(ops.square(logits - others), axis=-1))

    def get_config(self):
        return {**super().get_config(), "deviation": self.deviation, "seed": self.seed}
