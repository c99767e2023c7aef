"""Layers that the networks share."""

import keras
from keras import layers

from ssgan.errors import expect
from ssgan.nn import replicas
from ssgan.nn.minibatch_discrimination import MinibatchDiscrimination
from ssgan.nn.virtual_batch_normalization import (
    ReferenceBatch,
    VirtualBatchNormalization,
    WithoutReference,
)
from ssgan.nn.weight_normalization import WeightNormalization


def expect_image(shape, least=1):
    """Raise InputError unless a shape is (height, width, channels), of `least` pixels.

    Height and width must each be at least that. Keras's convolutions must look for the
    channels at the end.
    """
    order = keras.config.image_data_format()
    expect(order == "channels_last", "Keras's image_data_format channels_last", order)
    images = "images, of shape (height, width, channels), for a convolutional network"
    expect(len(shape) == 3, images, f"examples of shape {tuple(shape)}")
    large = min(shape[:2]) >= least
    expect(large, f"images of at least {least} x {least} pixels", tuple(shape))


NORMALIZATIONS = ("batch", "virtual", None)


def before_normalized(x, normalization):
    """Apply what a generator begins with, for one of `NORMALIZATIONS`."""
    known = f"one of the normalizations {NORMALIZATIONS}"
    expect(normalization in NORMALIZATIONS, known, f"{normalization!r}")
    return ReferenceBatch()(x) if normalization == "virtual" else x


def normalize(x, normalization):
    """Apply a normalization without scale, as the papers' generators have it."""
    if normalization == "virtual":
        return VirtualBatchNormalization()(x)
    if normalization is None:
        return x
    layer = layers.BatchNormalization(
        scale=False,
        epsilon=1e-6,
        # Over the batches of all replicas together.
        synchronized=replicas.count() > 1,
    )
    return layer(x)


def after_normalized(x, normalization):
    """Apply what follows the last normalized layer of a generator."""
    return WithoutReference()(x) if normalization == "virtual" else x


def normalized_dense(
    units, train_scale=True, initial_std=1.0, kernel_std=0.05, dtype=None
):
    """Return a weight-normalized dense layer, by default of the global dtype policy."""
    initializer = normal_initializer(kernel_std)
    dense = layers.Dense(units, kernel_initializer=initializer, dtype=dtype)
    return WeightNormalization(dense, train_scale, initial_std, dtype=dtype)


def normalized_logits(n_classes, **options):
    """Return the last layer of a discriminator: in float32, in mixed precision too."""
    return normalized_dense(n_classes, dtype="float32", **options)


def features(x, make_layer, minibatch_kernels):
    """Apply the layer that makes the features, and minibatch discrimination, if any.

    Parameters
    ----------
    x : keras.KerasTensor
    make_layer : callable
        ``make_layer(name=...)`` returns the layer.
    minibatch_kernels : int
        Kernels of the `ssgan.nn.MinibatchDiscrimination`; 0 does without it.
    """
    if not minibatch_kernels:
        return make_layer(name="features")(x)
    joined = MinibatchDiscrimination(minibatch_kernels, name="features")
    return joined(make_layer(name=None)(x))


def normalized_conv(filters, size, strides=1, padding="same"):
    """Return a weight-normalized convolution with leaky ReLU and fixed scale."""
    return WeightNormalization(
        layers.Conv2D(
            filters,
            size,
            strides,
            padding,
            activation="leaky_relu",
            kernel_initializer=normal_initializer(),
        ),
        train_scale=False,
    )


def normal_initializer(std=0.05):
    """Return an initializer for the kernels of normalized layers.

    The deviation does not change what a normalized layer computes. But the larger it
    is, the less a step of Adam turns the kernel.
    """
    return keras.initializers.RandomNormal(stddev=std)
