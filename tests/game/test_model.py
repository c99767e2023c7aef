import copy
import os
import pickle
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

import ssgan
from ssgan.augmentation import RandomAffine
from ssgan.classifier import AveragedClassifier, Ensemble
from ssgan.data.batches import batches
from ssgan.errors import InputError
from ssgan.model import SSGAN
from ssgan.terms import PseudoLabels, Term

SGD = keras.optimizers.SGD
GAME = {"unsupervised_loss", "generator_loss", "p_real", "p_fake", "diversity"}


# The game in float64 and in the paper's words, its gradients by central differences.
# A network is a list of (v, b, g), with tanh between.


def parameters(network):
    wrapped = [layer for layer in network.layers if hasattr(layer, "scale")]
    variables = [(w.layer.kernel, w.layer.bias, w.scale) for w in wrapped]
    return [[v.numpy().astype("float64") for v in layer] for layer in variables]


def forward(network, x):
    """Features and outputs."""
    for i, (v, b, g) in enumerate(network):
        f = np.tanh(x) if i else x
        x = f @ (g * v / np.sqrt((v**2).sum(axis=0))) + b
    return f, x


def log_partition(logits):
    return np.log(np.exp(logits).sum(axis=1))


def supervised(labels, logits):
    at_label = logits[np.arange(len(labels)), labels]
    return (log_partition(logits) - at_label).mean()


def real(logits):
    """D(x)."""
    return np.exp(log_partition(logits)) / (np.exp(log_partition(logits)) + 1)


def unsupervised(logits_real, logits_fake):
    fake_is_fake = np.log(1 - real(logits_fake)).mean()
    return -0.5 * np.log(real(logits_real)).mean() - 0.5 * fake_is_fake


def descended(network, loss, rate, fixed=()):
    """The parameters after a step of gradient descent on loss(network)."""
    network = copy.deepcopy(network)
    slopes = copy.deepcopy(network)
    for i, layer in enumerate(network):
        for j, array in enumerate(layer):
            for place in np.ndindex(array.shape):
                at, values = array[place], []
                for delta in (1e-5, -1e-5):
                    array[place] = at + delta
                    values.append(loss(network))
                array[place] = at
                slopes[i][j][place] = (values[0] - values[1]) / 2e-5
    for i, layer in enumerate(network):
        for j, array in enumerate(layer):
            array -= 0 if (i, j) in fixed else rate * slopes[i][j]
    return network


# The tiny discriminator does not train its first layer's scale.
FIXED = {(0, 2)}


def close(actual, expected, tolerance=1e-5):
    for a, e in zip(actual, expected, strict=True):
        for x, y in zip(a, e, strict=True):
            np.testing.assert_allclose(x, y, rtol=tolerance, atol=tolerance)


@keras.saving.register_keras_serializable("test")
class LogitSize(Term):
    def __call__(self, model, play):
        return keras.ops.mean(keras.ops.square(play.logits_fake))


@pytest.fixture
def game(rng):
    """Two batches' worth of examples, labels and a latent batch."""
    x = {k: f32(rng.normal(size=(5, 6))) for k in ("labeled", "unlabeled", "matched")}
    return x, np.array([0, 1, 2, 0, 1]), f32(rng.uniform(size=(5, 2)))


def f32(x):
    return np.asarray(x, "float32")


def compiled(model, **options):
    # XLA takes seconds to compile what takes microseconds here.
    options = {"jit_compile": False, "optimizer": SGD(0.05), **options}
    if isinstance(model, SSGAN):
        options = {"generator_optimizer": SGD(0.05), **options}
    else:
        options.setdefault(
            "loss", keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        )
    model.compile(**options)
    return model


def play_batches(rng, n=20, shape=(6,), **options):
    x = rng.normal(size=(n, *shape)).astype("float32")
    options = {"labeled_size": 4, "unlabeled_size": 6, **options}
    return batches(x, np.arange(n) % 3, x, **options)


