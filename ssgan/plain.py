"""A trained classifier as a plain Keras model, of layers that only predict."""

import keras

from ssgan.augmentation import RandomAffine
from ssgan.classifier import Ensemble
from ssgan.errors import expect
from ssgan.layers import GaussianNoise, WeightNormalization

HALF = ("float16", "bfloat16")
TRAINING_ONLY = (
    GaussianNoise,
    RandomAffine,
    keras.layers.GaussianNoise,
    keras.layers.GaussianDropout,
    keras.layers.Dropout,
    keras.layers.AlphaDropout,
)


def inference_model(model):
    """Return a plain Keras model of a classifier, from raw examples to probabilities.

    Weight normalization is folded into the kernels, what only training needs is gone,
    and all is computed in float32. Layers that are not of ssgan are copied.

    Parameters
    ----------
    model : SSGAN, AveragedClassifier or Ensemble

    Returns
    -------
    keras.Model
        From raw examples of shape (n, ...), float32 and of the form of the training
        data, to probabilities of shape (n, K).

    Raises
    ------
    InputError
        If a layer of another kind holds one of ssgan.
    """
    network = first_member(model).classifier
    shape = tuple(model.info.get("given_shape", network.input_shape[1:]))
    return _plain_model(model, shape, "classifier")


def first_member(model):
    """Return a model, or the first one of an ensemble."""
    return first_member(model.members[0]) if isinstance(model, Ensemble) else model


def _plain_model(model, shape, name):
    inputs = keras.Input(shape, name="x")
    if isinstance(model, Ensemble):
        members = [
            _plain_model(member, shape, f"member_{i}")(inputs)
            for i, member in enumerate(model.members)
        ]
        mean = keras.layers.Average(dtype="float32")
        outputs = mean(members) if len(members) > 1 else members[0]
    else:
        outputs = _probabilities(model, inputs)
    return keras.Model(inputs, outputs, name=name)


def _probabilities(model, x):
    """Apply a plain copy of a model to raw examples."""
    x = keras.layers.Reshape(model.classifier.input_shape[1:], dtype="float32")(x)
    if model.preprocessor is not None:
        preprocessor = _plain_layer(model.preprocessor)
        x = preprocessor(x)
        _copy_weights(model.preprocessor, preprocessor)
    return keras.layers.Softmax(dtype="float32")(_plain_network(model.classifier)(x))


def _plain_network(network):
    """Copy a network, nested ones and all, with its weights."""
    copies = []

    def copy(layer):
        if not isinstance(layer, keras.layers.Layer):  # An operation, such as x + y.
            return layer
        copies.append((layer, _plain_layer(layer)))
        return copies[-1][1]

    plain = keras.models.clone_model(network, clone_function=copy, recursive=True)
    for layer, new in copies:
        _copy_weights(layer, new)
    left = [
        layer.name
        for layer in plain._flatten_layers()
        if type(layer).__module__.partition(".")[0] == "ssgan"
    ]
    expect(not left, "no layer of ssgan inside one of another kind", left)
    return plain


def _plain_layer(layer):
    """Copy a layer, without its weights, as one that only predicts, in float32."""
    if isinstance(layer, TRAINING_ONLY):
        return keras.layers.Identity(name=layer.name, dtype="float32")
    inner = layer.layer if isinstance(layer, WeightNormalization) else layer
    config = {**inner.get_config(), "name": layer.name}
    if inner.compute_dtype in HALF:
        config["dtype"] = "float32"
    return type(inner).from_config(config)


def _copy_weights(layer, plain):
    """Give a layer's plain copy its weights, normalized where it does that."""
    if isinstance(layer, WeightNormalization):
        inner, kernel = layer.layer, layer.normalized_kernel()
        plain.set_weights([kernel if w is inner.kernel else w for w in inner.weights])
    elif plain.weights:
        plain.set_weights(layer.get_weights())
    if isinstance(plain, keras.layers.Normalization):
        plain.finalize_state()  # It predicts with a copy of its weights.
