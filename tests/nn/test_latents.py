"""Latent vectors are uniform, and follow from their seed."""

import keras
import numpy as np

from ssgan.nn import ClassLatents, UniformLatents


def test_latents_are_uniform_and_repeatable():
    latents = UniformLatents(3)
    z = latents(1000, (0, 1)).numpy()
    assert z.shape == (1000, 3)
    assert 0 <= z.min() < 0.01
    assert 0.99 < z.max() < 1
    # The mean of 1000 has the standard deviation 0.009.
    np.testing.assert_allclose(z.mean(axis=0), 0.5, atol=0.05)
    np.testing.assert_array_equal(z, latents(1000, (0, 1)))
    assert np.any(z != latents(1000, (0, 2)))


def test_saved_latents_have_their_dimension():
    saved = keras.saving.serialize_keras_object(UniformLatents(7))
    again = keras.saving.deserialize_keras_object(saved)
    assert type(again) is UniformLatents
    assert again.dim == 7


def test_latents_with_a_class_join_it_one_hot():
    latents = ClassLatents(3, 4)
    z = latents(6, (0, 1), [0, 1, 2, 3, 0, 1]).numpy()
    assert z.shape == (6, latents.length) == (6, 7)
    np.testing.assert_array_equal(z[:, 3:], np.eye(4)[[0, 1, 2, 3, 0, 1]])
    np.testing.assert_array_equal(latents.classes(z), [0, 1, 2, 3, 0, 1])
    assert np.all((z[:, :3] >= 0) & (z[:, :3] < 1))


def test_classes_are_drawn_uniformly_and_apart_from_the_rest():
    latents = ClassLatents(2, 5)
    z = latents(10_000, (0, 1)).numpy()
    classes = latents.classes(z).numpy()
    # The standard deviation of each share is 0.004.
    np.testing.assert_allclose(np.bincount(classes) / 10_000, 0.2, atol=0.02)
    for c in range(5):
        np.testing.assert_allclose(z[classes == c, :2].mean(axis=0), 0.5, atol=0.03)


def test_saved_latents_know_their_classes():
    saved = keras.saving.serialize_keras_object(ClassLatents(7, 3))
    again = keras.saving.deserialize_keras_object(saved)
    assert type(again) is ClassLatents
    assert (again.dim, again.n_classes, again.length) == (7, 3, 10)
