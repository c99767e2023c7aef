import keras
import numpy as np
import pytest
import tensorflow as tf
from formulas import FIXED, close, descended, f32, forward, parameters, supervised
from keras import layers
from models import compiled

from ssgan.errors import InputError
from ssgan.game.averaged_classifier import AveragedClassifier


def test_supervised_update_is_gradient_descent(vector_pair, game):
    (x, labels), model = (
        (game[0]["labeled"], game[1]),
        AveragedClassifier(vector_pair[0]),
    )
    compiled(model, optimizer=keras.optimizers.SGD(0.5))
    d = parameters(model.discriminator)

    def loss(d):
        return supervised(labels, forward(d, x)[1])

    logs = model.train_step((x, labels))
    close(parameters(model.discriminator), descended(d, loss, 0.5, FIXED))
    assert float(logs["loss"]) == pytest.approx(loss(d), rel=1e-5)


def test_predictions_are_those_of_the_moving_average(vector_pair, game, rng):
    model = compiled(AveragedClassifier(vector_pair[0], averaging_step=0.3))
    average = parameters(model.discriminator)
    step = tf.function(model.train_step)
    for t in range(1, 31):
        step((f32(rng.normal(size=(5, 6))), game[1]))
        newest = parameters(model.discriminator)
        # 10 / (9 + t) falls to the smallest step, 0.3, at t = 24.3.
        rate = max(10 / (9 + t), 0.3)
        average = [
            [a + rate * (w - a) for a, w in zip(*pair, strict=True)]
            for pair in zip(average, newest, strict=True)
        ]
    close(parameters(model.classifier), average)
    x = f32(rng.normal(size=(9, 6)))
    logits = model.predict(x, verbose=0)
    np.testing.assert_allclose(logits, forward(average, x)[1], atol=1e-4)
    assert np.abs(logits - forward(newest, x)[1]).max() > 1e-4
    assert model.steps_done == 30


@pytest.mark.parametrize("shape", [(8, 6, 3), (8, 6)])
def test_mirrored_prediction_is_the_mean_of_both_forms(shape, rng):
    layout = [layers.Input(shape), layers.Flatten(), layers.Dense(3)]
    x = f32(rng.normal(size=(5, *shape)))
    model = AveragedClassifier(keras.Sequential(layout), mirrored_prediction=True)
    twin = AveragedClassifier.from_config(model.get_config())
    twin.set_weights(model.get_weights())
    plain = AveragedClassifier(model.discriminator)
    both = (plain(x) + plain(x[:, :, ::-1])) / 2
    assert np.abs(both - plain(x)).max() > 0.01
    for each in (model, twin):
        np.testing.assert_allclose(each(x), both, atol=1e-5)
        np.testing.assert_allclose(each(x[:, :, ::-1]), each(x), atol=1e-5)
        np.testing.assert_allclose(each.predict(x, verbose=0), both, atol=1e-5)


def test_copy_of_a_discriminator_with_an_adapted_layer_predicts_the_same(rng):
    x = rng.normal(5, 3, (20, 6)).astype("float32")
    adapted = layers.Normalization()
    adapted.adapt(x)
    discriminator = keras.Sequential([layers.Input((6,)), adapted, layers.Dense(3)])
    model = AveragedClassifier(discriminator)
    np.testing.assert_allclose(model(x), discriminator(x), rtol=1e-5)


def test_discriminator_that_cannot_be_copied_is_refused():
    inner, outer, shared = keras.Input((6,)), keras.Input((6,)), layers.Dense(6)
    nested = keras.Model(inner, shared(inner))
    x = layers.Dense(3)(shared(nested(outer)))
    with pytest.raises(InputError, match="shared by the network and one nested in it"):
        AveragedClassifier(keras.Model(outer, x))


def test_features_are_by_default_what_the_last_layer_takes(vector_pair, rng):
    model = AveragedClassifier(vector_pair[0])
    x = f32(rng.normal(size=(7, 6)))
    expected = forward(parameters(model.classifier), x)[0]
    np.testing.assert_allclose(model.features(x), expected, atol=1e-5)
