"""A frozen network and a classifier of its features, saved as one."""

from pathlib import Path

import keras
import numpy as np
import pytest
from keras import layers
from models import through_a_file

from ssgan.errors import InputError
from ssgan.game.averaged_classifier import AveragedClassifier
from ssgan.game.backbone_classifier import BackboneClassifier
from ssgan.game.ensemble import Ensemble
from ssgan.nn import ColumnEncoder, Preprocessor
from ssgan.training.checkpoints import load


def head(seed=0):
    keras.utils.set_random_seed(seed)
    encoder = ColumnEncoder.for_examples(
        np.random.default_rng(seed).normal(size=(9, 4))
    )
    network = keras.Sequential([layers.Input((4,)), layers.Dense(5), layers.Dense(3)])
    return AveragedClassifier(network, encoder, info={"seed": seed})


def backbone(*more):
    x = keras.Input((6, 6, 1))
    y = Preprocessor((0, 1), axis=None, mean=0, variance=255**2)(x)
    parts = [layers.Conv2D(4, 3), layers.BatchNormalization(), layers.Dropout(0.5)]
    for layer in (*parts, *more, layers.GlobalMaxPooling2D()):
        y = layer(y)
    return keras.Model(x, y)


@pytest.fixture
def images(rng):
    return rng.integers(0, 256, (7, 6, 6, 1)).astype("uint8")


def test_logits_are_those_of_the_head_for_the_features(images):
    model = BackboneClassifier(backbone(), head())
    features = model.backbone(images.astype("float32"), training=False)
    expected = model.head(features).numpy()
    np.testing.assert_allclose(model(images), expected, atol=1e-5)
    # In training, too, the backbone computes as in inference.
    np.testing.assert_allclose(model(images, training=True), expected, atol=1e-5)
    hidden = model.head.features(features)
    np.testing.assert_allclose(model.features(images), hidden, atol=1e-5)
    assert model.backbone.trainable_variables == []
    assert model.example_shape == (6, 6, 1)
    assert model.preprocessor.raw_range == pytest.approx((0, 255))
    assert model.members == [model.head]


def test_saved_model_is_the_same(images, tmp_path):
    members = [head(), head(1)]
    model = BackboneClassifier(backbone(), Ensemble(members), info={"classes": "abc"})
    again = through_a_file(model, tmp_path)
    np.testing.assert_array_equal(again(images), model(images))
    assert again.info == model.info
    assert again.backbone.trainable_variables == []
    assert len(again.members) == 2


def test_no_code_in_a_saved_backbone_is_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    layer = layers.Lambda(lambda x: Path("ran").touch() or x)
    BackboneClassifier(backbone(layer), head()).save("model.keras")
    Path("ran").unlink()
    with pytest.raises(InputError, match=r"to be a model that this version.*Lambda"):
        load("model.keras")
    assert not Path("ran").exists()
