"""A recipe that trains in a moment, for rows of a few numbers."""

import dataclasses

from ssgan.recipes import VECTORS, Part

TINY = dataclasses.replace(
    VECTORS,
    discriminator=Part("mlp_discriminator", {"units": (8,)}),
    generator=Part("mlp_generator", {"units": (8,), "activation": "linear"}),
    latent_dim=3,
    labeled_size=4,
    unlabeled_size=8,
).lasting(10)
