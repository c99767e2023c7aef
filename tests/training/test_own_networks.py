"""Networks of one's own are trained as they were given."""

import random

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


@keras.saving.register_keras_serializable("tests")
class Mixing(layers.Layer):
    """A layer whose configuration says nothing of its weights and noise."""

    def build(self, shape):
        self.mix = self.add_weight((shape[-1], shape[-1]), "glorot_uniform")
        self.noise = keras.random.SeedGenerator()

    def call(self, x):
        return x @ self.mix


def of_many_layers(shape, n_classes):
    cells = [layers.LSTM(2), layers.GRU(2), layers.SimpleRNN(2)]
    convolved = [layers.DepthwiseConv1D(2), layers.SeparableConv1D(2, 2)]
    spectral = layers.SpectralNormalization(layers.Dense(3))
    x = keras.Input(shape)
    rows = layers.Reshape((6, 1))(Mixing()(x))
    parts = [cell(rows) for cell in cells]
    parts += [layers.Flatten()(convolution(rows)) for convolution in convolved]
    joined = spectral(layers.Concatenate()(parts))
    return keras.Model(x, layers.Dense(n_classes)(joined))


def test_weights_of_every_kind_of_layer_follow_from_the_seed():
    random.seed(3)
    expected = random.random()
    random.seed(3)
    one, same, other = (
        build(TINY, X, 3, discriminator=of_many_layers, seed=seed) for seed in (1, 1, 2)
    )
    assert random.random() == expected, "the generator of others is as it was"
    for a, b in zip(one.get_weights(), same.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert one.random_states == same.random_states
    pairs = zip(one.discriminator.weights, other.discriminator.weights, strict=True)
    for a, b in pairs:
        constant = len(np.unique(a)) <= 2  # Such as the biases of an LSTM.
        assert constant or np.abs(a.numpy() - b).max() > 0.01, a.path
