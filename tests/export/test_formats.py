"""Exported files give the model's probabilities, in their own runtimes."""

import dataclasses
import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import pytest
import tensorflow as tf
from keras import layers
from typer.testing import CliRunner

from ssgan import cli, export, training
from ssgan.classifier import AveragedClassifier, Ensemble
from ssgan.errors import InputError
from ssgan.estimator import SSGANClassifier
from ssgan.export import FORMATS
from ssgan.layers import WeightNormalization
from ssgan.model import SSGAN
from ssgan.plain import inference_model
from ssgan.recipes import CIFAR10, IMAGES, MNIST, VECTORS, Part

README = Path(__file__).parents[1] / "README.md"

PARTS = [
    (IMAGES, (8, 8, 1), {}, {}),
    (MNIST, (7, 7, 1), {"units": (20, 10)}, {"units": (20,)}),
    (CIFAR10, (12, 12, 3), {"filters": (8, 12)}, {"filters": (8, 4)}),
    (VECTORS, (5,), {"units": (20, 10)}, {"units": (20,)}),
]


def need(format):
    for package in FORMATS[format].packages:
        pytest.importorskip(
            package.replace("-", "_"), reason="needs pip install '.[export]'"
        )


def small(recipe, discriminator, generator):
    """Return a recipe with smaller networks."""
    parts = recipe.discriminator, recipe.generator
    options = discriminator, generator
    new = [
        Part(p.name, {**p.options, **o}) for p, o in zip(parts, options, strict=True)
    ]
    return dataclasses.replace(recipe, discriminator=new[0], generator=new[1])


def examples(rng, shape, dtype="uint8", n=40):
    x = rng.uniform(0, 256, size=(n, *shape))
    if len(shape) == 1:  # Columns of very different means and ranges.
        x = x * 10.0 ** np.arange(-2, 3)
    return x.astype(dtype)


def softmax(logits):
    return tf.nn.softmax(tf.cast(logits, "float32")).numpy()


@pytest.mark.parametrize("policy", ["float32", "mixed_bfloat16"])
@pytest.mark.parametrize("parts", PARTS, ids=lambda parts: parts[0].name)
def test_inference_model_is_plain_and_the_same(parts, policy, rng, set_policy):
    set_policy(policy)
    recipe, shape, *options = parts
    x = examples(rng, shape, "float32")
    model = training.build(small(recipe, *options), x, 3)
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


def own_network():
    """Nested, with a sum, a shared layer and layers that have a state."""
    inputs = keras.Input((6, 6, 2))
    block = keras.Sequential(
        [
            WeightNormalization(layers.Conv2DTranspose(4, 3, padding="same")),
            layers.BatchNormalization(),
            layers.Dropout(0.5),
        ]
    )
    shared = WeightNormalization(layers.Conv2D(4, 3, 1, "same", use_bias=False))
    x = layers.Normalization(mean=[1.0, 2.0], variance=[4.0, 9.0])(inputs)
    x = block(x)
    inner = keras.Input(x.shape[1:])
    x = x + keras.Model(inner, layers.ReLU()(layers.GaussianNoise(0.3)(inner)))(x)
    x = shared(shared(x)) + 1.0
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, WeightNormalization(layers.Dense(3))(x))


@pytest.fixture
def own(rng):
    preprocessor = layers.Normalization()
    preprocessor.adapt(rng.normal(3.0, 5.0, size=(50, 6, 6, 2)).astype("float32"))
    model = AveragedClassifier(own_network(), preprocessor, info={"classes": [*"abc"]})
    model.initialize(rng.normal(size=(30, 6, 6, 2)).astype("float32"))
    model.discriminator(rng.normal(size=(30, 6, 6, 2)), training=True)  # For the BN.
    model.classifier.set_weights(model.discriminator.get_weights())
    return model


