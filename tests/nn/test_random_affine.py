"""Images are changed as the definition says, and in training alone."""

import itertools

import keras
import numpy as np
import pytest
import tensorflow as tf
from scipy import ndimage

from ssgan.nn import RandomAffine


def transformed(images, shift, rotation, zoom, seed, jit_compile=False):
    """The definition: each image in its own coordinates, with the same draws."""
    seed = keras.random.SeedGenerator(seed)

    # The same seed means other numbers under XLA.
    @tf.function(jit_compile=jit_compile)
    def draw():
        return keras.random.uniform((6, len(images)), -1.0, 1.0, seed=seed)[:4]

    draws = draw()
    size = np.array(images.shape[1:3])
    middle = (size - 1) / 2
    outputs = []
    for image, (turn, growth, *way) in zip(images, np.transpose(draws), strict=True):
        angle = np.deg2rad(rotation * turn)
        turned = [[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]]
        matrix = (1 + zoom * growth) * np.array(turned)
        offset = middle - matrix @ middle + shift * size * way
        channels = [
            ndimage.affine_transform(channel, matrix, offset, order=1, mode="nearest")
            for channel in np.moveaxis(image, -1, 0)
        ]
        outputs.append(np.stack(channels, axis=-1))
    return np.stack(outputs)


@pytest.mark.parametrize(
    ("shift", "rotation", "zoom"),
    [(0.3, 0, 0), (0, 180, 0), (0, 0, 0.9), (0.07, 10, 0.1), (1, 90, 0.5)],
    ids=["shift", "rotation", "zoom", "a little", "much"],
)
def test_transform_is_the_definition(shift, rotation, zoom, rng):
    images = rng.normal(size=(20, 9, 6, 2)).astype("float32")
    layer = RandomAffine(shift, rotation, zoom, seed=1)
    expected = transformed(images, shift, rotation, zoom, seed=1)
    outputs = layer(images, training=True)
    np.testing.assert_allclose(outputs, expected, atol=1e-4)
    assert len(np.unique(outputs - images, axis=0)) == 20


def test_flip_mirrors_every_other_image(rng):
    images = rng.normal(size=(400, 5, 4, 2)).astype("float32")
    outputs = RandomAffine(0, 0, 0, flip=True, seed=1)(images, training=True).numpy()
    same, mirrored = (
        np.isclose(outputs, expected, atol=1e-5).all(axis=(1, 2, 3))
        for expected in (images, images[:, :, ::-1])
    )
    assert np.all(same ^ mirrored)
    # A binomial standard deviation is 10.
    assert 160 < mirrored.sum() < 240


def test_shift_goes_as_far_as_it_says_in_every_direction():
    # A ramp of slope 1 shows how far its middle has gone.
    ramp = np.broadcast_to(np.arange(21.0)[:, None, None], (1000, 21, 21, 1))
    for images in (ramp, ramp.transpose(0, 2, 1, 3)):
        moved = (
            RandomAffine(0.2, 0, 0, seed=1)(images, training=True)[:, 10, 10, 0] - 10
        )
        # 0.2 of 21 pixels; the outermost of 1000 draws are within 2 % of it.
        assert (np.min(moved), np.max(moved)) == pytest.approx((-4.2, 4.2), rel=0.02)


def test_unresampled_images_are_moved_by_whole_pixels_alone(rng):
    images = rng.normal(size=(400, 20, 20, 1)).astype("float32")
    layer = RandomAffine(0.2, 30, 0.3, flip=True, unresampled=0.25, seed=1)
    outputs = layer(images, training=True).numpy()
    # The middle of the image as it is, anywhere within 4 pixels, mirrored or not.
    middle = outputs[:, 4:16, 4:16]
    sharp = np.zeros(len(images), bool)
    for view in (images, images[:, :, ::-1]):
        for y, x in itertools.product(range(9), repeat=2):
            there = view[:, y : y + 12, x : x + 12]
            sharp |= np.isclose(middle, there, atol=1e-4).all(axis=(1, 2, 3))
    # A binomial standard deviation is 9.
    assert 70 < sharp.sum() < 130
    # Between four pixels of noise there is less of it.
    assert np.std(outputs[~sharp]) < 0.8 * np.std(outputs[sharp])


