"""Snapshots of what the generator makes during training."""

import numpy as np

IMAGES, ROWS = 12, 120
SNAPSHOTS = 7


def snapshot_epochs(epochs):
    """Return the set of epochs, from 1, to take snapshots after: more of them early on.

    Parameters
    ----------
    epochs : int
        Number of epochs in the training.
    """
    parts = np.arange(1, SNAPSHOTS + 1) / SNAPSHOTS
    return set(np.ceil(epochs * parts**2).astype(int).tolist())


def fixed_samples(model):
    """Return a few examples, generated from latent vectors that are always the same.

    Returns
    -------
    ndarray of shape (n, ...) or None
        12 images or 120 rows, raw. None for a model without a generator.
    """
    if getattr(model, "generator", None) is None:
        return None
    is_rows = len(model.generator.output_shape) == 2
    return np.asarray(model.sample(ROWS if is_rows else IMAGES, seed=0))
