"""Both players, against the paper's formulas."""

import copy

import keras
import numpy as np
import pytest
import tensorflow as tf
from formulas import (
    FIXED,
    close,
    descended,
    f32,
    forward,
    log_partition,
    parameters,
    real,
    supervised,
    unsupervised,
)
from keras import layers
from models import compiled, make_batches

from ssgan.errors import InputError
from ssgan.game.model import SSGAN
from ssgan.nn import Preprocessor
from ssgan.nn.terms import (
    FeatureMatching,
    HistoricalAveraging,
    PseudoLabels,
    RealOrFake,
    Term,
)

SGD = keras.optimizers.SGD
TERMS = {"real_or_fake", "feature_matching"}
GAME = TERMS | {"generator_loss", "p_real", "p_fake", "diversity"}


DEFAULT = RealOrFake(), FeatureMatching()
X = np.zeros((3, 6), "float32")


@keras.saving.register_keras_serializable("test")
class LogitSize(Term):
    def __call__(self, model, step):
        return keras.ops.mean(keras.ops.square(step.logits_fake))


@pytest.mark.parametrize("norm", ["l2", "l1"])
@pytest.mark.parametrize("alternating", [True, False], ids=["alternating", "at once"])
@pytest.mark.parametrize("strong", [1.0, 0.5], ids=["", "changed strongly"])
def test_update_of_both_players_is_the_papers(
    vector_pair, game, alternating, norm, strong
):
    x, labels, z = game
    model = SSGAN(
        *vector_pair,
        strong_augmentation=None if strong == 1 else layers.Rescaling(strong),
        terms=[RealOrFake(0.7), FeatureMatching(norm=norm), LogitSize(0.2)],
    )
    compiled(model, optimizer=SGD(0.5), generator_optimizer=SGD(0.3))

    def draw_latents(n, seed=None, classes=None):
        assert n == len(z)
        return tf.constant(z)

    model.draw_latents = draw_latents
    d, g = parameters(model.discriminator), parameters(model.generator)

    def parts(d):
        fake = forward(g, z)[1]
        examples = x["labeled"], strong * x["unlabeled"], strong * fake
        logits = [forward(d, e)[1] for e in examples]
        term = (logits[2] ** 2).mean()
        return supervised(labels, logits[0]), unsupervised(*logits[1:]), term

    def discriminator_loss(d):
        return np.dot(parts(d), (1, 0.7, 0.2))

    matched = x["matched"] if alternating else x["unlabeled"]

    def generator_loss(g, d):
        gap = forward(d, strong * matched)[0].mean(axis=0)
        gap = gap - forward(d, strong * forward(g, z)[1])[0].mean(axis=0)
        return (gap**2 if norm == "l2" else abs(gap)).mean()

    new_d = descended(d, discriminator_loss, 0.5, FIXED)
    opponent = new_d if alternating else d
    new_g = descended(g, lambda g: generator_loss(g, opponent), 0.3)

    if not alternating:
        del x["matched"]
    logs = model.train_step((x, labels))
    close(parameters(model.discriminator), new_d)
    close(parameters(model.generator), new_g)
    # After one step the average is the newest weights.
    close(parameters(model.classifier), new_d)
    fake = forward(g, z)[1]
    expected = {
        "loss": discriminator_loss(d),
        "real_or_fake": parts(d)[1],
        "generator_loss": generator_loss(g, opponent),
        "feature_matching": generator_loss(g, opponent),
        "p_real": real(forward(d, strong * x["unlabeled"])[1]).mean(),
        "p_fake": real(forward(d, strong * fake)[1]).mean(),
        "diversity": fake.std(axis=0).mean() / x["unlabeled"].std(axis=0).mean(),
        "logit_size": parts(d)[2],
    }
    assert {k: float(v) for k, v in logs.items()} == pytest.approx(expected, rel=1e-4)


def test_weights_of_two_terms_of_one_class_both_count(vector_pair, game):
    """As one term whose weight is the sum of theirs, for either player."""
    x, labels, z = game

    def step(terms):
        pair = [copy.deepcopy(network) for network in vector_pair]
        model = compiled(SSGAN(*pair, terms=terms))
        model.draw_latents = lambda n, seed=None, classes=None: tf.constant(z)
        logs = model.train_step((x, labels))
        networks = parameters(model.discriminator), parameters(model.generator)
        return {name: float(value) for name, value in logs.items()}, networks

    one, expected = step([RealOrFake(0.7), FeatureMatching(5.0)])
    two, networks = step(
        [RealOrFake(0.3), FeatureMatching(2.0), RealOrFake(0.4), FeatureMatching(3.0)]
    )
    for network, other in zip(networks, expected, strict=True):
        close(network, other, 1e-6)
    for name in ("loss", "generator_loss", "real_or_fake", "feature_matching"):
        assert two[name] == pytest.approx(one[name], rel=1e-5)
    # Both are logged before their weights.
    assert two["real_or_fake_2"] == pytest.approx(one["real_or_fake"], rel=1e-5)
    assert two["feature_matching_2"] == pytest.approx(one["feature_matching"], rel=1e-5)
    # And the second is not left out: without it the step is another one.
    _, fewer = step([RealOrFake(0.3), FeatureMatching(2.0)])
    for network, other in zip(fewer, expected, strict=True):
        with pytest.raises(AssertionError):
            close(network, other, 1e-6)


