"""Images of two classes, which strokes tell apart."""

import numpy as np

SIDE = 12


def bars(n, slant, rng):
    """Return images of one bar or two, slanted by up to `slant`, and how many."""
    y = np.arange(n) % 2
    rows, columns = np.mgrid[:SIDE, :SIDE]
    leaning = rng.uniform(-slant, slant, (n, 1, 1)) * (rows - SIDE / 2)
    place = columns - SIDE / 2 - leaning - rng.normal(0, 0.1, (n, 1, 1))
    one, two = np.abs(place) < 1, np.abs(np.abs(place) - 2) < 1
    x = np.where(y[:, None, None] == 1, two, one)
    return (200 * x + rng.integers(40, size=x.shape)).astype("uint8"), y
