"""Check what users pass to the estimator."""

import functools
import re

import keras
import numpy as np
import pandas as pd
from sklearn.utils import check_random_state
from sklearn.utils.class_weight import compute_class_weight
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_array, check_X_y, validate_data

from ssgan.data.column_values import is_coarse
from ssgan.data.columns import coarse_warning
from ssgan.data.labels import read_labels
from ssgan.errors import (
    InputError,
    as_input_error,
    expect,
    expect_unmasked,
    is_whole,
    some,
    warn,
)
from ssgan.estimator.frames import SOURCE, encode_frame
from ssgan.support.quiet import without_advice


class InputTypeError(InputError, TypeError):
    """An InputError that is also a TypeError, as scikit-learn's contract asks."""


def check_arrays(estimator, X, *y, reset):
    """Return X, and y if given, as arrays; see scikit-learn's ``validate_data``.

    Parameters
    ----------
    estimator : SSGANClassifier
        Its `columns_` say how the columns of a DataFrame are coded, if it is one.
    X : array-like of shape (n, ...)
    *y : array-like of shape (n,)
        At most one. It is returned as `ssgan.data.labels.read_labels` reads it.
    reset : bool
        Whether to store the number and names of columns, or to compare them.
    """
    expect_unmasked(X)
    fields = getattr(getattr(X, "dtype", None), "names", None)
    plain = not (fields or isinstance(X, pd.Series))
    received = f"a structured array of {some(fields)}" if fields else "a Series"
    expect(plain, "an array of numbers, or a DataFrame", received)
    kind = getattr(X, "dtype", None)
    is_time = getattr(kind, "kind", None) in ("m", "M")
    expect(not is_time, "an array of numbers", f"one of {kind}")
    for labels in y:
        warn_if_in_another_order(X, labels)
    y = [None if labels is None else read_labels(labels) for labels in y]
    made = " as X.to_pandas() makes," if hasattr(X, "to_pandas") else ""
    frame = f"a DataFrame,{made} where fields may be empty"
    form = f"as rows or images of one size (or {frame})"
    if isinstance(X, pd.DataFrame) and estimator.columns_ is None:
        form = f"without an empty field in {SOURCE} (this model takes arrays or images)"
    one_each = ", and one label for each" if y else ""
    check = functools.partial(_check, expected=f"finite numbers, {form}{one_each}")
    if estimator.columns_ is None:
        if reset:
            _warn_if_coarse(X)
        # Of images, scikit-learn would count the rows as features.
        as_rows = len(getattr(estimator, "example_shape_", (1,))) == 1
        options = {
            "reset": reset,
            "dtype": [np.float32, np.uint8],
            "allow_nd": True,
            "ensure_2d": reset or (as_rows and getattr(X, "ndim", 2) <= 2),
        }
        return check(validate_data, estimator, X, *y, **options)
    if not isinstance(X, pd.DataFrame):
        text = some(estimator.columns_.categories)
        named = f"a table (a DataFrame, or a file such as .csv), with text in {text}"
        received = f"numbers without names ({type(X).__name__})"
        if hasattr(X, "to_pandas"):
            received = "another table, of which X.to_pandas() makes a DataFrame"
        expect(not text, named, received)
        return check(validate_data, estimator, X, *y, reset=reset, dtype=np.float32)
    # Columns may be called by numbers; `columns_` has text.
    X = X.loc[:, [str(name) not in estimator.columns_.left_out for name in X.columns]]
    # The names, and then what stands below them.
    at_fit = functools.partial(_check, expected="the columns of X at fit, in order")
    named = check if reset else at_fit
    named(validate_data, estimator, X, *y, reset=reset, skip_check_array=True)
    X = encode_frame(estimator.columns_, X)
    function = check_X_y if y else check_array
    return check(function, X, *y, ensure_all_finite="allow-nan", dtype=np.float32)


