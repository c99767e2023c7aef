"""Networks of one's own are trained as they were given."""

import random

import keras
import numpy as np
import pytest
from keras import layers
from tiny import TINY
from warned import no_warnings

from ssgan import InputError
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


def ending(make):
    """Return a function for a discriminator of an input, made by `make`."""

    def discriminator(shape, n_classes):
        x = keras.Input(shape)
        return keras.Model(x, make(x, n_classes))

    return discriminator


def pooled(x, k):
    rows = layers.Conv1D(k, 2)(layers.Reshape((6, 1))(x))
    return layers.GlobalAveragePooling1D()(rows)


def averaged(x, k):
    return layers.Average()([layers.Dense(k)(x), layers.Dense(k)(x)])


def called(x, k):
    rows = layers.Reshape((6, 1), name="features")(x)
    return layers.Dense(k)(layers.Flatten()(rows))


def network_alone(x, k):
    inner = keras.Input(x.shape[1:])
    hidden = layers.Dense(4, "relu")(inner)
    return keras.Model(inner, layers.Dense(k)(hidden), name="body")(x)


@pytest.mark.parametrize(
    ("make", "received"),
    [
        (pooled, r"\(None, 5, 3\); the last layer is global"),
        (averaged, r"\(None, 3\), \(None, 3\); the last layer is average"),
        (called, r"\(None, 6, 1\)"),
    ],
)
def test_features_that_are_no_rows_are_refused_before_the_training(make, received):
    said = rf"features of shape \(n, d\).* Received: features of shape {received}"
    with pytest.raises(InputError, match=said):
        build(TINY, X, 3, discriminator=ending(make))


def test_features_that_are_the_examples_are_told():
    with pytest.warns(UserWarning, match="before its last one, body: its features"):
        build(TINY, X, 3, discriminator=ending(network_alone))
    with no_warnings():
        build(TINY, X, 3, discriminator=of_many_layers)
