"""Recipes that train in a moment: one for rows of numbers, and one for images."""

import dataclasses

from ssgan.recipes import VECTORS, Part

TINY = dataclasses.replace(
    VECTORS,
    discriminator=Part("mlp_discriminator", {"units": (8,)}),
    generator=Part("mlp_generator", {"units": (8,), "activation": "linear"}),
    latents=Part("UniformLatents", {"dim": 3}),
    labeled_size=4,
    unlabeled_size=8,
).with_steps(10)
TINY_IMAGES = dataclasses.replace(
    TINY.with_steps(40),
    value_range=(0.0, 1.0),
    generator=Part("mlp_generator", {"units": (8,), "activation": "sigmoid"}),
)
