"""The recipes of Salimans et al. 2016: every number that the paper or its program gave.

Figures of other sources stand beside their source.
"""

import dataclasses

from ssgan.recipes.recipe import Part, Recipe

# Salimans et al. 2016, section 6, arXiv:1606.03498, and the authors' program. An epoch
# is one pass over the unlabeled set: 60,000, 50,000 or 73,257 images, 100 in each step.
MNIST = Recipe(
    name="mnist",
    summary="The paper's multilayer recipe for MNIST, 300 epochs.",
    discriminator=Part("mlp_discriminator"),
    generator=Part("mlp_generator"),
    value_range=(0.0, 1.0),
    steps=300 * 600,
    constant_steps=300 * 600,
    learning_rate=0.003,
)

CIFAR10 = Recipe(
    name="cifar10",
    summary="The paper's convolutional recipe for CIFAR-10, 1200 epochs: for a GPU.",
    discriminator=Part("conv_discriminator", {"filters": (96, 192)}),
    generator=Part("conv_generator"),
    value_range=(-1.0, 1.0),
    steps=1200 * 500,
    constant_steps=800 * 500,
    learning_rate=0.0003,
    terms=(Part("RealOrFake"), Part("FeatureMatching", {"norm": "l1"})),
)

SVHN = dataclasses.replace(
    CIFAR10,
    name="svhn",
    summary="The paper's convolutional recipe for SVHN, 900 epochs: for a GPU.",
    discriminator=Part("conv_discriminator", {"filters": (64, 128)}),
    steps=900 * 732,
    constant_steps=600 * 732,
)

# The authors' program for ImageNet at 128 x 128: four GPUs with 64 images each, Adam's
# learning rate and epsilon, label smoothing (with the paper's 0.9), minibatch
# discrimination, virtual batch normalization, labels, and the widths of the generator's
# maps of up to 64 x 64. The discriminator is that of CIFAR-10 with twice as many
# blocks. An epoch has 5004 steps. Neither source says how many epochs there were; 25
# are the default of Radford et al.'s program, arXiv:1511.06434.
IMAGENET = Recipe(
    name="imagenet",
    summary="The paper's techniques for 128 x 128 photographs: for several GPUs.",
    discriminator=Part(
        "conv_discriminator",
        {"filters": (32, 64, 128, 256), "minibatch_kernels": 100},
    ),
    generator=Part(
        "conv_generator",
        {
            "filters": (512, 256, 128, 64, 64),
            "normalization": "virtual",
            "weight_normalized": False,
        },
    ),
    value_range=(-1.0, 1.0),
    steps=25 * 5004,
    constant_steps=25 * 5004,
    learning_rate=0.0004,
    epsilon=1e-8,
    labeled_size=256,
    unlabeled_size=256,
    alternating=False,
    terms=(Part("RealOrFake", {"real_target": 0.9}), Part("NonSaturating")),
)

# The parts of Salimans et al. 2016 that are for samples (sections 3.2, 3.4 and 3.5), in
# the lengths and sizes of their classifiers.
CIFAR10_SAMPLES = dataclasses.replace(
    CIFAR10,
    name="cifar10-samples",
    summary="For samples of CIFAR-10 by class, with the paper's techniques: for a GPU.",
    discriminator=Part(
        "conv_discriminator", {"filters": (96, 192), "minibatch_kernels": 100}
    ),
    generator=Part(
        "conv_generator", {"normalization": "virtual", "weight_normalized": False}
    ),
    epsilon=1e-8,
    latents=Part("ClassLatents", {"dim": 100}),
    terms=(
        Part("RealOrFake", {"real_target": 0.9}),
        Part("NonSaturating"),
        Part("AuxiliaryClassifier", {"weight": 0.2}),
    ),
)

SVHN_SAMPLES = dataclasses.replace(
    CIFAR10_SAMPLES,
    name="svhn-samples",
    summary="For samples of SVHN by class, with the paper's techniques: for a GPU.",
    discriminator=Part(
        "conv_discriminator", {"filters": (64, 128), "minibatch_kernels": 100}
    ),
    steps=SVHN.steps,
    constant_steps=SVHN.constant_steps,
)
