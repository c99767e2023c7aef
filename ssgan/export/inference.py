"""A trained classifier as a plain Keras model for inference."""

import keras
import numpy as np

from ssgan.errors import expect
from ssgan.estimator.saved_form import temperature_of
from ssgan.game.averaged_classifier import WIDTH
from ssgan.game.backbone_classifier import BackboneClassifier
from ssgan.game.ensemble import Ensemble
from ssgan.nn import (
    BatchNormalization,
    ColumnEncoder,
    ColumnSwap,
    GaussianNoise,
    MinibatchDiscrimination,
    Preprocessor,
    RandomAffine,
    WeightNormalization,
)

HALF = ("float16", "bfloat16")
TRAINING_ONLY = (
    ColumnSwap,
    GaussianNoise,
    RandomAffine,
    keras.layers.GaussianNoise,
    keras.layers.GaussianDropout,
    keras.layers.Dropout,
    keras.layers.AlphaDropout,
)


def inference_model(model):
    """Return a plain Keras model of a classifier, from raw examples to probabilities.

    Weight normalization is folded into the kernels, layers that only training needs are
    removed, minibatch discrimination adds its constants, logits are divided by the
    temperature, and all is computed in float32. Layers of other packages are copied.

    Parameters
    ----------
    model : SSGAN, AveragedClassifier, Ensemble or BackboneClassifier

    Returns
    -------
    keras.Model
        Maps raw examples of shape (n, ...), float32 and of the form of the training
        data, to probabilities of shape (n, K).

    Raises
    ------
    InputError
        If a layer of another package contains a layer of ssgan.
    """
    inputs = keras.Input(model.info.get("example_shape", model.example_shape), name="x")
    logits = _logits(model, inputs)
    temperature = temperature_of(model.info)
    if temperature != 1:
        logits = logits / temperature
    outputs = keras.layers.Softmax(dtype="float32")(logits)
    return keras.Model(inputs, outputs, name="classifier")


def _logits(model, x):
    """Apply an inference copy of a model to raw examples."""
    if isinstance(model, Ensemble):
        members = []
        for i, member in enumerate(model.members):
            # Each in a model of its own, because their layers may have the same names.
            inputs = keras.Input(x.shape[1:])
            plain = keras.Model(inputs, _logits(member, inputs), name=f"member_{i}")
            members.append(keras.ops.log_softmax(plain(x)))
        return keras.ops.logsumexp(keras.ops.stack(members), axis=0)
    x = keras.layers.Reshape(model.example_shape, dtype="float32")(x)
    if isinstance(model, BackboneClassifier):
        return _logits(model.head, _inference_network(model.backbone)(x))
    if model.preprocessor is not None:
        preprocessor = _inference_layer(model.preprocessor)
        x = preprocessor(x)
        _copy_weights(model.preprocessor, preprocessor)
    network = _inference_network(model.classifier)
    if model.mirrored_prediction:
        return (network(x) + network(keras.ops.flip(x, axis=WIDTH))) / 2
    return network(x)


def _inference_network(network):
    """Copy a network and those nested in it, with their weights."""
    copies = []

    def copy(layer):
        if not isinstance(layer, keras.layers.Layer):  # An operation, such as x + y.
            return layer
        copies.append((layer, _inference_layer(layer)))
        return copies[-1][1]

    plain = keras.models.clone_model(network, clone_function=copy, recursive=True)
    for layer, new in copies:
        _copy_weights(layer, new)
    left = [
        layer.name
        for layer in plain._flatten_layers()
        if type(layer).__module__.partition(".")[0] == "ssgan"
    ]
    expect(not left, "no layer of ssgan inside a layer of another package", left)
    return plain


def _inference_layer(layer):
    """Copy a layer for inference in float32, without its weights."""
    if isinstance(layer, ColumnEncoder):
        inputs = keras.Input(layer.example_shape, dtype="float32")
        # Plain operations.
        return keras.Model(inputs, layer.call(inputs), name=layer.name)
    if isinstance(layer, TRAINING_ONLY):
        return keras.layers.Identity(name=layer.name, dtype="float32")
    if isinstance(layer, MinibatchDiscrimination):
        units = layer.n_features + layer.kernels
        return keras.layers.Dense(units, name=layer.name, dtype="float32")
    inner = layer.layer if isinstance(layer, WeightNormalization) else layer
    config = {**inner.get_config(), "name": layer.name}
    kind = type(inner)
    if isinstance(inner, Preprocessor):
        kind = keras.layers.Normalization
        del config["value_range"]
    if isinstance(inner, BatchNormalization):
        kind = keras.layers.BatchNormalization
    if inner.compute_dtype in HALF:
        config["dtype"] = "float32"
    return kind.from_config(config)


def _copy_weights(layer, plain):
    """Set the weights of a layer's copy, with a normalized kernel folded in."""
    if isinstance(layer, WeightNormalization):
        inner, kernel = layer.layer, layer.normalized_kernel()
        plain.set_weights([kernel if w is inner.kernel else w for w in inner.weights])
    elif isinstance(layer, MinibatchDiscrimination):
        # The features as they are, and constants beside them.
        bias = np.concatenate([np.zeros(layer.n_features), layer.moving_mean])
        plain.set_weights([np.eye(layer.n_features, len(bias)), bias])
    elif plain.weights:
        plain.set_weights(layer.get_weights())
    if isinstance(plain, keras.layers.Normalization):
        plain.finalize_state()  # It computes with cached values of its weights.
