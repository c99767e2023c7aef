"""Which layers weight normalization takes, and half precision in all networks."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from ssgan.errors import InputError
from ssgan.game.averaged_classifier import AveragedClassifier
from ssgan.game.ensemble import Ensemble
from ssgan.game.model import SSGAN
from ssgan.nn import networks
from ssgan.nn.terms import FeatureMatching, VirtualAdversarial
from ssgan.nn.weight_normalization import WeightNormalization

POLICIES = ["mixed_float16", "mixed_bfloat16"]


class Upsampling(layers.Conv2DTranspose):
    """A transposed convolution whose name does not say so."""


class TransposeFreeConv(layers.Conv2D):
    """A convolution whose name says otherwise."""


@pytest.mark.parametrize(
    ("make", "shape", "axis"),
    [
        (lambda: Upsampling(3, 2), (5, 5, 2), 2),
        (lambda: TransposeFreeConv(3, 2), (5, 5, 2), 3),
        (lambda: layers.Conv1DTranspose(3, 2), (5, 2), 1),
        (lambda: layers.Conv3DTranspose(3, 2), (4, 4, 4, 2), 3),
        (lambda: layers.Conv3D(3, 2), (4, 4, 4, 2), 4),
        (lambda: layers.Conv2D(4, 2, groups=2), (5, 5, 2), 3),
    ],
)
def test_output_axis_is_that_of_the_class(make, shape, axis):
    layer = WeightNormalization(make())
    layer(np.ones((2, *shape), "float32"))
    kernel = layer.normalized_kernel().numpy()
    axes = tuple(i for i in range(kernel.ndim) if i != axis)
    np.testing.assert_allclose((kernel**2).sum(axes), 1, rtol=1e-5)


@pytest.mark.parametrize(
    "layer",
    [
        layers.DepthwiseConv2D(3),
        layers.SeparableConv2D(3, 2),
        layers.EinsumDense("ab,bc->ac", 3),
        layers.ReLU(),
        layers.Embedding(3, 2),
    ],
    ids=lambda layer: type(layer).__name__,
)
def test_other_layers_are_refused_at_once(layer):
    said = rf"a dense, .* layer to normalize. Received: {type(layer).__name__}$"
    with pytest.raises(InputError, match=said):
        WeightNormalization(layer)


def discriminator():
    return keras.Sequential(
        [
            layers.Input((6,)),
            WeightNormalization(layers.Dense(8, "tanh")),
            layers.LayerNormalization(),
            WeightNormalization(layers.Dense(3)),
        ]
    )


def value_and_gradient(network, x):
    class Step:
        unlabeled = x

    class Model:
        discriminator = network

    with tf.GradientTape() as tape:
        value = VirtualAdversarial(radius=0.5, seed=7)(Model, Step)
    gradients = tape.gradient(value, network.trainable_variables)
    return np.concatenate([[value.numpy()], *(np.ravel(g) for g in gradients)])


@pytest.mark.parametrize("policy", POLICIES)
def test_adversarial_direction_does_not_underflow(policy, set_policy, rng):
    x = tf.constant(rng.normal(size=(9, 6)), "float32")
    whole = discriminator()
    set_policy(policy)
    half = discriminator()
    half.set_weights(whole.get_weights())
    expected = value_and_gradient(whole, x)
    assert expected[0] > 1e-4
    np.testing.assert_allclose(value_and_gradient(half, x), expected, atol=1e-6)
    # Afterwards all is as before.
    assert half(x).dtype == policy.removeprefix("mixed_")
    assert {layer.dtype_policy.name for layer in half.layers} == {policy}


@pytest.mark.parametrize("policy", POLICIES)
def test_logits_features_and_samples_are_float32(policy, set_policy, rng):
    set_policy(policy)
    x = rng.normal(size=(9, 6)).astype("float32")
    generator = keras.Sequential([layers.Input((2,)), layers.Dense(6)])
    game = SSGAN(discriminator(), generator, terms=[FeatureMatching()])
    plain = AveragedClassifier(discriminator())
    for model in (game, plain, Ensemble([game, plain])):
        assert model(x).dtype == "float32"
        assert model.logits(x).dtype == "float32"
        assert model.features(x).dtype == "float32"
        assert model.predict(x, verbose=0).dtype == "float32"
    assert game.sample(2, seed=0).dtype == "float32"


@pytest.mark.parametrize(
    "make", [networks.mlp_discriminator, networks.small_discriminator]
)
def test_last_layer_computes_in_float32(make, set_policy):
    """A cast afterwards would leave the logits with the 8 bits of bfloat16."""
    set_policy("mixed_bfloat16")
    network = make((8, 8, 1), 3)
    assert network.output.dtype == "float32"
    assert network.layers[-1].layer.compute_dtype == "float32"
    assert network.layers[1].compute_dtype == "bfloat16"
