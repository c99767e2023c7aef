"""Gaussian noise that is cheap on a CPU."""

import functools

import keras
import numpy as np
import tensorflow as tf
from keras import ops

from ssgan.nn import replicas
from ssgan.nn.registration import serializable

# A row of 64 bytes, as TensorFlow aligns its memory.
TABLE_ROWS, TABLE_COLUMNS = 2**18, 16


@serializable
class GaussianNoise(keras.layers.Layer):
    """Add Gaussian noise of a given standard deviation, during training.

    On a CPU the noise is read from a table of 4 million numbers that each process draws
    once, every time from another position. Reading takes no longer than adding. A GPU
    draws numbers as fast as it reads them, so there they are drawn.

    Parameters
    ----------
    stddev : float
        Standard deviation of the noise, 0 or more.
    seed : int or None, default=None
        Seed of the noise.

    References
    ----------
    The table: Salimans et al. 2017, "Evolution Strategies as a Scalable Alternative to
    Reinforcement Learning", section 2.1, arXiv:1703.03864.

    Examples
    --------
    >>> import numpy as np
    >>> GaussianNoise(0.5)(np.zeros((5, 8), "float32"), training=True).shape
    TensorShape([5, 8])
    """

    def __init__(self, stddev, seed=None, **kwargs):
        super().__init__(**kwargs)
        if stddev < 0:
            raise ValueError(f"Expected stddev of 0 or more. Received: stddev={stddev}")
        self.stddev = stddev
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)

    def call(self, inputs, training=False):
        if not training or self.stddev == 0:
            return inputs
        seed = replicas.seed(self.seed_generator)
        count = inputs.shape.num_elements()
        if count is None or tf.config.list_physical_devices("GPU"):
            shape = ops.shape(inputs)
            noise = tf.random.stateless_normal(shape, seed, 0.0, self.stddev)
            return inputs + ops.cast(noise, inputs.dtype)
        return inputs + ops.reshape(self._read(count, inputs.dtype, seed), inputs.shape)

    def _read(self, count, dtype, seed):
        table = _noise_table(self.stddev, dtype)
        # At most half of the table at once, so that there are positions to choose from.
        parts = -(-count // (TABLE_ROWS * TABLE_COLUMNS // 2))
        rows = -(-count // (parts * TABLE_COLUMNS))
        starts = tf.random.stateless_uniform(
            (parts,), seed, 0, TABLE_ROWS - rows + 1, "int32"
        )
        # TensorFlow slices whole rows of a matrix without copying them.
        read = [
            ops.reshape(tf.slice(table, [starts[i], 0], [rows, TABLE_COLUMNS]), [-1])
            for i in range(parts)
        ]
        return (read[0] if parts == 1 else ops.concatenate(read))[:count]

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        return {**super().get_config(), "stddev": self.stddev, "seed": self.seed}


@functools.cache
def _noise_table(stddev, dtype):
    numbers = np.random.default_rng(0).normal(0, stddev, (TABLE_ROWS, TABLE_COLUMNS))
    with tf.init_scope():
        return tf.constant(numbers, dtype)
