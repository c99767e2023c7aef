"""The discriminator is smooth where it is unsure."""

from types import SimpleNamespace

import keras
import numpy as np
import pytest
import tensorflow as tf
from formulas import descended, f32, log_partition, real
from models import compiled

from ssgan.errors import InputError
from ssgan.game.model import SSGAN
from ssgan.nn.terms import JensenShannonRegularizer, NonSaturating, RealOrFake


def logits(network, x):
    """Of a dense network of one tanh layer, a list of (kernel, bias)."""
    (a, b), (c, d) = network
    return np.tanh(x @ a + b) @ c + d


def roughness(network, x, weight):
    """mean(weight(D)^2 |dZ/dx|^2), the slope by differences."""
    slopes = []
    for place in range(x.shape[1]):
        move = 1e-5 * np.eye(x.shape[1])[place]
        up, down = (log_partition(logits(network, x + s * move)) for s in (1, -1))
        slopes.append((up - down) / 2e-5)
    square = np.square(slopes).sum(axis=0)
    return (weight(real(logits(network, x))) ** 2 * square).mean()


def value(network, unlabeled, fake, gamma):
    """Roth et al. 2017: the regularizer of the Jensen-Shannon divergence."""
    real_part = roughness(network, unlabeled, lambda d: 1 - d)
    return gamma / 2 * (real_part + roughness(network, fake, lambda d: d))


@pytest.fixture
def network(rng):
    network = keras.Sequential(
        [
            keras.layers.Input((4,)),
            keras.layers.Dense(5, "tanh"),
            keras.layers.Dropout(0.5),
            keras.layers.Dense(3),
        ]
    )
    network.set_weights([rng.normal(size=w.shape) for w in network.weights])
    return network


@pytest.fixture
def step(rng):
    x = rng.normal(size=(2, 6, 4)).astype("float32")
    return SimpleNamespace(unlabeled=x[0], fake=tf.constant(x[1]))


def values(network):
    a, b, c, d = (w.numpy().astype("float64") for w in network.weights)
    return [[a, b], [c, d]]


def test_regularizer_and_its_gradient_are_the_formula(network, step):
    term = JensenShannonRegularizer(gamma=0.7, annealed=False)
    weights = network.trainable_weights
    with tf.GradientTape() as tape:
        found = term(SimpleNamespace(discriminator=network), step)
    slopes = tape.gradient(found, weights)
    here = values(network)

    def formula(network):
        return value(network, step.unlabeled, step.fake.numpy(), 0.7)

    assert float(found) == pytest.approx(formula(here), rel=1e-5)
    expected = sum(descended(here, formula, -1.0), [])
    # The bias of the last layer moves D alone.
    for slope, new, old in zip(slopes, expected, sum(here, []), strict=True):
        np.testing.assert_allclose(slope, new - old, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize(("done", "left"), [(0, 1), (5, 0.5), (10, 0), (11, 0)])
def test_gamma_falls_to_0(done, left, network, step):
    model = SimpleNamespace(discriminator=network, steps_done=tf.constant(done))
    whole = JensenShannonRegularizer(annealed=False)(model, step)
    annealed = JensenShannonRegularizer(annealed=True, steps=10)(model, step)
    assert float(annealed) == pytest.approx(left * float(whole))


def test_what_cannot_be_is_refused():
    with pytest.raises(InputError, match="gamma of 0 or more.*gamma=-1"):
        JensenShannonRegularizer(gamma=-1)
    model = SimpleNamespace(terms=[RealOrFake()])
    with pytest.raises(
        InputError, match="steps over which .*annealed=True and steps=No"
    ):
        JensenShannonRegularizer().build(model)


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_half_precision_does_not_change_it(policy, set_policy, rng):
    """Its passes are in float32 and add no noise."""
    x = rng.normal(size=(2, 6, 4)).astype("float32")
    step = SimpleNamespace(unlabeled=x[0], fake=x[1])
    found = []
    for name in ("float32", policy):
        set_policy(name)
        network = keras.Sequential(
            [
                keras.layers.Input((4,)),
                keras.layers.Dense(5, "leaky_relu", kernel_initializer="ones"),
                keras.layers.GaussianNoise(1.0),
                keras.layers.Dense(2, kernel_initializer="ones"),
            ]
        )
        term = JensenShannonRegularizer(gamma=1e-3, annealed=False)
        found.append(float(term(SimpleNamespace(discriminator=network), step)))
    assert found[0] > 0
    assert found[0] == pytest.approx(found[1], rel=1e-6)


def test_it_is_part_of_a_game(vector_pair, rng):
    """It moves the discriminator alone."""
    x = {k: f32(rng.normal(size=(5, 6))) for k in ("labeled", "unlabeled")}
    labels, z = np.array([0, 1, 2, 0, 1]), f32(rng.uniform(size=(5, 2)))
    pairs = [[keras.models.clone_model(n) for n in vector_pair] for _ in range(2)]
    models = []
    for pair, more in zip(
        pairs, ([], [JensenShannonRegularizer(annealed=False)]), strict=True
    ):
        for network, of in zip(pair, vector_pair, strict=True):
            network.set_weights(of.get_weights())
        model = compiled(SSGAN(*pair, terms=[RealOrFake(), NonSaturating(), *more]))
        model.draw_latents = lambda n, seed=None, classes=None: tf.constant(z)
        model.train_step((x, labels))
        models.append(model)
    plain, smooth = models
    moved = {
        player: max(
            np.abs(one - other).max()
            for one, other in zip(
                getattr(plain, player).get_weights(),
                getattr(smooth, player).get_weights(),
                strict=True,
            )
        )
        for player in ("generator", "discriminator")
    }
    assert moved["generator"] < 1e-6
    assert moved["discriminator"] > 1e-3
