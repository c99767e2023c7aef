"""A classifier becomes a plain Keras model with the same probabilities."""

import keras
import numpy as np
import pytest
from exports import PARTS, examples, small, softmax
from keras import layers

from ssgan.errors import InputError
from ssgan.export.inference import inference_model
from ssgan.game.averaged_classifier import AveragedClassifier
from ssgan.game.ensemble import Ensemble
from ssgan.game.model import SSGAN
from ssgan.nn import BatchNormalization, WeightNormalization
from ssgan.nn.networks import batch_norm_discriminator
from ssgan.training.build import build


@pytest.mark.parametrize("policy", ["float32", "mixed_bfloat16"])
@pytest.mark.parametrize("parts", PARTS, ids=lambda parts: parts[0].name)
def test_inference_model_is_plain_and_the_same(parts, policy, rng, set_policy):
    set_policy(policy)
    recipe, shape, *options = parts
    x = examples(rng, shape, "float32")
    model = build(small(recipe, *options), x, 3)
    plain = inference_model(model)
    half = policy != "float32"
    p = plain(x)
    assert p.dtype == "float32"
    np.testing.assert_allclose(p, softmax(model(x)), atol=0.05 if half else 2e-6)
    assert p.numpy().std(axis=0).max() > 0.01  # Not a constant.
    modules = {
        type(layer).__module__.split(".")[0] for layer in plain._flatten_layers()
    }
    assert modules == {"keras"}
    assert not any(isinstance(n, layers.Dropout) for n in plain._flatten_layers())
    assert plain.count_params() < model.classifier.count_params()
    if half:
        set_policy("float32")
        in_float32 = inference_model(model)
        np.testing.assert_allclose(p, in_float32(x), atol=1e-6)


def test_own_network(own, rng):
    x = rng.normal(3.0, 5.0, size=(9, 6, 6, 2)).astype("float32")
    before = own.classifier.get_weights()
    np.testing.assert_allclose(inference_model(own)(x), softmax(own(x)), atol=2e-6)
    for old, new in zip(before, own.classifier.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_batch_normalization_becomes_that_of_keras(rng):
    x = rng.normal(3.0, 5.0, size=(9, 8, 8, 3)).astype("float32")
    network = batch_norm_discriminator((8, 8, 3), 3, stem=4, blocks=((6, 6), (8,)))
    for _ in range(5):
        network(x, training=True)
    model = AveragedClassifier(network, mirrored_prediction=True)
    plain = inference_model(model)
    np.testing.assert_allclose(plain(x), softmax(model(x)), atol=2e-6)
    np.testing.assert_allclose(plain(x[:, :, ::-1]), plain(x), atol=1e-6)
    assert plain(x).numpy().std(axis=0).max() > 0.01
    kinds = {type(layer) for layer in plain._flatten_layers()}
    assert layers.BatchNormalization in kinds
    assert BatchNormalization not in kinds


def test_hidden_layer_of_ours_is_refused():
    network = keras.Sequential(
        [
            keras.Input((4, 5)),
            layers.TimeDistributed(WeightNormalization(layers.Dense(3))),
            layers.Flatten(),
            layers.Dense(2),
        ]
    )
    with pytest.raises(InputError, match="no layer of ssgan inside"):
        inference_model(AveragedClassifier(network))


def test_raw_ensemble(image_pair, tmp_path, rng):
    discriminator, generator = image_pair
    game = SSGAN(discriminator, generator)
    other = AveragedClassifier(keras.models.clone_model(discriminator))
    x = rng.normal(size=(5, 6, 6, 1)).astype("float32")
    expected = (softmax(game(x)) + softmax(other(x))) / 2
    for model, p in [
        (Ensemble([game, other]), expected),
        (Ensemble([game]), softmax(game(x))),
    ]:
        np.testing.assert_allclose(inference_model(model)(x), p, atol=1e-6)


@pytest.mark.parametrize("members", [1, 2])
@pytest.mark.parametrize("temperature", [2.5, 10.0])
def test_temperature_is_inside(members, temperature, own, rng):
    """Also where the probabilities are 0 in float32 before they are tempered."""
    x = rng.normal(3.0, 5.0, size=(9, 6, 6, 2)).astype("float32")
    x = np.concatenate([x, 100 * x])
    info = {"temperature": temperature}
    model = Ensemble([own] * members, info) if members > 1 else own
    own.info = info
    assert np.ptp(model(x), axis=1).max() > 100
    expected = softmax(model(x) / temperature)
    np.testing.assert_allclose(inference_model(model)(x), expected, atol=2e-5)