@pytest.mark.parametrize("norm", ["l2", "l1"])
@pytest.mark.parametrize("in_turn", [True, False], ids=["in turn", "at once"])
@pytest.mark.parametrize("strong", [1.0, 0.5], ids=["", "changed strongly"])
def test_update_of_both_players_is_the_papers(vector_pair, game, in_turn, norm, strong):
    x, labels, z = game
    model = SSGAN(
        *vector_pair,
        strong_augmentation=None if strong == 1 else layers.Rescaling(strong),
        unsupervised_weight=0.7,
        matching_norm=norm,
        terms=[LogitSize(0.2)],
    )
    compiled(model, optimizer=SGD(0.5), generator_optimizer=SGD(0.3))
    model._latents = lambda n, seed=None: tf.constant(z[:n])
    d, g = parameters(model.discriminator), parameters(model.generator)

    def parts(d):
        fake = forward(g, z)[1]
        examples = x["labeled"], strong * x["unlabeled"], strong * fake
        logits = [forward(d, e)[1] for e in examples]
        term = (logits[2] ** 2).mean()
        return supervised(labels, logits[0]), unsupervised(*logits[1:]), term

    def discriminator_loss(d):
        return np.dot(parts(d), (1, 0.7, 0.2))

    matched = x["matched"] if in_turn else x["unlabeled"]

    def generator_loss(g, d):
        gap = forward(d, strong * matched)[0].mean(axis=0)
        gap = gap - forward(d, strong * forward(g, z)[1])[0].mean(axis=0)
        return (gap**2 if norm == "l2" else abs(gap)).mean()

    new_d = descended(d, discriminator_loss, 0.5, FIXED)
    opponent = new_d if in_turn else d
    new_g = descended(g, lambda g: generator_loss(g, opponent), 0.3)

    if not in_turn:
        del x["matched"]
    logs = model.train_step((x, labels))
    close(parameters(model.discriminator), new_d)
    close(parameters(model.generator), new_g)
    # After one update the average is the newest weights.
    close(parameters(model.classifier), new_d)
    fake = forward(g, z)[1]
    expected = {
        "loss": discriminator_loss(d),
        "unsupervised_loss": parts(d)[1],
        "generator_loss": generator_loss(g, opponent),
        "p_real": real(forward(d, strong * x["unlabeled"])[1]).mean(),
        "p_fake": real(forward(d, strong * fake)[1]).mean(),
        "diversity": fake.std(axis=0).mean() / x["unlabeled"].std(axis=0).mean(),
        "logitsize": parts(d)[2],
    }
    assert {k: float(v) for k, v in logs.items()} == pytest.approx(expected, rel=1e-4)


def test_supervised_update_is_gradient_descent(vector_pair, game):
    (x, labels), model = (
        (game[0]["labeled"], game[1]),
        AveragedClassifier(vector_pair[0]),
    )
    compiled(model, optimizer=SGD(0.5))
    d = parameters(model.discriminator)

    def loss(d):
        return supervised(labels, forward(d, x)[1])

    logs = model.train_step((x, labels))
    close(parameters(model.discriminator), descended(d, loss, 0.5, FIXED))
    assert float(logs["loss"]) == pytest.approx(loss(d), rel=1e-5)


def test_predictions_are_those_of_the_moving_average(vector_pair, game, rng):
    model = compiled(AveragedClassifier(vector_pair[0], averaging_step=0.3))
    average = parameters(model.discriminator)
    step = tf.function(model.train_step)
    for t in range(1, 31):
        step((f32(rng.normal(size=(5, 6))), game[1]))
        newest = parameters(model.discriminator)
        # 10 / (9 + t) falls to the smallest step, 0.3, at t = 24.3.
        rate = max(10 / (9 + t), 0.3)
        average = [
            [a + rate * (w - a) for a, w in zip(*pair, strict=True)]
            for pair in zip(average, newest, strict=True)
        ]
    close(parameters(model.classifier), average)
    x = f32(rng.normal(size=(9, 6)))
    logits = model.predict(x, verbose=0)
    np.testing.assert_allclose(logits, forward(average, x)[1], atol=1e-4)
    assert np.abs(logits - forward(newest, x)[1]).max() > 1e-4
    assert model.updates == 30


def test_copy_of_a_discriminator_with_an_adapted_layer_predicts_the_same(rng):
    x = rng.normal(5, 3, (20, 6)).astype("float32")
    adapted = layers.Normalization()
    adapted.adapt(x)
    discriminator = keras.Sequential([layers.Input((6,)), adapted, layers.Dense(3)])
    model = AveragedClassifier(discriminator)
    np.testing.assert_allclose(model(x), discriminator(x), rtol=1e-5)


