"""A small data set whose classes are far apart."""

import numpy as np

from ssgan.data.examples import Data


def toy(rows=60, width=4, labels=(0, 1), images=False):
    rng = np.random.default_rng(0)
    codes = np.arange(rows) % len(labels)
    x = rng.normal(size=(rows, width)) + 4 * codes[:, None]
    y = np.array(labels, dtype=object if isinstance(labels[0], str) else int)[codes]
    if images:
        x = np.round(20 * (x - x.min())).astype(np.uint8).reshape(rows, 2, 2)
    return Data("toy", x[10:], y[10:], x[:10], y[:10])
