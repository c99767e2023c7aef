"""A classifier is saved and loaded with everything that it knows."""

import dataclasses
import os
import pickle
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from tiny import TINY, TINY_IMAGES
from warned import no_warnings

from ssgan import InputError, SSGANClassifier
from ssgan.estimator.class_shares import ClassShares


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
    recipe = {**fitted.model_.info["recipe"], "unheard_of": 1}
    monkeypatch.setitem(fitted.model_.info, "recipe", recipe)
    fitted.save(path)
    with pytest.raises(InputError, match="this version of ssgan.*unheard_of"):
        SSGANClassifier.load(path)


def test_names_of_columns_are_kept(blobs, fitted, tmp_path, untrained):
    """As scikit-learn has it: those of a DataFrame at fit are expected ever after."""
    assert not hasattr(fitted, "feature_names_in_")
    frame = pd.DataFrame(blobs[0], columns=["a", "b", "c", "d"])
    named = SSGANClassifier(TINY, steps=20, random_state=0).fit(frame, blobs[1])
    named.save(tmp_path / "model.keras")
    again = SSGANClassifier.load(tmp_path / "model.keras")
    assert again.feature_names_in_.tolist() == ["a", "b", "c", "d"]
    with no_warnings():
        p = again.predict_proba(frame)
    np.testing.assert_array_equal(p, named.predict_proba(frame))
    with pytest.raises(InputError, match="feature names should match"):
        again.predict(frame[["b", "a", "c", "d"]])


def test_flattened_images_with_names_are_no_table(tmp_path, untrained):
    x = np.random.default_rng(0).uniform(size=(20, 4)).astype("float32")
    frame = pd.DataFrame(x, columns=["a", "b", "c", "d"])
    recipe = TINY_IMAGES.supervised().with_steps(10)
    images = SSGANClassifier(recipe, image_shape=(2, 2), random_state=0)
    images.fit(frame, np.arange(20) % 2).save(tmp_path / "model.keras")
    again = SSGANClassifier.load(tmp_path / "model.keras")
    assert images.columns_ is again.columns_ is None
    np.testing.assert_array_equal(again.predict(frame), images.predict(frame))


def test_a_loaded_classifier_can_be_pickled(blobs, fitted, monkeypatch, tmp_path):
    shares = ClassShares([0.5, 0.5], [0.4, 0.6], 0.1)
    info = dataclasses.asdict(shares)
    monkeypatch.setitem(fitted.model_.info, "class_shares", info)
    fitted.save(tmp_path / "model.keras")
    loaded = SSGANClassifier.load(tmp_path / "model.keras")
    again = pickle.loads(pickle.dumps(loaded))
    assert again.class_shares_ == loaded.class_shares_ == shares
    p = again.predict_proba(blobs[0])
    np.testing.assert_array_equal(p, fitted.predict_proba(blobs[0]))


def test_new_process_predicts_the_same_without_a_word(blobs, fitted, tmp_path):
    fitted.save(tmp_path / "model.keras")
    np.save(tmp_path / "x.npy", blobs[0])
    code = (
        "import ssgan; ssgan.SSGANClassifier\n"
        "import importlib, pkgutil, sys, keras, numpy, ssgan.game.model\n"
        # After this import, `keras.saving.load_model` finds all of ours in a file.
        "known = set(keras.saving.get_custom_objects())\n"
        "x = numpy.load(sys.argv[1] + '/x.npy')\n"
        "c = ssgan.SSGANClassifier.load(sys.argv[1] + '/model.keras')\n"
        "numpy.save(sys.argv[1] + '/p.npy', c.predict_proba(x))\n"
        "for module in pkgutil.walk_packages(ssgan.__path__, 'ssgan.'):\n"
        "    importlib.import_module(module.name)\n"
        "every = set(keras.saving.get_custom_objects())\n"
        "assert len(every) > 10 and every == known, every - known\n"
    )
    environment = {k: v for k, v in os.environ.items() if not k.startswith("TF_")}
    command = [sys.executable, "-c", code, str(tmp_path)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    p = np.load(tmp_path / "p.npy")
    np.testing.assert_allclose(p, fitted.predict_proba(blobs[0]), atol=1e-6)
