import itertools
import math

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers
from scipy import ndimage

from ssgan.layers import (
    TABLE_COLUMNS,
    TABLE_ROWS,
    GaussianNoise,
    RandomAffine,
    WeightNormalization,
    initialize,
    normalized_once,
)

# A layer to wrap, the shape of an example, of the output, and the kernel's axes that
# lead into one output unit (Keras has transposed kernels as (..., output, input)).
KINDS = {
    "dense": (lambda **kw: layers.Dense(3, **kw), (4,), (3,), (0,)),
    "convolution": (
        lambda **kw: layers.Conv2D(3, 2, **kw),
        (5, 6, 2),
        (4, 5, 3),
        (0, 1, 2),
    ),
    "transposed": (
        lambda **kw: layers.Conv2DTranspose(3, 3, 2, "same", **kw),
        (4, 5, 2),
        (8, 10, 3),
        (0, 1, 3),
    ),
}


@pytest.fixture(params=KINDS)
def kind(request):
    return KINDS[request.param]


@pytest.fixture
def normalized(kind, rng):
    """A wrapped layer with random weights, its examples and v."""
    make, shape, _, axes = kind
    layer = WeightNormalization(make())
    x = rng.normal(size=(7, *shape)).astype("float32")
    layer(x)
    v, g = rng.normal(size=layer.layer.kernel.shape), rng.uniform(0.5, 2, 3)
    layer.layer.kernel.assign(v)
    layer.layer.bias.assign([0.3, -0.2, 0.1])
    layer.scale.assign(g)
    return layer, x, v


@pytest.mark.parametrize("train_scale", [True, False], ids=["trained", "fixed"])
def test_normalized_layer_basics(kind, train_scale):
    make, shape, output_shape, _ = kind
    layer = WeightNormalization(make(), train_scale, initial_std=0.5, name="mine")
    assert tuple(layer.compute_output_shape((7, *shape))) == (7, *output_shape)
    assert layer(np.ones((7, *shape))).shape == (7, *output_shape)
    assert layer.scale.shape == (3,)
    assert len(layer.trainable_weights) == 2 + train_scale
    assert len(layer.non_trainable_weights) == 1 - train_scale
    copy = WeightNormalization.from_config(layer.get_config())
    assert copy.get_config() == layer.get_config()
    assert (copy.train_scale, copy.initial_std, copy.name) == (train_scale, 0.5, "mine")
    assert type(copy.layer) is type(layer.layer)


def test_dense_output_is_the_formula(rng):
    x, v = rng.normal(size=(7, 4)), rng.normal(size=(4, 3))
    g, b = np.array([0.5, 1, 2]), np.array([1, 0, -1])
    layer = WeightNormalization(layers.Dense(3, activation="relu"))
    layer.build((None, 4))
    layer.layer.kernel.assign(v)
    layer.layer.bias.assign(b)
    layer.scale.assign(g)
    w = g * v / np.sqrt((v**2).sum(axis=0))
    np.testing.assert_allclose(layer(x), np.maximum(x @ w + b, 0), atol=1e-5)


def test_output_is_that_of_the_layer_with_the_normalized_kernel(kind, normalized):
    make, _, _, axes = kind
    layer, x, v = normalized
    shape = [3 if i not in axes else 1 for i in range(v.ndim)]
    g = layer.scale.numpy().reshape(shape)
    w = g * v / np.sqrt((v**2).sum(axis=axes, keepdims=True))
    np.testing.assert_allclose(layer.normalized_kernel(), w, rtol=1e-5)
    bare = make()
    bare.build(x.shape)
    bare.set_weights([w, layer.layer.bias])
    np.testing.assert_allclose(layer(x), bare(x), atol=1e-5)
    np.testing.assert_allclose(layer.layer.kernel, v, rtol=1e-6)


def test_length_of_v_does_not_matter_and_its_gradient_is_orthogonal(kind, normalized):
    axes = kind[-1]
    layer, x, v = normalized
    with tf.GradientTape() as tape:
        before = layer(x)
        loss = tf.reduce_sum(before**3)
    gradient = tape.gradient(loss, layer.layer.kernel.value).numpy()
    assert np.abs(gradient).max() > 1
    np.testing.assert_allclose(
        (v * gradient).sum(axis=axes), np.zeros(3), atol=1e-4 * np.abs(gradient).max()
    )
    layer.layer.kernel.assign(7 * v)
    np.testing.assert_allclose(layer(x), before, atol=1e-5)


def test_kernels_normalized_once_have_the_same_gradient(normalized, monkeypatch):
    layer, x, _ = normalized
    calls = []
    compute = WeightNormalization._unit_scale
    monkeypatch.setattr(
        WeightNormalization,
        "_unit_scale",
        lambda self: calls.append(self) or compute(self),
    )

    def gradients():
        with tf.GradientTape() as tape:
            loss = sum(tf.reduce_sum(layer(part) ** 2) for part in (x, 2 * x))
        return tape.gradient(loss, layer.trainable_variables)

    expected = gradients()
    assert len(calls) == 2
    with normalized_once():
        shared = gradients()
    assert len(calls) == 3
    for one, other in zip(expected, shared, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-4)
    # What was kept is forgotten: weights may change again.
    layer.scale.assign(2 * layer.scale)
    layer(x)
    assert len(calls) == 4


