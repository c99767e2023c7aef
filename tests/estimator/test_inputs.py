"""What fit and predict are given is understood, or answered by one sentence."""

import dataclasses
import re

import keras
import numpy as np
import pandas as pd
import pytest
import tensorflow as tf
from command_line import run
from sklearn.exceptions import NotFittedError
from tiny import TINY, TINY_GAME
from warned import no_warnings

from ssgan import InputError, SSGANClassifier
from ssgan.estimator.training_set import read_unlabeled

X = np.random.default_rng(0).normal(size=(40, 4)).astype("float32")
CODES = np.arange(40) % 2
TEXT = [*(["a", "b"] * 4), *[-1] * 32]
NUMBERS = [*([0, 1] * 4), *[-1] * 32]
PIXELS = dataclasses.replace(TINY, value_range=(0.0, 1.0))


def fit(x, y, recipe=TINY, **arguments):
    return SSGANClassifier(recipe, steps=1, random_state=0).fit(x, y, **arguments)


@pytest.mark.parametrize(
    ("y", "classes"),
    [
        (TEXT, ["a", "b"]),
        (np.array(TEXT), ["a", "b"]),
        ([label if label != -1 else "" for label in TEXT], ["a", "b"]),
        (pd.Series([label if label != -1 else pd.NA for label in TEXT]), ["a", "b"]),
        ([label if label != -1 else "-1" for label in NUMBERS], [0, 1]),
        ([label if label != -1 else np.nan for label in NUMBERS], [0, 1]),
        (pd.Series(NUMBERS).where(np.arange(40) < 8), [0, 1]),
        (np.ma.array(CODES, mask=np.arange(40) >= 8), [0, 1]),
    ],
)
def test_unlabeled_is_no_class(y, classes, untrained):
    with no_warnings():  # There are unlabeled examples.
        classifier = fit(X, y, TINY.supervised())
    assert classifier.classes_.tolist() == classes
    assert set(classifier.predict(X)) <= set(classes)


@pytest.mark.parametrize(
    "y",
    [
        [*([False, True] * 4), *[None] * 32],
        pd.Series([*([False, True] * 4), *[pd.NA] * 32], dtype="boolean"),
        CODES.astype(bool),
    ],
)
@pytest.mark.filterwarnings("ignore:No unlabeled examples")
def test_booleans_stay_booleans(y, tmp_path, untrained):
    classifier = fit(X, y, TINY.supervised())
    classifier.save(tmp_path / "a.keras")
    loaded = SSGANClassifier.load(tmp_path / "a.keras")
    for fitted in (classifier, loaded):
        assert fitted.classes_.dtype == fitted.predict(X).dtype == bool
        agreed = fitted.predict(X[:8]) == np.array([False, True] * 4)
        assert fitted.score(X[:8], y[:8]) == agreed.mean()


@pytest.mark.parametrize("callbacks", [[object()], object()])
def test_callbacks_of_other_kinds_are_refused(callbacks):
    classifier = SSGANClassifier(steps=10, callbacks=callbacks)
    with pytest.raises(InputError, match="list of Keras callbacks .*Received: object"):
        classifier.fit(X, CODES)


@pytest.mark.parametrize(
    "callback",
    [
        keras.callbacks.ReduceLROnPlateau(),
        keras.callbacks.LearningRateScheduler(lambda epoch: 0.1),
    ],
)
def test_the_learning_rate_is_left_to_the_recipe(callback):
    said = f"the learning rate to the recipe. Received: {type(callback).__name__}$"
    with pytest.raises(InputError, match=said):
        SSGANClassifier(TINY, callbacks=[callback]).fit(X, CODES)


