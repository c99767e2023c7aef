"""The multilayer pair of the papers' MNIST recipe."""

import math

import keras
from keras import layers

from ssgan.nn.gaussian_noise import GaussianNoise
from ssgan.nn.networks.blocks import (
    batch_normalization,
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
        x = layers.ReLU(name="features" if last else None)(x)
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
):
    """Build the multilayer generator of the papers' MNIST recipe.

    Parameters
    ----------
    latent_dim : int
        Length of z.
    output_shape : tuple of int
        Shape of one generated example.
    units : sequence of int
        Width of each hidden layer. Batch normalization, without scale, follows it.
    activation : str, default="sigmoid"
        Activation of the output, which sets the range: "linear" for standardized
        columns.
    hidden : str, default="softplus"
        Activation of the hidden layers.

    References
    ----------
    Salimans et al. 2016, section 6.1, arXiv:1606.03498, and the authors' program.
    """
    inputs = keras.Input((latent_dim,))
    x = inputs
    for width in units:
        x = layers.Dense(width, use_bias=False)(x)
        x = batch_normalization(x)
        x = layers.Activation(hidden)(x)
    # Not initialized from data, as in the authors' program.
    x = WeightNormalization(layers.Dense(math.prod(output_shape)), initial_std=None)(x)
    x = layers.Activation(activation)(x)
    return keras.Model(inputs, layers.Reshape(output_shape)(x), name="generator")
