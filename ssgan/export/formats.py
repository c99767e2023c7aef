"""Export a trained classifier to one file that predicts without ssgan.

The file contains preprocessing, class names and column names. It is run once in its own
runtime, and compared with the model, before it is put in place.
"""

import importlib
import json
import logging
import shutil
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import keras
import numpy as np
import tensorflow as tf
from tensorflow.python.framework.convert_to_constants import (
    convert_variables_to_constants_v2,
)

from ssgan.data.columns import Columns
from ssgan.errors import as_input_error, expect
from ssgan.estimator.saved_form import temperature_of
from ssgan.export.inference import HALF, inference_model
from ssgan.game.averaged_classifier import Predictor
from ssgan.game.backbone_classifier import BackboneClassifier
from ssgan.game.ensemble import members_of
from ssgan.nn import ColumnEncoder
from ssgan.stats.predictions import softmax
from ssgan.support.files import atomic_write, write_json
from ssgan.support.quiet import suppress_stderr

# Largest difference of probabilities: for float32, from sums in another order; for a
# model that was trained in half precision (8 bits in bfloat16), from its float32 copy.
TOLERANCE = 1e-4
HALF_TOLERANCE = 0.05


def export(classifier, path, format):
    """Write a trained classifier to a file that predicts without ssgan.

    The exported model takes raw examples, one or more, of the shape and the type (uint8
    or float32; "keras" always float32) that the classifier was fitted on. It returns
    probabilities of shape (n, K), in float32.

    Parameters
    ----------
    classifier : SSGANClassifier or a model of ssgan.game
        Trained. Networks of your own are copied layer by layer.
    path : path
        A file whose name ends in ".keras", ".tflite" or ".onnx", as the format is
        called; for "savedmodel" a new folder.
    format : {"keras", "savedmodel", "tflite", "onnx"}
        - "keras": a plain Keras model. The classes are in ``classes.json`` of the
          file, which is a zip archive.
        - "savedmodel": a signature that maps x to "probabilities" and "class". The
          classes are also in ``assets.extra/classes.json``.
        - "tflite": a signature that maps x to "probabilities". The classes are the
          lines of ``labels.txt``, which is appended as in a zip archive.
        - "onnx": maps input "x" to output "probabilities". The classes are in the
          metadata "classes", as JSON.

        If the columns had names, these are stored in the same way, in the order of x,
        as "columns". So are, as "categories" in JSON, the values of columns of text: in
        x, such a column has the place of a value in this list, from 0. NaN is an empty
        field.

    Returns
    -------
    float
        Largest difference of a probability from the model's own, on a few random
        examples in the range of the training data.

    Raises
    ------
    InputError
        If a package is missing, the network cannot be written in this format, or the
        file's probabilities differ from the model's by more than 1e-4 (0.05 if it
        computes in half precision). Then no file is left behind.
    """
    model = getattr(classifier, "model_", classifier)
    ours = isinstance(model, Predictor)
    expect(ours, "a fitted classifier or model of ssgan", type(model).__name__)
    expect(format in FORMATS, f"one of the formats {', '.join(FORMATS)}", repr(format))
    suffix, packages, write, run = FORMATS[format]
    path = Path(path)
    expect(path.suffix == suffix or not suffix, f"a path that ends in {suffix}", path)
    free = not path.exists() or (path.is_file() and suffix)
    expect(free, "a file to write, or a new folder", f"{path}, which exists")
    with as_input_error(
        f"what `pip install {' '.join(packages)}` installs, for {format}"
    ):
        for package in packages:
            importlib.import_module(package.replace("-", "_"))

    plain = inference_model(model)
    dtype = model.info.get("dtype", "float32")
    names = {"classes": model.info.get("classes", [*range(plain.output_shape[-1])])}
    if model.info.get("feature_names"):
        names["columns"] = model.info["feature_names"]
    if model.info.get("columns"):
        categories = Columns.from_json(model.info["columns"]).categories
        names |= {"categories": categories} if categories else {}
    for name in (
        names["classes"] + names.get("columns", []) if format == "tflite" else ()
    ):
        is_line = len(str(name).splitlines()) == 1
        expect(is_line, "names of one line, as tflite lists them", repr(name))
    x = _examples(model, dtype)
    own = _own_probabilities(model, x)
    x = x.reshape(-1, *plain.input_shape[1:])
    probabilities = _run_model(plain, x)
    half = any(layer.compute_dtype in HALF for layer in model._flatten_layers())
    _expect_same(probabilities, own, HALF_TOLERANCE if half else TOLERANCE)
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / f"model{suffix}"
        with as_input_error(f"a network that can be written as {format}"):
            write(plain, dtype, names, made)
            again = run(made, x)
        _expect_same(again, probabilities, TOLERANCE)
        with atomic_write(path) as temporary:
            _move(made, temporary)
    return float(abs(again - own).max())


def _move(made, path):
    """Move a file or folder, maybe to another disk; InputError if that is too full."""
    size = sum(part.stat().st_size for part in [made, *made.rglob("*")])
    free = shutil.disk_usage(path.parent).free
    try:
        shutil.move(made, path)
    except OSError:  # That of a folder is a list of all its files.
        room = f"{size / 1000:,.0f} kB of room in {path.parent.parent}"
        expect(size <= free, room, f"{free / 1000:,.0f} kB")
        raise


