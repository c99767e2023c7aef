"""Silence what libraries print and users need not see."""

import contextlib
import importlib
import logging
import os
import sys
import warnings


def silence_logging():
    """Turn off TensorFlow's logging, as far as settings can. Call before the import."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    for name in ("tensorflow", "absl"):
        logging.getLogger(name).setLevel(logging.ERROR)


def import_tensorflow():
    """Import TensorFlow, and drop the messages that no setting turns off."""
    if "tensorflow" in sys.modules:
        return
    silence_logging()
    # By default the first process takes a GPU's whole memory, and the next one fails.
    os.environ.setdefault("TF_FORCE_GPU_ALLOW_GROWTH", "true")
    with suppress_stderr():
        importlib.import_module("tensorflow")


@contextlib.contextmanager
def suppress_stderr():
    """Drop what C++ code writes to stderr in this context."""
    sys.stderr.flush()
    stderr = os.dup(2)
    with open(os.devnull, "wb") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(stderr, 2)
        os.close(stderr)


@contextlib.contextmanager
def without_advice():
    """Drop scikit-learn's warnings about few labels in this context.

    Some guesses are wrong, and a logistic regression on them may not converge. Many
    classes of one label each look like a regression task. And an example that no label
    reaches has probabilities 0 / 0.
    """
    import numpy as np
    from sklearn.exceptions import ConvergenceWarning

    with np.errstate(invalid="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        warnings.filterwarnings("ignore", message="The number of unique classes")
        yield
