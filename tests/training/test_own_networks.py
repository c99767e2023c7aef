"""Networks of one's own are trained as they were given."""

import keras
import numpy as np
from keras import layers
from tiny import TINY

from ssgan.training.build import build
from ssgan.training.take_over import take_over

X = np.random.default_rng(0).normal(5, 2, (40, 6)).astype("float32")


def normalizing(shape, n_classes):
    normalization = layers.Normalization()
    normalization.adapt(X)
    parts = [keras.Input(shape), normalization, layers.Dense(8, "relu")]
    return keras.Sequential([*parts, layers.Dense(n_classes)])


def test_what_a_layer_adapted_to_is_trained_with_too():
    """Keras's layer computes with a copy of its weights."""
    model, other = (build(TINY, X, 3, discriminator=normalizing) for _ in range(2))
    for network in (model.discriminator, model.classifier):
        seen = network.layers[0](X)
        np.testing.assert_allclose(seen, (X - X.mean(0)) / X.std(0), atol=1e-4)
    other.discriminator.layers[0].adapt_mean.assign([100.0] * 6)
    take_over(model, other, np.arange(3))
    assert float(model.discriminator.layers[0](X)[0, 0]) < -40
