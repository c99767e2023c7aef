"""Virtual batch normalization: by a reference batch, and by the example itself."""

import keras
from keras import layers, ops

from ssgan.errors import expect
from ssgan.nn.registration import serializable

# The papers' batches have as many examples.
REFERENCE_SIZE = 100


@serializable
class ReferenceBatch(layers.Layer):
    """Put a reference batch, which never changes, before each batch.

    It is the first layer of a generator with `VirtualBatchNormalization`. A game draws
    it once, as it draws latent vectors; see `set_reference`. One pass through the
    layers between this one and `WithoutReference` serves the reference batch and the
    batch.

    Parameters
    ----------
    size : int, default=100
        Number of latent vectors in the reference batch.
    seed : int or None, default=None
        Seed of a reference batch, uniform on [0, 1), for use without a game.

    References
    ----------
    Salimans et al. 2016, section 3.5, arXiv:1606.03498.
    """

    def __init__(self, size=REFERENCE_SIZE, seed=None, **kwargs):
        super().__init__(**kwargs)
        expect(size >= 2, "two or more examples in a reference batch", f"size={size}")
        self.size = size
        self.seed = seed
        self.reference_initializer = keras.initializers.RandomUniform(0, 1, seed=seed)

    def build(self, input_shape):
        self.reference = self.add_weight(
            name="reference",
            shape=(self.size, *input_shape[1:]),
            initializer=self.reference_initializer,
            trainable=False,
        )

    def call(self, inputs):
        reference = ops.cast(self.reference, inputs.dtype)
        return ops.concatenate([reference, inputs], axis=0)

    def compute_output_shape(self, input_shape):
        n = input_shape[0]
        return (None if n is None else n + self.size, *input_shape[1:])

    def get_config(self):
        return {**super().get_config(), "size": self.size, "seed": self.seed}


@serializable
class VirtualBatchNormalization(layers.Layer):
    """Normalize each example by the statistics of a reference batch and of itself.

    The inputs are the activations of the n examples of a reference batch, and after
    them those of a batch. Mean and variance, for each channel, are over the reference
    batch; for an example that is not in it, over the n + 1 examples with itself. An
    offset is added; there is no scale, as in the papers' generators. In training and
    outside of it the layer does the same.

    Use it in generators, where with batch normalization the examples of a batch have
    something in common. It makes a generated example independent of the others, for the
    price of generating the reference batch as well.

    Parameters
    ----------
    size : int, default=100
        n, as that of the `ReferenceBatch`.
    epsilon : float, default=1e-6
        Added to the variance.

    Raises
    ------
    InputError
        If there are fewer than n inputs: no `ReferenceBatch` is before them.

    References
    ----------
    Salimans et al. 2016, section 3.5, arXiv:1606.03498.

    Examples
    --------
    >>> import numpy as np
    >>> layer = VirtualBatchNormalization(size=3)
    >>> layer(np.eye(5, 4, dtype="float32")).shape
    TensorShape([5, 4])
    """

    def __init__(self, size=REFERENCE_SIZE, epsilon=1e-6, **kwargs):
        super().__init__(**kwargs)
        self.size = size
        self.epsilon = epsilon

    def build(self, input_shape):
        self.offset = self.add_weight(
            name="offset", shape=(input_shape[-1],), initializer="zeros"
        )

    def call(self, inputs):
        n = inputs.shape[0]
        needed = f"a ReferenceBatch of {self.size} examples before the batch"
        expect(n is None or n >= self.size, needed, f"{n} examples")
        x = ops.cast(inputs, "float32")
        reference, batch = x[: self.size], x[self.size :]
        places = list(range(1, len(x.shape) - 1))  # Of the pixels, if there are any.
        mean, variance = ops.moments(reference, [0, *places], keepdims=True)
        if places:
            own_mean, own_variance = ops.moments(batch, places, keepdims=True)
        else:
            own_mean, own_variance = batch, 0.0
        # Of n + 1 examples together; the last part is the distance of their means.
        own = 1.0 / (self.size + 1)
        gap = own_mean - mean
        joint_variance = (1 - own) * variance + own * own_variance
        joint_variance += own * (1 - own) * ops.square(gap)
        normalized = ops.concatenate(
            [
                self._scaled(reference - mean, variance),
                self._scaled(batch - (mean + own * gap), joint_variance),
            ],
            axis=0,
        )
        return ops.cast(normalized + ops.cast(self.offset, "float32"), inputs.dtype)

    def _scaled(self, x, variance):
        return x * ops.rsqrt(variance + self.epsilon)

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        return {**super().get_config(), "size": self.size, "epsilon": self.epsilon}


@serializable
class WithoutReference(layers.Layer):
    """Drop the reference batch that a `ReferenceBatch` put before a batch.

    It stands behind the last `VirtualBatchNormalization`: the layers after it, of which
    the last has the most pixels, need not generate the reference batch.

    Parameters
    ----------
    size : int, default=100
        Number of examples in the reference batch.
    """

    def __init__(self, size=REFERENCE_SIZE, **kwargs):
        super().__init__(**kwargs)
        self.size = size

    def call(self, inputs):
        return inputs[self.size :]

    def compute_output_shape(self, input_shape):
        n = input_shape[0]
        return (None if n is None else n - self.size, *input_shape[1:])

    def get_config(self):
        return {**super().get_config(), "size": self.size}


def set_reference(generator, draw):
    """Set the reference batch of a generator, if it has one.

    Parameters
    ----------
    generator : keras.Model
    draw : callable
        ``draw(n)`` returns n latent vectors, of shape (n, length).
    """
    for layer in generator._flatten_layers():
        if isinstance(layer, ReferenceBatch):
            layer.reference.assign(draw(layer.size))
