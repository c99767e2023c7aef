"""Small convolutional discriminators, which learn in minutes on a few cores."""

import functools
import itertools

import keras
from keras import layers

from ssgan.nn import replicas
from ssgan.nn.batch_normalization import BatchNormalization
from ssgan.nn.gaussian_noise import GaussianNoise
from ssgan.nn.networks.blocks import (
    expect_image,
    features,
    normalized_conv,
    normalized_dense,
    normalized_logits,
)

# Convolutions of `small_discriminator` halve feature maps that are larger than this.
SMALLEST_MAP = 3
LEAKY_RELU = functools.partial(layers.LeakyReLU, 0.2)


def small_discriminator(
    input_shape,
    n_classes,
    *,
    filters=(32, 64, 128),
    hidden=128,
    input_noise=0.3,
    noise=0.5,
    minibatch_kernels=0,
):
    """Build the default discriminator, for small images.

    A few convolutions, each with stride 2 until the feature map is about 3 x 3. Noise
    before every layer, as in the multilayer discriminator, and leaky ReLU after it. A
    dense layer gives the features.

    Parameters
    ----------
    input_shape : tuple of int (height, width, channels)
    n_classes : int
        K, the number of logits.
    filters : sequence of int
        Channels of each convolution. The first is 5x5, the others 3x3.
    hidden : int
        Width of the dense layer: the number of features.
    input_noise, noise : float in [0, 1]
        Standard deviation of the noise on the pixels and on each layer's input.
    minibatch_kernels : int, default=0
        Kernels of minibatch discrimination, joined to the features; the papers have
        100. See `ssgan.nn.MinibatchDiscrimination`.
    """
    expect_image(input_shape)
    inputs = keras.Input(input_shape)
    x = GaussianNoise(input_noise)(inputs)
    for i, width in enumerate(filters):
        if i:
            x = GaussianNoise(noise)(x)
        strides = 2 if min(x.shape[1:3]) > SMALLEST_MAP else 1
        x = normalized_conv(width, 5 if i == 0 else 3, strides)(x)
    x = GaussianNoise(noise)(layers.Flatten()(x))
    x = normalized_dense(hidden, train_scale=False)(x)
    x = features(x, LEAKY_RELU, minibatch_kernels)
    x = GaussianNoise(noise)(x)
    outputs = normalized_logits(n_classes, initial_std=0.1)(x)
    return keras.Model(inputs, outputs, name="discriminator")


def batch_norm_discriminator(
    input_shape,
    n_classes,
    *,
    stem=48,
    blocks=((96, 96), (192, 192), (384,)),
    hidden=None,
    input_noise=0.0,
    noise=0.0,
):
    """Build a discriminator with batch normalization, for recipes without a generator.

    3x3 convolutions, each followed by batch normalization and a leaky ReLU of slope
    0.2. The first of each block is followed by 2x2 max pooling at once. It learns more
    in a step than a weight-normalized one. In a game, its moving statistics would be
    those of real and generated examples mixed.

    Parameters
    ----------
    input_shape : tuple of int (height, width, channels)
        At least ``2 ** len(blocks)`` pixels high and wide.
    n_classes : int
        K, the number of logits.
    stem : int or None
        Channels of a convolution before the first block, which sees the full size.
    blocks : sequence of sequence of int
        Channels of each convolution of each block.
    hidden : int or None
        Width of a dense layer: the number of features. None takes the maximum of each
        channel over the last feature map.
    input_noise, noise : float in [0, 1]
        Standard deviation of the noise on the pixels, and on the input of each layer
        after the first.

    Raises
    ------
    InputError
        If the examples are not images, or are smaller.

    References
    ----------
    The order of the layers, and the maximum at the end: Jordan 2024, "94 % on CIFAR-10
    in 3.29 Seconds on a Single GPU", section 3, arXiv:2404.00498.
    """
    expect_image(input_shape, least=2 ** len(blocks))
    inputs = x = keras.Input(input_shape)
    noises = itertools.chain([input_noise], itertools.repeat(noise))

    def noisy(x):
        std = next(noises)
        return GaussianNoise(std)(x) if std else x

    def convolved(x, width, pooled):
        x = layers.Conv2D(width, 3, padding="same", use_bias=False)(noisy(x))
        if pooled:
            x = layers.MaxPooling2D()(x)
        # The averaged weights remember for longer.
        x = BatchNormalization(momentum=0.9, synchronized=replicas.count() > 1)(x)
        return LEAKY_RELU()(x)

    if stem:
        x = convolved(x, stem, pooled=False)
    for widths in blocks:
        for i, width in enumerate(widths):
            x = convolved(x, width, pooled=not i)
    if hidden:
        x = normalized_dense(hidden, train_scale=False)(noisy(layers.Flatten()(x)))
        x = noisy(LEAKY_RELU(name="features")(x))
    else:
        x = layers.GlobalMaxPooling2D(name="features")(x)
    outputs = normalized_logits(n_classes, initial_std=0.1)(x)
    return keras.Model(inputs, outputs, name="discriminator")
