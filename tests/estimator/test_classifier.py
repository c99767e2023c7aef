"""The estimator keeps scikit-learn's contract, and its own."""

import contextlib
import dataclasses
import subprocess
import sys
import warnings

import keras
import numpy as np
import pandas as pd
import pytest
import tensorflow as tf
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from ssgan import InputError, SSGANClassifier
from ssgan.recipes import VECTORS, Part

TINY = dataclasses.replace(
    VECTORS,
    discriminator=Part("mlp_discriminator", {"units": (16,), "input_noise": 0.0}),
    generator=Part("mlp_generator", {"units": (16,), "activation": "linear"}),
    latent_dim=4,
    labeled_size=16,
    unlabeled_size=16,
    learning_rate=0.01,
    steps=60,
    hold=60,
)


def expected_failures(estimator):
    return {
        "check_classifiers_classes": (
            "uses -1 as a class, which is what marks an unlabeled example here; "
            "scikit-learn exempts its own semi-supervised estimators by name"
        )
    }


@parametrize_with_checks(
    [SSGANClassifier("vectors", steps=60, random_state=0)],
    expected_failed_checks=expected_failures,
)
def test_scikit_learn_contract(estimator, check):
    check(estimator)


@pytest.fixture(scope="module")
def blobs():
    """Three clouds of points, six of them labeled with words."""
    rng = np.random.default_rng(0)
    codes = np.arange(90) % 3
    x = (rng.normal(size=(90, 4)) + 3 * codes[:, None]).astype("float32")
    names = np.array(["ash", "beech", "cedar"], dtype=object)[codes]
    y = names.copy()
    y[6:] = -1
    return x, y, names


@pytest.fixture(scope="module")
def fitted(blobs):
    return SSGANClassifier(TINY, random_state=0).fit(*blobs[:2])


def test_string_labels(blobs, fitted):
    x, _, names = blobs
    assert fitted.classes_.tolist() == ["ash", "beech", "cedar"]
    assert set(fitted.predict(x)) <= set(names)
    assert fitted.score(x, names) > 1 / 3
    assert len(fitted.model_.critic.weights) > 0
    assert fitted.recipe_ == TINY


def test_unlabeled_examples_are_learnt_from(blobs):
    x, y, _ = blobs
    few = SSGANClassifier(TINY, random_state=0).fit(x[:6], y[:6], unlabeled=x[6:])
    same = SSGANClassifier(TINY, random_state=0).fit(x, y)
    np.testing.assert_array_equal(few.predict_proba(x), same.predict_proba(x))
    with pytest.warns(UserWarning, match="No unlabeled example"):
        alone = SSGANClassifier(TINY, random_state=0).fit(x[:6], y[:6])
    assert abs(alone.predict_proba(x) - same.predict_proba(x)).max() > 1e-3


def test_unlabeled_examples_may_stream(blobs):
    x, y, _ = blobs
    stream = tf.data.Dataset.from_tensor_slices(x)
    classifier = SSGANClassifier(TINY, random_state=0).fit(x[:6], y[:6], stream)
    assert int(classifier.model_.updates) == TINY.steps


def test_supervised_recipe_ignores_the_unlabeled(blobs):
    x, y, _ = blobs
    few, all_ = (
        SSGANClassifier(TINY.supervised(), random_state=0).fit(x[:n], y[:n])
        for n in (6, 90)
    )
    # The columns' means are all that the other examples may give.
    assert few.classes_.tolist() == all_.classes_.tolist()
    with pytest.raises(InputError, match="Expected a model with a generator"):
        all_.sample(3)


def test_save_and_load_keep_everything(blobs, fitted, tmp_path):
    x = blobs[0]
    path = tmp_path / "model.keras"
    fitted.save(path)
    again = SSGANClassifier.load(path)
    np.testing.assert_array_equal(again.predict_proba(x), fitted.predict_proba(x))
    np.testing.assert_array_equal(again.transform(x), fitted.transform(x))
    assert again.classes_.tolist() == fitted.classes_.tolist()
    assert again.recipe_ == fitted.recipe_
    assert again.n_features_in_ == 4
    with pytest.raises(InputError, match="ends in .keras"):
        fitted.save(tmp_path / "model.h5")


def test_model_of_another_version(fitted, monkeypatch, tmp_path):
    path = tmp_path / "model.keras"
    recipe = fitted.model_.info["recipe"]
    older = {k: v for k, v in recipe.items() if k != "strong_augmentation"}
    monkeypatch.setitem(fitted.model_.info, "recipe", older)
    fitted.save(path)
    assert SSGANClassifier.load(path).recipe_ == fitted.recipe_

    monkeypatch.setitem(fitted.model_.info, "recipe", {**recipe, "unheard_of": 1})
    fitted.save(path)
    with pytest.raises(InputError, match="this version of ssgan knows.*unheard_of"):
        SSGANClassifier.load(path)


def test_names_of_columns_are_kept(blobs, fitted, tmp_path):
    """As scikit-learn has it: those of a DataFrame at fit are asked for ever after."""
    assert not hasattr(fitted, "feature_names_in_")
    frame = pd.DataFrame(blobs[0], columns=["a", "b", "c", "d"])
    named = SSGANClassifier(TINY, steps=20, random_state=0).fit(frame, blobs[1])
    named.save(tmp_path / "model.keras")
    again = SSGANClassifier.load(tmp_path / "model.keras")
    assert again.feature_names_in_.tolist() == ["a", "b", "c", "d"]
    with silence():
        p = again.predict_proba(frame)
    np.testing.assert_array_equal(p, named.predict_proba(frame))
    with pytest.raises(InputError, match="feature names should match"):
        again.predict(frame[["b", "a", "c", "d"]])