def test_a_training_that_a_callback_ends_is_told(tmp_path):
    class Stop(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            self.model.stop_training = True

    classifier = SSGANClassifier(
        TINY.supervised(), steps=40, random_state=0, callbacks=[Stop()]
    )
    with pytest.warns(UserWarning, match="ended the training after 10 of 40 steps"):
        classifier.fit(X, NUMBERS)
    classifier.save(tmp_path / "a.keras")
    assert "40 steps, stopped after 10" in run("info", tmp_path / "a.keras").stdout


def test_a_fit_that_is_broken_off_leaves_the_earlier_model():
    class Break(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            raise KeyboardInterrupt

    classifier = fit(pd.DataFrame(X), TEXT, TINY.supervised())
    before = classifier.predict(pd.DataFrame(X))
    new = SSGANClassifier(TINY.supervised(), callbacks=[Break()])
    classifier.set_params(callbacks=[Break()])
    for broken in (classifier, new):
        with pytest.raises(KeyboardInterrupt):
            broken.fit(X, ["b", "c", *TEXT[2:]])
    assert classifier.predict(pd.DataFrame(X)).tolist() == before.tolist()
    with pytest.raises(NotFittedError):
        new.predict(X)


def test_validation_labels_stay_with_their_examples():
    class Last(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            accuracies.append(logs["val_accuracy"])

    accuracies = []
    x = X + 6 * np.eye(4, dtype="float32")[CODES]
    classifier = SSGANClassifier(
        TINY.supervised(), steps=40, random_state=0, callbacks=[Last()]
    )
    classifier.fit(x, NUMBERS, validation=(x, CODES))
    assert accuracies[-1] > 0.9


@pytest.mark.parametrize("validation", [3, (X,), X])
def test_validation_that_is_no_pair_is_refused(validation):
    with pytest.raises(InputError, match="validation to be a pair of X and y"):
        fit(X, NUMBERS, validation=validation)


def test_validation_labels_are_read_alike(untrained):
    fit(X, TEXT, TINY.supervised(), validation=(X[:2], ["a", "b"]))
    with pytest.raises(InputError, match=r"labels among \['a', 'b'\].*\[-1\]"):
        fit(X, TEXT, validation=(X[:2], ["a", None]))
    with pytest.raises(InputError, match=r"labels among \[0, 1\].*\['a', 'b'\]"):
        fit(X, NUMBERS, validation=(X[:2], ["a", "b"]))


@pytest.mark.parametrize("n", [1, 3])
def test_validation_of_unequal_lengths_is_refused(n):
    with pytest.raises(InputError, match="one label for each of 2 examples"):
        fit(X, NUMBERS, validation=(X[:2], CODES[:n]))


@pytest.mark.parametrize("masked", [False, True])
def test_masked_examples_are_refused(masked, untrained):
    x = np.ma.array(X, mask=np.zeros(X.shape, bool))
    x[0, 0] = np.ma.masked if masked else 0
    if not masked:
        fit(x, NUMBERS, TINY.supervised()).predict(x)
        return
    with pytest.raises(InputError, match="numbers without masked values"):
        fit(x, NUMBERS)
    with pytest.raises(InputError, match="numbers without masked values"):
        fit(X, NUMBERS, unlabeled=x)
    with pytest.raises(InputError, match="numbers without masked values"):
        fit(X, NUMBERS, TINY.supervised()).predict(x)


@pytest.mark.parametrize("dtype", [object, "Float64"])
def test_empty_fields_of_a_frame_are_imputed(dtype):
    x = pd.DataFrame(X.astype(float)).astype(dtype)
    x.iloc[3, 1] = pd.NA
    assert np.isfinite(fit(x, NUMBERS).predict_proba(x)).all()


@pytest.mark.parametrize("images", [False, True])
def test_enormous_numbers_are_refused(images):
    x = X.reshape(40, 2, 2) if images else X
    recipe = "images" if images else TINY
    with pytest.raises(InputError, match="to 1e18; rescale them"):
        fit(x * 1e30, NUMBERS, recipe)


def test_large_numbers_are_fine():
    assert np.isfinite(fit(1e15 * X, NUMBERS).predict_proba(1e15 * X)).all()


def test_a_broken_model_predicts_nothing(untrained):
    classifier = fit(X, NUMBERS, TINY_GAME)
    weights = classifier.model_.classifier.get_weights()
    classifier.model_.classifier.set_weights([w * np.nan for w in weights])
    finite = "a model that computes finite numbers.*NaN"
    for use in (classifier.predict, classifier.predict_proba, classifier.transform):
        with pytest.raises(InputError, match=finite):
            use(X)
    weights = classifier.model_.generator.get_weights()
    classifier.model_.generator.set_weights([w * np.nan for w in weights])
    with pytest.raises(InputError, match=finite):
        classifier.sample(2)


@pytest.mark.parametrize(
    "stream",
    [
        tf.data.Dataset.from_tensor_slices(X[:0]),
        tf.data.Dataset.from_tensor_slices(X).filter(lambda x: x[0] > 1e6),
    ],
    ids=["known", "found out"],
)
def test_an_empty_stream_is_refused(stream):
    with pytest.raises(InputError, match="one or more unlabeled examples"):
        fit(X, NUMBERS, unlabeled=stream)


def test_what_is_wrong_with_unlabeled_and_validation_is_named():
    with pytest.raises(InputError, match="In unlabeled: Expected finite numbers"):
        fit(X, NUMBERS, unlabeled=[])
    with pytest.raises(InputError, match="In validation: Expected .* 3 features"):
        fit(X, NUMBERS, validation=(X[:2, :3], [0, 1]))
    images = X.reshape(40, 2, 2)
    stream = tf.data.Dataset.from_tensor_slices(images[..., None] * np.nan)
    with pytest.raises(InputError, match="finite numbers in unlabeled"):
        fit(images, NUMBERS, "images", unlabeled=stream)


def test_missing_pixels_are_told_in_a_sentence():
    images = X.reshape(40, 2, 2).copy()
    images[3] = np.nan
    with pytest.raises(InputError, match="Received: Input X contains NaN.$"):
        fit(images, NUMBERS, "images")


def test_one_example_alone_is_refused(untrained):
    classifier = fit(X.reshape(40, 2, 2), NUMBERS, PIXELS)
    with pytest.raises(InputError, match=r"\(n, 2, 2\), as at fit. .* shape \(2, 2\)"):
        classifier.predict(X[0].reshape(2, 2))


def test_examples_of_another_shape_are_told_their_shape(untrained):
    """And not in features, of which scikit-learn counts as many as images have rows."""
    images = fit(X.reshape(40, 2, 2), NUMBERS, PIXELS)
    rows = SSGANClassifier(PIXELS, steps=1, image_shape=(2, 2)).fit(X, NUMBERS)
    for fitted, given in (
        (images, np.zeros((3, 5, 5))),
        (images, np.zeros((3, 5, 5)).tolist()),
        (images, X),
        (rows, X.reshape(40, 2, 2)),
    ):
        sizes = ", ".join(map(str, fitted.example_shape_))
        shape = re.escape(str(np.shape(given)))
        said = rf"of shape \(n, {sizes}\), as at fit. Received: one of shape {shape}"
        with pytest.raises(InputError, match=said):
            fitted.predict(given)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        *(({"minutes": m}, "minutes above 0") for m in (0, -1, 1e-6, np.nan, "5")),
        ({"minutes": 1, "steps": 10}, "steps or minutes"),
    ],
)
def test_minutes_are_checked_before_anything_is_measured(options, said):
    with pytest.raises(InputError, match=said):
        SSGANClassifier(TINY, **options).fit(None, None)


@pytest.mark.parametrize("shape", [(40, 2, 2), (40, 2, 2, 1)])
def test_a_stream_has_the_form_of_x_or_the_one_that_networks_see(shape):
    stream = tf.data.Dataset.from_tensor_slices(X.reshape(shape))
    classifier = fit(X.reshape(40, 2, 2), NUMBERS, PIXELS, unlabeled=stream)
    assert classifier.example_shape_ == (2, 2)


def test_a_stream_of_booleans_is_one_of_0_and_1():
    stream = tf.data.Dataset.from_tensor_slices(X > 0)
    (first, *_) = read_unlabeled(stream, X, None, (4,)).as_numpy_iterator()
    np.testing.assert_array_equal(first, np.float32(X[0] > 0), strict=True)


@pytest.mark.parametrize(
    ("last", "n", "said"),
    [
        (np.full(4, np.nan), 120, "finite numbers in unlabeled. Received: NaN"),
        (X[0, :3], 120, "unlabeled to be .* can be read. Received: TypeError"),
        (KeyError("gone"), 120, "can be read. Received: KeyError: 'gone'$"),
        (KeyError("gone"), 3, "can be read. Received: KeyError: 'gone'$"),
    ],
)
def test_what_breaks_within_a_stream_is_told(last, n, said):
    def rows():
        yield from np.resize(X, (n, 4))
        if isinstance(last, Exception):
            raise last
        yield last

    spec = tf.TensorSpec((4,), "float32")
    stream = tf.data.Dataset.from_generator(rows, output_signature=spec)
    with pytest.raises(InputError, match=said):
        fit(X, NUMBERS, unlabeled=stream)


@pytest.mark.parametrize("name", ["float16", "float64"])
def test_arithmetic_that_is_not_trained_in_is_refused(name, set_policy):
    set_policy(name)
    said = f"float32, mixed_bfloat16 or mixed_float16 as Keras.*: {name}"
    with pytest.raises(InputError, match=said):
        fit(X, NUMBERS)


def test_another_floatx_is_refused(monkeypatch):
    monkeypatch.setattr(keras.config, "floatx", lambda: "float64")
    with pytest.raises(InputError, match="float32 as Keras's floatx. Rec.*: float64"):
        fit(X, NUMBERS)


def test_a_structured_array_and_a_series_are_no_examples():
    structured = np.zeros(40, [("a", "f4"), ("b", "f4")])
    with pytest.raises(InputError, match="DataFrame. Received: a structured .*a, b"):
        fit(structured, NUMBERS)
    with pytest.raises(InputError, match="DataFrame. Received: a Series"):
        fit(pd.Series([*X]), NUMBERS)


def test_a_stream_of_text_is_refused():
    stream = tf.data.Dataset.from_tensor_slices(X.astype(str))
    with pytest.raises(InputError, match="examples, of numbers.*tf.string"):
        fit(X, NUMBERS, unlabeled=stream)


def test_a_stream_of_unknown_shape_is_refused_in_a_sentence():
    stream = tf.data.Dataset.from_generator(lambda: iter(X), output_types=tf.float32)
    with pytest.raises(InputError, match="numbers of shape.*unknown"):
        fit(X, NUMBERS, unlabeled=stream)


def test_a_stream_of_rows_has_no_empty_fields_where_x_has_none():
    stream = tf.data.Dataset.from_tensor_slices(np.where(X > 0, X, np.nan))
    with pytest.raises(InputError, match="finite numbers in unlabeled"):
        fit(X, NUMBERS, unlabeled=stream)


def test_a_stream_of_rows_has_no_infinite_fields_where_x_has_empty_ones():
    x = pd.DataFrame(X.reshape(40, -1)).rename(columns=str)
    x.iloc[0, 0] = np.nan
    rows = x.to_numpy().copy()
    rows[1, 1] = np.inf
    stream = tf.data.Dataset.from_tensor_slices(rows)
    with pytest.raises(InputError, match="finite numbers in unlabeled"):
        fit(x, NUMBERS, unlabeled=stream)
