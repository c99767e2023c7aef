"""Batch normalization in one operation, beside Keras's."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from ssgan.nn import BatchNormalization

SHAPE = (6, 5, 4, 3)


def both(dtype="float32", **options):
    """Return our layer and Keras's, built, with the same weights."""
    options = {"momentum": 0.9, "epsilon": 1e-4, "dtype": dtype, **options}
    made = BatchNormalization(**options), keras.layers.BatchNormalization(**options)
    rng = np.random.default_rng(0)
    for layer in made:
        layer.build(SHAPE)
    weights = [rng.uniform(0.5, 2, w.shape) for w in made[0].weights]
    for layer in made:
        layer.set_weights(weights)
    return made


def feature_maps(seed=1):
    return 3 + 2 * np.random.default_rng(seed).normal(size=SHAPE).astype("float32")


def train(layer, x):
    """Return outputs and gradients of a step, in float32, and weights after it."""
    weigh = tf.constant(feature_maps(2))
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.cast(layer(x, training=True), "float32")
        loss = tf.reduce_sum(weigh * y**2)
    gradients = tape.gradient(loss, [x, *layer.trainable_variables])
    return [y, *gradients, *layer.weights]


@pytest.mark.parametrize("options", [{}, {"scale": False}, {"center": False}], ids=str)
def test_trains_as_keras_does(options):
    x = tf.constant(feature_maps())
    ours, theirs = (train(layer, x) for layer in both(**options))
    n = np.prod(SHAPE[:-1])
    for ours_, theirs_ in zip(ours[:-1], theirs[:-1], strict=True):
        np.testing.assert_allclose(ours_, theirs_, rtol=2e-3, atol=2e-4)
    # The moving variance is that of the estimate without bias.
    moved = ours[-1] - 0.9 * both(**options)[0].moving_variance
    expected = theirs[-1] - 0.9 * both(**options)[0].moving_variance
    np.testing.assert_allclose(moved, expected * n / (n - 1), rtol=1e-4)


@pytest.mark.parametrize("dtype", ["float32", "mixed_bfloat16", "mixed_float16"])
def test_predicts_as_keras_does(dtype):
    ours, theirs = (layer(feature_maps(), training=False) for layer in both(dtype))
    assert ours.dtype == theirs.dtype
    np.testing.assert_allclose(*(tf.cast(y, "float32") for y in (ours, theirs)), 1e-2)


@pytest.mark.parametrize("half", ["bfloat16", "float16"])
def test_statistics_are_float32_in_mixed_precision(half):
    x = tf.cast(feature_maps(), half)
    ours, theirs = both(f"mixed_{half}")
    for layer in (ours, theirs):
        layer(x, training=True)
    for weight in ours.weights:
        assert weight.dtype == "float32"
    np.testing.assert_allclose(ours.moving_mean, theirs.moving_mean, rtol=1e-5)


def test_does_not_learn_when_frozen():
    ours, _ = both()
    ours.trainable = False
    before = ours.get_weights()
    ours(feature_maps(), training=True)
    np.testing.assert_array_equal(np.hstack(ours.get_weights()), np.hstack(before))


def test_is_loaded_again(tmp_path):
    ours, _ = both()
    model = keras.Sequential([keras.Input(SHAPE[1:]), ours])
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert isinstance(loaded.layers[-1], BatchNormalization)
    np.testing.assert_array_equal(loaded(feature_maps()), model(feature_maps()))


@pytest.mark.slow
def test_compiles_under_xla():
    ours, theirs = both()

    @tf.function(jit_compile=True)
    def compiled(x):
        return train(ours, x)[: -len(ours.weights)]

    x = tf.constant(feature_maps())
    plain = train(theirs, x)
    for ours_, theirs_ in zip(compiled(x), plain[: -len(ours.weights)], strict=True):
        np.testing.assert_allclose(ours_, theirs_, rtol=2e-3, atol=2e-4)
    np.testing.assert_allclose(ours.moving_mean, theirs.moving_mean, rtol=1e-4)


def test_says_what_it_expects():
    with pytest.raises(ValueError, match="epsilon of at least 1e-5"):
        BatchNormalization(epsilon=1e-6)
    with pytest.raises(ValueError, match="no renorm"):
        BatchNormalization(renorm=True)
    with pytest.raises(ValueError, match=r"Expected feature maps .* shape \(6, 3\)"):
        BatchNormalization().build((6, 3))