def test_normalized_layer_survives_saving_and_training(kind, tmp_path, rng):
    make, shape, output_shape, _ = kind
    model = keras.Sequential([layers.Input(shape), WeightNormalization(make(), False)])
    x = rng.normal(size=(8, *shape))
    model.compile("sgd", "mse", jit_compile=False)
    initialize(model, x)
    scale = model.layers[0].scale.numpy()
    kernel = model.layers[0].layer.kernel.numpy()
    model.fit(x, rng.normal(size=(8, *output_shape)), verbose=0)
    np.testing.assert_array_equal(model.layers[0].scale, scale)
    assert np.abs(model.layers[0].layer.kernel - kernel).max() > 0
    model.save(tmp_path / "model.keras")
    copy = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(copy(x), model(x))


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_half_precision_computes_the_same_with_whole_weights(kind, policy, rng):
    make, shape, _, _ = kind
    layer = WeightNormalization(make(dtype=policy), dtype=policy)
    exact = WeightNormalization(make())
    x = rng.normal(size=(7, *shape)).astype("float32")
    layer(x), exact(x)
    exact.set_weights(layer.get_weights())
    assert layer(x).dtype == layer.compute_dtype == policy.removeprefix("mixed_")
    assert {w.dtype for w in layer.weights} == {"float32"}
    # bfloat16 has 8 bits: inputs and kernel are off by 2^-9 at most, sums by little.
    outputs = tf.cast(layer(x), "float32")
    np.testing.assert_allclose(outputs, exact(x), atol=0.02 * np.abs(exact(x)).max())


def pre_activations(layer, x):
    activation, layer.layer.activation = layer.layer.activation, None
    outputs = layer(x).numpy()
    layer.layer.activation = activation
    return outputs.reshape(-1, outputs.shape[-1]).astype("float64")


def network_of(kind):
    if kind == "dense":
        inner = [layers.Dense(u, a) for u, a in ((8, "relu"), (5, "tanh"), (3, None))]
        shape = (4,)
    else:
        inner = [
            layers.Conv2D(4, 3, 2, "same", activation="leaky_relu"),
            layers.Conv2DTranspose(3, 3, 2, "same", activation="tanh"),
            layers.Dense(2),
        ]
        shape = (6, 6, 1)
    wrapped = [
        WeightNormalization(layer, initial_std=std)
        for layer, std in zip(inner, (1, 0.5, 0.1), strict=True)
    ]
    return keras.Sequential([layers.Input(shape), *wrapped]), shape


@pytest.mark.parametrize("kind", ["dense", "convolutional"])
def test_initialize_standardizes_every_pre_activation(kind, rng):
    network, shape = network_of(kind)
    kernels = [layer.layer.kernel.numpy() for layer in network.layers]
    x = 3 + 2 * rng.normal(size=(50, *shape))
    initialize(network, x)
    for layer, kernel in zip(network.layers, kernels, strict=True):
        outputs = pre_activations(layer, x)
        np.testing.assert_allclose(outputs.mean(axis=0), 0, atol=1e-4)
        np.testing.assert_allclose(outputs.std(axis=0), layer.initial_std, atol=1e-4)
        np.testing.assert_array_equal(layer.layer.kernel, kernel)
        x = layer(x)
    # Done once: other inputs leave the weights as they are.
    weights = network.get_weights()
    network(np.ones((2, *shape)), training=True)
    for now, before in zip(network.get_weights(), weights, strict=True):
        np.testing.assert_array_equal(now, before)


def test_initialize_sees_the_noise_of_training(rng):
    network = keras.Sequential(
        [
            layers.Input((4,)),
            layers.GaussianNoise(1.0),
            WeightNormalization(layers.Dense(1)),
        ]
    )
    x = 0.5 * rng.normal(size=(20000, 4))
    initialize(network, x)
    # Noise of variance 1 on inputs of variance 1/4: these alone have 1/5 of it.
    assert np.var(network(x)) == pytest.approx(1 / 5, rel=0.05)


def test_initialize_without_bias_sets_the_scale_alone(rng):
    layer = WeightNormalization(layers.Dense(3, use_bias=False))
    network = keras.Sequential([layers.Input((4,)), layer])
    x = 5 + rng.normal(size=(50, 4))
    initialize(network, x)
    np.testing.assert_allclose(np.std(network(x), axis=0), 1, atol=1e-4)
    assert len(layer.weights) == 2