def test_game_without_a_term_of_the_generator_is_refused(vector_pair):
    message = r"a term of the generator to learn from. Received: \['real_or_fake'\]"
    with pytest.raises(InputError, match=message):
        SSGAN(*vector_pair, terms=[RealOrFake()])
    with pytest.raises(InputError, match="to learn from. Received: no terms"):
        SSGAN(*vector_pair, terms=[])
    # That its weights stay where they are teaches it nothing.
    with pytest.raises(InputError, match="to learn from"):
        SSGAN(*vector_pair, terms=[HistoricalAveraging(player="generator")])


def test_fit_evaluate_and_callbacks(vector_pair, rng, tmp_path):
    model = compiled(
        SSGAN(*vector_pair, terms=[*DEFAULT, PseudoLabels()]), metrics=["accuracy"]
    )
    x, y = f32(rng.normal(size=(50, 6))), rng.integers(3, size=50)
    stop = keras.callbacks.EarlyStopping("val_loss", min_delta=1e9, patience=2)
    history = model.fit(
        make_batches(rng),
        steps_per_epoch=2,
        epochs=9,
        validation_data=(x, y),
        callbacks=[keras.callbacks.CSVLogger(tmp_path / "log.csv"), stop],
        verbose=0,
    ).history
    names = GAME | {"loss", "accuracy", "pseudo_labels", "val_loss", "val_accuracy"}
    assert history.keys() == names
    # No epoch is better by a thousand million, so that the third is the last.
    assert {len(values) for values in history.values()} == {3}
    assert np.isfinite([*history.values()]).all()
    header, *rows = (tmp_path / "log.csv").read_text().splitlines()
    assert set(header.split(",")) == names | {"epoch"}
    assert len(rows) == 3

    scores = model.evaluate(x, y, batch_size=20, verbose=0, return_dict=True)
    logits = forward(parameters(model.classifier), x)[1]
    accuracy = (logits.argmax(axis=1) == y).mean()
    expected = {"loss": supervised(y, logits), "accuracy": accuracy}
    # Keras 3.12, the last for Python 3.10, returns tensors.
    scores = {name: float(value) for name, value in scores.items()}
    assert scores == pytest.approx(expected, rel=1e-4)
    assert len(model.evaluate(x, y, verbose=0)) == 2


def test_fit_takes_arrays_and_a_stream_of_unlabeled_examples(vector_pair, rng):
    model = compiled(SSGAN(*vector_pair))
    x, y = f32(rng.normal(size=(50, 6))), rng.integers(3, size=8)
    model.fit({"labeled": x[:8], "unlabeled": x}, y, 20, epochs=2, verbose=0)
    assert int(model.steps_done) == 2 * 3  # A pass over 50 takes three batches of 20.
    stream = {"labeled": x[:8], "unlabeled": tf.data.Dataset.from_tensor_slices(x)}
    model.fit(stream, y, 20, steps_per_epoch=4, verbose=0)
    assert int(model.steps_done) == 6 + 4
    with pytest.raises(InputError, match="Expected steps_per_epoch with a data set"):
        model.fit(stream, y, 20)


@pytest.mark.parametrize(
    ("x", "y", "said"),
    [
        ({"labeled": X, "unlabeled": X}, None, "whole numbers from 0 to 2.*None"),
        ({"labeled": X, "unlabeled": X}, [0, 1, -1], "from 0 to 2. Received: -1, 0, 1"),
        ({"labeled": X, "unlabeled": X}, [0, 1, 3], "from 0 to 2"),
        (X, None, "array or data set}, or batches. Received: ndarray"),
        (X, [0, 1, 2], "or batches. Received: ndarray and y"),
    ],
)
def test_fit_refuses_what_it_cannot_train_on(x, y, said, vector_pair):
    with pytest.raises(InputError, match=said):
        compiled(SSGAN(*vector_pair)).fit(x, y)


