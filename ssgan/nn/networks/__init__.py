"""Discriminators and generators, as plain Keras models.

A discriminator is a classifier: it maps examples of shape (batch, ...), in the recipe's
value range, to K class logits. The game also needs features: the output of the layer
named "features" or, without such a layer, the input of the last layer. A generator maps
latent vectors of shape (batch, latent_dim) to examples. Keras models of this form can
replace the networks here, if they have an Input: functional ones, or a Sequential that
begins with one, but no subclasses of keras.Model.
"""

import pkgutil

from ssgan.nn.networks.convolutional import conv_discriminator, conv_generator
from ssgan.nn.networks.mlp import mlp_discriminator, mlp_generator
from ssgan.nn.networks.small import batch_norm_discriminator, small_discriminator

__all__ = [
    "batch_norm_discriminator",
    "conv_discriminator",
    "conv_generator",
    "mlp_discriminator",
    "mlp_generator",
    "small_discriminator",
    *(module.name for module in pkgutil.iter_modules(__path__)),
]
