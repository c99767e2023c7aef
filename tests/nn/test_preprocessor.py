"""Raw examples are mapped to the networks' value range, and back."""

import keras
import numpy as np
import pytest

from ssgan.errors import InputError
from ssgan.nn import Preprocessor


@pytest.mark.parametrize("value_range", [(0.0, 1.0), (-1.0, 1.0)])
def test_bytes_range_from_0_to_255(value_range):
    pixels = np.array([[[10], [200]]], "uint8")
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


def test_a_minute_range_of_pixels_is_refused():
    with pytest.raises(InputError, match="1e-6 to 1e18; rescale them"):
        Preprocessor.for_pixels(np.array([[0.0, 1e-7]]), (0.0, 1.0))


@pytest.mark.parametrize(
    ("greatest", "high"), [(0, 255), (1, 1), (16, 16), (21, 21), (22, 255), (255, 255)]
)
def test_bytes_range_from_0_to_255_unless_they_hardly_use_it(greatest, high):
    x = np.array([[0, greatest]], "uint8")
    preprocessor = Preprocessor.for_pixels(x, (-1.0, 1.0))
    expected = [-1, 2 * greatest / high - 1]
    np.testing.assert_allclose(preprocessor(x)[0], expected, atol=1e-6)
    assert preprocessor.raw_range == pytest.approx((0, high))
    # Other types range to their greatest value, whatever it is.
    if greatest:
        other = Preprocessor.for_pixels(x.astype("float32"), (-1.0, 1.0))
        other(x)
        assert other.raw_range == pytest.approx((0, greatest))


def test_inverse_gives_the_raw_examples_back(rng):
    x = rng.integers(256, size=(5, 4, 4, 3), dtype=np.uint8)
    preprocessor = Preprocessor.for_pixels(x, (-1.0, 1.0))
    back = preprocessor.inverse(preprocessor(x))
    np.testing.assert_allclose(back, x, rtol=1e-4, atol=1e-3)


def test_saved_preprocessor_is_the_same(rng, tmp_path):
    x = rng.normal(3, 5, size=(20, 6)).astype("float32")
    preprocessor = Preprocessor.for_pixels(x, (-1.0, 1.0))
    model = keras.Sequential([keras.Input((6,)), preprocessor])
    model.save(tmp_path / "model.keras")
    [again] = keras.saving.load_model(tmp_path / "model.keras").layers
    assert type(again) is Preprocessor
    assert again.value_range == (-1.0, 1.0)
    assert again.raw_range == preprocessor.raw_range
    np.testing.assert_array_equal(again(x), preprocessor(x))
    np.testing.assert_array_equal(again.inverse(x), preprocessor.inverse(x))
