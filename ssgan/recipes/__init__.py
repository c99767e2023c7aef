"""Recipes: what to train and for how long, and how one is chosen by its name.

A recipe has no behavior: `ssgan.training.build` reads it. To change a number, use
``dataclasses.replace(IMAGES, learning_rate=0.001)``.
"""

import dataclasses
import pkgutil

from ssgan.errors import expect, expect_whole
from ssgan.recipes.ours import GUESSES, IMAGES, MNIST_SAMPLES, PHOTOS, VECTORS
from ssgan.recipes.papers import (
    CIFAR10,
    CIFAR10_SAMPLES,
    IMAGENET,
    MNIST,
    SVHN,
    SVHN_SAMPLES,
)
from ssgan.recipes.recipe import (
    CHEAPER,
    NO_FLIP,
    STEPS_PER_CALL,
    SUPERVISED,
    Part,
    Recipe,
)
from ssgan.support.near_names import expect_known

__all__ = [
    "CIFAR10",
    "CIFAR10_SAMPLES",
    "GUESSES",
    "IMAGENET",
    "IMAGES",
    "MNIST",
    "MNIST_SAMPLES",
    "PHOTOS",
    "RECIPES",
    "SVHN",
    "SVHN_SAMPLES",
    "VECTORS",
    "Part",
    "Recipe",
    "from_dict",
    "get",
    "resolve",
    "whole",
    *(module.name for module in pkgutil.iter_modules(__path__)),
]

# For images in color, "auto" takes some of the steps of `PHOTOS`; 700 of them take the
# time of `IMAGES`. Its network halves images three times.
AUTO_STEPS, LEAST_PHOTO = 2000, 8
# Channels of images in color; the fourth is how opaque a pixel is.
COLORS = (3,), (4,)

RECIPES = {
    recipe.name: recipe
    for recipe in (
        *(IMAGES, GUESSES, PHOTOS, VECTORS, MNIST_SAMPLES),
        *(MNIST, CIFAR10, SVHN, CIFAR10_SAMPLES, SVHN_SAMPLES, IMAGENET),
    )
}


def whole(recipe):
    """Return the recipe of which another is a form, for as long a training.

    Parameters
    ----------
    recipe : Recipe
        Such as ``IMAGES.on_spread_labels().supervised()``. Its numbers are kept.

    Returns
    -------
    Recipe
        The same one, if it is no form of one of `RECIPES`.
    """
    name, steps = recipe.name.removesuffix(SUPERVISED), recipe.steps
    for end, cheaper in CHEAPER.items():
        if name.endswith(end):
            name, steps = name.removesuffix(end), max(1, steps // cheaper)
    known = RECIPES.get(name.removesuffix(NO_FLIP))
    if known is None or name == recipe.name:
        return recipe
    return dataclasses.replace(
        recipe.with_steps(steps),
        name=name,
        generator=known.generator,
        terms=known.terms,
        strong_augmentation=known.strong_augmentation,
        spread_steps=known.with_steps(steps).spread_steps,
    )


def get(name):
    """Return the recipe of a name; InputError if there is none."""
    expect_known(name, RECIPES, "one of the recipes")
    return RECIPES[name]


def resolve(recipe, steps=None, *, shape):
    """Return the recipe that a name, or "auto", stands for.

    Parameters
    ----------
    recipe : str or Recipe
        "auto", the name of a recipe, or a recipe.
    steps : int or None, default=None
        Training steps, by default those of the recipe; rounded up to a multiple of 10.
    shape : tuple of int
        Shape of one example; one number for rows. "auto" depends on it: `IMAGES`, for
        images in color a shorter `PHOTOS`, and `VECTORS` for rows.

    Raises
    ------
    InputError
        If there is no such recipe, it standardizes columns and the examples are images,
        or `steps` is not a whole number above 0.
    """
    images = len(shape) > 1
    if recipe == "auto":
        in_color = shape[2:] in COLORS and min(shape[:2]) >= LEAST_PHOTO
        for_images = PHOTOS.with_steps(AUTO_STEPS) if in_color else IMAGES
        recipe = for_images if images else VECTORS
    if not isinstance(recipe, Recipe):
        recipe = get(recipe)
    columns = recipe.value_range is None
    expect(
        not (images and columns),
        "a recipe for images, such as images",
        f"{recipe.name}, which standardizes columns, for images",
    )
    steps = recipe.steps if steps is None else steps
    expect_whole("steps", steps, 1)
    rounded = -(-int(steps) // STEPS_PER_CALL) * STEPS_PER_CALL
    return recipe if rounded == recipe.steps else recipe.with_steps(rounded)


def from_dict(values):
    """Return the recipe that ``dataclasses.asdict`` and JSON made a dictionary of.

    Fields that are missing get their defaults.
    """

    def part(value):
        name, options = value
        return Part(name, {k: _tuples(v) for k, v in options.items()})

    def field(key, value):
        if key in ("discriminator", "generator", "latents"):
            return value and part(value)
        if key in ("augmentation", "strong_augmentation", "terms"):
            return tuple(map(part, value))
        return _tuples(value)

    return Recipe(**{key: field(key, value) for key, value in values.items()})


def _tuples(value):
    return tuple(map(_tuples, value)) if isinstance(value, list) else value
