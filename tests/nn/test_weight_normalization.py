import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from ssgan.nn.weight_normalization import (
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


def test_kernels_normalized_once_have_the_same_gradient(normalized):
    layer, x, _ = normalized

    def gradients():
        with tf.GradientTape() as tape:
            loss = sum(tf.reduce_sum(layer(part) ** 2) for part in (x, 2 * x))
        return tape.gradient(loss, layer.trainable_variables)

    expected = gradients()
    with normalized_once():
        shared = gradients()
    for one, other in zip(expected, shared, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-4)


def test_kernels_are_normalized_as_often_as_needed(normalized):
    layer, x, _ = normalized

    def plain(x):
        return layer(x) + layer(2 * x)

    def once(x):
        with normalized_once():
            return plain(x)

    def again(x):
        # The kernels are forgotten: weights may change again.
        return once(x) + layer(x)

    def norms(passes):
        """Count the norms in a graph: each takes one square root."""
        graph = tf.function(passes).get_concrete_function(tf.constant(x)).graph
        return [operation.type for operation in graph.get_operations()].count("Sqrt")

    assert [norms(passes) for passes in (plain, once, again)] == [2, 1, 2]


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


@pytest.mark.parametrize("std", [0, -1.0])
def test_initial_std_must_be_positive(std):
    with pytest.raises(ValueError, match=f"Received: initial_std={std}"):
        WeightNormalization(layers.Dense(1), initial_std=std)
