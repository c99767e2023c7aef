"""Raw examples are mapped to the networks' value range, and back."""

import keras
import numpy as np
import pytest

from ssgan.nn import Preprocessor


@pytest.mark.parametrize("value_range", [(0.0, 1.0), (-1.0, 1.0)])
def test_bytes_range_from_0_to_255(value_range):
    pixels = np.array([[[10], [20]]], "uint8")
    preprocessor = Preprocessor.for_pixels(pixels, value_range)
    seen = np.asarray(preprocessor(np.array([[[0], [255], [51]]], "uint8"))).ravel()
    low, high = value_range
    np.testing.assert_allclose(seen, [low, high, low + 0.2 * (high - low)], atol=1e-6)
    assert preprocessor.raw_range == pytest.approx((0, 255), abs=1e-4)


def test_other_pixels_range_from_their_least_to_their_greatest(rng):
    pixels = rng.uniform(-2, 3, size=(20, 4, 4)).astype("float32")
    preprocessor = Preprocessor.for_pixels(pixels, (-1.0, 1.0))
    seen = np.asarray(preprocessor(pixels))
    np.testing.assert_allclose([seen.min(), seen.max()], [-1, 1], atol=1e-5)
    expected = float(pixels.min()), float(pixels.max())
    assert preprocessor.raw_range == pytest.approx(expected, abs=1e-5)


def test_pixels_that_are_all_the_same_stay_finite():
    pixels = np.full((3, 2, 2), 7.0)
    preprocessor = Preprocessor.for_pixels(pixels, (0.0, 1.0))
    np.testing.assert_allclose(preprocessor(pixels), 0, atol=1e-6)
    np.testing.assert_allclose(preprocessor.inverse(preprocessor(pixels)), 7)


def test_columns_are_standardized_and_constant_ones_kept(rng):
    x = rng.normal([1e6, 0, 5], [1e5, 0.01, 0], size=(1000, 3))
    preprocessor = Preprocessor.for_columns(x)
    seen = np.asarray(preprocessor(x))
    np.testing.assert_allclose(seen.mean(axis=0), 0, atol=1e-3)
    np.testing.assert_allclose(seen.std(axis=0), [1, 1, 0], atol=1e-3)
    assert preprocessor.raw_range is None


@pytest.mark.parametrize("kind", ["pixels", "columns"])
def test_inverse_gives_the_raw_examples_back(kind, rng):
    if kind == "pixels":
        x = rng.integers(256, size=(5, 4, 4, 3), dtype=np.uint8)
        preprocessor = Preprocessor.for_pixels(x, (-1.0, 1.0))
    else:
        x = rng.normal([1e3, 0, 5], [1e2, 0.01, 0], size=(50, 3))
        preprocessor = Preprocessor.for_columns(x)
    back = preprocessor.inverse(preprocessor(x))
    np.testing.assert_allclose(back, x, rtol=1e-4, atol=1e-3)


@pytest.mark.parametrize("value_range", [(-1.0, 1.0), None])
def test_saved_preprocessor_is_the_same(value_range, rng, tmp_path):
    x = rng.normal(3, 5, size=(20, 6)).astype("float32")
    preprocessor = (
        Preprocessor.for_pixels(x, value_range)
        if value_range
        else Preprocessor.for_columns(x)
    )
    model = keras.Sequential([keras.Input((6,)), preprocessor])
    model.save(tmp_path / "model.keras")
    [again] = keras.saving.load_model(tmp_path / "model.keras").layers
    assert type(again) is Preprocessor
    assert again.value_range == value_range
    assert again.raw_range == preprocessor.raw_range
    np.testing.assert_array_equal(again(x), preprocessor(x))
    np.testing.assert_array_equal(again.inverse(x), preprocessor.inverse(x))


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_large_columns_are_computed_in_float32(policy, set_policy):
    set_policy(policy)
    x = np.array([[1e6], [1e6 + 2]])
    preprocessor = Preprocessor.for_columns(x)
    assert preprocessor(x).dtype == "float32"
    np.testing.assert_allclose(preprocessor(x), [[-1], [1]], rtol=1e-5)
