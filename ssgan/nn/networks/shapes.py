"""What the networks of a game must be."""

import keras

from ssgan.errors import as_input_error, expect


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
    """Raise InputError unless Keras can load each layer of a network once saved."""
    for layer in network._flatten_layers():
        if isinstance(layer, keras.Model) and type(layer).__module__.startswith(
            "keras."
        ):
            continue  # Its layers come one by one, so that a message names the layer.
        with as_input_error(
            f"a {player} that can be loaded again: your own layers and functions "
            "decorated with keras.saving.register_keras_serializable()"
        ):
            saved = keras.saving.serialize_keras_object(layer)
            keras.saving.deserialize_keras_object(saved)


def last_layer(network):
    """Return the last layer or operation of a network, also of one nested in it."""
    while isinstance(network, keras.Sequential) or hasattr(network, "operations"):
        network = (getattr(network, "operations", None) or network.layers)[-1]
    return network


def makes_probabilities(layer):
    """Return whether a layer ends in softmax or sigmoid, so that it returns no logits.

    Layers of these activations, and the operations that `keras.ops` makes of them, have
    the names of the functions.
    """
    activation = getattr(layer, "activation", None)
    name = getattr(activation, "__name__", type(layer).__name__)
    return name.lower() in ("softmax", "sigmoid")


def _fits(given, expected):
    if not isinstance(given, tuple) or len(given) != len(expected):
        return False
    pairs = zip(given, expected, strict=True)
    return all(None in pair or pair[0] == pair[1] for pair in pairs)
