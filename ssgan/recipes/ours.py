"""The default recipes, one without a generator, and one for samples: every number.

See benchmarks/pages/recipes.md for what was measured.
"""

import dataclasses

from ssgan.recipes.recipe import Part, Recipe

IMAGES = Recipe(
    name="images",
    summary="The default for small images: a convolutional pair, minutes on two cores.",
    discriminator=Part("small_discriminator", {"input_noise": 0.15, "noise": 0.25}),
    generator=Part("conv_generator", {"filters": (32, 16), "activation": "sigmoid"}),
    value_range=(0.0, 1.0),
    steps=10_000,
    constant_steps=4000,
    learning_rate=0.003,
    labeled_size=50,
    alternating=False,
    spread_steps=2000,
    augmentation=(
        Part(
            "RandomAffine",
            {"shift": 0.1, "rotation": 15.0, "zoom": 0.15, "elastic": 0.02},
        ),
    ),
    terms=(
        Part("RealOrFake"),
        Part("FeatureMatching"),
        Part("PseudoLabels", {"weight": 2.0, "confidence": 0.9, "aligned": True}),
    ),
)

# Guesses are soon so sure that they teach little, so of each three unlabeled images the
# one is trained on whose guess is least sure.
GUESSES = dataclasses.replace(
    IMAGES,
    name="guesses",
    summary="For small images: confident guesses, without a generator.",
    generator=None,
    unlabeled_size=300,
    terms=(
        Part(
            "PseudoLabels",
            {"weight": 2.0, "confidence": 0.9, "aligned": True, "candidates": 3},
        ),
    ),
)

PHOTOS = dataclasses.replace(
    IMAGES,
    name="photos",
    summary="For small photographs in color: confident guesses, without a generator.",
    discriminator=Part("batch_norm_discriminator"),
    generator=None,
    value_range=(-1.0, 1.0),
    steps=9000,
    constant_steps=3600,
    learning_rate=0.0012,
    spread_steps=0,  # Pixels of photographs are no guide to their class.
    augmentation=(
        # Images to predict are sharp, while resampling blurs. A network that has seen
        # blurred images alone takes sharp ones for the class with the finest texture:
        # it predicts 1.5 times as many frogs as there are in CIFAR-10.
        Part(
            "RandomAffine",
            {"shift": 0.125, "zoom": 0.15, "flip": True, "unresampled": 0.5},
        ),
        Part("RandomContrast", {"factor": 0.4, "value_range": (-1, 1)}),
        Part("RandomBrightness", {"factor": 0.1, "value_range": (-1, 1)}),
    ),
    strong_augmentation=(
        Part(
            "RandomErasing",
            {
                "factor": (1.0, 1.0),
                "scale": (0.05, 0.25),
                "fill_value": 0.0,
                "value_range": (-1, 1),
            },
        ),
    ),
    terms=(Part("PseudoLabels", {"weight": 2.0, "confidence": 0.95, "aligned": True}),),
    mirrored_prediction=True,
)

# A pair of small networks, a short training and few labels in a batch suit tables of
# some hundred rows; see benchmarks/pages/comparisons.md.
VECTORS = Recipe(
    name="vectors",
    summary="The default for rows of numbers: a small multilayer pair.",
    discriminator=Part(
        "mlp_discriminator", {"units": (64, 64), "input_noise": 0.1, "noise": 0.3}
    ),
    generator=Part("mlp_generator", {"units": (64, 64), "activation": "linear"}),
    value_range=None,
    steps=600,
    constant_steps=300,
    learning_rate=0.003,
    labeled_size=32,
    unlabeled_size=64,
    alternating=False,
    augmentation=(Part("ColumnSwap", {"rate": 0.1}),),
    terms=(
        Part("RealOrFake"),
        Part("FeatureMatching"),
        Part("PseudoLabels", {"weight": 1.0, "confidence": 0.9, "aligned": True}),
    ),
)

# For samples the generator plays against the discriminator (Goodfellow et al. 2014),
# and makes the class that it is asked for (Odena et al. 2017). Real and generated
# images get the same random changes, which it need not make (Zhao et al. 2020). Adam's
# epsilon is its authors' 1e-8.
MNIST_SAMPLES = Recipe(
    name="mnist-samples",
    summary="For samples of small gray images by class: minutes on two cores.",
    discriminator=Part("small_discriminator", {"input_noise": 0.15, "noise": 0.25}),
    generator=Part(
        "conv_generator",
        {"filters": (64, 32), "activation": "sigmoid", "weight_normalized": False},
    ),
    value_range=(0.0, 1.0),
    steps=6000,
    constant_steps=3000,
    learning_rate=0.001,
    epsilon=1e-8,
    labeled_size=32,
    unlabeled_size=64,
    alternating=False,
    latents=Part("ClassLatents", {"dim": 64}),
    strong_augmentation=(
        Part("RandomAffine", {"shift": 0.1, "rotation": 15.0, "zoom": 0.15}),
    ),
    terms=(
        Part("RealOrFake", {"real_target": 0.9}),
        Part("NonSaturating"),
        Part("AuxiliaryClassifier", {"weight": 0.2}),
        Part("PseudoLabels", {"weight": 2.0, "confidence": 0.9, "aligned": True}),
    ),
)
