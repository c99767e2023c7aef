"""Exported files give the model's probabilities, in their own runtimes."""

import dataclasses
import json
import shutil
import sys
import zipfile
from collections import namedtuple

import keras
import numpy as np
import pytest
import tensorflow as tf
from exports import examples, need, small, softmax
from keras import layers
from stand_in import without_training

from ssgan.errors import InputError
from ssgan.estimator import SSGANClassifier
from ssgan.export import FORMATS, export, formats
from ssgan.export.inference import inference_model
from ssgan.game.averaged_classifier import AveragedClassifier
from ssgan.game.backbone_classifier import BackboneClassifier
from ssgan.game.ensemble import Ensemble
from ssgan.nn import ColumnEncoder, Preprocessor, WeightNormalization
from ssgan.recipes import IMAGES, MNIST, VECTORS
from ssgan.training.build import build


@pytest.fixture(scope="module")
def rows():
    """An ensemble of two for rows of numbers, of three kinds of trees."""
    x = examples(np.random.default_rng(0), (5,), "float32")
    recipe = small(VECTORS, {"units": (20,)}, {"units": (20,)})
    members = [build(recipe, x, 3, seed=seed) for seed in range(2)]
    info = {"classes": ["Buche, rot", "ash", "cèdre"], "feature_names": [*"hdwlb"]}
    return Ensemble(members, info=info), x


@pytest.fixture(scope="module")
def images():
    """A model of uint8 images without a channel axis, as the estimator makes it.

    It predicts from the mirror image, too.
    """
    keras.utils.set_random_seed(0)
    x = examples(np.random.default_rng(0), (8, 8))
    info = {"example_shape": [8, 8], "dtype": "uint8", "classes": [3, 5, 7]}
    recipe = dataclasses.replace(IMAGES, mirrored_prediction=True)
    return build(recipe, x[..., None], 3, info=info), x


@pytest.mark.parametrize("format", FORMATS)
def test_rows(rows, format, tmp_path):
    need(format)
    model, x = rows
    path = tmp_path / f"rows{FORMATS[format].suffix}"
    assert 0 <= export(model, path, format) < 1e-5
    expected = softmax(model(x))
    assert expected.std(axis=0).max() > 0.01
    for n in (1, 7, len(x)):
        p = FORMATS[format].run(path, x[:n])
        assert p.dtype == "float32"
        np.testing.assert_allclose(p, expected[:n], atol=1e-5)
    names = model.info["classes"]
    assert read_names(path, format) == names
    assert read_names(path, format, "columns") == [*"hdwlb"]
    if format == "savedmodel":
        serve = tf.saved_model.load(path).signatures["serving_default"]
        named = [name.decode() for name in serve(x=tf.constant(x))["class"].numpy()]
        assert named == [names[i] for i in expected.argmax(axis=1)]


@pytest.mark.parametrize("format", FORMATS)
def test_images(images, format, tmp_path):
    need(format)
    model, x = images
    path = tmp_path / f"images{FORMATS[format].suffix}"
    export(model, path, format)
    expected = softmax(model(x[..., None]))
    for n in (1, len(x)):
        p = FORMATS[format].run(path, x[:n])  # uint8, (n, 8, 8)
        np.testing.assert_allclose(p, expected[:n], atol=1e-5)
    labels = ["3", "5", "7"] if format == "tflite" else [3, 5, 7]
    assert read_names(path, format) == labels
    with pytest.raises((KeyError, OSError)):  # Pixels have no names.
        read_names(path, format, "columns")


def read_names(path, format, what="classes"):
    if format == "keras":
        return json.loads(zipfile.ZipFile(path).read(f"{what}.json"))
    if format == "savedmodel":
        return json.loads((path / "assets.extra" / f"{what}.json").read_text())
    if format == "tflite":
        file = "labels.txt" if what == "classes" else f"{what}.txt"
        return zipfile.ZipFile(path).read(file).decode().splitlines()
    import onnxruntime

    meta = onnxruntime.InferenceSession(path).get_modelmeta()
    return json.loads(meta.custom_metadata_map[what])


@pytest.mark.parametrize("format", ["tflite", "onnx"])
def test_own_network_in_other_runtimes(own, format, tmp_path):
    """A transposed convolution and constants that a layer holds are converted."""
    need(format)
    assert export(own, tmp_path / f"own{FORMATS[format].suffix}", format) < 1e-5


def test_names_for_tflite_have_one_line(images, tmp_path, monkeypatch):
    need("tflite")
    model, _ = images
    other = model.info | {"classes": ["3", "5\n6", "7"]}
    monkeypatch.setattr(model, "info", other)
    with pytest.raises(InputError, match=r"names of one line.*'5\\n6'"):
        export(model, tmp_path / "m.tflite", "tflite")
    assert not list(tmp_path.iterdir())


def test_mixed_precision_file(rng, set_policy, tmp_path):
    set_policy("mixed_float16")
    recipe = small(MNIST, {"units": (20, 10)}, {"units": (20,)})
    x = examples(rng, (7, 7, 1))
    model = build(recipe, x, 3, info={"dtype": "uint8"})
    assert export(model, tmp_path / "m", "savedmodel") < 0.05
    set_policy("float32")
    p = FORMATS["savedmodel"].run(tmp_path / "m", x)
    np.testing.assert_allclose(p, inference_model(model)(x), atol=1e-5)