def test_elastic_displacement_is_smooth_and_as_large_as_it_says():
    """Where each pixel of a ramp is its own position, a change is the displacement."""
    layer = RandomAffine(0, 0, 0, elastic=0.02, seed=1)
    size = 40
    ramps = np.stack(np.indices((size, size)), axis=-1).astype("float32")
    moved = layer(np.broadcast_to(ramps, (400, *ramps.shape)), training=True) - ramps
    # Near the border a position outside takes that of the border.
    inner = moved.numpy()[:, 5:-5, 5:-5]
    assert np.std(inner) == pytest.approx(0.02 * size, rel=0.05)
    np.testing.assert_allclose(np.mean(inner, axis=0), 0, atol=0.2)
    assert np.abs(np.corrcoef(inner[..., 0].ravel(), inner[..., 1].ravel())[0, 1]) < 0.1
    steps = np.diff(inner, axis=1), np.diff(inner, axis=2)
    assert max(np.std(step) for step in steps) < 0.2 * np.std(inner)


def test_no_transform_at_inference_nor_without_extent(rng):
    images = rng.normal(size=(3, 5, 4, 1)).astype("float32")
    np.testing.assert_array_equal(RandomAffine()(images), images)
    np.testing.assert_array_equal(RandomAffine()(images, training=False), images)
    still = RandomAffine(0, 0, 0)(images, training=True)
    np.testing.assert_allclose(still, images, atol=1e-6)


def test_seed_repeats_the_transforms(rng):
    images = rng.normal(size=(30, 5, 4, 1)).astype("float32")
    one, same, other = (RandomAffine(seed=seed) for seed in (1, 1, 2))
    first = one(images, training=True)
    np.testing.assert_array_equal(first, same(images, training=True))
    assert np.any(first != other(images, training=True))
    assert np.any(first != one(images, training=True))


def test_transform_basics():
    layer = RandomAffine(0.1, 20, 0.3, True, 0.5, 0.02, seed=5, name="mine")
    assert layer.compute_output_shape((None, 8, 8, 3)) == (None, 8, 8, 3)
    copy = RandomAffine.from_config(layer.get_config())
    assert copy.get_config() == layer.get_config()
    assert (copy.shift, copy.rotation, copy.zoom, copy.seed) == (0.1, 20, 0.3, 5)
    assert (copy.flip, copy.unresampled, copy.name) == (True, 0.5, "mine")
    assert copy.elastic == 0.02
    assert layer.trainable_weights == []


@pytest.mark.parametrize(
    ("name", "value"),
    [("shift", -0.1), ("shift", 2), ("rotation", 181), ("zoom", -1), ("zoom", 1)]
    + [("unresampled", -0.1), ("unresampled", 2), ("elastic", -1), ("elastic", 2)],
)
def test_transform_must_be_in_its_range(name, value):
    with pytest.raises(ValueError, match=f"Received:.*{name}={value}"):
        RandomAffine(**{name: value})


@pytest.mark.slow
def test_transform_compiles(rng):
    layer = RandomAffine(seed=1)
    compiled = tf.function(lambda x: layer(x, training=True), jit_compile=True)
    images = rng.normal(size=(20, 5, 4, 1)).astype("float32")
    outputs = compiled(images)
    expected = transformed(images, 0.07, 10, 0.1, seed=1, jit_compile=True)
    np.testing.assert_allclose(outputs, expected, atol=1e-4)
    assert np.any(outputs != compiled(images))
    bent = RandomAffine(elastic=0.1, seed=1)
    bend = tf.function(lambda x: bent(x, training=True), jit_compile=True)
    assert np.any(bend(images) != outputs)


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_transform_in_half_precision(policy, rng):
    images = rng.uniform(size=(20, 9, 6, 2)).astype("float32")
    outputs = RandomAffine(seed=1, dtype=policy)(images, training=True)
    assert outputs.dtype == policy.removeprefix("mixed_")
    expected = transformed(images, 0.07, 10, 0.1, seed=1)
    np.testing.assert_allclose(tf.cast(outputs, "float32"), expected, atol=0.02)
