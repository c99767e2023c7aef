"""From a recipe and data to a compiled model."""

import contextlib
import functools
import inspect

import keras
import numpy as np

from ssgan import nn
from ssgan.errors import expect
from ssgan.game.averaged_classifier import AveragedClassifier
from ssgan.game.model import SSGAN
from ssgan.game.self_training import SelfTraining
from ssgan.nn import latents, networks, replicas, terms
from ssgan.nn.networks.shapes import (
    check_features,
    check_loadable,
    check_logits,
    check_network,
)
from ssgan.nn.seeding import Seeds
from ssgan.recipes.recipe import STEPS_PER_CALL
from ssgan.training.parts import AUGMENTATION_LAYERS, find_part

INITIALIZATION_EXAMPLES = 500


def build(
    recipe,
    examples,
    n_classes,
    *,
    n_categories=None,
    discriminator=None,
    generator=None,
    preprocessor=None,
    seed=0,
    info=None,
):
    """Build the model of a recipe, initialized from data and compiled.

    Parameters
    ----------
    recipe : ssgan.recipes.Recipe
    examples : ndarray of shape (n, ...)
        Raw training examples. The preprocessor and the initialization depend on them.
    n_classes : int
        K.
    n_categories : sequence of int or None, default=None
        See `make_preprocessor`.
    discriminator, generator : callable or None, default=None
        Networks of your own: ``discriminator(input_shape, n_classes)`` and
        ``generator(latent_dim, output_shape)`` return Keras models.
    preprocessor : ssgan.nn.Preprocessor or None, default=None
        By default, the recipe's for these examples.
    seed : int, default=0
        Seed of the weights, the noise and the initialization batch.
    info : dict or None, default=None
        See `ssgan.AveragedClassifier`.

    Returns
    -------
    SSGAN; SelfTraining if the recipe has no generator, and AveragedClassifier if it has
    no terms either
    """
    seeds = Seeds(seed)
    preprocessor = preprocessor or make_preprocessor(recipe, examples, n_categories)
    shape = tuple(preprocessor.compute_output_shape((None, *examples.shape[1:]))[1:])
    own = discriminator or generator
    with seeds.for_unseeded() if own else contextlib.nullcontext():
        networks = build_networks(recipe, shape, n_classes, discriminator, generator)
        model = _assembled(recipe, seeds, *networks, preprocessor, info)
    some = np.random.default_rng(seed).permutation(len(examples))
    model.initialize(examples[np.sort(some[:INITIALIZATION_EXAMPLES])])
    compile_for(recipe, model)
    return model


def _assembled(recipe, seeds, discriminator, generator, latents, preprocessor, info):
    arguments = {
        "discriminator": seeds.seeded_network(discriminator),
        "preprocessor": preprocessor,
        "augmentation": make_augmentation(recipe.augmentation, "augmentation", seeds),
        "averaging_step": recipe.averaging_step,
        "info": info,
        "mirrored_prediction": recipe.mirrored_prediction,
    }
    if recipe.generator is not None:
        generator = seeds.seeded_network(generator)
        arguments |= {"generator": generator, "latents": latents}
    if recipe.terms:
        strong = recipe.strong_augmentation
        arguments |= {
            "strong_augmentation": make_augmentation(
                strong, "strong_augmentation", seeds
            ),
            "terms": [
                seeds.seeded(_make(part, terms, steps=recipe.steps))
                for part in recipe.terms
            ],
        }
    if recipe.generator is not None:
        return SSGAN(**arguments, seed=seeds.draw())
    return (SelfTraining if recipe.terms else AveragedClassifier)(**arguments)


