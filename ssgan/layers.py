"""The layers that Keras lacks: weight normalization and cheap noise."""

import contextlib
import contextvars
import functools

import keras
import numpy as np
import tensorflow as tf
from keras import ops

from ssgan import replicas

PACKAGE = "ssgan"

# A row of 64 bytes, as TensorFlow aligns its memory.
TABLE_ROWS, TABLE_COLUMNS = 2**18, 16

# What `normalized_once` keeps, by layer. Each replica of a distributed step is a thread
# and has a context of its own.
_kept = contextvars.ContextVar("kept", default=None)


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
    initial_std : float or None, default=1.0
        Standard deviation of the pre-activations after `initialize`; None leaves
        the scale at 1 and the bias as it is.

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
        if initial_std is not None and initial_std <= 0:
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
        if isinstance(self.layer, keras.layers.Dense):
            return self._dense(inputs)
        kernel = _once(self, self.normalized_kernel)
        with keras.StatelessScope(state_mapping=[(self.layer.kernel, kernel)]):
            return self.layer(inputs, **kwargs)

    def _dense(self, inputs):
        """Scale a dense layer's outputs: they are fewer than its weights."""
        layer = self.layer
        outputs = ops.matmul(inputs, layer.kernel)
        outputs *= ops.cast(_once(self, self._unit_scale), outputs.dtype)
        if layer.use_bias:
            outputs += layer.bias
        return outputs if layer.activation is None else layer.activation(outputs)

    def _unit_scale(self):
        """Return ``g / ||v||``, one number for each output unit."""
        # In float32 whatever the compute type: a sum of thousands of squares
        # does not fit into half precision.
        v = ops.cast(self.layer.kernel, "float32")
        axes = [axis for axis in range(len(v.shape)) if axis != self._output_axis]
        norm = ops.sqrt(ops.sum(ops.square(v), axis=axes))
        return ops.cast(self.scale, "float32") / norm

    def normalized_kernel(self):
        """Return ``g * v / ||v||``, of the kernel's shape."""
        v = ops.cast(self.layer.kernel, "float32")
        shape = [1] * len(v.shape)
        shape[self._output_axis] = -1
        return v * ops.reshape(self._unit_scale(), shape)

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
        if isinstance(layer, WeightNormalization) and layer.initial_std is not None
    ]
    with contextlib.ExitStack() as stack:
        for layer in layers:
            layer._collecting = True
            stack.callback(setattr, layer, "_collecting", False)
        # Not in a graph: each layer's new scale is read by the next one.
        network(ops.convert_to_tensor(inputs), training=True)


@contextlib.contextmanager
def normalized_once():
    """Let all passes within share each layer's normalized kernel.

    A game passes through the discriminator several times between two updates; its
    weights are then normalized, and that differentiated, once. Nothing within may
    change a weight.
    """
    token = _kept.set({})
    try:
        yield
    finally:
        _kept.reset(token)


def _once(layer, compute):
    """Return what `compute` gives for a layer, within `normalized_once` the first."""
    kept = _kept.get()
    if kept is None:
        return compute()
    if id(layer) not in kept:
        kept[id(layer)] = compute()
    return kept[id(layer)]


@keras.saving.register_keras_serializable(package=PACKAGE)
class GaussianNoise(keras.layers.Layer):
    """Add Gaussian noise of a given standard deviation, cheaply on a CPU.

    There it is read from a table of 4 million numbers that the process draws once, each
    time from another place, which takes no longer than adding it. A GPU draws
    as fast as it reads, and draws. Active in training alone.

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
        # No more than half of the table at once, so that there are places to choose.
        parts = -(-count // (TABLE_ROWS * TABLE_COLUMNS // 2))
        rows = -(-count // (parts * TABLE_COLUMNS))
        starts = tf.random.stateless_uniform(
            (parts,), seed, 0, TABLE_ROWS - rows + 1, "int32"
        )
        # TensorFlow takes whole rows out of a matrix without copying them.
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
