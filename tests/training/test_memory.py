"""Memory stays flat from fit to fit."""

import subprocess
import sys
from pathlib import Path

import pytest

CODE = """
import gc, sys
import numpy as np
from tiny import TINY_IMAGES
import ssgan

rng = np.random.default_rng(0)
x = rng.normal(size=(60, 8, 8)).astype("float32")
y = np.where(np.arange(60) < 20, np.arange(60) % 2, -1)
for _ in range(3):
    ssgan.SSGANClassifier(TINY_IMAGES.with_steps(10), random_state=0).fit(x, y)
    gc.collect()
    print(len(gc.get_objects()))
"""


@pytest.mark.slow
def test_a_fit_leaves_no_objects_behind():
    """Each once left 17,000, the graph of its training step, and 13 MB."""
    tests = Path(__file__).parents[1]
    command = [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(tests)!r})"]
    command[-1] += CODE
    done = subprocess.run(command, capture_output=True, text=True, timeout=240)
    counts = [int(line) for line in done.stdout.split()]
    assert len(counts) == 3, done.stderr
    assert counts[-1] - counts[-2] < 100, counts
