"""Layers, losses, loss terms, networks and optimizers: what a model is built from."""

import pkgutil

from ssgan.nn.batch_normalization import BatchNormalization
from ssgan.nn.column_encoder import ColumnEncoder
from ssgan.nn.column_swap import ColumnSwap
from ssgan.nn.gaussian_noise import GaussianNoise
from ssgan.nn.latents import ClassLatents, UniformLatents
from ssgan.nn.minibatch_discrimination import MinibatchDiscrimination
from ssgan.nn.optimizers import Adam, ConstantThenDecay
from ssgan.nn.preprocessor import Preprocessor
from ssgan.nn.random_affine import RandomAffine
from ssgan.nn.virtual_batch_normalization import (
    ReferenceBatch,
    VirtualBatchNormalization,
    WithoutReference,
)
from ssgan.nn.weight_normalization import WeightNormalization

__all__ = [
    "Adam",
    "BatchNormalization",
    "ClassLatents",
    "ColumnEncoder",
    "ColumnSwap",
    "ConstantThenDecay",
    "GaussianNoise",
    "MinibatchDiscrimination",
    "Preprocessor",
    "RandomAffine",
    "ReferenceBatch",
    "UniformLatents",
    "VirtualBatchNormalization",
    "WeightNormalization",
    "WithoutReference",
    *(module.name for module in pkgutil.iter_modules(__path__)),
]
