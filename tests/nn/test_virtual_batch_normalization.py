"""An example is normalized by a reference batch and by itself."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from models import compiled, make_batches, through_a_file

from ssgan.errors import InputError
from ssgan.game.model import SSGAN
from ssgan.nn import ClassLatents, ReferenceBatch, VirtualBatchNormalization
from ssgan.nn.networks import conv_generator, mlp_discriminator, mlp_generator
from ssgan.nn.terms import AuxiliaryClassifier, FeatureMatching, RealOrFake


def formula(reference, batch, epsilon):
    """Salimans et al. 2016, section 3.5, example by example."""

    def normalized(x, among):
        axes = tuple(range(among.ndim - 1))
        mean, variance = among.mean(axis=axes), among.var(axis=axes)
        return (x - mean) / np.sqrt(variance + epsilon)

    rest = [normalized(x, np.concatenate([reference, x[None]])) for x in batch]
    return np.concatenate([normalized(reference, reference), rest])


@pytest.mark.parametrize("shape", [(4,), (3, 2, 4)], ids=["vectors", "images"])
@pytest.mark.parametrize("training", [False, True])
def test_normalization_is_the_formula(shape, training, rng):
    layer = VirtualBatchNormalization(size=6, epsilon=1e-3)
    x = 3 + 2 * rng.normal(size=(6 + 5, *shape))
    layer.build(x.shape)
    offset = rng.normal(size=4)
    layer.offset.assign(offset)
    expected = formula(x[:6], x[6:], 1e-3) + offset
    np.testing.assert_allclose(
        layer(x.astype("float32"), training=training), expected, rtol=1e-4, atol=1e-5
    )
    names = [w.name for w in layer.trainable_weights]
    assert names == ["offset"]


def test_half_precision_has_statistics_in_float32(rng):
    layer = VirtualBatchNormalization(size=6, dtype="mixed_float16")
    x = 300 + rng.normal(size=(8, 4)).astype("float16")
    made = layer(x)
    assert made.dtype == "float16"
    x = x.astype("float64")
    # A square of 300 overflows half precision.
    np.testing.assert_allclose(made, formula(x[:6], x[6:], 1e-6), rtol=0.01, atol=0.01)


GENERATORS = {
    "mlp": lambda **options: mlp_generator(3, (6,), units=(5, 4), **options),
    "conv": lambda **options: conv_generator(3, (8, 8, 1), filters=(4, 2), **options),
}


@pytest.mark.parametrize("name", GENERATORS)
def test_generated_example_does_not_depend_on_its_batch(name, rng):
    z = rng.uniform(size=(7, 3)).astype("float32")
    for normalization, depends in (("batch", True), ("virtual", False), (None, False)):
        generator = GENERATORS[name](normalization=normalization)
        whole = generator(z, training=True).numpy()
        assert whole.shape == (7, *generator.output_shape[1:])
        one = generator(z[:1], training=True).numpy()
        assert np.allclose(whole[:1], one, atol=1e-5) != depends
        if not depends:
            np.testing.assert_allclose(generator(z, training=False), whole, atol=1e-5)


@pytest.mark.parametrize("name", GENERATORS)
def test_extra_pass_is_no_longer_than_it_must(name):
    """The last layer, which has the most numbers, does not see the reference batch."""
    generator = GENERATORS[name](normalization="virtual")
    rows, last = [], generator.layers[-1]
    for layer in generator.layers[1:]:
        made = keras.Model(generator.input, layer.output)(np.zeros((2, 3)))
        rows.append(made.shape[0])
    assert isinstance(generator.layers[1], ReferenceBatch)
    normalized = [
        i
        for i, layer in enumerate(generator.layers[1:])
        if isinstance(layer, VirtualBatchNormalization)
    ]
    assert len(normalized) == 2
    assert set(rows[: normalized[-1] + 1]) == {102}
    # An activation, and then the reference batch is left behind.
    assert set(rows[normalized[-1] + 3 :]) == {2}
    assert last.output.shape[1:] == generator.output_shape[1:]


def test_none_has_biases_instead():
    counts = {
        n: mlp_generator(3, (6,), units=(5, 4), normalization=n).count_params()
        for n in ("batch", "virtual", None)
    }
    # Batch normalization has a mean and a variance for each unit; virtual batch
    # normalization has a reference batch.
    assert counts["batch"] == counts[None] + 2 * 9
    assert counts["virtual"] == counts[None] + 100 * 3


def test_what_cannot_be_is_refused():
    with pytest.raises(InputError, match="one of the normalizations .*'layer'"):
        mlp_generator(3, (6,), normalization="layer")
    with pytest.raises(InputError, match="two or more examples in a reference"):
        ReferenceBatch(size=1)
    with pytest.raises(InputError, match="ReferenceBatch of 100 .* 50 examples"):
        VirtualBatchNormalization()(np.ones((50, 4)))


@pytest.fixture
def model(rng):
    latents = ClassLatents(2, 3)
    model = SSGAN(
        mlp_discriminator((6,), 3, units=(8,)),
        mlp_generator(5, (6,), units=(8,), normalization="virtual"),
        latents=latents,
        terms=[RealOrFake(), FeatureMatching(), AuxiliaryClassifier()],
        seed=3,
    )
    model.initialize(rng.normal(size=(20, 6)).astype("float32"))
    return compiled(model)


def test_game_draws_the_reference_as_its_latents_and_keeps_it(model, rng):
    [layer] = [x for x in model.generator.layers if isinstance(x, ReferenceBatch)]
    before = layer.reference.numpy()
    # A class each, one-hot, and the rest uniform.
    assert set(before[:, 2:].sum(axis=1)) == {1.0}
    assert before[:, 2:].sum(axis=0).min() > 10
    assert 0 <= before[:, :2].min() < 0.1 < 0.9 < before[:, :2].max() < 1
    for batch in make_batches(rng).take(2):
        model.train_step(batch)
    np.testing.assert_array_equal(layer.reference, before)


def test_gradient_flows_through_the_reference_batch_too(model):
    generator = model.generator
    [layer] = [x for x in generator.layers if isinstance(x, ReferenceBatch)]
    with tf.GradientTape() as tape:
        tape.watch(layer.reference.value)
        value = tf.reduce_sum(generator(np.zeros((2, 5)), training=True) ** 2)
    assert np.abs(tape.gradient(value, layer.reference.value)).max() > 0


def test_saved_model_makes_the_same_samples(model, rng, tmp_path):
    model.train_step(next(iter(make_batches(rng))))
    expected = model.sample(5, seed=1, classes=[0, 1, 2, 0, 1])
    twin = through_a_file(model, tmp_path)
    found = twin.sample(5, seed=1, classes=[0, 1, 2, 0, 1])
    np.testing.assert_array_equal(found, expected)
