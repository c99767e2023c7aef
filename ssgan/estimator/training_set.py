"""What a classifier is trained on, checked and joined."""

import dataclasses
import functools
from typing import Any

import numpy as np
import tensorflow as tf

from ssgan.data import storage
from ssgan.errors import InputError, as_input_error
from ssgan.estimator.scales import warn_of_other_scale
from ssgan.estimator.validation import codes_of
from ssgan.game.batches import NOT_FINITE
from ssgan.support.provenance import checksum


@dataclasses.dataclass(frozen=True)
class TrainingSet:
    """Labeled, unlabeled and validation examples.

    Parameters
    ----------
    x : ndarray of shape (n, ...)
        The examples that came with labels, some of which may mean unlabeled.
    labeled : boolean ndarray of shape (n,)
        Which of them have a label.
    codes : integer ndarray of shape (n_labeled,)
        Their classes, 0 to K-1.
    unlabeled : ndarray of shape (m, ...) or tf.data.Dataset of single examples
        In memory, it begins with all of `x`: the paper's unlabeled set holds the
        labeled examples as well.
    validation : tuple ``(x, codes)`` or None
    """

    x: np.ndarray
    labeled: np.ndarray
    codes: np.ndarray
    unlabeled: Any
    validation: tuple | None

    @property
    def streams(self):
        """Whether the unlabeled examples are streamed, so that nobody can look back."""
        return isinstance(self.unlabeled, tf.data.Dataset)

    @functools.cached_property
    def x_labeled(self):
        """The labeled examples, of shape (n_labeled, ...), typed as the unlabeled."""
        own = storage.take(self.x, self.labeled)
        # Those that labels spread to are joined with them.
        return own if self.streams else own.astype(self.unlabeled.dtype, copy=False)

    @property
    def in_memory(self):
        """All examples in memory, of shape (m, ...): what networks are built for."""
        return self.x if self.streams else self.unlabeled

    @property
    def without_label(self):
        """Which of `unlabeled` have no label, of shape (m,); None for a stream."""
        if self.streams:
            return None
        rest = np.ones(len(self.unlabeled), bool)
        rest[: len(self.x)] = ~self.labeled
        return rest

    def checksums(self, classes):
        """Return checksums by what they are of, a dict; a stream has none.

        Labels that spread follow from these, up to how the processor rounds.
        """
        unlabeled = "stream" if self.streams else checksum(self.unlabeled)
        return {
            "labels": checksum(np.flatnonzero(self.labeled), self.codes),
            "classes": checksum(classes),
            "examples": checksum(self.x),
            "unlabeled examples": unlabeled,
        }


def read_unlabeled(unlabeled, x, read, example_shape):
    """Return the unlabeled examples of a `TrainingSet`.

    Parameters
    ----------
    unlabeled
        As passed to `ssgan.SSGANClassifier.fit`.
    x : ndarray of shape (n, ...)
        The examples that came with labels, as the networks see them: images with
        channels.
    read : callable
        Checks more examples like `x` and returns them as an array.
    example_shape : tuple of int
        That of one example as passed to `fit`.
    """
    if unlabeled is None:
        return x
    if not isinstance(unlabeled, tf.data.Dataset):
        unlabeled = _read("unlabeled", read, unlabeled)
        warn_of_other_scale(x, unlabeled)
        return storage.join(x, unlabeled)
    spec, shape = unlabeled.element_spec, x.shape[1:]
    # Others are refused later.
    if isinstance(spec, tf.TensorSpec) and spec.shape in (example_shape, shape):
        if spec.dtype.is_bool:
            unlabeled = unlabeled.map(lambda example: tf.cast(example, "float32"))
        elif spec.dtype.is_floating:
            # One by one, to check them would take five times as long.
            check = functools.partial(_check_finite, may_be_empty=np.isnan(x.min()))
            unlabeled = unlabeled.batch(64).map(check).unbatch()
        if spec.shape != shape:
            unlabeled = unlabeled.map(lambda example: tf.reshape(example, shape))
    warn_of_other_scale(x, unlabeled)
    return unlabeled


def _check_finite(examples, may_be_empty):
    """Return examples of a stream; an error, for `reading`, if one is not finite.

    Fields of rows may be empty if some are in X.
    """
    known = ~tf.math.is_nan(examples) if may_be_empty else True
    numbers = tf.where(known, examples, tf.zeros_like(examples))
    with tf.control_dependencies([tf.debugging.check_numerics(numbers, NOT_FINITE)]):
        return tf.identity(examples)


def read_validation(validation, x, read, classes):
    """Return the validation examples of a `TrainingSet` and their classes, or None.

    The classes are indices into `classes`. See `read_unlabeled` for the arguments.
    """
    if validation is None:
        return None
    with as_input_error("validation to be a pair of X and y"):
        x_validation, y_validation = validation
    x_validation = _read("validation", read, x_validation)
    warn_of_other_scale(x, x_validation)
    return x_validation, codes_of(y_validation, classes, len(x_validation))


def _read(name, read, x):
    """Read examples that were passed under a name, which an InputError then says."""
    try:
        return read(x)
    except InputError as error:
        raise type(error)(f"In {name}: {error}") from None
