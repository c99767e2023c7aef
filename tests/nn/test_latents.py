"""Latent vectors are uniform, and follow from their seed."""

import keras
import numpy as np

from ssgan.nn import UniformLatents


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
