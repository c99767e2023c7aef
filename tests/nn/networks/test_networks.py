import keras
import numpy as np
import pytest
from keras import layers

from ssgan.errors import InputError
from ssgan.nn import GaussianNoise, MinibatchDiscrimination, WeightNormalization
from ssgan.nn.networks import (
    batch_norm_discriminator,
    conv_discriminator,
    conv_generator,
    mlp_discriminator,
    mlp_generator,
    small_discriminator,
)
from ssgan.nn.weight_normalization import initialize


def kinds(network):
    return [type(layer) for layer in network.layers]


def of(kind, network):
    return [layer for layer in network.layers if isinstance(layer, kind)]


def counts(network):
    """Trained parameters and all of them."""
    trained = sum(int(np.prod(w.shape)) for w in network.trainable_weights)
    return trained, network.count_params()


def deviations(network):
    """Standard deviation of each kernel as it is drawn."""
    return [np.std(w) for w in network.weights if len(w.shape) > 1]


def test_mlp_discriminator_is_the_papers():
    network = mlp_discriminator((28, 28, 1), 10)
    assert kinds(network) == [
        layers.InputLayer,
        layers.Flatten,
        GaussianNoise,
        *5 * [WeightNormalization, layers.ReLU, GaussianNoise],
        WeightNormalization,
    ]
    noise = [layer.stddev for layer in of(GaussianNoise, network)]
    assert noise == [0.3, 0.5, 0.5, 0.5, 0.5, 0.5]
    widths = [784, 1000, 500, 250, 250, 250, 10]
    kernels = [layer.layer.kernel.shape for layer in of(WeightNormalization, network)]
    assert kernels == list(zip(widths, widths[1:], strict=False))
    scales = [layer.train_scale for layer in of(WeightNormalization, network)]
    assert scales == [False, False, False, False, False, True]
    # How large a kernel is drawn decides how much an update turns it.
    np.testing.assert_allclose(deviations(network), 0.1, rtol=0.05)
    # Each layer has a kernel, biases and scales; only the last layer trains the latter.
    weights = sum((n + 1) * m for n, m in zip(widths, widths[1:], strict=False))
    assert weights == 1_538_760
    assert counts(network) == (weights + 10, weights + sum(widths[1:]))
    assert network.output_shape == (None, 10)


def test_mlp_generator_is_the_papers():
    network = mlp_generator(100, (28, 28, 1))
    assert kinds(network) == [
        layers.InputLayer,
        *2 * [layers.Dense, layers.BatchNormalization, layers.Activation],
        WeightNormalization,
        layers.Activation,
        layers.Reshape,
    ]
    activations = [layer.activation for layer in of(layers.Activation, network)]
    softplus, sigmoid = keras.activations.softplus, keras.activations.sigmoid
    assert activations == [softplus, softplus, sigmoid]
    # Batch normalization has an offset for a bias, a running mean and a variance.
    kernels = 100 * 500 + 500 * 500 + 500 * 784
    trained = kernels + 2 * 500 + 2 * 784
    assert counts(network) == (trained, trained + 2 * 2 * 500)
    (last,) = of(WeightNormalization, network)
    assert last.train_scale
    # Glorot's, and not initialized from data.
    assert last.initial_std is None
    expected = [np.sqrt(2 / (n + m)) for n, m in ((100, 500), (500, 500), (500, 784))]
    np.testing.assert_allclose(deviations(network), expected, rtol=0.05)
    before = network.get_weights()
    initialize(network, np.random.default_rng(0).uniform(size=(50, 100)))
    for now, then in zip(network.get_weights(), before, strict=True):
        # But for batch normalization's running means and variances.
        assert now.shape == (500,) or np.array_equal(now, then)
    assert network.output_shape == (None, 28, 28, 1)


