"""The arithmetic of networks: Keras's dtype policy."""

import contextlib

import keras

from ssgan.errors import expect

# What networks can be trained in.
POLICIES = ("float32", "mixed_bfloat16", "mixed_float16")


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


def expect_precision():
    """Raise InputError if Keras has arithmetic that networks cannot be trained in."""
    floatx, policy = keras.config.floatx(), keras.config.dtype_policy().name
    expect(floatx == "float32", "float32 as Keras's floatx", floatx)
    *rest, last = POLICIES
    known = f"{', '.join(rest)} or {last} as Keras's dtype policy"
    expect(policy in POLICIES, known, policy)
