"""What TensorFlow reads when it is imported is set before."""

import os
import subprocess
import sys
import warnings

import pytest
import tensorflow as tf

from ssgan.support import onednn

# Says what TensorFlow would read, and ends where it would be imported.
PROGRAM = """
import importlib, os, sys

class Finder:
    def find_spec(self, name, *_):
        if name == "tensorflow":
            print(os.environ["TF_ENABLE_ONEDNN_OPTS"], flush=True)
            os._exit(0)

sys.meta_path.insert(0, Finder())
importlib.import_module(sys.argv[1])
"""


@pytest.mark.parametrize(
    "module", ["ssgan.estimator", "ssgan.evaluation.compare", "ssgan.game.model"]
)
@pytest.mark.parametrize("given", [None, "0"])
def test_onednn_computes_unless_the_user_says_otherwise(module, given):
    environment = {k: v for k, v in os.environ.items() if not k.startswith("TF_")}
    environment |= {"TF_ENABLE_ONEDNN_OPTS": given} if given else {}
    command = [sys.executable, "-c", PROGRAM, module]
    said = subprocess.check_output(command, env=environment, text=True)
    assert said == f"{given or 1}\n"


def test_who_imports_tensorflow_first_and_so_computes_slowly_is_told(monkeypatch):
    port = sys.modules["tensorflow.python.util._pywrap_util_port"]
    monkeypatch.setattr(onednn, "_too_late", True)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(tf.config, "get_visible_devices", lambda kind: [])
    monkeypatch.setattr(port, "IsMklEnabled", lambda: True)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        onednn.warn_if_without()
        monkeypatch.setattr(port, "IsMklEnabled", lambda: False)
        with pytest.raises(UserWarning, match="Import ssgan before tensorflow"):
            onednn.warn_if_without()
        monkeypatch.setattr(tf.config, "get_visible_devices", lambda kind: ["GPU"])
        onednn.warn_if_without()


# Says whether ssgan came too late, with something in the place of TensorFlow.
ORDER = """
import sys
for name in sys.argv[1:]:
    sys.modules[name] = object()
from ssgan.support import onednn
print(onednn._too_late)
"""


@pytest.mark.parametrize(
    ("before", "given", "late"),
    [((), None, False), (("tensorflow",), None, True), (("tensorflow",), "0", False)],
)
def test_the_order_of_imports_is_noticed(before, given, late):
    environment = {k: v for k, v in os.environ.items() if not k.startswith("TF_")}
    environment |= {"TF_ENABLE_ONEDNN_OPTS": given} if given else {}
    command = [sys.executable, "-c", ORDER, *before]
    said = subprocess.check_output(command, env=environment, text=True)
    assert said == f"{late}\n"
