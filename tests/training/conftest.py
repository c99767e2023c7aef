import numpy as np
import pytest


@pytest.fixture
def data(rng):
    codes = np.arange(40) % 2
    x = (rng.normal(size=(40, 3)) + 3 * codes[:, None]).astype("float32")
    return x, x[:6], codes[:6]
