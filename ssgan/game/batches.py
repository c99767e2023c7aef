"""Endless batches for the game: a pure function of the seed and the step."""

import atexit
import contextlib
import re
import threading
import time

import numpy as np
import tensorflow as tf

from ssgan.errors import InputError, expect, expect_whole

# Larger arrays are not copied into a tensor.
AS_TENSOR = 2**26
# What a check of a stream says, for `reading`.
NOT_FINITE = "NaN or infinite values"

# A thread of TensorFlow that reads in Python while the interpreter ends would hang it.
_ending = threading.Event()


@atexit.register
def _end():
    _ending.set()
    time.sleep(0.05)  # Let a read that has begun end.


def batches(
    x_labeled,
    y_labeled,
    unlabeled=None,
    *,
    labeled_size=100,
    unlabeled_size=100,
    alternating=False,
    seed=0,
    start=0,
):
    """Return an endless `tf.data.Dataset` of ``({"labeled", "unlabeled"}, y)``.

    Every pass over the examples is a new permutation, drawn when the pass begins. So
    the time of a step does not depend on the number of examples, and a stream that
    starts at step s continues as an interrupted one would have.

    Parameters
    ----------
    x_labeled : ndarray of shape (n_labeled, ...)
    y_labeled : integer ndarray of shape (n_labeled,)
        Classes, 0 to K-1.
    unlabeled : ndarray of shape (n_unlabeled, ...), tf.data.Dataset or None
        Unlabeled examples. A data set of single examples is streamed in its own order.
        Without unlabeled examples the batches are plain ``(x, y)``.
    labeled_size, unlabeled_size : int, default=100
        Number of examples in a batch.
    alternating : bool, default=False
        Whether to add a second, independent unlabeled batch, ``"matched"``; see
        `ssgan.SSGAN`.
    seed : int, default=0
        Seed of the order.
    start : int, default=0
        Step to start at.

    Returns
    -------
    tf.data.Dataset
        Its batches have fixed shapes, as XLA needs.

    Raises
    ------
    InputError
        If a part is empty, or sizes, lengths or shapes do not match.
    """
    expect_whole("labeled_size", labeled_size, 1)
    expect_whole("unlabeled_size", unlabeled_size, 1)
    x_labeled = np.asanyarray(x_labeled)
    if not isinstance(unlabeled, tf.data.Dataset | None):
        unlabeled = np.asanyarray(unlabeled)
    n, labels = len(x_labeled), len(y_labeled)
    one_each = "one label for each of one or more labeled examples"
    expect(n and n == labels, one_each, f"{n} examples and {labels} labels")
    labeled = _stream((x_labeled, np.asarray(y_labeled)), labeled_size, seed, start)
    if unlabeled is None:
        return labeled.prefetch(2).with_options(_untuned())
    parts = [_unlabeled(unlabeled, x_labeled, unlabeled_size, seed + 1, start)]
    if alternating:
        parts.append(_unlabeled(unlabeled, x_labeled, unlabeled_size, seed + 2, start))

    def name(labeled, unlabeled, *matched):
        x = {"labeled": labeled[0], "unlabeled": unlabeled}
        return (x | {"matched": matched[0]} if matched else x), labeled[1]

    stream = tf.data.Dataset.zip(labeled, *parts).map(name).prefetch(2)
    streams = isinstance(unlabeled, tf.data.Dataset)
    return stream if streams else stream.with_options(_untuned())


@contextlib.contextmanager
def reading(unlabeled):
    """Turn an error of a data set of unlabeled examples, read here, into InputError."""
    try:
        yield
    except tf.errors.OpError as error:
        streams = isinstance(unlabeled, tf.data.Dataset)
        if not streams or "IteratorGetNext" not in error.message:
            raise
        expect(
            NOT_FINITE not in error.message, "finite numbers in unlabeled", NOT_FINITE
        )
        # TensorFlow says first in which of its nodes.
        said = re.sub(
            r"\{\{.*?\}\}|^Graph.*unavailable>", "", error.message, flags=re.S
        )
        said = said.strip().partition("\n")[0]
        expected = "unlabeled to be a data set that can be read"
        raise InputError(f"Expected {expected}. Received: {said}") from error


def _untuned():
    # Reading from an array leaves nothing to tune. And to delete an iterator that
    # TensorFlow tunes can take seconds: it waits until the tuning looks again.
    options = tf.data.Options()
    options.autotune.enabled = False
    return options


def _unlabeled(unlabeled, x_labeled, size, seed, start):
    shape = x_labeled.shape[1:]
    if isinstance(unlabeled, tf.data.Dataset):
        spec = unlabeled.element_spec
        # A shape of unknown rank is no sequence.
        fits = isinstance(spec, tf.TensorSpec) and spec.shape.rank == len(shape)
        fits = fits and tuple(spec.shape) == tuple(shape)
        fits = fits and (spec.dtype.is_floating or spec.dtype.is_integer)
        same = f"of numbers of shape {shape}, as the labeled ones"
        expect(fits, f"a data set of single unlabeled examples, {same}", spec)
        # After a filter, for example, only looking for the first example tells.
        known = int(unlabeled.cardinality())  # -1 if infinite, -2 if unknown.
        if known < 0:
            with reading(unlabeled):
                known = sum(1 for _ in unlabeled.take(1))
        received = "a data set that ends at once"
        expect(known != 0, "one or more unlabeled examples", received)
        buffer = unlabeled.repeat().shuffle(20 * size, seed=seed)
        return buffer.batch(size, drop_remainder=True).skip(start)
    expect(
        len(unlabeled) and unlabeled.shape[1:] == shape,
        f"one or more unlabeled examples of shape {shape}, as the labeled ones",
        f"an array of shape {unlabeled.shape}",
    )
    # Not as a tuple of one.
    return _stream((unlabeled,), size, seed, start).map(lambda x: x)


def _stream(arrays, size, seed, start):
    """Return batches of all arrays at the same, permuted positions."""
    n = len(arrays[0])

    # A batch may end one pass and begin the next.
    first, done = divmod(start * size, n)

    def one_pass(number):
        key = tf.stack([np.int64(seed), number])
        order = tf.random.experimental.stateless_shuffle(tf.range(n), key)
        return order[tf.where(number == first, done, 0) :]

    # Not a counter: TensorFlow keeps the function that counts for good.
    passes = tf.data.Dataset.range(first, np.iinfo(np.int64).max)
    indices = passes.map(one_pass).rebatch(size, drop_remainder=True)
    readers = [_reader(a, size) for a in arrays]
    return indices.map(lambda where: tuple(read(where) for read in readers))


def _reader(array, size):
    """Return a function from indices, of shape (size,), to examples."""
    if array.nbytes <= AS_TENSOR:
        # On the CPU also where there is a GPU, which gets batches alone.
        with tf.device("CPU:0"):
            tensor = tf.convert_to_tensor(array)
        return lambda where: tf.gather(tensor, where)

    # TensorFlow would copy it, more than once. Reading in Python is slower, but needs
    # no copy: the array may be in a file.
    def rows_at(where):
        if _ending.is_set():
            raise SystemExit
        return array[where]

    def read(where):
        rows = tf.numpy_function(rows_at, [where], array.dtype)
        return tf.ensure_shape(rows, (size, *array.shape[1:]))

    return read