def test_discriminator_that_cannot_be_copied_is_refused():
    inner, outer, shared = keras.Input((6,)), keras.Input((6,)), layers.Dense(6)
    nested = keras.Model(inner, shared(inner))
    x = layers.Dense(3)(shared(nested(outer)))
    with pytest.raises(InputError, match="shared by the network and one nested in it"):
        AveragedClassifier(keras.Model(outer, x))


def test_fit_evaluate_and_callbacks(vector_pair, rng, tmp_path):
    model = compiled(SSGAN(*vector_pair, terms=[PseudoLabels()]), metrics=["accuracy"])
    x, y = f32(rng.normal(size=(50, 6))), rng.integers(3, size=50)
    stop = keras.callbacks.EarlyStopping("val_loss", min_delta=1e9, patience=2)
    history = model.fit(
        play_batches(rng),
        steps_per_epoch=2,
        epochs=9,
        validation_data=(x, y),
        callbacks=[keras.callbacks.CSVLogger(tmp_path / "log.csv"), stop],
        verbose=0,
    ).history
    names = GAME | {"loss", "accuracy", "pseudolabels", "val_loss", "val_accuracy"}
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
    assert int(model.updates) == 2 * 3  # A pass over 50 takes three batches of 20.
    stream = {"labeled": x[:8], "unlabeled": tf.data.Dataset.from_tensor_slices(x)}
    model.fit(stream, y, 20, steps_per_epoch=4, verbose=0)
    assert int(model.updates) == 6 + 4
    with pytest.raises(InputError, match="Expected steps_per_epoch with a data set"):
        model.fit(stream, y, 20)


def test_class_weights_weigh_the_labeled_examples(vector_pair, game):
    x, labels, z = game
    model = compiled(SSGAN(*vector_pair))
    model._latents = lambda n, seed=None: tf.constant(z)
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


@pytest.fixture(scope="module")
def pixel_model(image_pair):
    """A model of raw pixels, 0 to 255, with all its parts and some training.

    The tests share it, and leave it as it is.
    """
    model = SSGAN(
        *image_pair,
        preprocessor=layers.Normalization(mean=127.5, variance=127.5**2),
        augmentation=RandomAffine(shift=0.2),
        strong_augmentation=layers.RandomErasing(0.7, fill_value=0.0),
        averaging_step=0.01,
        unsupervised_weight=0.5,
        matching_norm="l1",
        terms=[PseudoLabels(0.5, confidence=0.4, aligned=True)],
        info={"class_names": ["a", "b", "c"], "shape": {"pixels": [6, 6]}},
    )
    model.initialize(pixels(20))
    adam = keras.optimizers.Adam
    compiled(
        model,
        optimizer=adam(0.01),
        generator_optimizer=adam(0.02),
        metrics=["accuracy"],
    )
    model.fit(pixel_batches(), steps_per_epoch=2, verbose=0)
    return model


def pixels(n):
    return np.random.default_rng(1).integers(256, size=(n, 6, 6, 1), dtype=np.uint8)


def pixel_batches():
    x = pixels(12)
    return batches(x, np.arange(12) % 3, x, labeled_size=4, unlabeled_size=4)


def through_a_file(model, tmp_path):
    model.save(tmp_path / "model.keras")
    return keras.saving.load_model(tmp_path / "model.keras")


COPIES = {
    "saved": through_a_file,
    "pickled": lambda model, _: pickle.loads(pickle.dumps(model)),
    "copied": lambda model, _: copy.deepcopy(model),
}


def state(model):
    # Keras does not save the state of random generators.
    optimizers = (model.optimizer, model.generator_optimizer)
    variables = [*model.weights, *(v for o in optimizers for v in o.variables)]
    return [v.numpy() for v in variables]


