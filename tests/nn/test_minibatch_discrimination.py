"""Features are joined with how close an example is to the others of its batch."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from models import compiled, make_batches, through_a_file

from ssgan.errors import InputError
from ssgan.export.inference import inference_model
from ssgan.game.averaged_classifier import AveragedClassifier
from ssgan.game.model import SSGAN
from ssgan.nn import MinibatchDiscrimination
from ssgan.nn.minibatch_discrimination import generated
from ssgan.nn.networks import mlp_discriminator, mlp_generator
from ssgan.nn.terms import FeatureMatching, NonSaturating, RealOrFake

KERNELS, DIMS = 3, 2


def formula(f, kernel):
    """Salimans et al. 2016, section 3.2, times 99 for each of n - 1 others."""
    n = len(f)
    # The layer's own order of the numbers: dimension by dimension.
    m = (f @ kernel).reshape(n, DIMS, KERNELS)
    o = np.zeros((n, KERNELS))
    for i in range(n):
        for j in range(n):
            if i != j:
                for b in range(KERNELS):
                    o[i, b] += np.exp(-np.abs(m[i, :, b] - m[j, :, b]).sum())
    return np.concatenate([f, o * 99 / (n - 1)], axis=1)


@pytest.fixture
def layer(rng):
    layer = MinibatchDiscrimination(KERNELS, DIMS, seed=1)
    layer.build((None, 4))
    layer.projection.scale.assign(rng.uniform(0.2, 1, KERNELS * DIMS))
    return layer


@pytest.mark.parametrize("n", [5, 100])
def test_closeness_is_the_formula(n, layer, rng):
    f = rng.normal(size=(n, 4))
    kernel = layer.projection.normalized_kernel().numpy().astype("float64")
    expected = formula(f, kernel)
    for compiled_ in (False, True):
        call = tf.function(lambda x: layer(x, training=True), jit_compile=compiled_)
        np.testing.assert_allclose(
            call(f.astype("float32")), expected, rtol=2e-4, atol=2e-5
        )


def test_generator_that_makes_one_example_is_found_out(layer, rng):
    same = np.tile(rng.normal(size=(1, 4)), (10, 1)).astype("float32")
    np.testing.assert_allclose(layer(same, training=True)[:, 4:], 99, rtol=1e-5)
    apart = 1000 * rng.normal(size=(10, 4)).astype("float32")
    assert np.max(layer(apart, training=True)[:, 4:]) < 1


def test_size_of_a_batch_does_not_tell_it_apart(rng):
    layer = MinibatchDiscrimination(KERNELS, DIMS, seed=1)
    few, many = (rng.normal(size=(n, 4)).astype("float32") for n in (200, 400))
    means = [np.mean(layer(f, training=True)[:, 4:], axis=0) for f in (few, many)]
    np.testing.assert_allclose(means[0], means[1], rtol=0.15)


def test_prediction_is_by_the_mean_of_real_batches(layer, rng):
    batches = rng.normal(size=(3, 10, 4)).astype("float32")
    first, second, fake = batches
    o = [layer(f, training=True).numpy()[:, 4:] for f in (first, second)]
    with generated():
        layer(fake, training=True)
    # The mean of the first two batches; what is generated is not remembered.
    expected = np.mean(o, axis=(0, 1))
    found = layer(fake, training=False).numpy()
    np.testing.assert_allclose(found[:, 4:], np.tile(expected, (10, 1)), rtol=1e-5)
    np.testing.assert_array_equal(found[:, :4], fake)
    # Alone, too.
    np.testing.assert_array_equal(layer(fake[:1]), found[:1])
    assert int(layer.batches_seen) == 2
    layer.batches_seen.assign(1000)
    layer(first, training=True)
    moved = expected + 0.01 * (o[0].mean(axis=0) - expected)
    np.testing.assert_allclose(layer(fake)[0, 4:], moved, rtol=1e-4)


def test_half_precision_sums_in_float32(rng):
    layer = MinibatchDiscrimination(KERNELS, DIMS, seed=1, dtype="mixed_bfloat16")
    made = layer(np.ones((300, 4)), training=True)
    assert made.dtype == "bfloat16"
    # A bfloat16 cannot count to 299 by ones.
    np.testing.assert_allclose(tf.cast(made, "float32")[:, 4:], 99, rtol=0.01)


@pytest.mark.parametrize("policy", ["mixed_bfloat16", "mixed_float16"])
def test_the_moving_mean_is_never_rounded(rng, policy):
    """A hundredth of a small difference is lost between numbers of half precision."""
    exact, half = (
        MinibatchDiscrimination(KERNELS, DIMS, seed=1, dtype=dtype)
        for dtype in ("float32", policy)
    )

    @tf.function
    def see(x):
        for layer in (exact, half):
            layer(x, training=True)

    for layer in (exact, half):
        layer.build((20, 4))
    for step in range(300):
        see((rng.normal(size=(20, 4)) * (0.1 + step / 300)).astype("float32"))
    np.testing.assert_allclose(half.moving_mean, exact.moving_mean, rtol=0.02)


def test_what_cannot_be_is_refused():
    for sizes in ({"kernels": -1}, {"dims": 0}):
        with pytest.raises(InputError, match="kernels and dims of 1 or more"):
            MinibatchDiscrimination(**sizes)
    with pytest.raises(InputError, match="of 1 or more"):
        mlp_discriminator((4,), 2, minibatch_kernels=-2)
    with pytest.raises(InputError, match="two or more examples"):
        MinibatchDiscrimination()(np.ones((1, 4)), training=True)
    with pytest.raises(InputError, match="features of shape"):
        MinibatchDiscrimination()(np.ones((2, 3, 4)))


@pytest.fixture
def model(rng):
    discriminator = mlp_discriminator((6,), 3, units=(8,), minibatch_kernels=4)
    generator = mlp_generator(2, (6,), units=(8,), activation="linear")
    terms = [RealOrFake(), NonSaturating(), FeatureMatching()]
    model = SSGAN(discriminator, generator, terms=terms)
    model.initialize(rng.normal(size=(50, 6)).astype("float32"))
    return compiled(model)


@pytest.mark.parametrize("alternating", [False, True], ids=["at once", "alternating"])
def test_game_remembers_real_batches_alone(alternating, model, rng):
    layer = model.discriminator.get_layer("features")
    assert int(layer.batches_seen) == 1  # The initialization.
    for x, y in make_batches(rng, alternating=alternating).take(2):
        model.train_step((x, y))
    assert int(layer.batches_seen) == 1 + 2 * (2 if alternating else 1)


def test_initialization_gives_the_closest_some_closeness(model, rng):
    """The authors scale T such that the closest of a batch is at a distance of 2."""
    features = model.discriminator.get_layer("features")
    inner = keras.Model(model.discriminator.input, features.input)
    x = rng.normal(size=(50, 6)).astype("float32")
    m = features.projection(inner(x, training=True)).numpy().reshape(50, 5, 4)
    distances = np.abs(m[:, None] - m).sum(axis=2) + 1e6 * np.eye(50)[..., None]
    assert 0.5 < distances.min(axis=1).mean() < 4


def test_saved_model_and_export_predict_the_same(model, rng, tmp_path):
    model.train_step(next(iter(make_batches(rng))))
    x = rng.normal(size=(7, 6)).astype("float32")
    expected = model.predict(x, verbose=0)
    twin = through_a_file(model, tmp_path)
    np.testing.assert_array_equal(twin.predict(x, verbose=0), expected)
    plain = inference_model(model)
    np.testing.assert_allclose(plain(x), tf.nn.softmax(expected), atol=1e-5)
    names = {type(layer).__module__.split(".")[0] for layer in plain.layers}
    assert names == {"keras"}


def test_supervised_baseline_trains_with_it(rng):
    network = mlp_discriminator((6,), 3, units=(8,), minibatch_kernels=4)
    model = compiled(AveragedClassifier(network))
    x = rng.normal(size=(12, 6)).astype("float32")
    logs = model.fit(x, np.arange(12) % 3, batch_size=4, verbose=0).history
    assert np.isfinite(logs["loss"]).all()