@pytest.mark.parametrize(("first", "second"), [(96, 192), (64, 128)])
def test_conv_discriminator_is_the_papers(first, second):
    network = conv_discriminator((32, 32, 3), 10, filters=(first, second))
    assert kinds(network) == [
        layers.InputLayer,
        *3 * [layers.Dropout, *3 * [WeightNormalization]],
        layers.GlobalAveragePooling2D,
        WeightNormalization,
    ]
    assert [layer.rate for layer in of(layers.Dropout, network)] == [0.2, 0.5, 0.5]
    *convolutions, dense = of(WeightNormalization, network)
    shapes = [(*layer.output.shape[1:], layer.layer.strides) for layer in convolutions]
    assert shapes == [
        (32, 32, first, (1, 1)),
        (32, 32, first, (1, 1)),
        (16, 16, first, (2, 2)),
        (16, 16, second, (1, 1)),
        (16, 16, second, (1, 1)),
        (8, 8, second, (2, 2)),
        (6, 6, second, (1, 1)),
        (6, 6, second, (1, 1)),
        (6, 6, second, (1, 1)),
    ]
    sizes = [layer.layer.kernel_size for layer in convolutions]
    assert sizes == 7 * [(3, 3)] + 2 * [(1, 1)]
    for layer in convolutions:
        slopes = layer.layer.activation(np.array([-1.0, 2.0]))
        np.testing.assert_allclose(slopes, [-0.2, 2.0], rtol=1e-6)
        assert (layer.train_scale, layer.initial_std) == (False, 1)
    assert (dense.train_scale, dense.initial_std) == (True, 0.1)
    np.testing.assert_allclose(deviations(network), 0.05, rtol=0.05)

    channels = [3, first, first, first, second, second, second, second, second, second]
    kernels = sum(
        area * n * m
        for area, n, m in zip(7 * [9] + 2 * [1], channels, channels[1:], strict=False)
    )
    biases = 3 * first + 6 * second + 10
    assert counts(network) == (
        kernels + second * 10 + biases + 10,
        kernels + second * 10 + 2 * biases,
    )


def test_conv_discriminator_has_a_block_for_each_number_of_filters():
    network = conv_discriminator((17, 40, 3), 10, filters=(2, 3, 4))
    *convolutions, _ = of(WeightNormalization, network)
    maps = [layer.output.shape[1:] for layer in convolutions]
    assert maps[2:9:3] == [(9, 20, 2), (5, 10, 3), (3, 5, 4)]
    assert maps[9:] == 3 * [(1, 3, 4)]
    assert len(of(layers.Dropout, network)) == 4
    with pytest.raises(InputError, match="at least 17 x 17 pixels"):
        conv_discriminator((16, 40, 3), 10, filters=(2, 3, 4))


def test_batch_norm_discriminator_pools_first_in_each_block(rng):
    network = batch_norm_discriminator(
        (32, 30, 3), 10, stem=3, blocks=((4,), (6, 8)), noise=0.5
    )
    convolutions = of(layers.Conv2D, network)
    assert [c.output.shape[1:] for c in convolutions] == [
        (32, 30, 3),
        (32, 30, 4),
        (16, 15, 6),
        (8, 7, 8),
    ]
    assert len(of(layers.BatchNormalization, network)) == 4
    # On the input of each layer but the first.
    assert [noise.stddev for noise in of(GaussianNoise, network)] == [0.5] * 3
    f = keras.Model(network.input, network.get_layer("features").output)
    last = keras.Model(network.input, network.get_layer("features").input)
    x = rng.normal(size=(2, 32, 30, 3))
    np.testing.assert_allclose(f(x), last(x).numpy().max(axis=(1, 2)))
    dense = batch_norm_discriminator(
        (9, 8, 1), 3, stem=None, blocks=((4,),), hidden=5, input_noise=0.1
    )
    assert [noise.stddev for noise in of(GaussianNoise, dense)] == [0.1]
    assert dense.get_layer("features").output.shape == (None, 5)
    with pytest.raises(InputError, match="at least 4 x 4 pixels"):
        batch_norm_discriminator((32, 3, 3), 10, blocks=((4,), (4,)))


def test_channels_that_come_first_are_refused(monkeypatch):
    monkeypatch.setattr(keras.config, "image_data_format", lambda: "channels_first")
    for build in (small_discriminator, batch_norm_discriminator, conv_discriminator):
        with pytest.raises(InputError, match="channels_last. Received: channels_first"):
            build((28, 28, 1), 10)
    with pytest.raises(InputError, match="channels_last. Received: channels_first"):
        conv_generator(100, (32, 32, 3))