@pytest.mark.parametrize("how", COPIES)
def test_copy_predicts_the_same_and_trains_on(pixel_model, how, tmp_path):
    twin = COPIES[how](pixel_model, tmp_path)
    x = pixels(7)
    predictions = pixel_model.predict(x, verbose=0)
    np.testing.assert_array_equal(twin.predict(x, verbose=0), predictions)
    assert (twin.averaging_step, twin.unsupervised_weight) == (0.01, 0.5)
    assert (twin.matching_norm, twin.augmentation.shift) == ("l1", 0.2)
    assert twin.strong_augmentation.factor[1] == 0.7
    (term,) = twin.terms
    assert term.get_config() == {"weight": 0.5, "confidence": 0.4, "aligned": True}
    assert twin.info == {"class_names": ["a", "b", "c"], "shape": {"pixels": [6, 6]}}
    assert float(twin.optimizer.learning_rate) == pytest.approx(0.01)
    assert float(twin.generator_optimizer.learning_rate) == pytest.approx(0.02)
    assert twin.generator_optimizer.iterations == twin.updates == 2
    for mine, theirs in zip(state(pixel_model), state(twin), strict=True):
        np.testing.assert_array_equal(mine, theirs)
    scores = [m.evaluate(x, np.arange(7) % 3, verbose=0) for m in (pixel_model, twin)]
    np.testing.assert_allclose(scores[0], scores[1], rtol=1e-6)
    # They share nothing: the twin's training leaves the first as it is.
    twin.train_step(next(iter(pixel_batches())))
    assert twin.updates == twin.optimizer.iterations == 3
    assert np.any(twin.predict(x, verbose=0) != predictions)
    assert pixel_model.updates == 2
    np.testing.assert_array_equal(pixel_model.predict(x, verbose=0), predictions)


def test_new_process_predicts_the_same(pixel_model, tmp_path):
    model, examples, logits = (tmp_path / f for f in ("m.keras", "x.npy", "logits.npy"))
    pixel_model.save(model)
    np.save(examples, pixels(7))
    code = (
        "import sys, numpy, keras, ssgan.model\n"
        "model = keras.saving.load_model(sys.argv[1])\n"
        "numpy.save(sys.argv[3], model.predict(numpy.load(sys.argv[2]), verbose=0))"
    )
    env = os.environ | {"PYTHONPATH": str(Path(ssgan.__file__).parents[1])}
    run = [sys.executable, "-c", code, model, examples, logits]
    subprocess.run(run, env=env, check=True, capture_output=True)
    expected = pixel_model.predict(pixels(7), verbose=0)
    np.testing.assert_allclose(np.load(logits), expected, atol=1e-6)


def test_features_are_those_of_the_layer_of_that_name(pixel_model):
    x = (pixels(7) - 127.5) / 127.5
    hidden = keras.Sequential(pixel_model.classifier.layers[:2])
    np.testing.assert_allclose(pixel_model.features(pixels(7)), hidden(x), atol=1e-5)


def test_features_are_by_default_what_the_last_layer_takes(vector_pair, rng):
    model = AveragedClassifier(vector_pair[0])
    x = f32(rng.normal(size=(7, 6)))
    expected = forward(parameters(model.classifier), x)[0]
    np.testing.assert_allclose(model.features(x), expected, atol=1e-5)


def test_samples_are_in_the_raw_range(pixel_model):
    samples = pixel_model.sample(9, seed=1).numpy()
    z = tf.random.stateless_uniform((9, 2), (0, 1))
    expected = 127.5 * (1 + pixel_model.generator(z).numpy())
    assert samples.shape == (9, 6, 6, 1)
    np.testing.assert_allclose(samples, expected, rtol=1e-4)
    np.testing.assert_array_equal(samples, pixel_model.sample(9, seed=1))
    assert np.any(samples != pixel_model.sample(9))


def test_samples_without_a_preprocessor_are_the_generators(vector_pair):
    model = SSGAN(*vector_pair)
    expected = model.generator(tf.random.stateless_uniform((4, 2), (0, 3)))
    np.testing.assert_array_equal(model.sample(4, seed=3), expected)


def test_samples_of_an_adapted_preprocessor(vector_pair, rng):
    x = 100 + 5 * rng.normal(size=(50, 6))
    columns = layers.Normalization()
    columns.adapt(x)
    model = SSGAN(*vector_pair, preprocessor=columns)
    fake = model.generator(tf.random.stateless_uniform((4, 2), (0, 3))).numpy()
    expected = x.mean(axis=0) + x.std(axis=0) * fake
    np.testing.assert_allclose(model.sample(4, seed=3), expected, rtol=1e-4)


