import signal

import numpy as np
import pytest


@pytest.fixture
def data(rng):
    codes = np.arange(40) % 2
    x = (rng.normal(size=(40, 3)) + 3 * codes[:, None]).astype("float32")
    return x, x[:6], codes[:6]


@pytest.fixture
def ctrl_c():
    """Ctrl-C is heard, also where tests run in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)
