"""Recipes that train in a moment: for rows of numbers, for images, for samples."""

import dataclasses

from ssgan.recipes import VECTORS, Part

TINY_GAME = dataclasses.replace(
    VECTORS,
    discriminator=Part("mlp_discriminator", {"units": (8,)}),
    generator=Part("mlp_generator", {"units": (8,), "activation": "linear"}),
    latents=Part("UniformLatents", {"dim": 3}),
    labeled_size=4,
    unlabeled_size=8,
    # The game alone: what becomes of the default must not change these tests.
    learning_rate=0.001,
    augmentation=(),
    terms=(Part("RealOrFake"), Part("FeatureMatching")),
).with_steps(10)
# Without a generator, for what needs none: TensorFlow is ready in half of the time.
TINY = dataclasses.replace(
    TINY_GAME,
    generator=None,
    terms=(Part("PseudoLabels", {"confidence": 0.4, "aligned": True}),),
)
TINY_IMAGES = dataclasses.replace(
    TINY_GAME.with_steps(40),
    value_range=(0.0, 1.0),
    generator=Part("mlp_generator", {"units": (8,), "activation": "sigmoid"}),
)
TINY_GUESSES = dataclasses.replace(
    TINY_IMAGES,
    generator=None,
    augmentation=(Part("RandomAffine", {"shift": 0.1, "flip": True}),),
    terms=TINY.terms,
)
# Everything that makes a generator better at samples, at once.
TECHNIQUES = dataclasses.replace(
    TINY_GAME,
    discriminator=Part("mlp_discriminator", {"units": (8,), "minibatch_kernels": 4}),
    generator=Part(
        "mlp_generator",
        {"units": (8,), "activation": "linear", "normalization": "virtual"},
    ),
    terms=(
        Part("RealOrFake", {"real_target": 0.9}),
        Part("NonSaturating"),
        Part("FeatureMatching"),
        Part("JensenShannonRegularizer", {"gamma": 0.1}),
        Part("HistoricalAveraging", {"weight": 0.1, "player": "discriminator"}),
        Part("HistoricalAveraging", {"weight": 0.1, "player": "generator"}),
    ),
)
