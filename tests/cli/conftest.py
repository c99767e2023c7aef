import numpy as np
import pytest
from stand_in import fits  # noqa: F401  A fixture.
from tiny import TINY_GAME

from ssgan import recipes


@pytest.fixture
def small_networks(monkeypatch):
    """What the commands do with rows does not depend on the size of the networks."""
    monkeypatch.setattr(recipes, "VECTORS", TINY_GAME)


@pytest.fixture
def npz(tmp_path):
    rng = np.random.default_rng(0)
    y = np.arange(90) % 3
    x = rng.normal(size=(90, 4)) + 3 * y[:, None]
    path = tmp_path / "own.npz"
    np.savez(path, x_train=x[:60], y_train=y[:60], x_test=x[60:], y_test=y[60:])
    return path
