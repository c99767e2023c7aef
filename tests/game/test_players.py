"""What belongs to one player acts on that player alone; what cannot play is refused."""

import keras
import numpy as np
import pytest
from keras import layers
from models import SGD, compiled
from tiny import TINY_GAME

from ssgan import InputError, SSGANClassifier
from ssgan.game.averaged_classifier import AveragedClassifier
from ssgan.game.model import SSGAN
from ssgan.nn.terms import FeatureMatching


def networks(of_discriminator=None, of_generator=None):
    """Return a discriminator and a generator with weight regularizers."""
    keras.utils.set_random_seed(0)
    discriminator = keras.Sequential(
        [
            layers.Input((6,)),
            layers.Dense(4, "tanh"),
            layers.Dense(3, kernel_regularizer=of_discriminator),
        ]
    )
    generator = keras.Sequential(
        [layers.Input((2,)), layers.Dense(6, kernel_regularizer=of_generator)]
    )
    return discriminator, generator


def step(game, alternating, **regularizers):
    """Return the loss and both players' weights after one step of gradient descent."""
    x, y, _ = game
    model = compiled(SSGAN(*networks(**regularizers), seed=1), optimizer=SGD(0.1))
    if not alternating:
        x = {key: x[key] for key in ("labeled", "unlabeled")}
    logs = model.train_on_batch(x, y, return_dict=True)
    return (
        logs["loss"],
        model.discriminator.get_weights(),
        model.generator.get_weights(),
    )


@pytest.mark.parametrize("alternating", [False, True])
def test_regularizer_of_the_generator_acts_on_the_generator(game, alternating):
    loss, discriminator, generator = step(game, alternating)
    regularized = step(game, alternating, of_generator=keras.regularizers.L2(0.5))
    assert regularized[0] == loss
    for one, other in zip(regularized[1], discriminator, strict=True):
        np.testing.assert_array_equal(one, other)
    # A step of 0.05 (`compiled`) along the gradient of 0.5 w^2.
    start = networks()[1].get_weights()[0]
    change = regularized[2][0] - generator[0]
    np.testing.assert_allclose(change, -0.05 * start, atol=1e-6)
    np.testing.assert_array_equal(regularized[2][1], generator[1])


@pytest.mark.parametrize("alternating", [False, True])
def test_regularizer_of_the_discriminator_acts_on_the_discriminator(game, alternating):
    loss, discriminator, _ = step(game, alternating)
    regularized = step(game, alternating, of_discriminator=keras.regularizers.L2(0.5))
    start = networks()[0].get_weights()[2]
    assert regularized[0] == pytest.approx(loss + 0.5 * (start**2).sum(), rel=1e-5)
    change = regularized[1][2] - discriminator[2]
    np.testing.assert_allclose(change, -0.1 * start, atol=1e-6)


def test_regularizer_acts_in_the_baseline_too(game):
    x, y, _ = game
    losses = [
        compiled(AveragedClassifier(networks(regularizer)[0])).train_on_batch(
            x["labeled"], y, return_dict=True
        )["loss"]
        for regularizer in (None, keras.regularizers.L2(0.5))
    ]
    start = networks()[0].get_weights()[2]
    assert losses[1] == pytest.approx(losses[0] + 0.5 * (start**2).sum(), rel=1e-5)


@pytest.mark.parametrize("real", [0.0, 1.0], ids=["black", "varied"])
def test_diversity_of_examples_that_are_all_alike_is_1(game, real):
    x, y, _ = game
    x = {key: real * x[key] for key in ("labeled", "unlabeled")}
    model = compiled(SSGAN(*networks(), terms=[FeatureMatching()], seed=1))
    diversity = model.train_on_batch(x, y, return_dict=True)["diversity"]
    assert (diversity == 1) == (real == 0)
    assert 0 < diversity < 10


def dense(*units):
    """Return a function that builds a network of dense layers, for any arguments."""

    def build(shape, _):
        inputs = shape if isinstance(shape, tuple) else (shape,)
        return keras.Sequential([layers.Input(inputs), *map(layers.Dense, units)])

    return build


X = np.random.default_rng(0).normal(size=(20, 6)).astype("float32")
Y = np.arange(20) % 3


@pytest.mark.parametrize(
    ("networks", "message"),
    [
        ({"discriminator": dense(5, 4)}, r"\(6,\) to \(3,\). Received: .* to \(4,\)"),
        ({"generator": dense(5)}, r"a generator .* to \(6,\). Received: .* to \(5,\)"),
        (
            {"discriminator": lambda *_: dense(3)((7,), 3)},
            r"from examples of shape \(6,\) .*Received: one from \(7,\)",
        ),
        ({"generator": lambda *_: dense(6)(1, 6)}, r"shape \(3,\) .*from \(1,\)"),
        ({"generator": lambda *_: 5}, "a generator that is a Keras model"),
        (
            {"discriminator": lambda *_: keras.Sequential([layers.Dense(3)])},
            "a discriminator that is a Keras model with an Input",
        ),
    ],
    ids=["K+1", "width", "input", "latents", "no model", "not built"],
)
def test_networks_that_cannot_play_are_refused_at_fit(networks, message):
    with pytest.raises(InputError, match=message):
        SSGANClassifier(TINY_GAME, **networks).fit(X, Y, unlabeled=X)


def test_pair_that_does_not_fit_is_refused():
    discriminator, _ = networks()
    with pytest.raises(InputError, match=r"to \(6,\). Received: one from \(2,\) to"):
        SSGAN(discriminator, dense(5)(2, None))


def test_sizes_may_be_open():
    inputs = keras.Input((None, None, 1))
    pooled = layers.GlobalAveragePooling2D()(layers.Conv2D(4, 3)(inputs))
    discriminator = keras.Model(inputs, layers.Dense(3)(pooled))
    generator = keras.Sequential(
        [layers.Input((2,)), layers.Dense(36), layers.Reshape((6, 6, 1))]
    )
    assert SSGAN(discriminator, generator).sample(2).shape == (2, 6, 6, 1)
