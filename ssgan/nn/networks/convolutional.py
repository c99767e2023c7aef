"""The convolutional pair of the papers' recipes for CIFAR-10, SVHN and ImageNet."""

import math

import keras
from keras import layers

from ssgan.nn.networks.blocks import (
    after_normalized,
    before_normalized,
    expect_image,
    features,
    normal_initializer,
    normalize,
    normalized_conv,
    normalized_logits,
)
from ssgan.nn.weight_normalization import WeightNormalization


def conv_discriminator(
    input_shape,
    n_classes,
    *,
    filters=(96, 192),
    input_dropout=0.2,
    dropout=0.5,
    minibatch_kernels=0,
):
    """Build the convolutional discriminator of the CIFAR-10 and SVHN recipes.

    Blocks of three 3x3 convolutions, the last of each with stride 2: two in the paper,
    more for larger images. Then one unpadded 3x3 and two 1x1 convolutions, global
    average pooling (the features) and a dense layer. Leaky ReLU of slope 0.2
    throughout, dropout before each block.

    Parameters
    ----------
    input_shape : tuple of int (height, width, channels)
        At least 3 x 3 pixels must be left after the blocks: 9 x 9 for two of them.
    n_classes : int
        K, the number of logits.
    filters : sequence of int
        Channels of each block. Those of the last are also those of the layers after it.
    input_dropout, dropout : float in [0, 1)
        Dropout on the input and after each block.
    minibatch_kernels : int, default=0
        Kernels of minibatch discrimination, joined to the features; the papers have
        100. See `ssgan.nn.MinibatchDiscrimination`.

    References
    ----------
    Salimans et al. 2016, section 6.2, arXiv:1606.03498, and the authors' program.

    Raises
    ------
    InputError
        If the examples are not images, or are smaller.
    """
    expect_image(input_shape, least=2 ** (len(filters) + 1) + 1)
    inputs = keras.Input(input_shape)
    x = layers.Dropout(input_dropout)(inputs)
    for width in filters:
        for strides in (1, 1, 2):
            x = normalized_conv(width, 3, strides)(x)
        x = layers.Dropout(dropout)(x)
    x = normalized_conv(filters[-1], 3, padding="valid")(x)
    x = normalized_conv(filters[-1], 1)(x)
    x = normalized_conv(filters[-1], 1)(x)
    x = features(x, layers.GlobalAveragePooling2D, minibatch_kernels)
    outputs = normalized_logits(n_classes, initial_std=0.1)(x)
    return keras.Model(inputs, outputs, name="discriminator")


def conv_generator(
    latent_dim,
    output_shape,
    *,
    filters=(512, 256, 128),
    activation="tanh",
    normalization="batch",
    weight_normalized=True,
):
    """Build the convolutional generator of the CIFAR-10 and SVHN recipes.

    A dense layer makes a feature map of one eighth of the image's size (one quarter
    with one filter less, one sixteenth with one more). Transposed 5x5 convolutions of
    stride 2 double it, and a margin is cropped if it is larger than the image. ReLU and
    normalization in between.

    Parameters
    ----------
    latent_dim : int
        Length of z.
    output_shape : tuple of int (height, width, channels)
    filters : sequence of int
        Channels of each feature map.
    activation : str, default="tanh"
        Activation of the output, which sets the range of the pixels.
    normalization : {"batch", "virtual", None}, default="batch"
        Of the hidden layers: batch normalization without scale, as in the papers'
        programs, `ssgan.nn.VirtualBatchNormalization`, or none.
    weight_normalized : bool, default=True
        Whether the last layer is weight-normalized, as in the papers' programs. Its
        scale begins small, and grows by at most the learning rate in a step. A plain
        layer reaches black and white sooner, where the learning rate is small.

    References
    ----------
    Salimans et al. 2016, section 6.2, arXiv:1606.03498, and the authors' program.

    Raises
    ------
    InputError
        If the examples are not images.
    """
    expect_image(output_shape)
    height, width, channels = output_shape
    factor = 2 ** len(filters)
    start = (math.ceil(height / factor), math.ceil(width / factor), filters[0])
    inputs = keras.Input((latent_dim,))
    drawn = {"kernel_initializer": normal_initializer()}
    biased = {"use_bias": normalization is None, **drawn}
    x = before_normalized(inputs, normalization)
    x = layers.Dense(math.prod(start), **biased)(x)
    x = normalize(x, normalization)
    x = layers.ReLU()(x)
    x = layers.Reshape(start)(x)
    for width_ in filters[1:]:
        x = layers.Conv2DTranspose(width_, 5, 2, "same", **biased)(x)
        x = normalize(x, normalization)
        x = layers.ReLU()(x)
    x = after_normalized(x, normalization)
    last = layers.Conv2DTranspose(channels, 5, 2, "same", **drawn)
    if weight_normalized:
        last = WeightNormalization(last, initial_std=0.1)
    x = last(x)
    x = layers.Activation(activation)(x)
    x = layers.Cropping2D(
        ((0, start[0] * factor - height), (0, start[1] * factor - width))
    )(x)
    return keras.Model(inputs, x, name="generator")
