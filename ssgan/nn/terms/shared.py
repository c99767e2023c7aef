"""Steps that several terms share."""

import contextlib

import keras
from keras import ops


def probabilities(logits):
    """Return the softmax of logits of shape (batch, K), in float32."""
    return ops.softmax(ops.cast(logits, "float32"))


def unit(x):
    """Return examples of shape (batch, ...), each scaled to Euclidean length 1."""
    axes = list(range(1, len(x.shape)))
    length = ops.sqrt(ops.sum(ops.square(x), axis=axes, keepdims=True))
    return x / ops.maximum(length, 1e-12)


@contextlib.contextmanager
def in_float32(network):
    """Compute in float32 in this context, with the weights of a network as they are.

    Differences of almost equal outputs drown in the rounding of half precision.
    """
    layers = network._flatten_layers()
    policies = [layer.dtype_policy for layer in layers]
    whole = keras.DTypePolicy("float32")
    try:
        for layer, policy in zip(layers, policies, strict=True):
            if policy.compute_dtype in ("float16", "bfloat16"):
                layer.dtype_policy = whole
        yield
    finally:
        for layer, policy in zip(layers, policies, strict=True):
            if layer.dtype_policy is not policy:
                layer.dtype_policy = policy