def test_latents_are_uniform_on_0_to_1(vector_pair):
    z = SSGAN(*vector_pair)._latents(1000).numpy()
    assert z.shape == (1000, 2)
    assert 0 <= z.min() < 0.01
    assert 0.99 < z.max() < 1


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
    model.fit(play_batches(rng, in_turn=True), steps_per_epoch=3, verbose=0)
    means = [
        m.layers[1].moving_mean.numpy() for m in (model.discriminator, model.classifier)
    ]
    # The average follows the running statistics, which begin at 0.
    assert 0 < np.linalg.norm(means[1]) < 2 * np.linalg.norm(means[0])
    x = f32(rng.normal(size=(7, 6)))
    predictions = model.predict(x, verbose=0)
    assert np.isfinite(predictions).all()
    np.testing.assert_allclose(predictions, model.classifier(x), atol=1e-5)


def test_step_compiles_with_xla(vector_pair, rng):
    model = compiled(SSGAN(*vector_pair), jit_compile=True)
    before = model.discriminator.get_weights()
    history = model.fit(play_batches(rng), steps_per_epoch=1, verbose=0).history
    assert np.isfinite([*history.values()]).all()
    assert model.updates == 1
    after = model.discriminator.get_weights()
    assert any(np.any(a != b) for a, b in zip(after, before, strict=True))


@pytest.mark.parametrize("terms", [(), (PseudoLabels(confidence=0.0),)])
@pytest.mark.parametrize("policy", ["mixed_bfloat16", "mixed_float16"])
def test_mixed_precision(policy, terms, set_policy, request, rng):
    set_policy(policy)
    model = compiled(SSGAN(*request.getfixturevalue("vector_pair"), terms=terms))
    assert model.discriminator.layers[0].compute_dtype == policy.removeprefix("mixed_")
    history = model.fit(play_batches(rng, in_turn=True), steps_per_epoch=1, verbose=0)
    assert np.isfinite([*history.history.values()]).all()
    assert {w.dtype for w in model.discriminator.weights} == {"float32"}
    scaled = [
        isinstance(optimizer, keras.optimizers.LossScaleOptimizer)
        for optimizer in (model.optimizer, model.generator_optimizer)
    ]
    assert scaled == 2 * [policy == "mixed_float16"]


def test_a_saved_model_holds_every_weight_once(vector_pair):
    model = SSGAN(*vector_pair)
    own = [*model._trainable_variables, *model._non_trainable_variables]
    assert [v.name for v in own] == ["updates"]


@pytest.fixture
def ensemble(vector_pair):
    discriminator, generator = vector_pair
    members = []
    for seed in range(3):
        keras.utils.set_random_seed(seed)
        member = SSGAN(
            *(keras.models.clone_model(n) for n in (discriminator, generator))
        )
        members.append(member)
    return Ensemble(members, info={"class_names": ["a", "b", "c"]})


def test_ensemble_averages_probabilities(ensemble, rng):
    x = f32(rng.normal(size=(7, 6)))
    logits = [forward(parameters(m.classifier), x)[1] for m in ensemble.members]
    each = [np.exp(a) / np.exp(a).sum(axis=1, keepdims=True) for a in logits]
    assert np.ptp(each, axis=0).max() > 0.01
    p = keras.ops.softmax(ensemble.predict(x, verbose=0))
    np.testing.assert_allclose(p, np.mean(each, axis=0), atol=1e-6)
    np.testing.assert_allclose(
        ensemble.features(x),
        np.hstack([forward(parameters(m.classifier), x)[0] for m in ensemble.members]),
        atol=1e-5,
    )


@pytest.mark.parametrize("how", COPIES)
def test_copied_ensemble_predicts_the_same(ensemble, how, tmp_path, rng):
    x = f32(rng.normal(size=(7, 6)))
    twin = COPIES[how](ensemble, tmp_path)
    np.testing.assert_array_equal(twin(x), ensemble(x))
    assert twin.info == ensemble.info
    assert [type(m) for m in twin.members] == 3 * [SSGAN]


def test_ensemble_deals_out_its_samples(ensemble):
    shares = [3, 2, 2]
    expected = [m.sample(k, 1) for m, k in zip(ensemble.members, shares, strict=True)]
    np.testing.assert_array_equal(ensemble.sample(7, seed=1), np.concatenate(expected))
    assert ensemble.sample(2).shape == (2, 6)