def build_networks(recipe, shape, n_classes, discriminator=None, generator=None):
    """Build the networks of a recipe, with weights of no seed.

    Parameters
    ----------
    recipe, n_classes, discriminator, generator
        See `build`.
    shape : tuple of int
        That of one example.

    Returns
    -------
    discriminator : keras.Model
    generator : keras.Model or None
    latents : latent distribution or None
        None, as the generator, if the recipe has no generator.

    Raises
    ------
    InputError
        If the networks or the recipe do not fit the shape, or Keras could not load the
        networks again.
    """
    for network in (discriminator, generator):
        is_model = isinstance(network, keras.Model)  # Which is callable, too.
        usable = network is None or (callable(network) and not is_model)
        expect(usable, "a function that returns a Keras model", repr(network))
    make = discriminator or _callable(recipe.discriminator, networks)
    classifying = make(shape, n_classes)
    check_network(classifying, "discriminator", shape, (n_classes,))
    expect(
        len(shape) > 1 or not recipe.mirrored_prediction,
        "images, to predict from their mirror images",
        f"rows of {shape[0]} numbers",
    )
    if discriminator:
        check_loadable(classifying, "discriminator")
        check_logits(classifying, shape)
        check_features(classifying)
    if recipe.generator is None:
        return classifying, None, None
    z = _make(recipe.latents, latents, n_classes=n_classes)
    make = generator or _callable(recipe.generator, networks)
    generating = make(z.length, shape)
    check_network(generating, "generator", (z.length,), shape)
    if generator:
        check_loadable(generating, "generator")
    return classifying, generating, z


def compile_for(recipe, model, rate_factor=1.0):
    """Compile a model for a recipe, with its learning rate times a factor."""

    def adam():
        rate = nn.ConstantThenDecay(
            recipe.learning_rate * rate_factor, recipe.constant_steps, recipe.steps
        )
        return nn.Adam(rate, recipe.beta_1, recipe.beta_2, epsilon=recipe.epsilon)

    players = {"optimizer": adam()}
    if recipe.generator is not None:
        players["generator_optimizer"] = adam()
    model.compile(
        **players,
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        loss_weights=recipe.supervised_weight,
        # Made here: Keras would make "accuracy" within the first step, and TensorFlow
        # traces a step that makes variables a second time.
        metrics=[keras.metrics.SparseCategoricalAccuracy("accuracy")],
        # Replicas cannot synchronize inside a TensorFlow loop.
        steps_per_execution=STEPS_PER_CALL if replicas.count() == 1 else 1,
    )


def make_preprocessor(recipe, examples, n_categories=None):
    """Return the layer that maps raw examples to what the networks of a recipe expect.

    Parameters
    ----------
    recipe : ssgan.recipes.Recipe
    examples : ndarray of shape (n, ...)
    n_categories : sequence of int or None, default=None
        Of a table, the number of categories of each column, 0 for numbers.

    Returns
    -------
    ssgan.nn.Preprocessor or ssgan.nn.ColumnEncoder
    """
    if recipe.value_range is None:
        return nn.ColumnEncoder.for_examples(examples, n_categories)
    expect(
        not any(n_categories or ()) and not np.isnan(examples.min()),
        "a recipe for rows, such as vectors, for text and empty fields",
        recipe.name,
    )
    return nn.Preprocessor.for_pixels(examples, recipe.value_range)


def make_augmentation(parts, name, seeds):
    """Return the layers that a recipe's parts name as one layer; None without parts.

    Parameters
    ----------
    parts : tuple of ssgan.recipes.Part
    name : str
        Name of the layer.
    seeds : ssgan.nn.seeding.Seeds
    """
    # In half precision positions are not exact, and Keras's RandomErasing fails.
    makers = [_callable(part, *AUGMENTATION_LAYERS) for part in parts]
    layers = [seeds.seeded(make(dtype="float32")) for make in makers]
    return keras.Sequential(layers, name=name) if layers else None


def _make(part, module, **known):
    """Make a part, with those known arguments that it takes and does not have yet."""
    taken = inspect.signature(find_part(part, module)).parameters.keys() - part.options
    return _callable(part, module)(**{k: v for k, v in known.items() if k in taken})


def _callable(part, *modules):
    return functools.partial(find_part(part, *modules), **part.options)
