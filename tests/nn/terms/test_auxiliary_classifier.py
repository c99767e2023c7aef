"""Generated examples have the class that they were generated for."""

from types import SimpleNamespace

import numpy as np
import pytest
import tensorflow as tf

from ssgan.errors import InputError
from ssgan.nn import ClassLatents, UniformLatents
from ssgan.nn.terms import AuxiliaryClassifier


def test_auxiliary_classifier_is_the_formula(rng):
    logits, classes = rng.normal(size=(5, 3)), np.array([2, 0, 1, 1, 2])
    # Odena et al. 2017, equation 3: the log likelihood of the class.
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    expected = -np.log(p[np.arange(5), classes]).mean()
    latents = ClassLatents(4, 3)
    step = SimpleNamespace(
        latents=latents(5, (0, 0), classes), logits_fake=tf.constant(logits, "float32")
    )
    value = AuxiliaryClassifier()(SimpleNamespace(latents=latents), step)
    np.testing.assert_allclose(value, expected, rtol=1e-5)


def test_auxiliary_classifier_needs_a_player_and_latents_with_a_class():
    assert AuxiliaryClassifier(player="discriminator").player == "discriminator"
    with pytest.raises(InputError, match="Expected player to be one of .*'judge'"):
        AuxiliaryClassifier(player="judge")
    with pytest.raises(InputError, match="latents of class ClassLatents.*UniformLat"):
        AuxiliaryClassifier().build(SimpleNamespace(latents=UniformLatents(3)))
