import numpy as np
import pytest
from formulas import f32


@pytest.fixture
def game(rng):
    """Two batches' worth of examples, labels and a latent batch."""
    x = {k: f32(rng.normal(size=(5, 6))) for k in ("labeled", "unlabeled", "matched")}
    return x, np.array([0, 1, 2, 0, 1]), f32(rng.uniform(size=(5, 2)))
