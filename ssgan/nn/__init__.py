"""Layers, losses, loss terms, networks and optimizers: what a model is built from."""

from ssgan.nn.gaussian_noise import GaussianNoise
from ssgan.nn.latents import ClassLatents, UniformLatents
from ssgan.nn.optimizers import Adam, ConstantThenDecay
from ssgan.nn.preprocessor import Preprocessor
from ssgan.nn.random_affine import RandomAffine
from ssgan.nn.weight_normalization import WeightNormalization

__all__ = [
    "Adam",
    "ClassLatents",
    "ConstantThenDecay",
    "GaussianNoise",
    "Preprocessor",
    "RandomAffine",
    "UniformLatents",
    "WeightNormalization",
    "gaussian_noise",
    "latents",
    "losses",
    "networks",
    "optimizers",
    "preprocessor",
    "random_affine",
    "registration",
    "replicas",
    "seeding",
    "terms",
    "weight_normalization",
]