def warn_if_in_another_order(X, y):
    """Warn if pandas' X and y have the same index, but not row by row."""
    indexes = [
        each.index for each in (X, y) if isinstance(each, pd.DataFrame | pd.Series)
    ]
    if len(indexes) < 2 or indexes[0].equals(indexes[1]):
        return
    of_x, of_y = indexes
    alike = len(of_x) == len(of_y) and of_x.nlevels == of_y.nlevels
    alike = alike and of_x.is_unique and of_y.is_unique
    if alike and of_y.isin(of_x).all():
        warn(
            "X and y have the same index in another order. Rows and labels are paired "
            "by their place, as scikit-learn does. If the index pairs them, pass "
            "y.loc[X.index]."
        )


def _warn_if_coarse(X):
    """Warn of columns whose values float32 cannot tell from each other."""
    wide = isinstance(X, np.ndarray) and X.ndim == 2 and X.dtype.kind in "iuf"
    if not wide or X.dtype.itemsize <= 4:
        return
    X = np.asarray(X[:: max(1, len(X) // 1000)])  # Some rows tell.
    if np.isfinite(X).all():
        coarse = [f"column {i}" for i, numbers in enumerate(X.T) if is_coarse(numbers)]
        if coarse:
            warn(coarse_warning("X", coarse))


def warn_if_channels_first(shape):
    """Warn if arrays of a shape seem to be images whose channels come first."""
    if len(shape) == 4 and shape[1] in (1, 3, 4) and min(shape[2:]) > 4:
        warn(
            f"X of shape {shape} holds images of {shape[1]} x {shape[2]} pixels with "
            f"{shape[3]} channels. If the channels come first, move them to the end: "
            "X.transpose(0, 2, 3, 1)."
        )


def _check(function, *arguments, expected, **options):
    """Call a function of scikit-learn; say in one sentence what it finds."""
    try:
        return function(*arguments, **options)
    except (ValueError, TypeError, NotImplementedError) as error:
        kind = InputTypeError if isinstance(error, TypeError) else InputError
        # It may have many lines, show an array, and name scikit-learn's classifiers.
        said = " ".join(str(error).split()).partition(" SSGANClassifier does not")[0]
        said = re.sub(r"\[.{80,}\]", "[...]", said)
        raise kind(f"Expected {expected}. Received: {said}") from None


def expect_differing(X):
    """Raise InputError if all examples of an array are the same, empty fields too."""
    same = len(X) > 1 and all(np.array_equal(X[0], x, equal_nan=True) for x in X[1:])
    differing = f"examples that differ from each other, as {X.dtype}"
    expect(not same, differing, f"{len(X):,} that are the same")


def check_finite(computed):
    """Return what a model computed, of shape (n, ...). InputError if it is broken."""
    bad = computed.size - np.count_nonzero(np.isfinite(computed))
    received = f"{bad} of {computed.size} that are NaN or infinite"
    expect(not bad, "a model that computes finite numbers", received)
    return computed


def encode(labels):
    """Return the sorted classes, and the index of each label among them.

    Parameters
    ----------
    labels : ndarray of shape (n,)

    Returns
    -------
    classes : ndarray of shape (K,)
    codes : integer ndarray of shape (n,)
    """
    expected = "labels of two classes or more"
    expect(len(labels), expected, "no labeled example")
    with as_input_error("class labels"), without_advice():
        check_classification_targets(labels)
    if labels.dtype == object and all(isinstance(label, str) for label in labels):
        labels = labels.astype(str)
    classes, codes = np.unique(labels, return_inverse=True)
    hint = "" if labels.dtype.kind in "OU" else "; -1 means unlabeled"
    expect(len(classes) > 1, expected, f"one class, {classes[0]}{hint}")
    return classes, codes


def codes_of(y, classes, n):
    """Return the index of each label among the classes.

    Parameters
    ----------
    y : array-like of shape (n,)
        Labels in any form that `ssgan.data.labels.read_labels` takes.
    classes : ndarray of shape (K,)
    n : int
        How many labels there must be.

    Returns
    -------
    integer ndarray of shape (n,)
    """
    y = read_labels(y)
    expect(y.shape == (n,), f"one label for each of {n} examples", f"shape {y.shape}")
    index = {label: code for code, label in enumerate(classes.tolist())}
    unknown = sorted(set(y.tolist()) - set(index), key=str)
    expect(not unknown, f"labels among {[*index]}", unknown)
    return np.array([index[label] for label in y.tolist()])


def check_callbacks(callbacks):
    """Raise InputError unless callbacks are a sequence of Keras callbacks.

    Those that set the learning rate are refused, too.
    """
    are_many = isinstance(callbacks, list | tuple)
    kind = keras.callbacks.Callback
    good = are_many and all(isinstance(callback, kind) for callback in callbacks)
    received = [type(c).__name__ for c in (callbacks if are_many else [callbacks])]
    expect(good, "a list of Keras callbacks as callbacks", ", ".join(received))
    kinds = keras.callbacks.LearningRateScheduler, keras.callbacks.ReduceLROnPlateau
    of_rate = [type(c).__name__ for c in callbacks if isinstance(c, kinds)]
    other = "callbacks that leave the learning rate to the recipe"
    expect(not of_rate, other, ", ".join(of_rate))


def random_numbers(random_state):
    """Return the `numpy.random.RandomState` of a seed, or of None."""
    expected = (
        "a whole number from 0 to 4294967295, a numpy.random.RandomState or None, for "
        "random_state"
    )
    with as_input_error(expected):
        return check_random_state(random_state)


def class_weights(class_weight, classes, codes):
    """Return the weight of each class in the loss, a dict by index; None without any.

    Parameters
    ----------
    class_weight : dict, "balanced" or None
    classes : ndarray of shape (K,)
    codes : integer ndarray of shape (n,)
    """
    if class_weight is None:
        return None
    if isinstance(class_weight, dict):
        unknown = sorted(set(class_weight) - set(classes.tolist()), key=str)
        expected = f"class weights of {some(map(repr, classes.tolist()))}"
        expect(not unknown, expected, f"one of {some(map(repr, unknown))}")
    with as_input_error("a dict of class weights, 'balanced' or None"):
        weights = compute_class_weight(class_weight, classes=classes, y=classes[codes])
    # NaN is not at least 0.
    sensible = np.all(weights >= 0) and 0 < weights.sum() < np.inf
    expect(
        sensible,
        "class weights of 0 or more, not all 0",
        f"class_weight={class_weight}",
    )
    return dict(enumerate(weights.tolist()))


def network_shape(example_shape, image_shape=None):
    """Return the shape of one example for the networks: images have channels.

    Parameters
    ----------
    example_shape : tuple of int
        As it was given.
    image_shape : tuple of int or None, default=None
        See `ssgan.SSGANClassifier`.
    """
    whole = isinstance(image_shape, tuple | list) and all(
        is_whole(size) and size > 0 for size in image_shape
    )
    expected = "image_shape to be sizes of an image, such as (28, 28)"
    expect(whole or image_shape is None, expected, f"image_shape={image_shape!r}")
    shape = tuple(image_shape or example_shape)
    expect(
        np.prod(shape) == np.prod(example_shape),
        f"image_shape to have as many pixels as an example, of shape {example_shape}",
        f"image_shape={image_shape}",
    )
    are_rows = len(example_shape) == 1
    expect(
        are_rows or _with_channels(shape) == _with_channels(example_shape),
        f"no image_shape for images, or {example_shape}, which they have",
        f"image_shape={image_shape}",
    )
    expect(
        len(shape) <= 3,
        "rows, or images of shape (n, height, width) or (..., channels)",
        f"examples of shape {shape}",
    )
    return _with_channels(shape)


def _with_channels(shape):
    return (*shape, 1) if len(shape) == 2 else tuple(shape)
