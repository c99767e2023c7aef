"""The layers that Keras lacks: weight normalization and random shifts."""

import contextlib

import keras
from keras import ops

PACKAGE = "ssgan"


@keras.saving.register_keras_serializable(package=PACKAGE)
class WeightNormalization(keras.layers.Wrapper):
    """Reparametrize a layer's kernel as ``w = g * v / ||v||``.

    The norm runs over the weights that lead into one output unit, so that the
    length ``g`` and the direction ``v`` of each unit are learnt apart. With its
    data-dependent initialization (`initialize`) it does for the discriminator
    what batch normalization would do, without tying the examples of a batch to
    each other, which the game cannot bear.

    Parameters
    ----------
    layer : keras.layers.Layer
        A dense, convolutional or transposed convolutional layer.
    train_scale : bool, default=True
        Whether ``g`` is trained. The discriminators of Salimans et al. keep it
        where the initialization put it, in all layers but the last.
    initial_std : float, default=1.0
        Standard deviation of the pre-activations after `initialize`.

    Raises
    ------
    ValueError
        If the layer has no kernel, or `initial_std` is not positive.

    References
    ----------
    Salimans and Kingma 2016, "Weight Normalization", sections 2 and 3,
    arXiv:1602.07868.

    Examples
    --------
    >>> import numpy as np
    >>> layer = WeightNormalization(keras.layers.Dense(3))
    >>> layer(np.ones((5, 4), "float32")).shape
    TensorShape([5, 3])
    """

    def __init__(self, layer, train_scale=True, initial_std=1.0, **kwargs):
        super().__init__(layer, **kwargs)
        if initial_std <= 0:
            raise ValueError(
                f"Expected a positive initial_std. Received: initial_std={initial_std}"
            )
        self.train_scale = train_scale
        self.initial_std = initial_std
        self._collecting = False

    def build(self, input_shape=None):
        super().build(input_shape)
        if not hasattr(self.layer, "kernel"):
            raise ValueError(
                "Expected a layer that has a kernel, such as Dense or Conv2D. "
                f"Received: layer={self.layer}"
            )
        kernel = self.layer.kernel
        # Keras stores transposed convolutions as (..., output, input).
        transposed = "Transpose" in type(self.layer).__name__
        self._output_axis = len(kernel.shape) - (2 if transposed else 1)
        self.scale = self.add_weight(
            name="scale",
            shape=(kernel.shape[self._output_axis],),
            initializer="ones",
            trainable=self.train_scale,
        )

    def call(self, inputs, **kwargs):
        if self._collecting:
            self._initialize(inputs)
        with keras.StatelessScope(
            state_mapping=[(self.layer.kernel, self.normalized_kernel())]
        ):
            return self.layer(inputs, **kwargs)

    def normalized_kernel(self):
        """Return ``g * v / ||v||``, of the kernel's shape."""
        # In float32 whatever the compute type: a sum of thousands of squares
        # does not fit into half precision.
        v = ops.cast(self.layer.kernel, "float32")
        axes = [axis for axis in range(len(v.shape)) if axis != self._output_axis]
        inverse_norm = ops.rsqrt(ops.sum(ops.square(v), axis=axes, keepdims=True))
        shape = [1] * len(v.shape)
        shape[self._output_axis] = -1
        scale = ops.reshape(ops.cast(self.scale, "float32"), shape)
        return v * (scale * inverse_norm)

    def _initialize(self, inputs):
        """Give this batch's pre-activations mean 0 and the initial std."""
        layer = self.layer
        activation, layer.activation = layer.activation, None
        self.scale.assign(ops.ones_like(self.scale))
        if layer.use_bias:
            layer.bias.assign(ops.zeros_like(layer.bias))
        with keras.StatelessScope(
            state_mapping=[(layer.kernel, self.normalized_kernel())]
        ):
            outputs = ops.cast(layer(inputs), "float32")
        layer.activation = activation
        mean, variance = ops.moments(outputs, axes=list(range(len(outputs.shape) - 1)))
        scale = self.initial_std / ops.sqrt(variance + 1e-8)
        self.scale.assign(scale)
        if layer.use_bias:
            layer.bias.assign(-mean * scale)

    def compute_output_shape(self, input_shape):
        return self.layer.compute_output_shape(input_shape)

    def get_config(self):
        return {
            **super().get_config(),
            "train_scale": self.train_scale,
            "initial_std": self.initial_std,
        }


def initialize(network, inputs):
    """Initialize every weight-normalized layer of a network from one batch.

    In the order of the network, each layer's bias and scale are set so that its
    pre-activations on this batch have mean 0 and the layer's initial standard
    deviation. Noise layers are active.

    Parameters
    ----------
    network : keras.Model
        A network with any number of `WeightNormalization` layers.
    inputs : array of shape (n, ...)
        What the network takes; the papers use 500 examples.

    References
    ----------
    Salimans and Kingma 2016, section 3, equation 6, arXiv:1602.07868.
    """
    layers = [
        layer
        for layer in network._flatten_layers()
        if isinstance(layer, WeightNormalization)
    ]
    with contextlib.ExitStack() as stack:
        for layer in layers:
            layer._collecting = True
            stack.callback(setattr, layer, "_collecting", False)
        # Not in a graph: each layer's new scale is read by the next one.
        network(ops.convert_to_tensor(inputs), training=True)


@keras.saving.register_keras_serializable(package=PACKAGE)
class RandomShift(keras.layers.Layer):
    """Shift each image by whole pixels, up to `pixels` in either direction.

    The border's own pixels fill what comes into view, so that neither a dark
    nor a bright background shows an edge. Active in training alone.

    Parameters
    ----------
    pixels : int
        Largest shift, in pixels, up, down, left and right.
    seed : int or None, default=None
        Seed of the shifts.

    Examples
    --------
    >>> import numpy as np
    >>> RandomShift(2)(np.zeros((5, 8, 8, 1), "float32"), training=True).shape
    TensorShape([5, 8, 8, 1])
    """

    def __init__(self, pixels, seed=None, **kwargs):
        super().__init__(**kwargs)
        if not isinstance(pixels, int) or pixels < 0:
            raise ValueError(
                "Expected a whole number of pixels, zero or more. "
                f"Received: pixels={pixels}"
            )
        self.pixels = pixels
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)

    def call(self, images, training=False):
        if not training or self.pixels == 0:
            return images
        n, height, width = ops.shape(images)[:3]
        shifts = keras.random.randint(
            (2, n, 1), -self.pixels, self.pixels + 1, seed=self.seed_generator
        )
        rows = ops.clip(ops.arange(height) + shifts[0], 0, height - 1)
        columns = ops.clip(ops.arange(width) + shifts[1], 0, width - 1)
        images = ops.take_along_axis(images, rows[:, :, None, None], axis=1)
        return ops.take_along_axis(images, columns[:, None, :, None], axis=2)

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        return {**super().get_config(), "pixels": self.pixels, "seed": self.seed}
