"""Memory is flat over twenty fits in one process."""

import gc

import numpy as np
import pytest
from tiny import TINY_IMAGES

from ssgan import SSGANClassifier

pytestmark = pytest.mark.slow
FITS, WARM = 20, 3
# MiB. Each fit once left 13 to 31 MB.
MOST = 15


def resident():
    """Return the memory of this process in MiB."""
    with open("/proc/self/status") as file:
        [line] = [line for line in file if line.startswith("VmRSS:")]
    return int(line.split()[1]) / 1024


def test_memory_is_flat(rng):
    x = rng.normal(size=(60, 8, 8)).astype("float32")
    y = np.where(np.arange(60) < 20, np.arange(60) % 2, -1)
    sizes = []
    for _ in range(FITS):
        classifier = SSGANClassifier(TINY_IMAGES, steps=10, random_state=0)
        classifier.fit(x, y).predict(x)
        gc.collect()
        sizes.append(resident())
    print("\nMiB after each fit:", *(f"{size:.0f}" for size in sizes))
    assert sizes[-1] - sizes[WARM - 1] < MOST, sizes
