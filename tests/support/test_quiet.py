"""TensorFlow is imported with the settings that count only before."""

import os
import subprocess
import sys

import pytest

PROGRAM = """
import os, sys
import ssgan
ssgan.SSGANClassifier
assert "tensorflow" in sys.modules
print(os.environ["TF_ENABLE_ONEDNN_OPTS"])
"""


@pytest.mark.parametrize("given", [None, "0"])
def test_onednn_computes_unless_the_user_says_otherwise(given):
    environment = {k: v for k, v in os.environ.items() if not k.startswith("TF_")}
    environment |= {"TF_ENABLE_ONEDNN_OPTS": given} if given else {}
    command = [sys.executable, "-W", "ignore", "-c", PROGRAM]
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout == f"{given or 1}\n"
    assert done.stderr == ""
