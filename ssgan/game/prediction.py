"""Apply a model to many examples."""

import numpy as np
import tensorflow as tf

from ssgan.support.forked import expect_not_forked

BATCH_SIZE = 256


def in_batches(function, x, size=BATCH_SIZE, track=iter):
    """Return a function's results for examples, computed in batches of equal size.

    The last batch is padded. So the result for an example does not depend, not even in
    the last bit, on the other examples.

    Parameters
    ----------
    function : callable
        Maps a tensor of shape (size, ...) to one of shape (size, k).
    x : ndarray of shape (n, ...)
    size : int, default=256
        Examples of a batch.
    track : callable, default=iter
        Shows progress; see `ssgan.training.progress.track`.

    Returns
    -------
    ndarray of shape (n, k)
    """
    expect_not_forked()
    results = []
    for i in track(range(0, len(x), size)):
        batch = x[i : i + size]
        n = len(batch)
        if n < size:
            padding = np.repeat(batch[-1:], size - n, 0)
            batch = np.concatenate([batch, padding])
        results.append(function(tf.constant(batch)).numpy()[:n])
    return np.concatenate(results)