def test_own_network(own, rng):
    x = rng.normal(3.0, 5.0, size=(9, 6, 6, 2)).astype("float32")
    before = own.classifier.get_weights()
    np.testing.assert_allclose(inference_model(own)(x), softmax(own(x)), atol=2e-6)
    for old, new in zip(before, own.classifier.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


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


@pytest.fixture(scope="module")
def rows():
    """An ensemble of two for rows of numbers, of three kinds of trees."""
    x = examples(np.random.default_rng(0), (5,), "float32")
    recipe = small(VECTORS, {"units": (20,)}, {"units": (20,)})
    members = [training.build(recipe, x, 3, seed=seed) for seed in range(2)]
    info = {"classes": ["Buche, rot", "ash", "cèdre"], "feature_names": [*"hdwlb"]}
    return Ensemble(members, info=info), x


@pytest.fixture(scope="module")
def images():
    """A model of uint8 images without a channel axis, as the estimator makes it."""
    keras.utils.set_random_seed(0)
    x = examples(np.random.default_rng(0), (8, 8))
    info = {"given_shape": [8, 8], "dtype": "uint8", "classes": [3, 5, 7]}
    return training.build(IMAGES, x[..., None], 3, info=info), x


@pytest.mark.parametrize("format", FORMATS)
def test_rows(rows, format, tmp_path):
    need(format)
    model, x = rows
    path = tmp_path / f"rows{FORMATS[format].suffix}"
    assert 0 <= export.export(model, path, format) < 1e-5
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
    export.export(model, path, format)
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
    assert export.export(own, tmp_path / f"own{FORMATS[format].suffix}", format) < 1e-5


def test_mixed_precision_file(rng, set_policy, tmp_path):
    set_policy("mixed_float16")
    recipe = small(MNIST, {"units": (20, 10)}, {"units": (20,)})
    x = examples(rng, (7, 7, 1))
    model = training.build(recipe, x, 3, info={"dtype": "uint8"})
    assert export.export(model, tmp_path / "m", "savedmodel") < 0.05
    set_policy("float32")
    p = FORMATS["savedmodel"].run(tmp_path / "m", x)
    np.testing.assert_allclose(p, inference_model(model)(x), atol=1e-5)


def test_estimator_remembers_the_type(tmp_path, rng):
    recipe = small(MNIST, {"units": (5,)}, {"units": (5,)})
    x, y = examples(rng, (4, 4)), np.arange(40) % 2
    classifier = SSGANClassifier(recipe.supervised(), steps=2).fit(x, y)
    classifier.save(tmp_path / "m.keras")
    loaded = SSGANClassifier.load(tmp_path / "m.keras")
    export.export(loaded, tmp_path / "m", "savedmodel")
    serve = tf.saved_model.load(tmp_path / "m").signatures["serving_default"]
    [spec] = serve.structured_input_signature[1].values()
    assert (spec.shape.as_list(), spec.dtype) == ([None, 4, 4], "uint8")
    np.testing.assert_array_equal(serve(x=tf.constant(x))["class"], loaded.predict(x))


@pytest.mark.parametrize("wrong", [0.01, np.nan])
def test_other_probabilities_leave_no_file(images, wrong, tmp_path, monkeypatch):
    def run(path, x):
        return FORMATS["keras"].run(path, x) + wrong

    broken = FORMATS["keras"]._replace(run=run)
    monkeypatch.setattr(export, "FORMATS", {"keras": broken})
    old = tmp_path / "old.keras"
    old.write_text("old")
    for path in (old, tmp_path / "new.keras"):
        with pytest.raises(InputError, match="the model's probabilities, to 0.0001"):
            export.export(images[0], path, "keras")
    assert [path.name for path in tmp_path.iterdir()] == ["old.keras"]
    assert old.read_text() == "old"


def test_plain_model_is_compared_with_the_own(images, tmp_path, monkeypatch):
    monkeypatch.setattr(
        WeightNormalization, "normalized_kernel", lambda self: 1.1 * self.layer.kernel
    )
    with pytest.raises(InputError, match="the model's probabilities"):
        export.export(images[0], tmp_path / "m.keras", "keras")
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
        export.export(model, tmp_path / "m.onnx", "onnx")
    assert not list(tmp_path.iterdir())
    export.export(model, tmp_path / "m.keras", "keras")


def test_bad_arguments(images, tmp_path, monkeypatch):
    model, _ = images
    for name, format, message in [
        ("m.h5", "keras", "ends in .keras"),
        ("m.onnx", "coreml", "one of the formats keras, savedmodel, tflite, onnx"),
        (".", "savedmodel", "a new folder"),
    ]:
        with pytest.raises(InputError, match=message):
            export.export(model, tmp_path / name, format)
    with pytest.raises(InputError, match="a fitted classifier"):
        export.export(SSGANClassifier(), tmp_path / "m.keras", "keras")
    monkeypatch.setitem(sys.modules, "tf2onnx", None)
    monkeypatch.setitem(sys.modules, "ai_edge_litert", None)
    for format, command in [
        ("onnx", "pip install onnx onnxruntime tf2onnx"),
        ("tflite", "pip install ai-edge-litert"),
    ]:
        with pytest.raises(InputError, match=command):
            export.export(model, tmp_path / f"m.{format}", format)
    assert not list(tmp_path.iterdir())


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


def test_command_line_and_readme(tmp_path):
    """Fit, export and predict as a user would, then run the README without ssgan."""

    def run(*arguments):
        result = CliRunner().invoke(cli.app, [str(a) for a in arguments])
        assert result.exit_code == 0, (result.output, result.exception)
        return result.output

    assert [format.value for format in cli.Format] == list(FORMATS)
    run("fit", "digits", "--labels", 20, "--steps", 20, "--out", tmp_path / "digits")
    model = tmp_path / "digits" / "model.keras"
    for suffix in ("csv", "parquet"):
        run("predict", model, "digits", "--out", tmp_path / f"p.{suffix}")
    table = pd.read_parquet(tmp_path / "p.parquet")
    pd.testing.assert_frame_equal(table, pd.read_csv(tmp_path / "p.csv"), atol=1e-6)

    section = README.read_text().partition("## Ship a trained model")[2]
    section = section.partition("\n## ")[0]
    commands = re.findall(r"^ssgan (export .*)", section, re.MULTILINE)
    assert len(commands) == len(FORMATS)
    for command in commands:
        words = command.replace("digits-50/model.keras", str(model)).split()
        need(words[words.index("--format") + 1])
        said = run(*words[:-1], tmp_path / words[-1])
        assert "probabilities as the model's" in said

    from ssgan.data.sources import load

    np.savez(tmp_path / "new.npz", x=load("digits").x_test[:20])
    blocks = re.findall(r"```python\n(.*?)```", section, re.DOTALL)
    assert len(blocks) == len(FORMATS)
    for block in blocks:
        assert len([line for line in block.splitlines() if line]) <= 10
    lines = ["import sys", "sys.modules['ssgan'] = None"]
    lines += [f"exec({block!r}, {{}})" for block in blocks]
    (tmp_path / "run.py").write_text("\n".join(lines))
    done = subprocess.run(
        [sys.executable, "run.py"], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    expected = table["class"].tolist()[:20]
    assert len(set(expected)) > 1
    said = [
        [int(word) for word in re.findall(r"\d+", line)]
        for line in done.stdout.splitlines()
    ]
    assert said == [expected] * len(FORMATS)