def _examples(model, dtype):
    """Return random raw examples of rising contrast, similar to the training data."""
    is_backbone = isinstance(model, BackboneClassifier)
    first = model if is_backbone else members_of(model)[0]
    shape = model.example_shape if is_backbone else first.classifier.input_shape[1:]
    x = np.random.default_rng(0).normal(size=(5, *shape))
    x *= np.linspace(0.2, 1, len(x)).reshape(-1, *[1] * (x.ndim - 1))
    if is_backbone:
        low, high = model.preprocessor.raw_range
        x = (low + high + (high - low) * np.tanh(x)) / 2
    elif isinstance(first.preprocessor, ColumnEncoder):
        x = np.array(first.preprocessor.inverse(x))
        if dtype == "float32":  # Each field of the first row is empty, then fewer.
            for i in range(len(x)):
                x[i, i :: i + 1] = np.nan
    elif isinstance(first.preprocessor, keras.layers.Normalization):
        mean, variance = first.preprocessor.mean, first.preprocessor.variance
        x = np.asarray(mean, "float64") + np.sqrt(np.asarray(variance, "float64")) * x
    return (x.round().clip(0, 255) if dtype == "uint8" else x).astype(dtype)


def _own_probabilities(model, x):
    return softmax(model.logits(tf.constant(x)) / temperature_of(model.info))


def _expect_same(probabilities, expected, tolerance):
    difference = abs(probabilities - expected).max()
    same = difference <= tolerance  # False if it is NaN.
    expect(same, f"the model's probabilities, to {tolerance}", f"{difference} off")


def _serving(model, dtype):
    """Return the model as a function with a signature, and the spec of its input."""
    spec = tf.TensorSpec((None, *model.input_shape[1:]), dtype, name="x")

    def serve(x):
        return {"probabilities": model(tf.cast(x, "float32"), training=False)}

    return tf.function(serve, input_signature=[spec]), spec


def _frozen(model, dtype):
    """Return `_serving` with weights, and everything else it holds, as constants."""
    serve, spec = _serving(model, dtype)
    frozen = convert_variables_to_constants_v2(serve.get_concrete_function())

    # In another function: tf2onnx takes captures of the first one for inputs.
    def serve_frozen(x):
        return {"probabilities": frozen(x)[0]}

    return tf.function(serve_frozen, input_signature=[spec]), spec


def _write_keras(model, dtype, names, path):
    model.save(path)
    with zipfile.ZipFile(path, "a") as archive:  # Keras reads only its own entries.
        for what, values in names.items():
            archive.writestr(f"{what}.json", json.dumps(values))


def _write_savedmodel(model, dtype, names, path):
    serve, spec = _serving(model, dtype)

    def name(x):
        probabilities = serve(x)["probabilities"]
        classes = tf.constant(np.array(names["classes"]))
        best = tf.gather(classes, tf.argmax(probabilities, axis=-1))
        return {"probabilities": probabilities, "class": best}

    archive = keras.export.ExportArchive()
    archive.track(model)
    archive.add_endpoint("serve", name, input_signature=[spec])
    archive.write_out(path, verbose=False)
    for what, values in names.items():
        write_json(path / "assets.extra" / f"{what}.json", values)


def _write_tflite(model, dtype, names, path):
    serve, _ = _frozen(model, dtype)
    converter = tf.lite.TFLiteConverter.from_concrete_functions(
        [serve.get_concrete_function()],
        tf.Module(),  # Without it the file has no signature.
    )
    path.write_bytes(converter.convert())
    with zipfile.ZipFile(path, "a") as archive:
        for what, values in names.items():
            if isinstance(values, dict):
                archive.writestr(f"{what}.json", json.dumps(values))
                continue
            # Runtimes expect classes in a file of this name.
            file = "labels.txt" if what == "classes" else f"{what}.txt"
            archive.writestr(file, "".join(f"{value}\n" for value in values))


def _write_onnx(model, dtype, names, path):
    import onnx
    import tf2onnx

    # It logs optimizations that fail, with their stack traces, and goes without them.
    logging.getLogger("tf2onnx").setLevel(logging.CRITICAL)
    serve, spec = _frozen(model, dtype)
    proto, _ = tf2onnx.convert.from_function(serve, [spec])
    for value in (*proto.graph.input, *proto.graph.output):
        value.type.tensor_type.shape.dim[0].dim_param = "n"
    properties = {what: json.dumps(values) for what, values in names.items()}
    onnx.helper.set_model_props(proto, properties)
    onnx.save(proto, path)


def _run_model(model, x):
    return np.asarray(model(x, training=False))


def _run_keras(path, x):
    return _run_model(keras.saving.load_model(path), x)


def _run_savedmodel(path, x):
    serve = tf.saved_model.load(path).signatures["serving_default"]
    return serve(x=tf.constant(x))["probabilities"].numpy()


def _run_tflite(path, x):
    from ai_edge_litert.interpreter import Interpreter

    with suppress_stderr():  # It logs how it runs.
        serve = Interpreter(str(path)).get_signature_runner()
        return serve(x=x)["probabilities"]


def _run_onnx(path, x):
    import onnxruntime

    [probabilities] = onnxruntime.InferenceSession(path).run(None, {"x": x})
    return probabilities


class Format(NamedTuple):
    """How files of one format are written and run, and the packages that this needs."""

    suffix: str
    packages: tuple[str, ...]
    write: Callable
    run: Callable


FORMATS = {
    "keras": Format(".keras", (), _write_keras, _run_keras),
    "savedmodel": Format("", (), _write_savedmodel, _run_savedmodel),
    "tflite": Format(".tflite", ("ai-edge-litert",), _write_tflite, _run_tflite),
    "onnx": Format(".onnx", ("onnx", "onnxruntime", "tf2onnx"), _write_onnx, _run_onnx),
}
