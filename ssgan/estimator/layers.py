"""The layers of a network as text, to tell networks from each other."""

import re

import keras


def layers_of(network):
    """Return the kind and the options of each layer of a network, as text.

    Names of layers differ from process to process, and are left out.
    """
    layers = [
        (type(layer).__name__, layer.get_config())
        for layer in network._flatten_layers()
        if not isinstance(layer, keras.Model)
    ]
    text = f"{network.input_shape, network.output_shape}{layers}"
    return re.sub(r"'name': '[^']*'", "", text)
