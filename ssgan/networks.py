"""Discriminators and generators, as plain Keras models.

A discriminator is a classifier: it maps examples of shape (batch, ...) in the range
that the recipe names to K class logits. The game also needs the features of its last
hidden layer: the output of the layer called "features" or, in a network that has none,
the input of the last layer. A generator maps latents of shape (batch, latent_dim) to
examples. Anything of that form can stand in for the networks of this module.
"""

import math

import keras
from keras import layers

from ssgan import replicas
from ssgan.errors import expect
from ssgan.layers import GaussianNoise, WeightNormalization

# Convolutions of the default discriminator halve pictures that are larger than this.
SMALLEST_PICTURE = 3


def mlp_discriminator(
    input_shape,
    n_classes,
    *,
    units=(1000, 500, 250, 250, 250),
    input_noise=0.3,
    noise=0.5,
):
    """Build the multilayer discriminator of the papers' MNIST recipe.

    Noise comes before every layer and ReLU after; the features are taken before their
    noise. Weights are normalized, with trained scale in the last layer.

    Parameters
    ----------
    input_shape : tuple of int
        Shape of one example, of any rank; it is flattened.
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
        x = _normalized_dense(width, train_scale=False, kernel_std=0.1)(x)
        x = layers.ReLU(name="features" if last else None)(x)
        x = GaussianNoise(noise)(x)
    outputs = _normalized_dense(n_classes, kernel_std=0.1)(x)
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
        Width of each hidden layer; batch normalization (without scale) follows.
    activation : str, default="sigmoid"
        Of the output: it gives the range, "linear" for standardized columns.
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
        x = _normalized_batch(x)
        x = layers.Activation(hidden)(x)
    # Not initialized from data: the authors' program leaves it as it is drawn.
    x = WeightNormalization(layers.Dense(math.prod(output_shape)), initial_std=None)(x)
    x = layers.Activation(activation)(x)
    return keras.Model(inputs, layers.Reshape(output_shape)(x), name="generator")


def conv_discriminator(
    input_shape,
    n_classes,
    *,
    filters=(96, 192),
    input_dropout=0.2,
    dropout=0.5,
):
    """Build the convolutional discriminator of the CIFAR-10 and SVHN recipes.

    Two blocks of three 3x3 convolutions, the last of each with stride 2, then one
    unpadded 3x3 and two 1x1 convolutions, the mean over all places (the features) and
    a dense layer. Leaky ReLU of slope 0.2 throughout, dropout before each block.

    Parameters
    ----------
    input_shape : tuple of int (height, width, channels)
        12 x 12 pixels at least.
    n_classes : int
        K, the number of logits.
    filters : pair of int
        Width of the first block, and of all that follows.
    input_dropout, dropout : float in [0, 1)
        Dropout on the input and before the second and third block.

    References
    ----------
    Salimans et al. 2016, section 6.2, arXiv:1606.03498, and the authors' program.
    """
    first, second = filters
    _expect_image(input_shape)
    inputs = keras.Input(input_shape)
    x = layers.Dropout(input_dropout)(inputs)
    for width in (first, second):
        for strides in (1, 1, 2):
            x = _normalized_conv(width, 3, strides)(x)
        x = layers.Dropout(dropout)(x)
    x = _normalized_conv(second, 3, padding="valid")(x)
    x = _normalized_conv(second, 1)(x)
    x = _normalized_conv(second, 1)(x)
    x = layers.GlobalAveragePooling2D(name="features")(x)
    outputs = _normalized_dense(n_classes, initial_std=0.1)(x)
    return keras.Model(inputs, outputs, name="discriminator")


def conv_generator(
    latent_dim, output_shape, *, filters=(512, 256, 128), activation="tanh"
):
    """Build the convolutional generator of the CIFAR-10 and SVHN recipes.

    A dense layer makes a picture of an eighth (or, with one filter less, a quarter) of
    the size, 5x5 transposed convolutions of stride 2 double it until it is whole; what
    is too much is cut off. ReLU and batch normalization without scale between.

    Parameters
    ----------
    latent_dim : int
        Length of z.
    output_shape : tuple of int (height, width, channels)
    filters : sequence of int
        Channels of each picture on the way to the last.
    activation : str, default="tanh"
        Of the output: it gives the range of the pixels.

    References
    ----------
    Salimans et al. 2016, section 6.2, arXiv:1606.03498, and the authors' program.
    """
    height, width, channels = output_shape
    factor = 2 ** len(filters)
    start = (math.ceil(height / factor), math.ceil(width / factor), filters[0])
    inputs = keras.Input((latent_dim,))
    drawn = {"kernel_initializer": _normal()}
    x = layers.Dense(math.prod(start), use_bias=False, **drawn)(inputs)
    x = _normalized_batch(x)
    x = layers.ReLU()(x)
    x = layers.Reshape(start)(x)
    for width_ in filters[1:]:
        x = layers.Conv2DTranspose(width_, 5, 2, "same", use_bias=False, **drawn)(x)
        x = _normalized_batch(x)
        x = layers.ReLU()(x)
    x = WeightNormalization(
        layers.Conv2DTranspose(channels, 5, 2, "same", **drawn), initial_std=0.1
    )(x)
    x = layers.Activation(activation)(x)
    x = layers.Cropping2D(
        ((0, start[0] * factor - height), (0, start[1] * factor - width))
    )(x)
    return keras.Model(inputs, x, name="generator")


def small_discriminator(
    input_shape,
    n_classes,
    *,
    filters=(32, 64, 128),
    hidden=128,
    input_noise=0.3,
    noise=0.5,
):
    """Build the default discriminator, for small images.

    The multilayer discriminator's noise around a few convolutions: each halves the
    picture by its stride, down to some 3 x 3; noise comes before every layer
    and leaky ReLU after. A dense layer on the last picture gives the features.

    Parameters
    ----------
    input_shape : tuple of int (height, width, channels)
    n_classes : int
        K, the number of logits.
    filters : sequence of int
        Width of each convolution; the first is 5x5, the others 3x3.
    hidden : int
        Width of the dense layer: the number of features.
    input_noise, noise : float in [0, 1]
        Standard deviation of the noise on the pixels and on each layer.
    """
    _expect_image(input_shape)
    inputs = keras.Input(input_shape)
    x = GaussianNoise(input_noise)(inputs)
    for i, width in enumerate(filters):
        if i:
            x = GaussianNoise(noise)(x)
        strides = 2 if min(x.shape[1:3]) > SMALLEST_PICTURE else 1
        x = _normalized_conv(width, 5 if i == 0 else 3, strides)(x)
    x = GaussianNoise(noise)(layers.Flatten()(x))
    x = _normalized_dense(hidden, train_scale=False)(x)
    x = layers.LeakyReLU(0.2, name="features")(x)
    x = GaussianNoise(noise)(x)
    outputs = _normalized_dense(n_classes, initial_std=0.1)(x)
    return keras.Model(inputs, outputs, name="discriminator")


def pooled_discriminator(
    input_shape,
    n_classes,
    *,
    blocks=((64, 64), (128, 128), (256,)),
    hidden=128,
):
    """Build the discriminator for photographs: more convolutions, maxima between.

    A 4x4 convolution of stride 2, then 3x3 convolutions; between blocks the largest of
    each 2 x 2 pixels remains. A dense layer on the last picture gives the features.
    Leaky ReLU of slope 0.2 throughout.

    Parameters
    ----------
    input_shape : tuple of int (height, width, channels)
        ``2 ** len(blocks)`` pixels each way at least.
    n_classes : int
        K, the number of logits.
    blocks : sequence of sequence of int
        Width of each convolution of each block.
    hidden : int
        Width of the dense layer: the number of features.

    Raises
    ------
    InputError
        If the examples are no images, or smaller.
    """
    _expect_image(input_shape)
    least = 2 ** len(blocks)
    large = min(input_shape[:2]) >= least
    expect(large, f"images of {least} x {least} pixels at least", input_shape)
    inputs = x = keras.Input(input_shape)
    size, strides = 4, 2
    for i, widths in enumerate(blocks):
        if i:
            x = layers.MaxPooling2D()(x)
        for width in widths:
            x = _normalized_conv(width, size, strides)(x)
            size, strides = 3, 1
    x = _normalized_dense(hidden, train_scale=False)(layers.Flatten()(x))
    x = layers.LeakyReLU(0.2, name="features")(x)
    outputs = _normalized_dense(n_classes, initial_std=0.1)(x)
    return keras.Model(inputs, outputs, name="discriminator")


def _expect_image(shape):
    images = "images, of shape (height, width, channels), for a convolutional network"
    expect(len(shape) == 3, images, f"examples of shape {tuple(shape)}")


def _normalized_batch(x):
    layer = layers.BatchNormalization(
        # Over the batches of all replicas, where there are several.
        scale=False,
        epsilon=1e-6,
        synchronized=replicas.count() > 1,
    )
    return layer(x)


def _normalized_dense(units, train_scale=True, initial_std=1.0, kernel_std=0.05):
    dense = layers.Dense(units, kernel_initializer=_normal(kernel_std))
    return WeightNormalization(dense, train_scale, initial_std)


def _normalized_conv(filters, size, strides=1, padding="same"):
    return WeightNormalization(
        layers.Conv2D(
            filters,
            size,
            strides,
            padding,
            activation="leaky_relu",
            kernel_initializer=_normal(),
        ),
        train_scale=False,
    )


def _normal(std=0.05):
    # A normalized weight's scale means nothing but this: the larger it is, the less an
    # update of Adam turns it.
    return keras.initializers.RandomNormal(stddev=std)
