import numpy as np
import pytest
from tiny import TINY

from ssgan import SSGANClassifier


@pytest.fixture(scope="module")
def blobs():
    """Three clouds of points, six of them labeled with words."""
    rng = np.random.default_rng(0)
    codes = np.arange(90) % 3
    x = (rng.normal(size=(90, 4)) + 3 * codes[:, None]).astype("float32")
    names = np.array(["ash", "beech", "cedar"], dtype=object)[codes]
    y = names.copy()
    y[6:] = -1
    return x, y, names


@pytest.fixture(scope="module")
def fitted(blobs):
    return SSGANClassifier(TINY, random_state=0).fit(*blobs[:2])
