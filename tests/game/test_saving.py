"""Saved, pickled and copied models are the same models."""

import os
import subprocess
import sys
from pathlib import Path

import h5py
import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers
from models import COPIES, WAYS, compiled

import ssgan
from ssgan.game.batches import batches
from ssgan.game.model import SSGAN
from ssgan.nn import Preprocessor, RandomAffine, UniformLatents
from ssgan.nn.terms import FeatureMatching, PseudoLabels, RealOrFake


@pytest.fixture(scope="module")
def pixel_model(image_pair):
    """A model of raw pixels, 0 to 255, with all its parts and some training.

    The tests share it, and leave it as it is.
    """
    model = SSGAN(
        *image_pair,
        preprocessor=Preprocessor((-1.0, 1.0), mean=127.5, variance=127.5**2),
        augmentation=RandomAffine(shift=0.2),
        strong_augmentation=layers.RandomErasing(0.7, fill_value=0.0),
        averaging_step=0.01,
        latents=UniformLatents(2),
        terms=[
            RealOrFake(0.5, real_target=0.9),
            FeatureMatching(norm="l1"),
            PseudoLabels(0.5, confidence=0.4, aligned=True, candidates=2),
        ],
        info={"class_names": ["a", "b", "c"], "shape": {"pixels": [6, 6]}},
        mirrored_prediction=True,
    )
    model.initialize(pixels(20))
    adam = keras.optimizers.Adam
    compiled(
        model,
        optimizer=adam(0.01),
        generator_optimizer=adam(0.02),
        metrics=["accuracy"],
    )
    model.fit(pixel_batches(), steps_per_epoch=2, verbose=0)
    return model


def pixels(n):
    return np.random.default_rng(1).integers(256, size=(n, 6, 6, 1), dtype=np.uint8)


def pixel_batches():
    x = pixels(12)
    return batches(x, np.arange(12) % 3, x, labeled_size=4, unlabeled_size=4)


def state(model):
    # Keras does not save the state of random generators.
    optimizers = (model.optimizer, model.generator_optimizer)
    variables = [*model.weights, *(v for o in optimizers for v in o.variables)]
    return [v.numpy() for v in variables]


@pytest.mark.parametrize("how", WAYS)
def test_copy_predicts_the_same_and_trains_on(pixel_model, how, tmp_path):
    twin = COPIES[how](pixel_model, tmp_path)
    x = pixels(7)
    predictions = pixel_model.predict(x, verbose=0)
    np.testing.assert_array_equal(twin.predict(x, verbose=0), predictions)
    mirrored = twin.predict(x[:, :, ::-1], verbose=0)
    np.testing.assert_allclose(mirrored, predictions, atol=1e-5)
    assert (twin.averaging_step, twin.augmentation.shift) == (0.01, 0.2)
    assert (twin.preprocessor.value_range, twin.latents.dim) == ((-1.0, 1.0), 2)
    assert twin.strong_augmentation.factor[1] == 0.7
    game, matching, pseudo = twin.terms
    assert (type(game), game.weight, game.real_target) == (RealOrFake, 0.5, 0.9)
    assert type(matching) is FeatureMatching
    assert matching.get_config() == {"weight": 1.0, "norm": "l1"}
    expected = {"weight": 0.5, "confidence": 0.4, "aligned": True, "candidates": 2}
    assert pseudo.get_config() == expected | {"shares": None}
    assert twin.info == {"class_names": ["a", "b", "c"], "shape": {"pixels": [6, 6]}}
    assert float(twin.optimizer.learning_rate) == pytest.approx(0.01)
    assert float(twin.generator_optimizer.learning_rate) == pytest.approx(0.02)
    assert twin.generator_optimizer.iterations == twin.steps_done == 2
    for mine, theirs in zip(state(pixel_model), state(twin), strict=True):
        np.testing.assert_array_equal(mine, theirs)
    scores = [m.evaluate(x, np.arange(7) % 3, verbose=0) for m in (pixel_model, twin)]
    np.testing.assert_allclose(scores[0], scores[1], rtol=1e-6)
    # They share nothing: the twin's training leaves the first as it is.
    twin.train_step(next(iter(pixel_batches())))
    assert twin.steps_done == twin.optimizer.iterations == 3
    assert np.any(twin.predict(x, verbose=0) != predictions)
    assert pixel_model.steps_done == 2
    np.testing.assert_array_equal(pixel_model.predict(x, verbose=0), predictions)


@pytest.mark.slow  # As in tests/estimator, with more layers.
def test_new_process_predicts_the_same(pixel_model, tmp_path):
    model, examples, logits = (tmp_path / f for f in ("m.keras", "x.npy", "logits.npy"))
    pixel_model.save(model)
    np.save(examples, pixels(7))
    code = (
        "import sys, numpy, keras, ssgan.game.model\n"
        "model = keras.saving.load_model(sys.argv[1])\n"
        "numpy.save(sys.argv[3], model.predict(numpy.load(sys.argv[2]), verbose=0))"
    )
    env = os.environ | {"PYTHONPATH": str(Path(ssgan.__file__).parents[1])}
    run = [sys.executable, "-c", code, model, examples, logits]
    subprocess.run(run, env=env, check=True, capture_output=True)
    expected = pixel_model.predict(pixels(7), verbose=0)
    np.testing.assert_allclose(np.load(logits), expected, atol=1e-6)


def test_features_are_those_of_the_layer_of_that_name(pixel_model):
    x = (pixels(7) - 127.5) / 127.5
    hidden = keras.Sequential(pixel_model.classifier.layers[:2])
    np.testing.assert_allclose(pixel_model.features(pixels(7)), hidden(x), atol=1e-5)


def test_samples_are_in_the_raw_range(pixel_model):
    samples = pixel_model.sample(9, seed=1).numpy()
    z = tf.random.stateless_uniform((9, 2), (0, 1))
    expected = 127.5 * (1 + pixel_model.generator(z).numpy())
    assert samples.shape == (9, 6, 6, 1)
    np.testing.assert_allclose(samples, expected, rtol=1e-4, atol=1e-4)
    np.testing.assert_array_equal(samples, pixel_model.sample(9, seed=1))
    assert np.any(samples != pixel_model.sample(9))


def test_a_saved_model_holds_every_weight_once(vector_pair, tmp_path):
    model = SSGAN(*vector_pair)
    model.save_weights(tmp_path / "m.weights.h5")
    saved = []

    def visit(name, item):
        if isinstance(item, h5py.Dataset):
            saved.append((name, item.size))

    with h5py.File(tmp_path / "m.weights.h5") as file:
        file.visititems(visit)
    networks = (model.discriminator, model.classifier, model.generator)
    # Besides the networks, one number: how many steps were done.
    expected = 1 + sum(network.count_params() for network in networks)
    assert sum(size for _, size in saved) == expected, saved
