"""Recipes become models."""

import dataclasses

import numpy as np
import pytest
import tensorflow as tf
from formulas import f32
from tiny import TECHNIQUES, TINY_GAME, TINY_IMAGES

from ssgan import InputError, recipes
from ssgan.game.batches import batches
from ssgan.nn.seeding import Seeds
from ssgan.training.build import build, make_augmentation, make_preprocessor

WITH_XLA = [False, pytest.param(True, marks=pytest.mark.slow)]


def test_large_columns_are_no_matter_in_half_precision(data, set_policy):
    x = data[0]
    set_policy("mixed_float16")
    with_them = build(TINY_GAME, 1e5 * x + 1e6, 2)
    logits = build(TINY_GAME, x, 2)(x)
    np.testing.assert_allclose(with_them(1e5 * x + 1e6), logits, atol=0.02)
    assert np.ptp(logits) > 1


def test_no_variable_is_kept_from_a_gpu(data):
    """TensorFlow keeps int32 on the CPU, where a step that XLA compiled fails to read.

    On a GPU, Keras compiles the step with XLA by itself.
    """
    model = build(TECHNIQUES, data[0], 2)
    model.build_metrics()
    optimizers = model.optimizer.variables + model.generator_optimizer.variables
    types = {v.dtype for v in [*model.variables, *model.metrics_variables, *optimizers]}
    assert {"float32", "int64"} <= types <= {"float32", "int64", "bool"}


def test_range_of_pixels():
    pixels = np.full((20, 8, 8, 1), 255, np.uint8)
    pixels[0] = 0
    for recipe, bottom, top in ((recipes.IMAGES, 0, 1), (recipes.CIFAR10, -1, 1)):
        for images in (pixels, pixels.astype("float32") / 51 - 2):  # -2 to 3
            layer = make_preprocessor(recipe, images)
            seen = np.asarray(layer(images))
            np.testing.assert_allclose([seen.min(), seen.max()], [bottom, top], 1e-5)


@pytest.mark.parametrize("compiled", WITH_XLA)
def test_changes_of_photographs_stay_in_their_range(compiled, rng):
    """Those of form and of color, in a graph and under XLA."""
    photos = rng.integers(0, 256, (20, 16, 16, 3)).astype("uint8")
    layer = make_augmentation(recipes.PHOTOS.augmentation, "changes", Seeds(0))
    plain = make_preprocessor(recipes.PHOTOS, photos)(photos)
    change = tf.function(lambda x: layer(x, training=True), jit_compile=compiled)
    changed = change(plain).numpy()
    assert changed.shape == photos.shape
    assert changed.min() >= -1
    assert changed.max() <= 1
    # Of an even gray, contrast and place change nothing: brightness is left.
    gray = change(np.zeros((20, 16, 16, 3), "float32")).numpy()
    assert np.all(gray.std(axis=(1, 2, 3)) < 1e-6)
    assert 0.05 < np.abs(gray).max() <= 0.2
    assert len(np.unique(gray[:, 0, 0, 0])) > 10
    np.testing.assert_array_equal(layer(plain, training=False), plain)


@pytest.mark.parametrize("compiled", WITH_XLA)
def test_strong_changes_of_photographs_erase_some_of_each(compiled, rng):
    layer = make_augmentation(recipes.PHOTOS.strong_augmentation, "changes", Seeds(0))
    photos = rng.uniform(0.1, 1, (500, 32, 32, 3)).astype("float32")
    change = tf.function(lambda x: layer(x, training=True), jit_compile=compiled)
    changed = change(photos).numpy()
    erased = (changed == 0).all(axis=-1)
    np.testing.assert_array_equal(changed[~erased], photos[~erased])
    shares = erased.mean(axis=(1, 2))
    # 5 to 25 % of the area, but for whole pixels.
    assert 0.04 < shares.min() < 0.07 < 0.2 < shares.max() < 0.27
    rows = [len(np.unique(e[e.any(axis=1)], axis=0)) for e in erased]
    assert set(rows) == {1}, "a rectangle"
    assert len(np.unique(erased.argmax(axis=1))) > 10, "anywhere"


def test_changes_are_made_in_full_precision(set_policy, rng):
    set_policy("mixed_float16")
    photos = dataclasses.replace(
        TINY_IMAGES,
        augmentation=recipes.PHOTOS.augmentation,
        strong_augmentation=recipes.PHOTOS.strong_augmentation,
    )
    model = build(photos, rng.integers(0, 256, (40, 8, 8, 3)).astype("uint8"), 2)
    for layer in (*model.augmentation.layers, *model.strong_augmentation.layers):
        assert layer.compute_dtype == "float32"
    # Keras's RandomErasing fails in float16.
    change = tf.function(lambda x: model.augment_strongly(model.augment(x)))
    assert change(np.ones((3, 8, 8, 3), "float16")).dtype == "float16"


@pytest.mark.slow
def test_weight_0_trains_without_labels(rng):
    x = f32(rng.normal(size=(40, 6)))
    recipe = dataclasses.replace(TINY_GAME, supervised_weight=0.0)
    networks = []
    for y in (np.arange(40) % 3, np.arange(40) % 3 == 0):
        model = build(recipe, x, 3)
        data = batches(x, y.astype(int), x, labeled_size=4, unlabeled_size=8)
        model.fit(data, steps_per_epoch=20, verbose=0)
        networks.append(model.discriminator.get_weights())
    for one, other in zip(*networks, strict=True):
        np.testing.assert_array_equal(one, other)


def test_rows_have_no_mirror_image(rng):
    recipe = dataclasses.replace(TINY_GAME, mirrored_prediction=True)
    with pytest.raises(InputError, match="mirror images.*rows of 6 numbers"):
        build(recipe, f32(rng.normal(size=(40, 6))), 3)


def test_term_gets_the_steps_of_its_recipe_unless_it_has_its_own(rng):
    x = f32(rng.normal(size=(40, 6)))
    for options, steps in (({}, 30), ({"steps": 7}, 7)):
        recipe = TINY_GAME.with_term("JensenShannonRegularizer", **options).with_steps(
            30
        )
        term = build(recipe, x, 3).named_terms["jensen_shannon_regularizer"]
        assert (term.annealed, term.steps) == (True, steps)
