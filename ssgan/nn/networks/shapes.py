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


def last_layer(network):
    """Return the last layer or operation of a network, also of one nested in it."""
    while isinstance(network, keras.Sequential) or hasattr(network, "operations"):
        network = (getattr(network, "operations", None) or network.layers)[-1]
    return network


def makes_probabilities(layer):
    """Return whether a layer ends in a softmax, so that it returns no logits."""
    is_softmax = getattr(layer, "activation", None) is keras.activations.softmax
    # `keras.ops.softmax` becomes an operation of this name.
    is_operation = type(layer).__name__ == "Softmax"
    return is_softmax or is_operation or isinstance(layer, keras.layers.Softmax)


def _fits(given, expected):
    if not isinstance(given, tuple) or len(given) != len(expected):
        return False
    pairs = zip(given, expected, strict=True)
    return all(None in pair or pair[0] == pair[1] for pair in pairs)