def test_conv_generator_is_the_papers():
    network = conv_generator(100, (32, 32, 3))
    assert kinds(network)[:5] == [
        layers.InputLayer,
        layers.Dense,
        layers.BatchNormalization,
        layers.ReLU,
        layers.Reshape,
    ]
    assert of(layers.Reshape, network)[0].target_shape == (4, 4, 512)
    *hidden, last = [
        getattr(layer, "layer", layer)
        for layer in of((layers.Conv2DTranspose, WeightNormalization), network)
    ]
    assert [layer.output.shape[1:] for layer in hidden] == [(8, 8, 256), (16, 16, 128)]
    for layer in (*hidden, last):
        assert (layer.kernel_size, layer.strides) == ((5, 5), (2, 2))
    (normalized,) = of(WeightNormalization, network)
    assert (normalized.train_scale, normalized.initial_std) == (True, 0.1)

    np.testing.assert_allclose(deviations(network), 0.05, rtol=0.05)

    units = 4 * 4 * 512
    kernels = 100 * units + 25 * (512 * 256 + 256 * 128 + 128 * 3)
    offsets = units + 256 + 128
    trained = kernels + offsets + 2 * 3
    assert counts(network) == (trained, trained + 2 * offsets)


def test_a_plain_last_layer_is_not_normalized():
    options = {"filters": (8, 4), "weight_normalized": False}
    network = conv_generator(3, (8, 8, 1), **options)
    assert of(WeightNormalization, network) == []
    *_, last = of(layers.Conv2DTranspose, network)
    assert (last.output.shape[1:], last.use_bias) == ((8, 8, 1), True)


@pytest.mark.parametrize("build", [mlp_generator, conv_generator])
@pytest.mark.parametrize(
    ("activation", "low", "high"), [("sigmoid", 0, 1), ("tanh", -1, 1)]
)
def test_activation_gives_the_range(build, activation, low, high, rng):
    network = build(3, (8, 8, 1), activation=activation)
    x = network(1e4 * rng.normal(size=(20, 3))).numpy()
    assert (x.min(), x.max()) == pytest.approx((low, high), abs=1e-3)
    assert low <= x.min() < x.max() <= high


def test_generator_of_standardized_columns_is_unbounded(rng):
    network = mlp_generator(3, (6,), units=(8,), activation="linear")
    assert np.abs(network(1e4 * rng.normal(size=(20, 3)))).max() > 10


def test_generators_have_the_papers_ranges():
    mlp, conv = mlp_generator(2, (4,)), conv_generator(2, (8, 8, 3))
    assert of(layers.Activation, mlp)[-1].activation is keras.activations.sigmoid
    assert of(layers.Activation, conv)[-1].activation is keras.activations.tanh


@pytest.mark.parametrize("shape", [(28, 28, 1), (30, 22, 3), (8, 8, 1), (5, 33, 2)])
@pytest.mark.parametrize("filters", [(8, 4, 2), (8, 4)], ids=["eighth", "quarter"])
def test_images_of_any_size_are_generated(shape, filters):
    network = conv_generator(3, shape, filters=filters)
    assert network.output_shape == (None, *shape)
    assert network(np.ones((2, 3))).shape == (2, *shape)


@pytest.mark.parametrize(
    ("build", "shape", "options"),
    [
        (mlp_discriminator, (6,), {"units": (5, 4)}),
        (mlp_discriminator, (3, 2), {"units": (5, 4)}),
        (conv_discriminator, (12, 13, 1), {"filters": (3, 4)}),
        (small_discriminator, (8, 9, 3), {"filters": (3, 4)}),
    ],
    ids=["vectors", "tables", "conv", "small"],
)
@pytest.mark.parametrize("kernels", [0, 7], ids=["", "minibatch"])
def test_logits_are_a_dense_layer_of_the_features(build, shape, options, kernels, rng):
    network = build(shape, 3, minibatch_kernels=kernels, **options)
    assert len(of(MinibatchDiscrimination, network)) == (kernels > 0)
    features = network.get_layer("features")
    last = network.layers[-1]
    x = rng.normal(size=(5, *shape))
    f = keras.Model(network.input, features.output)(x).numpy()
    assert f.ndim == 2
    logits = f @ last.normalized_kernel().numpy() + last.layer.bias.numpy()
    np.testing.assert_allclose(network(x), logits, atol=1e-5)


def test_features_of_the_mlp_are_taken_before_their_noise(rng):
    network = mlp_discriminator((6,), 3, units=(5, 4))
    features = network.get_layer("features")
    assert isinstance(features, layers.ReLU)
    (after,) = [node.operation for node in features._outbound_nodes]
    assert isinstance(after, GaussianNoise)
    x = rng.normal(size=(50, 6))
    critic = keras.Model(network.input, [features.output, network.output])
    f, logits = critic(x, training=True)
    # A noisy feature would not be exactly 0 where the ReLU is.
    assert np.min(f) == 0
    assert np.any(logits != network(x))
