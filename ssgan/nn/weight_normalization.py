"""Weight normalization and its data-dependent initialization."""

import contextlib
import contextvars

import keras
from keras import layers, ops

from ssgan.errors import expect
from ssgan.nn.registration import serializable

# Layers whose kernel has the output units on its last axis, and on the axis before it.
OUTPUT_LAST = (layers.Dense, layers.Conv1D, layers.Conv2D, layers.Conv3D)
OUTPUT_BEFORE = (
    layers.Conv1DTranspose,
    layers.Conv2DTranspose,
    layers.Conv3DTranspose,
)
# The kernels that `normalized_once` shares, by layer. Each replica of a distributed
# step is a thread with a context of its own.
_shared = contextvars.ContextVar("shared", default=None)


@serializable
class WeightNormalization(keras.layers.Wrapper):
    """Reparametrize a layer's kernel as ``w = g * v / ||v||``.

    The norm is over the weights that lead into one output unit, so that the length
    ``g`` and the direction ``v`` of each unit are learned separately. Together with
    `initialize` it gives the discriminator what batch normalization would, but without
    making the examples of a batch depend on each other, which destabilizes the game.

    Parameters
    ----------
    layer : keras.layers.Layer
        A dense, convolutional or transposed convolutional layer, or one of a subclass.
        Depthwise, separable and einsum layers have kernels of another form.
    train_scale : bool, default=True
        Whether ``g`` is trained. In the discriminators of Salimans et al. only the
        last layer trains it; the others keep its initial value.
    initial_std : float or None, default=1.0
        Standard deviation of the pre-activations after `initialize`. None leaves the
        scale at 1 and the bias unchanged.

    Raises
    ------
    InputError
        If the layer is of another kind, or `initial_std` is not positive.

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
        expect(
            isinstance(layer, OUTPUT_LAST + OUTPUT_BEFORE),
            "a dense, convolutional or transposed convolutional layer to normalize",
            type(layer).__name__,
        )
        positive = initial_std is None or initial_std > 0
        expect(positive, "a positive initial_std", f"initial_std={initial_std}")
        self.train_scale = train_scale
        self.initial_std = initial_std
        self._collecting = False

    def build(self, input_shape=None):
        super().build(input_shape)
        kernel = self.layer.kernel
        before = isinstance(self.layer, OUTPUT_BEFORE)
        self._output_axis = len(kernel.shape) - (2 if before else 1)
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
        """Scale the outputs of a dense layer: there are fewer of them than weights."""
        layer = self.layer
        outputs = ops.matmul(inputs, layer.kernel)
        outputs *= ops.cast(_once(self, self._unit_scale), outputs.dtype)
        if layer.use_bias:
            outputs += layer.bias
        return outputs if layer.activation is None else layer.activation(outputs)

    def _unit_scale(self):
        """Return ``g / ||v||``, one number for each output unit."""
        # Always in float32: a sum of thousands of squares overflows half precision.
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

    Layer by layer, from the input on, bias and scale are set such that the
    pre-activations of this batch have mean 0 and the layer's initial standard
    deviation. Noise layers are active.

    Parameters
    ----------
    network : keras.Model
        A network with any number of `WeightNormalization` layers.
    inputs : array of shape (n, ...)
        Inputs of the network; the papers use 500 examples.

    References
    ----------
    Salimans and Kingma 2016, section 3, equation 6, arXiv:1602.07868.
    """
    normalized = [
        layer
        for layer in network._flatten_layers()
        if isinstance(layer, WeightNormalization) and layer.initial_std is not None
    ]
    with contextlib.ExitStack() as stack:
        for layer in normalized:
            layer._collecting = True
            stack.callback(setattr, layer, "_collecting", False)
        # Eagerly: each layer needs the new scale of the one before.
        network(ops.convert_to_tensor(inputs), training=True)


@contextlib.contextmanager
def normalized_once():
    """Normalize each layer's kernel once for all passes in this context.

    A training step passes through the discriminator several times before it changes a
    weight. This saves normalizing, and differentiating that, in each pass. No weight
    may change in this context.
    """
    token = _shared.set({})
    try:
        yield
    finally:
        _shared.reset(token)


def _once(layer, compute):
    """Return ``compute()``; in `normalized_once`, the first result for this layer."""
    shared = _shared.get()
    if shared is None:
        return compute()
    if id(layer) not in shared:
        shared[id(layer)] = compute()
    return shared[id(layer)]
