"""Augment rows of numbers with values of other rows."""

import keras
import tensorflow as tf
from keras import ops

from ssgan.nn import replicas
from ssgan.nn.registration import serializable


@serializable
class ColumnSwap(keras.layers.Layer):
    """Replace some values of each row by those of another row, during training.

    Each value is replaced with the same probability, independently of the others, by
    that of one other row of the batch, in the same column. So every column keeps its
    distribution.

    Parameters
    ----------
    rate : float in [0, 1]
        Probability that a value is replaced.
    seed : int or None, default=None
        Seed of the swaps.

    References
    ----------
    Bahri et al. 2022, "SCARF: Self-Supervised Contrastive Learning using Random Feature
    Corruption", section 3, arXiv:2106.15147.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.arange(6.0).reshape(3, 2)
    >>> swapped = np.asarray(ColumnSwap(1.0)(x, training=True))
    >>> sorted(swapped[:, 0].tolist())
    [0.0, 2.0, 4.0]
    """

    def __init__(self, rate, seed=None, **kwargs):
        super().__init__(**kwargs)
        if not 0 <= rate <= 1:
            raise ValueError(f"Expected rate from 0 to 1. Received: rate={rate}")
        self.rate = rate
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)

    def call(self, inputs, training=False):
        if not training:
            return inputs
        # One offset for the whole batch: its rows are in random order already.
        offset, chosen = (replicas.seed(self.seed_generator) for _ in range(2))
        n = ops.maximum(ops.shape(inputs)[0], 2)
        offset = tf.random.stateless_uniform((), offset, 1, n, "int32")
        drawn = tf.random.stateless_uniform(ops.shape(inputs), chosen)
        return ops.where(drawn < self.rate, tf.roll(inputs, offset, axis=0), inputs)

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        return {**super().get_config(), "rate": self.rate, "seed": self.seed}
