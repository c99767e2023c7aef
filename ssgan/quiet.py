"""TensorFlow without its reports of itself."""

import contextlib
import importlib
import logging
import os
import sys


def be_quiet():
    """Keep them off the terminal, as far as settings can; before it is imported."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    for name in ("tensorflow", "absl"):
        logging.getLogger(name).setLevel(logging.ERROR)


def import_tensorflow():
    """Import it without the reports that no setting of its own keeps back."""
    if "tensorflow" in sys.modules:
        return
    be_quiet()
    with nothing_on_stderr():
        importlib.import_module("tensorflow")


@contextlib.contextmanager
def nothing_on_stderr():
    """Drop what a library writes to the terminal from below Python."""
    sys.stderr.flush()
    stderr = os.dup(2)
    with open(os.devnull, "wb") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(stderr, 2)
        os.close(stderr)
