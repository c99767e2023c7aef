"""The arithmetic of networks: Keras's dtype policy."""

import contextlib

import keras


@contextlib.contextmanager
def precision(name):
    """Set Keras's dtype policy in this context: a process of its own has the default.

    Parameters
    ----------
    name : str
        Such as "float32" or "mixed_bfloat16".
    """
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(name)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)