def test_class_weights_weigh_the_labeled_examples(vector_pair, game):
    x, labels, z = game
    model = compiled(SSGAN(*vector_pair))
    model.draw_latents = lambda n, seed=None, classes=None: tf.constant(z)
    d, g = parameters(model.discriminator), parameters(model.generator)
    weights = {0: 1.0, 1: 5.0, 2: 0.0}
    history = model.fit(
        tf.data.Dataset.from_tensors((x, labels)), class_weight=weights, verbose=0
    ).history
    logits = forward(d, x["labeled"])[1]
    each = log_partition(logits) - logits[np.arange(5), labels]
    expected = ([weights[y] for y in labels] * each).mean()
    others = [forward(d, e)[1] for e in (x["unlabeled"], forward(g, z)[1])]
    assert history["loss"][0] == pytest.approx(
        expected + unsupervised(*others), rel=1e-5
    )


def test_samples_without_a_preprocessor_are_the_generators(vector_pair):
    model = SSGAN(*vector_pair)
    expected = model.generator(tf.random.stateless_uniform((4, 2), (0, 3)))
    np.testing.assert_array_equal(model.sample(4, seed=3), expected)


def test_samples_are_in_the_range_of_the_raw_examples(vector_pair, rng):
    x = 100 + 5 * rng.normal(size=(50, 6))
    pixels = Preprocessor.for_pixels(x, (-1.0, 1.0))
    pixels.build(x.shape)
    model = SSGAN(*vector_pair, preprocessor=pixels)
    fake = model.generator(tf.random.stateless_uniform((4, 2), (0, 3))).numpy()
    expected = x.min() + (x.max() - x.min()) * (fake + 1) / 2
    np.testing.assert_allclose(model.sample(4, seed=3), expected, rtol=1e-4)


def test_initialize_sets_both_players_and_the_average(vector_pair, rng):
    model = SSGAN(*vector_pair)
    x = f32(3 + rng.normal(size=(50, 6)))
    model.initialize(x)
    for network in (parameters(model.discriminator), parameters(model.classifier)):
        logits = forward(network, x)[1]
        np.testing.assert_allclose(logits.mean(axis=0), 0, atol=1e-4)
        np.testing.assert_allclose(logits.std(axis=0), 1, atol=1e-4)
    fake = model.sample(20000).numpy()
    # Other latents than the 50 of the initialization: near, not equal.
    np.testing.assert_allclose(fake.std(axis=0), 1, atol=0.5)


def test_own_networks_need_no_weight_normalization(rng):
    own = keras.Sequential(
        [
            layers.Input((6,)),
            layers.Dense(5),
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.Dropout(0.5),
            layers.Dense(3),
        ]
    )
    generator = keras.Sequential([layers.Input((2,)), layers.Dense(6)])
    model = compiled(SSGAN(own, generator))
    model.fit(make_batches(rng, alternating=True), steps_per_epoch=3, verbose=0)
    means = [
        m.layers[1].moving_mean.numpy() for m in (model.discriminator, model.classifier)
    ]
    # The average follows the running statistics, which begin at 0.
    assert 0 < np.linalg.norm(means[1]) < 2 * np.linalg.norm(means[0])
    x = f32(rng.normal(size=(7, 6)))
    predictions = model.predict(x, verbose=0)
    assert np.isfinite(predictions).all()
    np.testing.assert_allclose(predictions, model.classifier(x), atol=1e-5)


@pytest.mark.slow
def test_step_compiles_with_xla(vector_pair, rng):
    model = compiled(SSGAN(*vector_pair), jit_compile=True)
    before = model.discriminator.get_weights()
    history = model.fit(make_batches(rng), steps_per_epoch=1, verbose=0).history
    assert np.isfinite([*history.values()]).all()
    assert model.steps_done == 1
    after = model.discriminator.get_weights()
    assert any(np.any(a != b) for a, b in zip(after, before, strict=True))


@pytest.mark.parametrize(
    "terms",
    [
        pytest.param(DEFAULT, marks=pytest.mark.slow),
        (*DEFAULT, PseudoLabels(confidence=0.0)),
    ],
)
@pytest.mark.parametrize("policy", ["mixed_bfloat16", "mixed_float16"])
def test_mixed_precision(policy, terms, set_policy, request, rng):
    set_policy(policy)
    pair = request.getfixturevalue("vector_pair")
    model = compiled(SSGAN(*pair, terms=terms))
    assert model.discriminator.layers[0].compute_dtype == policy.removeprefix("mixed_")
    history = model.fit(
        make_batches(rng, alternating=True), steps_per_epoch=1, verbose=0
    )
    assert np.isfinite([*history.history.values()]).all()
    assert {w.dtype for w in model.discriminator.weights} == {"float32"}
    scaled = [
        isinstance(optimizer, keras.optimizers.LossScaleOptimizer)
        for optimizer in (model.optimizer, model.generator_optimizer)
    ]
    assert scaled == 2 * [policy == "mixed_float16"]
