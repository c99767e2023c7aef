"""Columns of numbers and categories become numbers of variance 1, and come back."""

import keras
import numpy as np
import pytest

from ssgan.errors import InputError
from ssgan.nn import ColumnEncoder

N_CATEGORIES = (0, 3, 0, 2)
# The third column has empty fields, and the fourth.
X = np.array(
    [[1, 0, 5, 1], [2, 1, np.nan, 0], [3, 2, 7, 1], [4, 0, 9, np.nan]], "float32"
)


def transcription(x):
    """Encode X as the class describes it, column by column."""

    def one_hot(values, shares):
        shares = np.array(shares)
        rows = (np.arange(len(shares)) == values[:, None]) - shares
        rows[np.isnan(values)] = 0
        return rows / np.sqrt((shares * (1 - shares)).sum())

    numbers = np.nan_to_num(x[:, 2], nan=7)
    empty = np.isnan(x[:, 2:])
    return np.column_stack(
        [
            (x[:, 0] - 2.5) / np.sqrt(1.25),
            one_hot(x[:, 1], [0.5, 0.25, 0.25]),
            (numbers - 7) / np.sqrt(8 / 3),
            empty[:, 0] - 0.25,
            one_hot(x[:, 3], [1 / 3, 2 / 3]),
            empty[:, 1] - 0.25,
        ]
    )


def test_encoding_is_the_transcription():
    encoder = ColumnEncoder.for_examples(X, N_CATEGORIES)
    np.testing.assert_allclose(encoder(X), transcription(X), atol=1e-6)
    assert encoder.compute_output_shape((None, 4)) == (None, 9)
    assert encoder.example_shape == (4,)
    assert encoder.raw_range is None


def test_columns_are_standardized_and_constant_ones_kept(rng):
    x = rng.normal([1e6, 0, 5], [1e5, 0.01, 0], size=(1000, 3))
    seen = np.asarray(ColumnEncoder.for_examples(x)(x))
    np.testing.assert_allclose(seen.mean(axis=0), 0, atol=1e-3)
    np.testing.assert_allclose(seen.std(axis=0), [1, 1, 0], atol=1e-3)


def test_a_column_of_categories_has_variance_1(rng):
    x = rng.choice(4, size=(500, 1), p=[0.7, 0.2, 0.1, 0.0])
    seen = np.asarray(ColumnEncoder.for_examples(x, [4])(x))
    assert seen.shape == (500, 4)
    np.testing.assert_allclose(seen.mean(axis=0), 0, atol=1e-6)
    assert seen.var(axis=0).sum() == pytest.approx(1, abs=1e-4)


def test_what_is_new_is_the_mean():
    """Fields that were never empty at fit, and categories that were not there."""
    encoder = ColumnEncoder.for_examples(X, N_CATEGORIES)
    seen = np.asarray(encoder(np.array([[np.nan, -1, 7, -1]], "float32")))
    np.testing.assert_allclose(seen[0], [0, 0, 0, 0, 0, -0.25, 0, 0, 0.75], atol=1e-6)


def test_inverse_gives_the_raw_examples_back():
    encoder = ColumnEncoder.for_examples(X, N_CATEGORIES)
    full = np.array([[1.5, 2, 6, 0], [-3, 0, 8, 1]], "float32")
    np.testing.assert_allclose(encoder.inverse(encoder(full)), full, rtol=1e-5)
    numbers = ColumnEncoder.for_examples(X[:, [0, 2]])
    np.testing.assert_allclose(numbers.inverse(numbers(full[:, :2])), full[:, :2], 1e-5)
    back = np.asarray(encoder.inverse(encoder(X)))
    assert np.isfinite(back).all()
    assert back[1, 2] == pytest.approx(7)


def test_saved_encoder_is_the_same(tmp_path):
    encoder = ColumnEncoder.for_examples(X, N_CATEGORIES)
    model = keras.Sequential([keras.Input((4,)), encoder])
    model.save(tmp_path / "model.keras")
    [again] = keras.saving.load_model(tmp_path / "model.keras").layers
    np.testing.assert_array_equal(again(X), encoder(X))
    np.testing.assert_array_equal(again.inverse(again(X)), encoder.inverse(encoder(X)))


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_large_columns_are_computed_in_float32(policy, set_policy):
    set_policy(policy)
    x = np.array([[1e6], [1e6 + 2]])
    encoder = ColumnEncoder.for_examples(x)
    assert encoder(x).dtype == "float32"
    np.testing.assert_allclose(encoder(x), [[-1], [1]], rtol=1e-5)


@pytest.mark.parametrize("size", [1e19, 1e-19])
def test_enormous_and_minute_columns_are_refused(size):
    with pytest.raises(InputError, match="deviation of 0, or of 1e-18 to 1e18"):
        ColumnEncoder.for_examples(np.array([[size], [-size]]))
