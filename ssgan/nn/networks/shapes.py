"""What the networks of a game must be."""

import keras
import numpy as np

from ssgan.errors import as_input_error, expect, some, warn


def check_network(network, player, inputs, outputs):
    """Raise InputError unless a network maps examples of one shape to another.

    Parameters
    ----------
    network : keras.Model
    player : str
        "discriminator" or "generator", for the message.
    inputs, outputs : tuple of int
        Shapes without the batch axis. None, here or in the network, fits any size.
    """
    with as_input_error(f"a {player} that is a Keras model with an Input"):
        shapes = network.input_shape, network.output_shape
    given = [shape[1:] if isinstance(shape, tuple) else shape for shape in shapes]
    expect(
        all(map(_fits, given, (inputs, outputs))),
        f"a {player} from examples of shape {tuple(inputs)} to {tuple(outputs)}",
        f"one from {given[0]} to {given[1]}",
    )


def check_loadable(network, player):
    """Raise InputError unless Keras can load a network once saved."""
    # Keras's own models come last, as the whole, so that a message names the layer.
    parts = [
        part
        for part in network._flatten_layers()
        if not isinstance(part, keras.Model)
        or not type(part).__module__.startswith("keras.")
    ]
    with as_input_error(
        f"a {player} that can be loaded again: your own layers and functions decorated "
        "with keras.saving.register_keras_serializable() and, for n_jobs, defined in a "
        "module that is imported, not in a script or notebook"
    ):
        for part in (*parts, network):
            saved = keras.saving.serialize_keras_object(part)
            keras.saving.deserialize_keras_object(saved)


def check_logits(discriminator, shape):
    """Raise InputError if a discriminator returns probabilities in place of logits.

    Of large inputs, softmax makes rows that sum to 1, and sigmoid zeros and ones.

    Parameters
    ----------
    discriminator : keras.Model
    shape : tuple of int
        That of one example.
    """
    x = 1000 * np.random.default_rng(0).normal(size=(8, *shape))
    y = np.asarray(discriminator(x, training=False), "float64")
    sums = (y >= 0).all() and np.allclose(y.sum(axis=1), 1, atol=0.01)
    saturated = (np.minimum(abs(y), abs(1 - y)) < 0.001).all() and y.any()
    expect(
        not (sums or saturated),
        "a discriminator that ends in logits",
        "one that ends in probabilities, as of a softmax or a sigmoid",
    )


def features_of(network):
    """Return the symbolic features of a discriminator.

    They are the output of its layer "features", if it has one, or the input of the last
    layer: of several inputs, a list.
    """
    if "features" in [layer.name for layer in network.layers]:
        return network.get_layer("features").output
    # Not the input of the last layer: a network has one of its own, from before.
    last, node, _ = network.outputs[0]._keras_history
    inputs = last._inbound_nodes[node].input_tensors
    return inputs if len(inputs) > 1 else inputs[0]


def check_features(discriminator):
    """Raise InputError unless features are rows; warn if they are the examples."""
    features, last = features_of(discriminator), discriminator.layers[-1].name
    received = (
        [x.shape for x in features] if isinstance(features, list) else [features.shape]
    )
    expect(
        len(received) == 1 and len(received[0]) == 2,
        "a discriminator with features of shape (n, d): the input of its last layer, "
        'or the output of one called "features"',
        f"features of shape {some(received)}; the last layer is {last}",
    )
    if isinstance(features._keras_history.operation, keras.layers.InputLayer):
        warn(
            f"The discriminator has no layer before its last one, {last}: its features "
            "are the examples themselves. If that is a network, put the dense layer "
            "that makes the logits behind it."
        )


def _fits(given, expected):
    if not isinstance(given, tuple) or len(given) != len(expected):
        return False
    pairs = zip(given, expected, strict=True)
    return all(None in pair or pair[0] == pair[1] for pair in pairs)