@pytest.mark.parametrize(
    ("fitted_to", "given", "warned"),
    [(16, 16, False), (16, 15, False), (16, 255, True), (255, 1, True), (1, 255, True)],
)
def test_pixels_scaled_otherwise_are_doubted(rng, fitted_to, given, warned):
    x = rng.uniform(size=(40, 6, 6))
    x.flat[:2] = 0, 1
    y = np.where(np.arange(40) < 20, np.arange(40) % 2, -1)
    tiny = dataclasses.replace(TINY, pixel_range=(0.0, 1.0), steps=1)
    classifier = SSGANClassifier(tiny, random_state=0).fit(fitted_to * x, y)
    said = f"from 0 to {fitted_to}, as at fit. Received: 0 to {given}. "
    with pytest.warns(UserWarning, match=said) if warned else silence():
        classifier.predict_proba(given * x)


@contextlib.contextmanager
def silence():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def test_new_process_predicts_the_same(blobs, fitted, tmp_path):
    fitted.save(tmp_path / "model.keras")
    np.save(tmp_path / "x.npy", blobs[0])
    code = (
        "import sys, numpy, ssgan\n"
        "c = ssgan.SSGANClassifier.load(sys.argv[1] + '/model.keras')\n"
        "x = numpy.load(sys.argv[1] + '/x.npy')\n"
        "numpy.save(sys.argv[1] + '/p.npy', c.predict_proba(x))\n"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True)
    p = np.load(tmp_path / "p.npy")
    np.testing.assert_allclose(p, fitted.predict_proba(blobs[0]), atol=1e-6)


def test_import_of_model_is_all_that_a_saved_file_asks_for():
    """Whatever of ours it holds is found by `keras.saving.load_model` after that."""
    code = (
        "import importlib, pkgutil, keras, ssgan.model\n"
        "known = set(keras.saving.get_custom_objects())\n"
        "for module in pkgutil.iter_modules(ssgan.__path__, 'ssgan.'):\n"
        "    importlib.import_module(module.name)\n"
        "every = set(keras.saving.get_custom_objects())\n"
        "assert len(every) > 10 and every == known, every - known\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_ensemble_averages_its_members(blobs, tmp_path):
    x, y, _ = blobs
    ensemble = SSGANClassifier(TINY, n_members=2, random_state=0).fit(x, y)
    members = [np.asarray(m(x), "float64") for m in ensemble.model_.members]
    p = [np.exp(m) / np.exp(m).sum(axis=1, keepdims=True) for m in members]
    assert abs(p[0] - p[1]).max() > 1e-3
    np.testing.assert_allclose(ensemble.predict_proba(x), sum(p) / 2, atol=1e-5)
    assert ensemble.sample(5).shape == (5, 4)
    ensemble.save(tmp_path / "two.keras")
    again = SSGANClassifier.load(tmp_path / "two.keras")
    np.testing.assert_array_equal(again.predict(x), ensemble.predict(x))


def test_checkpoint_of_another_training_is_refused(blobs, tmp_path):
    x, y, _ = blobs
    SSGANClassifier(TINY, random_state=0).fit(x, y, checkpoints=tmp_path)
    other = np.roll(y, 6)
    with pytest.raises(InputError, match="to be of this training"):
        SSGANClassifier(TINY, random_state=0).fit(x, other, checkpoints=tmp_path)


def test_class_weight_moves_the_decision(blobs):
    x, y, _ = blobs
    weight = {"ash": 50.0, "beech": 1.0, "cedar": 1.0}
    even, uneven = (
        SSGANClassifier(TINY, class_weight=w, random_state=0).fit(x, y).predict_proba(x)
        for w in (None, weight)
    )
    assert uneven[:, 0].mean() > even[:, 0].mean()


def test_images_flat_or_not_are_the_same():
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, size=(40, 8, 8), dtype=np.uint8)
    y = np.arange(40) % 2
    y[8:] = -1
    settings = {"recipe": "images", "steps": 10, "random_state": 0}
    as_images = SSGANClassifier(**settings).fit(images, y)
    flat = SSGANClassifier(image_shape=(8, 8), **settings).fit(
        images.reshape(40, 64), y
    )
    np.testing.assert_array_equal(
        as_images.predict_proba(images), flat.predict_proba(images.reshape(40, 64))
    )
    assert as_images.sample(3).shape == (3, 8, 8)
    assert flat.sample(3).shape == (3, 64)
    sample = as_images.sample(20)
    assert sample.min() >= 0
    assert 1 < sample.max() <= 255


def test_own_networks(blobs):
    x, y, _ = blobs

    def discriminator(input_shape, n_classes):
        return keras.Sequential(
            [
                keras.Input(input_shape),
                keras.layers.Dense(7, "relu", name="features"),
                keras.layers.Dense(n_classes),
            ]
        )

    def generator(latent_dim, output_shape):
        return keras.Sequential(
            [keras.Input((latent_dim,)), keras.layers.Dense(output_shape[0])]
        )

    classifier = SSGANClassifier(
        TINY, discriminator=discriminator, generator=generator, random_state=0
    ).fit(x, y)
    assert classifier.transform(x).shape == (90, 7)


def test_pipeline_and_search(blobs):
    x, y, _ = blobs
    labeled = np.where(y == -1, "none", y)  # Search stratifies by labels.
    pipeline = make_pipeline(StandardScaler(), SSGANClassifier(TINY, random_state=0))
    search = GridSearchCV(pipeline, {"ssganclassifier__steps": [5, 10]}, cv=2)
    search.fit(x, labeled)
    assert search.best_params_["ssganclassifier__steps"] in (5, 10)
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()


def test_clone_forgets_the_training(fitted):
    copy = clone(fitted)
    assert copy.get_params() == fitted.get_params()
    assert not hasattr(copy, "model_")
