"""What TensorFlow reads when it is imported is set before."""

import os
import subprocess
import sys

import pytest

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
