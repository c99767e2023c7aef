"""The game in float64 and in the paper's words, with gradients by differences.

A network is a list of (v, b, g), with tanh between.
"""

import copy

import numpy as np


def parameters(network):
    wrapped = [layer for layer in network.layers if hasattr(layer, "scale")]
    variables = [(w.layer.kernel, w.layer.bias, w.scale) for w in wrapped]
    return [[v.numpy().astype("float64") for v in layer] for layer in variables]


def forward(network, x):
    """Features and outputs."""
    for i, (v, b, g) in enumerate(network):
        f = np.tanh(x) if i else x
        x = f @ (g * v / np.sqrt((v**2).sum(axis=0))) + b
    return f, x


def log_partition(logits):
    return np.log(np.exp(logits).sum(axis=1))


def supervised(labels, logits):
    at_label = logits[np.arange(len(labels)), labels]
    return (log_partition(logits) - at_label).mean()


def real(logits):
    """D(x)."""
    return np.exp(log_partition(logits)) / (np.exp(log_partition(logits)) + 1)


def unsupervised(logits_real, logits_fake):
    fake_is_fake = np.log(1 - real(logits_fake)).mean()
    return -0.5 * np.log(real(logits_real)).mean() - 0.5 * fake_is_fake


def descended(network, loss, rate, fixed=()):
    """The parameters after a step of gradient descent on loss(network)."""
    network = copy.deepcopy(network)
    slopes = copy.deepcopy(network)
    for i, layer in enumerate(network):
        for j, array in enumerate(layer):
            for place in np.ndindex(array.shape):
                at, values = array[place], []
                for delta in (1e-5, -1e-5):
                    array[place] = at + delta
                    values.append(loss(network))
                array[place] = at
                slopes[i][j][place] = (values[0] - values[1]) / 2e-5
    for i, layer in enumerate(network):
        for j, array in enumerate(layer):
            array -= 0 if (i, j) in fixed else rate * slopes[i][j]
    return network


# The tiny discriminator does not train its first layer's scale.
FIXED = {(0, 2)}


def close(actual, expected, tolerance=1e-5):
    for a, e in zip(actual, expected, strict=True):
        for x, y in zip(a, e, strict=True):
            np.testing.assert_allclose(x, y, rtol=tolerance, atol=tolerance)


def f32(x):
    return np.asarray(x, "float32")
