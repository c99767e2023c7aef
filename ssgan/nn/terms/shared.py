"""Steps that several terms share."""

from keras import ops


def probabilities(logits):
    """Return the softmax of logits of shape (batch, K), in float32."""
    return ops.softmax(ops.cast(logits, "float32"))


def unit(x):
    """Return examples of shape (batch, ...), each scaled to Euclidean length 1."""
    axes = list(range(1, len(x.shape)))
    length = ops.sqrt(ops.sum(ops.square(x), axis=axes, keepdims=True))
    return x / ops.maximum(length, 1e-12)
