"""Arrays as text, for JSON."""

import base64

import numpy as np


def to_base64(array):
    """Return the bytes of an array as base64 text."""
    return base64.b64encode(array.tobytes()).decode()


def from_base64(text, dtype):
    """Return the array of shape (n,) of which `to_base64` made text.

    Raises
    ------
    ValueError
        If it is no such text.
    """
    return np.frombuffer(base64.b64decode(text, validate=True), dtype)