def test_initialize_reaches_nested_networks(rng):
    inner = keras.Sequential([layers.Input((4,)), WeightNormalization(layers.Dense(3))])
    x = 3 + rng.normal(size=(50, 4))
    network = keras.Sequential([layers.Input((4,)), inner])
    initialize(network, x)
    np.testing.assert_allclose(np.mean(network(x), axis=0), 0, atol=1e-4)
    np.testing.assert_allclose(np.std(network(x), axis=0), 1, atol=1e-4)


def noise_of(layer, shape, dynamic=False):
    signature = [tf.TensorSpec([None if dynamic else shape[0], *shape[1:]])]

    @tf.function(input_signature=signature)
    def noise(zeros):
        return layer(zeros, training=True)

    return noise(tf.zeros(shape)).numpy().ravel()


# From the table: in one piece, and in several; of unknown size, and on a GPU: drawn.
@pytest.mark.parametrize(
    ("shape", "dynamic", "gpus"),
    [
        ((500, 1001), False, []),
        ((3, TABLE_ROWS * TABLE_COLUMNS // 4 + 1), False, []),
        ((500, 1001), True, []),
        ((500, 1001), False, ["one"]),
    ],
)
def test_noise_is_gaussian_and_another_one_each_time(shape, dynamic, gpus, monkeypatch):
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind: gpus)
    layer = GaussianNoise(0.5, seed=1)
    one, other = (noise_of(layer, shape, dynamic) for _ in range(2))
    assert len(one) == math.prod(shape)
    for power, moment in ((1, 0), (2, 0.5**2), (3, 0), (4, 3 * 0.5**4)):
        assert np.mean(one**power) == pytest.approx(moment, abs=0.002)
    assert abs(np.corrcoef(one, other)[0, 1]) < 0.01
    again = noise_of(GaussianNoise(0.5, seed=1), shape, dynamic)
    np.testing.assert_array_equal(one, again)


def test_noise_is_of_training_alone_and_in_the_compute_type():
    x = np.ones((4, 5), "float32")
    np.testing.assert_array_equal(GaussianNoise(0.5)(x), x)
    np.testing.assert_array_equal(GaussianNoise(0.0)(x, training=True), x)
    noisy = GaussianNoise(0.5, dtype="mixed_float16")(x, training=True)
    assert noisy.dtype == "float16"
    with pytest.raises(ValueError, match="Received: stddev=-1"):
        GaussianNoise(-1)


def test_layer_without_kernel_is_refused():
    with pytest.raises(ValueError, match="has a kernel.*Received: layer=<Flatten"):
        WeightNormalization(layers.Flatten()).build((None, 2, 2))


@pytest.mark.parametrize("std", [0, -1.0])
def test_initial_std_must_be_positive(std):
    with pytest.raises(ValueError, match=f"Received: initial_std={std}"):
        WeightNormalization(layers.Dense(1), initial_std=std)


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


def test_sharp_images_are_moved_by_whole_pixels_alone(rng):
    images = rng.normal(size=(400, 20, 20, 1)).astype("float32")
    layer = RandomAffine(0.2, 30, 0.3, flip=True, sharp=0.25, seed=1)
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
    layer = RandomAffine(0.1, 20, 0.3, True, 0.5, seed=5, name="mine")
    assert layer.compute_output_shape((None, 8, 8, 3)) == (None, 8, 8, 3)
    copy = RandomAffine.from_config(layer.get_config())
    assert copy.get_config() == layer.get_config()
    assert (copy.shift, copy.rotation, copy.zoom, copy.seed) == (0.1, 20, 0.3, 5)
    assert (copy.flip, copy.sharp, copy.name) == (True, 0.5, "mine")
    assert layer.trainable_weights == []


@pytest.mark.parametrize(
    ("name", "value"),
    [("shift", -0.1), ("shift", 2), ("rotation", 181), ("zoom", -1), ("zoom", 1)]
    + [("sharp", -0.1), ("sharp", 2)],
)
def test_transform_must_be_in_its_range(name, value):
    with pytest.raises(ValueError, match=f"Received:.*{name}={value}"):
        RandomAffine(**{name: value})


def test_transform_compiles(rng):
    layer = RandomAffine(seed=1)
    compiled = tf.function(lambda x: layer(x, training=True), jit_compile=True)
    images = rng.normal(size=(20, 5, 4, 1)).astype("float32")
    outputs = compiled(images)
    expected = transformed(images, 0.07, 10, 0.1, seed=1, jit_compile=True)
    np.testing.assert_allclose(outputs, expected, atol=1e-4)
    assert np.any(outputs != compiled(images))


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_transform_in_half_precision(policy, rng):
    images = rng.uniform(size=(20, 9, 6, 2)).astype("float32")
    outputs = RandomAffine(seed=1, dtype=policy)(images, training=True)
    assert outputs.dtype == policy.removeprefix("mixed_")
    expected = transformed(images, 0.07, 10, 0.1, seed=1)
    np.testing.assert_allclose(tf.cast(outputs, "float32"), expected, atol=0.02)
