"""Apply a model to many examples."""

import numpy as np
import tensorflow as tf

BATCH_SIZE = 256


def in_batches(function, x):
    """Return a function's results for examples, computed in batches of equal size.

    The last batch is padded. So the result for an example does not depend, not even in
    the last bit, on the other examples.

    Parameters
    ----------
    function : callable
        Maps a tensor of shape (256, ...) to one of shape (256, k).
    x : ndarray of shape (n, ...)

    Returns
    -------
    ndarray of shape (n, k)
    """
    results = []
    for i in range(0, len(x), BATCH_SIZE):
        batch = x[i : i + BATCH_SIZE]
        n = len(batch)
        if n < BATCH_SIZE:
            padding = np.repeat(batch[-1:], BATCH_SIZE - n, 0)
            batch = np.concatenate([batch, padding])
        results.append(function(tf.constant(batch)).numpy()[:n])
    return np.concatenate(results)
