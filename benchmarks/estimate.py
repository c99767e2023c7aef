"""Estimate what a recipe needs on a GPU, from its networks alone. Nothing is trained.

    python benchmarks/estimate.py imagenet --shape 128 128 3 --classes 1000 --devices 4
    python benchmarks/estimate.py cifar10 --shape 32 32 3 --teraflops 0.2

Counts the multiply-adds of the convolutions and matrix products of a training step,
those that speed.py times as "own", on each of so many devices that share the batch. At
--teraflops, which a device must reach and not only promise, they take the time that is
printed: two operations each. The memory is that of what a step keeps in float32 for its
gradients, and of the weights, their gradients, Adam's moments and the average. Both are
lower bounds: normalization, noise, the optimizer, reading and the workspaces of
convolutions come on top.
"""

import argparse
import dataclasses
import math
from types import SimpleNamespace

import keras
from reference_step import own_products, trained

from ssgan import recipes
from ssgan.nn import terms
from ssgan.nn.virtual_batch_normalization import ReferenceBatch, WithoutReference
from ssgan.training.build import build_networks

BYTES = 4  # Of a number in float32.
# Of each weight of a player: itself, its gradient and two moments of Adam.
COPIES = 4


def share(recipe, devices):
    """Return the recipe with the batch of one of the devices."""
    return dataclasses.replace(
        recipe,
        labeled_size=recipe.labeled_size // devices,
        unlabeled_size=recipe.unlabeled_size // devices,
    )


def kept(network, size):
    """Return how many numbers a pass of a network keeps for its gradient.

    The outputs of all layers; before and after the activation, if a layer has one.
    """
    total = 0
    for layer in network.layers:
        if isinstance(layer, ReferenceBatch):
            size += layer.size
        elif isinstance(layer, WithoutReference):
            size -= layer.size
        inner = getattr(layer, "layer", layer)
        activation = getattr(inner, "activation", None)
        is_kept_twice = activation not in (None, keras.activations.linear)
        total += size * math.prod(layer.output.shape[1:]) * (1 + is_kept_twice)
    return total


def estimate(recipe, shape, n_classes, devices):
    """Return the multiply-adds and the bytes of a step on each device, a tuple."""
    part = share(recipe, devices)
    discriminator, generator, _ = build_networks(part, shape, n_classes)
    model = SimpleNamespace(
        discriminator=discriminator,
        generator=generator,
        terms=[getattr(terms, name)(**options) for name, options in part.terms],
    )
    products = own_products(model, part)
    multiply_adds = sum(product.__self__.multiply_adds for product in products)
    n = trained(model, part.unlabeled_size)
    batch = part.labeled_size + n
    players = discriminator.count_params()
    numbers = players  # The average.
    if generator:
        batch += n
        numbers += kept(generator, n)
        players += generator.count_params()
    numbers += kept(discriminator, batch) + COPIES * players
    return multiply_adds, BYTES * numbers


def main():
    """Print the estimate that the command line asks for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("recipe", choices=recipes.RECIPES)
    parser.add_argument("--shape", nargs="+", type=int, required=True)
    parser.add_argument("--classes", type=int, default=10)
    parser.add_argument("--devices", type=int, default=1)
    parser.add_argument("--teraflops", type=float, default=10.0, help="default 10")
    options = parser.parse_args()
    recipe = recipes.get(options.recipe)
    multiply_adds, memory = estimate(
        recipe, tuple(options.shape), options.classes, options.devices
    )
    seconds = 2 * multiply_adds / (options.teraflops * 1e12)
    print(
        f"{recipe.name}, {options.devices} device(s), each: {multiply_adds / 1e9:.0f} "
        f"billion multiply-adds a step, {1000 * seconds:.0f} ms at "
        f"{options.teraflops:g} teraflops, {memory / 2**30:.1f} GiB; "
        f"{recipe.steps:,} steps: {recipe.steps * seconds / 3600:.1f} hours"
    )


if __name__ == "__main__":
    main()
