"""The arithmetic of networks: Keras's dtype policy."""

import contextlib
import re
from pathlib import Path

import keras
import tensorflow as tf

from ssgan.errors import expect

# What networks can be trained in.
POLICIES = ("float32", "mixed_bfloat16", "mixed_float16")

# Flags of processors that multiply matrices in bfloat16, and where Linux has them.
FLAGS, PROCESSOR = r"\b(avx512_bf16|amx_bf16)\b", Path("/proc/cpuinfo")
# The recipe for which that was measured, in benchmarks/pages/speed.md. The names of its
# forms begin so, too.
FASTER = "photos"


def is_faster_in_bfloat16(recipe):
    """Return whether a recipe trains in less time here in bfloat16 than in float32.

    That is known of photographs on some processors, not of GPUs.

    Parameters
    ----------
    recipe : ssgan.recipes.Recipe
    """
    if not recipe.name.startswith(FASTER) or tf.config.list_physical_devices("GPU"):
        return False
    try:
        return re.search(FLAGS, PROCESSOR.read_text()) is not None
    except OSError:  # Not Linux.
        return False


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
