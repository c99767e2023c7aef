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
# The recipe that is faster in it there, as its recorded runs were trained; see
# benchmarks/pages/speed.md. The names of its forms begin so, too.
FASTER = "photos"


def fastest(recipe):
    """Return the policy that a recipe is trained in where the user names none.

    That is "mixed_bfloat16" for photographs on a processor that has it, without a GPU:
    of GPUs, some compute in bfloat16 more slowly. Otherwise it is "float32".

    Parameters
    ----------
    recipe : ssgan.recipes.Recipe
    """
    by_processor = not tf.config.list_physical_devices("GPU")
    if recipe.name.startswith(FASTER) and by_processor and _has_bfloat16():
        return "mixed_bfloat16"
    return "float32"


def _has_bfloat16():
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
