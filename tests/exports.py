"""Small recipes, and what exported models are compared with."""

import dataclasses

import numpy as np
import pytest
import tensorflow as tf

from ssgan.export import FORMATS
from ssgan.recipes import CIFAR10, IMAGES, MNIST, VECTORS, Part

PARTS = [
    (IMAGES, (8, 8, 1), {}, {}),
    (MNIST, (7, 7, 1), {"units": (20, 10)}, {"units": (20,)}),
    (CIFAR10, (12, 12, 3), {"filters": (8, 12)}, {"filters": (8, 4)}),
    (VECTORS, (5,), {"units": (20, 10)}, {"units": (20,)}),
]


def need(format):
    for package in FORMATS[format].packages:
        pytest.importorskip(
            package.replace("-", "_"), reason="needs pip install '.[export]'"
        )


def small(recipe, discriminator, generator):
    """Return a recipe with smaller networks."""
    parts = recipe.discriminator, recipe.generator
    options = discriminator, generator
    new = [
        Part(p.name, {**p.options, **o}) for p, o in zip(parts, options, strict=True)
    ]
    return dataclasses.replace(recipe, discriminator=new[0], generator=new[1])


def examples(rng, shape, dtype="uint8", n=40):
    x = rng.uniform(0, 256, size=(n, *shape))
    if len(shape) == 1:  # Columns of very different means and ranges.
        x = x * 10.0 ** np.arange(-2, 3)
    return x.astype(dtype)


def softmax(logits):
    return tf.nn.softmax(tf.cast(logits, "float32")).numpy()
