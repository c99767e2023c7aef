"""Let TensorFlow compute with oneDNN. It decides that once, when it is imported."""

import os
import sys

from ssgan.errors import warn

VARIABLE = "TF_ENABLE_ONEDNN_OPTS"
_too_late = VARIABLE not in os.environ and "tensorflow" in sys.modules

# By itself TensorFlow computes with oneDNN only where the processor has AVX-512 for
# neural networks. With AVX2 convolutions are faster, too; see
# benchmarks/pages/speed.md.
os.environ.setdefault(VARIABLE, "1")


def warn_if_without():
    """Warn if TensorFlow was imported before ssgan, and so computes without oneDNN."""
    if not _too_late or sys.platform == "darwin":  # It never has it there.
        return
    import tensorflow as tf

    try:
        from tensorflow.python.util import _pywrap_util_port
    except ImportError:  # It is no public module.
        return
    if not (_pywrap_util_port.IsMklEnabled() or tf.config.get_visible_devices("GPU")):
        warn(
            "TensorFlow was imported before ssgan, and computes without oneDNN: on "
            "this kind of processor a step on images takes up to half as long again. "
            f"Import ssgan before tensorflow and keras, or set {VARIABLE}=1."
        )
