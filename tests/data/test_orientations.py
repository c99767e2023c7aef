"""Features of images that need no learning."""

import numpy as np
import pytest

from ssgan.data.orientations import DIRECTIONS, orientations, upright
from ssgan.data.unlearned_features import principal_components, unlearned_features


def wave(angle, side=28):
    """Return an image of stripes whose gradient points along an angle, or against."""
    y, x = np.mgrid[:side, :side]
    return 127 + 100 * np.sin((np.cos(angle) * x + np.sin(angle) * y) / 2)


@pytest.mark.parametrize("k", range(DIRECTIONS // 2))
def test_gradients_are_counted_by_their_direction(k):
    (cells,) = orientations(wave(2 * np.pi * k / DIRECTIONS)[None])
    assert cells.shape == (7, 7, DIRECTIONS)
    by_direction = (cells**2).sum(axis=(0, 1))
    along = by_direction[[k, k + DIRECTIONS // 2]]
    assert along.sum() > 0.97
    assert np.isclose(by_direction.sum(), 1, atol=1e-5)


def test_a_direction_between_two_counts_for_both():
    cells = orientations(wave(np.pi / DIRECTIONS)[None])[0]
    by_direction = (cells**2).sum(axis=(0, 1))
    pair = by_direction[:2]
    assert pair.min() > 0.4 * pair.sum()
    assert pair.sum() > 0.4


def test_cells_say_where():
    image = np.zeros((28, 28))
    image[2:6, 2:6] = 1
    cells = (orientations(image[None])[0] ** 2).sum(axis=-1)
    assert cells[:2, :2].sum() > 0.9
    # Contrast alone changes nothing.
    np.testing.assert_allclose(
        orientations(3 * image[None]), orientations(image[None]), atol=1e-6
    )


def test_any_size_and_empty_images():
    for shape in ((5, 8, 8), (3, 1, 40), (2, 40, 1), (2, 30, 50, 3)):
        cells = orientations(np.random.default_rng(0).uniform(size=shape))
        assert cells.shape == (shape[0], *(min(7, s) for s in shape[1:3]), DIRECTIONS)
        assert np.isfinite(cells).all()
    assert not orientations(np.full((2, 9, 9), 7, "uint8")).any()
    gray = np.random.default_rng(0).integers(255, size=(2, 9, 9), dtype="uint8")
    color = np.repeat(gray[..., None], 3, axis=-1)
    np.testing.assert_allclose(orientations(color), orientations(gray), atol=1e-5)


def slanted_bars(slants):
    """Return images of 12 x 12 pixels, each with a bar of a slant."""
    rows, columns = np.mgrid[:12, :12]
    place = columns - 6 - slants[:, None, None] * (rows - 6)
    return np.where(np.abs(place) < 1, 240, 20).astype("uint8")


def test_slants_are_taken_away_whatever_the_background():
    x = slanted_bars(np.random.default_rng(1).uniform(-0.6, 0.6, 50))
    flat, inverse = upright(x), upright(255 - x)
    # Columns differ more where a bar stands upright.
    contrast, before = (i.mean(axis=1).std(axis=1).mean() for i in (flat, x))
    assert contrast > 1.15 * before
    np.testing.assert_allclose(flat, inverse, atol=1e-2)
    color = np.repeat(x[..., None], 3, axis=-1)
    np.testing.assert_allclose(upright(color), flat, atol=1e-2)


def test_components_of_orientations_are_unlearned_features():
    rng = np.random.default_rng(0)
    x = np.concatenate([slanted_bars(rng.uniform(-1, 1, 30)), np.full((1, 12, 12), 9)])
    features = unlearned_features(x, seed=0)
    rows = features(x)
    assert rows.shape == (31, 62)
    assert np.isclose(np.mean(rows[:, :31] ** 2), 1)
    assert np.isclose(np.mean(rows[:, 31:] ** 2), 0.25)
    # Like orientations, the first do not change with the contrast.
    np.testing.assert_allclose(features(x // 2)[:, :31], rows[:, :31], atol=0.1)
    color = np.stack([x, x // 2, 255 - x], axis=-1)
    assert unlearned_features(color, seed=0)(color).shape == (31, 62)
    columns = rng.normal(size=(20, 3))
    np.testing.assert_array_equal(
        unlearned_features(columns, 0)(columns),
        principal_components(columns, 0)(columns),
    )