def test_estimator_remembers_the_type(tmp_path, rng):
    recipe = small(MNIST, {"units": (5,)}, {"units": (5,)})
    x, y = examples(rng, (4, 4)), np.arange(40) % 2
    with without_training():
        classifier = SSGANClassifier(recipe.supervised(), steps=2).fit(x, y)
    classifier.save(tmp_path / "m.keras")
    loaded = SSGANClassifier.load(tmp_path / "m.keras")
    export(loaded, tmp_path / "m", "savedmodel")
    serve = tf.saved_model.load(tmp_path / "m").signatures["serving_default"]
    [spec] = serve.structured_input_signature[1].values()
    assert (spec.shape.as_list(), spec.dtype) == ([None, 4, 4], "uint8")
    np.testing.assert_array_equal(serve(x=tf.constant(x))["class"], loaded.predict(x))


@pytest.mark.parametrize("wrong", [0.01, np.nan])
def test_other_probabilities_leave_no_file(images, wrong, tmp_path, monkeypatch):
    def run(path, x):
        return FORMATS["keras"].run(path, x) + wrong

    broken = FORMATS["keras"]._replace(run=run)
    monkeypatch.setattr(formats, "FORMATS", {"keras": broken})
    old = tmp_path / "old.keras"
    old.write_text("old")
    for path in (old, tmp_path / "new.keras"):
        with pytest.raises(InputError, match="the model's probabilities, to 0.0001"):
            export(images[0], path, "keras")
    assert [path.name for path in tmp_path.iterdir()] == ["old.keras"]
    assert old.read_text() == "old"


def test_plain_model_is_compared_with_the_own(images, tmp_path, monkeypatch):
    monkeypatch.setattr(
        WeightNormalization, "normalized_kernel", lambda self: 1.1 * self.layer.kernel
    )
    with pytest.raises(InputError, match="the model's probabilities"):
        export(images[0], tmp_path / "m.keras", "keras")
    assert not list(tmp_path.iterdir())


def test_full_disk_is_said(images, tmp_path, monkeypatch):
    def move(old, new):
        raise shutil.Error([(str(old), str(new), "[Errno 28] No space left on device")])

    usage = namedtuple("usage", "free")(10_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: usage)
    monkeypatch.setattr(shutil, "move", move)
    said = rf"^Expected [0-9,]+ kB of room in {tmp_path}\. Received: 10 kB$"
    with pytest.raises(InputError, match=said):
        export(images[0], tmp_path / "m", "savedmodel")
    assert not list(tmp_path.iterdir())


def test_what_cannot_be_converted_is_said(tmp_path):
    need("onnx")

    @keras.saving.register_keras_serializable("tests")
    class Digamma(layers.Layer):
        def call(self, x):
            return tf.math.digamma(x * x + 1.0)

    network = keras.Sequential([keras.Input((3,)), Digamma(), layers.Dense(2)])
    model = AveragedClassifier(network)
    with pytest.raises(InputError, match="a network that can be written as onnx"):
        export(model, tmp_path / "m.onnx", "onnx")
    assert not list(tmp_path.iterdir())
    export(model, tmp_path / "m.keras", "keras")


def test_bad_arguments(images, tmp_path, monkeypatch):
    model, _ = images
    for name, format, message in [
        ("m.h5", "keras", "ends in .keras"),
        ("m.onnx", "coreml", "one of the formats keras, savedmodel, tflite, onnx"),
        (".", "savedmodel", "a new folder"),
    ]:
        with pytest.raises(InputError, match=message):
            export(model, tmp_path / name, format)
    with pytest.raises(InputError, match="a fitted classifier"):
        export(SSGANClassifier(), tmp_path / "m.keras", "keras")
    monkeypatch.setitem(sys.modules, "tf2onnx", None)
    monkeypatch.setitem(sys.modules, "ai_edge_litert", None)
    for format, command in [
        ("onnx", "pip install onnx onnxruntime tf2onnx"),
        ("tflite", "pip install ai-edge-litert"),
    ]:
        with pytest.raises(InputError, match=command):
            export(model, tmp_path / f"m.{format}", format)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "format",
    [pytest.param(f, marks=[] if f == "onnx" else pytest.mark.slow) for f in FORMATS],
)
def test_backbone(format, tmp_path, rng):
    need(format)
    x = inputs = keras.Input((8, 8, 1))
    x = Preprocessor((0, 255), axis=None, mean=0, variance=1)(x)
    x = layers.Resizing(12, 12)(layers.Concatenate()([x, x, x]))
    x = layers.BatchNormalization()(layers.Conv2D(4, 3, 2)(x / 127.5 - 1))
    x = layers.GlobalAveragePooling2D()(x)
    rows = rng.normal(size=(9, 4))
    # The backbone of another model has rows in its middle.
    x = ColumnEncoder.for_examples(rows)(x)
    network = keras.Sequential([layers.Input((4,)), layers.Dense(3)])
    head = AveragedClassifier(network, ColumnEncoder.for_examples(rows))
    info = {"example_shape": [8, 8], "dtype": "uint8", "classes": [3, 5, 7]}
    model = BackboneClassifier(keras.Model(inputs, x), head, info=info)
    path = tmp_path / f"model{FORMATS[format].suffix}"
    export(model, path, format)
    x = rng.integers(0, 256, (5, 8, 8)).astype("uint8")
    p = FORMATS[format].run(path, x)
    np.testing.assert_allclose(p, softmax(model(x[..., None])), atol=1e-5)
    assert p.std(axis=0).max() > 0.001
