"""The multilayer pair of the papers' MNIST recipe."""

import math

import keras
from keras import layers

from ssgan.nn.gaussian_noise import GaussianNoise
from ssgan.nn.networks.blocks import (
    after_normalized,
    before_normalized,
    features,
    normalize,
    normalized_dense,
    normalized_logits,
)
from ssgan.nn.weight_normalization import WeightNormalization


def mlp_discriminator(
    input_shape,
    n_classes,
    *,
    units=(1000, 500, 250, 250, 250),
    input_noise=0.3,
    noise=0.5,
    minibatch_kernels=0,
):
    """Build the multilayer discriminator of the papers' MNIST recipe.

    Noise before every layer, ReLU after it. The features are taken before their noise.
    Weights are normalized; the last layer trains its scale.

    Parameters
    ----------
    input_shape : tuple of int
        Shape of one example, of any rank. It is flattened.
    n_classes : int
        K, the number of logits.
    units : sequence of int
        Width of each hidden layer.
    input_noise, noise : float in [0, 1]
        Standard deviation of the noise on the input and on each hidden layer.
    minibatch_kernels : int, default=0
        Kernels of minibatch discrimination, joined to the features; the papers have
        100. See `ssgan.nn.MinibatchDiscrimination`.

    References
    ----------
    Salimans et al. 2016, section 6.1, arXiv:1606.03498, and the authors' program.
    """
    inputs = keras.Input(input_shape)
    x = layers.Flatten()(inputs)
    x = GaussianNoise(input_noise)(x)
    for i, width in enumerate(units):
        last = i == len(units) - 1
        x = normalized_dense(width, train_scale=False, kernel_std=0.1)(x)
        x = features(x, layers.ReLU, minibatch_kernels) if last else layers.ReLU()(x)
        x = GaussianNoise(noise)(x)
    outputs = normalized_logits(n_classes, kernel_std=0.1)(x)
    return keras.Model(inputs, outputs, name="discriminator")


def mlp_generator(
    latent_dim,
    output_shape,
    *,
    units=(500, 500),
    activation="sigmoid",
    hidden="softplus",
    normalization="batch",
):
    """Build the multilayer generator of the papers' MNIST recipe.

    Parameters
    ----------
    latent_dim : int
        Length of z.
    output_shape : tuple of int
        Shape of one generated example.
    units : sequence of int
        Width of each hidden layer.
    activation : str, default="sigmoid"
        Activation of the output, which sets the range: "linear" for standardized
        columns.
    hidden : str, default="softplus"
        Activation of the hidden layers.
    normalization : {"batch", "virtual", None}, default="batch"
        Of the hidden layers: batch normalization without scale, as in the papers'
        programs, `ssgan.nn.VirtualBatchNormalization`, or none.

    References
    ----------
    Salimans et al. 2016, section 6.1, arXiv:1606.03498, and the authors' program.
    """
    inputs = keras.Input((latent_dim,))
    x = before_normalized(inputs, normalization)
    for width in units:
        x = layers.Dense(width, use_bias=normalization is None)(x)
        x = normalize(x, normalization)
        x = layers.Activation(hidden)(x)
    x = after_normalized(x, normalization)
    # Not initialized from data, as in the authors' program.
    x = WeightNormalization(layers.Dense(math.prod(output_shape)), initial_std=None)(x)
    x = layers.Activation(activation)(x)
    return keras.Model(inputs, layers.Reshape(output_shape)(x), name="generator")
