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


def test_a_path_keeps_the_distribution_and_the_class():
    latents = ClassLatents(5, 2)
    first, second = latents(4000, (0, 1)), latents(4000, (0, 2))
    for position in (0.0, 0.3, 0.5, 1.0):
        z = latents.between(first, second, position).numpy()
        np.testing.assert_array_equal(z[:, 5:], first[:, 5:])
        # Uniform: the mean of 20,000 has the standard deviation 0.002.
        np.testing.assert_allclose(z[:, :5].mean(), 1 / 2, atol=0.01)
        np.testing.assert_allclose(z[:, :5].var(), 1 / 12, atol=0.003)


def test_a_path_goes_from_end_to_end_in_small_steps():
    latents = UniformLatents(5)
    first, second = latents(30, (0, 1)), latents(30, (0, 2))
    path = [latents.between(first, second, t) for t in np.linspace(0, 1, 51)]
    np.testing.assert_allclose(path[0], first, atol=1e-4)
    np.testing.assert_allclose(path[-1], second, atol=1e-4)
    assert np.abs(np.diff(path, axis=0)).max() < 0.1
    edge = np.array([[0.0, 0.0, 1.0, 0.5, 0.5]], "float32")
    assert np.isfinite(latents.between(edge, 1 - edge, 0.5)).all()
