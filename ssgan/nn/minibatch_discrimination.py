"""Minibatch discrimination: how close an example is to the others of its batch."""

import contextlib
import contextvars

import keras
from keras import layers, ops

from ssgan.errors import expect
from ssgan.nn import replicas
from ssgan.nn.registration import serializable
from ssgan.nn.weight_normalization import WeightNormalization

# Whether the batch that a discriminator sees is generated.
_generated = contextvars.ContextVar("generated", default=False)


@serializable
class MinibatchDiscrimination(layers.Layer):
    """Join features with how close each example is to the others of its batch.

    With ``M_i = f(x_i) T``, a matrix of kernels x dims numbers, the output is
    ``[f(x_i), o(x_i)]`` with ``o(x_i)_b = 99/(n - 1) sum_(j != i) exp(-||M_ib -
    M_jb||_1)``, the sum over the n - 1 other examples of the batch. The factor is ours,
    and 1 in the papers' batches of 100: real and generated batches differ in size, and
    must not be told apart by it. A generator that always makes the same example has an
    o of 99 and is found out. Use it for samples, with `ssgan.nn.terms.NonSaturating` or
    `ssgan.nn.terms.Minimax`; for classifiers, feature matching alone is better.

    Real and generated examples must be in batches of their own, as they are in
    `ssgan.SSGAN`. With several devices the batch is that of all of them. A prediction
    must not depend on what else is predicted: outside of training o is the moving mean
    of o over the real batches of the training.

    Parameters
    ----------
    kernels : int, default=100
        Number of closenesses, b.
    dims : int, default=5
        Numbers in which they are measured.
    seed : int or None, default=None
        Seed of the initial T. It is normalized as the weights of the discriminators
        are; see `WeightNormalization`.

    Raises
    ------
    InputError
        If `kernels` or `dims` is less than 1, or a training batch is a single example.

    References
    ----------
    Salimans et al. 2016, section 3.2, arXiv:1606.03498.

    Examples
    --------
    >>> import numpy as np
    >>> layer = MinibatchDiscrimination(kernels=3)
    >>> layer(np.ones((5, 4), "float32"), training=True).shape
    TensorShape([5, 7])
    """

    OTHERS = 99.0
    # Step of the moving mean: about the last 100 batches.
    MEAN_STEP = 0.01

    def __init__(self, kernels=100, dims=5, seed=None, **kwargs):
        super().__init__(**kwargs)
        sizes = f"kernels={kernels} and dims={dims}"
        expect(min(kernels, dims) >= 1, "kernels and dims of 1 or more", sizes)
        self.kernels = kernels
        self.dims = dims
        self.seed = seed
        initializer = keras.initializers.RandomNormal(stddev=0.05, seed=seed)
        dense = layers.Dense(
            kernels * dims, use_bias=False, kernel_initializer=initializer
        )
        self.projection = WeightNormalization(dense, train_scale=False)

    def build(self, input_shape):
        flat = len(input_shape) == 2
        expect(flat, "features of shape (batch, features)", f"shape {input_shape}")
        self.n_features = input_shape[-1]
        self.projection.build(input_shape)
        # The same on all devices; never rounded to half precision.
        options = {
            "trainable": False,
            "aggregation": "only_first_replica",
            "autocast": False,
        }
        self.moving_mean = self.add_weight(
            name="moving_mean",
            shape=(self.kernels,),
            initializer="zeros",
            **options,
        )
        self.batches_seen = self.add_weight(
            name="batches_seen", shape=(), dtype="int64", initializer="zeros", **options
        )

    def call(self, inputs, training=False):
        if training:
            # In float32: half precision would lose small parts of the sum.
            points = ops.cast(self.projection(inputs), "float32")
            closeness = self._closeness(points, replicas.whole_batch(points))
            if not _generated.get():
                self._follow(closeness)
        else:
            shape = (ops.shape(inputs)[0], self.kernels)
            closeness = ops.broadcast_to(self.moving_mean, shape)
        return ops.concatenate([inputs, ops.cast(closeness, inputs.dtype)], axis=-1)

    def _closeness(self, points, everyone):
        """Return o of some points of a batch, of shape (n_points, kernels)."""
        expect(everyone.shape[0] != 1, "two or more examples in a training batch", 1)
        ours, theirs = (
            ops.reshape(x, (-1, self.dims, self.kernels)) for x in (points, everyone)
        )
        # Dimension by dimension: all of them at once would take five times the memory.
        distance = sum(
            ops.abs(ours[:, None, i] - theirs[None, :, i]) for i in range(self.dims)
        )
        # Each is at distance 0 from itself.
        near = ops.sum(ops.exp(-distance), axis=1) - 1.0
        return near * self.OTHERS / ops.cast(ops.shape(everyone)[0] - 1, "float32")

    def _follow(self, closeness):
        seen = ops.cast(self.batches_seen, "float32")
        step = ops.maximum(1.0 / (1.0 + seen), self.MEAN_STEP)
        change = step * (replicas.batch_mean(closeness) - self.moving_mean)
        self.moving_mean.assign(self.moving_mean + change)
        self.batches_seen.assign_add(1)

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], input_shape[-1] + self.kernels)

    def get_config(self):
        sizes = {"kernels": self.kernels, "dims": self.dims}
        return {**super().get_config(), **sizes, "seed": self.seed}


@contextlib.contextmanager
def generated():
    """Say that what a discriminator sees in this context is generated.

    `MinibatchDiscrimination` remembers real batches alone.
    """
    token = _generated.set(True)
    try:
        yield
    finally:
        _generated.reset(token)
