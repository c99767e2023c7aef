from types import SimpleNamespace

import keras
import numpy as np
import pytest
import tensorflow as tf

from ssgan.errors import InputError
from ssgan.nn import terms

TERMS = [
    value
    for value in vars(terms).values()
    if isinstance(value, type) and issubclass(value, terms.Term)
    if value is not terms.Term
]


def softmax(logits):
    return np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)


@pytest.mark.parametrize("cls", TERMS)
def test_every_term_can_be_saved(cls):
    term = keras.saving.deserialize_keras_object(
        keras.saving.serialize_keras_object(cls(weight=0.25))
    )
    assert type(term) is cls
    assert term.weight == 0.25
    assert term.get_config() == cls(weight=0.25).get_config()
    assert keras.saving.get_registered_name(cls) == f"ssgan>{cls.__name__}"


@pytest.mark.parametrize("weight", [-5.0, np.nan, np.inf, "1"])
def test_weights_are_0_or_more(weight):
    with pytest.raises(InputError, match="a weight of 0 or more. Received: weight="):
        terms.PseudoLabels(weight)


def test_names_are_in_snake_case():
    assert {cls().name for cls in TERMS} == {
        "auxiliary_classifier",
        "conditional_entropy",
        "feature_matching",
        "historical_averaging",
        "jensen_shannon_regularizer",
        "manifold_smoothness",
        "mean_teacher",
        "minimax",
        "non_saturating",
        "pseudo_labels",
        "real_or_fake",
        "virtual_adversarial",
    }


def test_term_without_a_formula_says_so():
    class Idea(terms.Term):
        pass

    assert Idea().name == "idea"
    with pytest.raises(NotImplementedError, match="Idea must define __call__"):
        Idea()(None, None)


def teaching(unlabeled, teacher):
    """A model whose averaged weights give the plain examples the logits `teacher`."""

    def classifier(x, training):
        assert not training
        np.testing.assert_array_equal(x, unlabeled)
        return teacher

    return SimpleNamespace(classifier=classifier)


def alone(x, logits, labels=None):
    """What the term sees where no examples were chosen."""
    return SimpleNamespace(
        unlabeled=x, logits_unlabeled=logits, labels=labels, guesses=None
    )


@pytest.mark.parametrize("confidence", [0.0, 0.4, 0.7, 1.0])
def test_pseudo_labels_are_the_formula(confidence, rng):
    x, plain, augmented = rng.normal(size=(20, 2)), *2 * rng.normal(size=(2, 20, 3))
    # Sohn et al. 2020, equation 4: mean of 1[max q >= tau] H(argmax q, p(augmented)).
    q, p = softmax(plain), softmax(augmented)
    cross_entropy = -np.log(p[np.arange(20), q.argmax(axis=1)])
    expected = np.where(q.max(axis=1) >= confidence, cross_entropy, 0).mean()
    term = terms.PseudoLabels(confidence=confidence)
    plain, augmented = tf.constant([plain, augmented], "float32")
    step = alone(x, augmented)
    np.testing.assert_allclose(term(teaching(x, plain), step), expected, rtol=1e-5)


def test_pseudo_labels_teach_the_discriminator_alone(rng):
    x = rng.normal(size=(4, 2))
    plain, augmented = tf.constant(rng.normal(size=(2, 4, 3)), "float32")
    term = terms.PseudoLabels(confidence=0.0)
    with tf.GradientTape() as tape:
        tape.watch([plain, augmented])
        step = alone(x, augmented)
        loss = term(teaching(x, plain), step)
    to_teacher, to_student = tape.gradient(loss, [plain, augmented])
    assert to_teacher is None
    targets = np.eye(3)[np.argmax(plain, axis=1)]
    expected = (softmax(augmented.numpy()) - targets) / 4
    np.testing.assert_allclose(to_student, expected, atol=1e-6)


def test_the_least_sure_guess_that_is_used_is_chosen():
    sure = [0.95, 0.85, 0.7, 0.99, 0.6, 0.5, 0.8, 0.79, 0.81]
    guesses = tf.constant([[p, 1 - p] for p in sure])
    term = terms.PseudoLabels(confidence=0.75, candidates=3)
    assert term.choose(guesses).numpy().tolist() == [1, 3, 7]
    assert terms.PseudoLabels.from_config(term.get_config()).candidates == 3
    with pytest.raises(InputError, match="a fixed multiple of 3 unlabeled examples. R"):
        term.choose(guesses[:8])
    with pytest.raises(InputError, match="from 1 to 100. Received: candidates=0"):
        terms.PseudoLabels(candidates=0)


def test_pseudo_labels_keep_their_confidence():
    config = terms.PseudoLabels(2.0, confidence=0.8).get_config()
    rest = {"aligned": False, "shares": None, "candidates": 1}
    assert config == {"weight": 2.0, "confidence": 0.8, **rest}
    assert terms.PseudoLabels.from_config(config).confidence == 0.8


class Weights:
    """What a term's weights are added to."""

    discriminator = SimpleNamespace(output_shape=(None, 3))

    def add_weight(self, shape, initializer, **kwargs):
        return tf.Variable(initializer(shape))


@pytest.mark.parametrize("shares", [None, ((0.3, 0.1, 0.25), (0.4, 0.3, 0.5))])
def test_class_guessed_too_often_is_doubted(shares, rng):
    x, plain, augmented = rng.normal(size=(20, 2)), *2 * rng.normal(size=(2, 20, 3))
    # The first class has swallowed most of the others; the last has most labels.
    plain[:, 0] += 3
    labels = np.array([0, 1, 1, 2, 2, 2, 2, 2])
    guessed = given = np.full(3, 1 / 3)
    term = terms.PseudoLabels(confidence=0.7, aligned=True, shares=shares)
    term.FREQUENCY_STEP = 0.5
    term.build(Weights())
    p = softmax(augmented)
    tensors = tf.constant([plain, augmented], "float32")
    step = alone(x, tensors[1], labels)
    q = softmax(plain)
    cross_entropy = -np.log(p[np.arange(20), q.argmax(axis=1)])
    for _ in range(3):
        guessed = (guessed + q.mean(axis=0)) / 2
        given = (given + np.bincount(labels) / 8) / 2
        target = given if shares is None else np.clip(guessed, *shares)
        aligned = q * np.clip((target / guessed) ** 20, 1 / 10, 10)
        aligned /= aligned.sum(axis=1, keepdims=True)
        believed = (np.minimum(q, aligned) >= 0.7).any(axis=1)
        expected = np.where(believed, cross_entropy, 0).mean()
        value = term(teaching(x, tensors[0]), step)
        np.testing.assert_allclose(value, expected, rtol=1e-5)
    # Fewer are believed than by their own confidence, and some still are.
    assert 0 < believed.sum() < (q.max(axis=1) >= 0.7).sum()


def test_mean_teacher_is_the_formula_and_teaches_the_discriminator_alone(rng):
    x = rng.normal(size=(20, 2))
    plain, augmented = tf.constant(rng.normal(size=(2, 20, 3)), "float32")
    step = SimpleNamespace(unlabeled=x, logits_unlabeled=augmented)
    with tf.GradientTape() as tape:
        tape.watch([plain, augmented])
        value = terms.MeanTeacher()(teaching(x, plain), step)
    p, q = softmax(augmented.numpy()), softmax(plain.numpy())
    expected = ((p - q) ** 2).sum(axis=1).mean()
    np.testing.assert_allclose(value, expected, rtol=1e-5)
    to_teacher, to_student = tape.gradient(value, [plain, augmented])
    assert to_teacher is None
    assert np.abs(to_student).max() > 0


def test_conditional_entropy_is_the_formula(rng):
    logits = 3 * rng.normal(size=(20, 3))
    p = softmax(logits)
    step = SimpleNamespace(logits_unlabeled=tf.constant(logits, "float32"))
    value = terms.ConditionalEntropy()(None, step)
    np.testing.assert_allclose(value, -(p * np.log(p)).sum(1).mean(), rtol=1e-5)


def linear(rng, inputs=5, classes=3):
    network = keras.Sequential(
        [keras.layers.Input((inputs,)), keras.layers.Dense(classes)]
    )
    network.set_weights([rng.normal(size=w.shape) for w in network.weights])
    return network


def test_virtual_adversarial_push_is_the_worst_of_its_length(rng):
    network, x = linear(rng), rng.normal(size=(1, 5)).astype("float32")
    term = terms.VirtualAdversarial(radius=0.1, seed=1)
    model, step = SimpleNamespace(discriminator=network), SimpleNamespace(unlabeled=x)
    # An iteration turns the start towards the worst: the best of some starts is there.
    value = max(term(model, step).numpy() for _ in range(10))
    p = softmax(network(x).numpy())
    pushes = rng.normal(size=(5000, 5))
    pushes *= 0.1 / np.linalg.norm(pushes, axis=1, keepdims=True)
    pushed = softmax(network(x + pushes.astype("float32")).numpy())
    divergences = (p * np.log(p / pushed)).sum(axis=1)
    assert np.mean(divergences) < 0.5 * np.max(divergences)
    assert value == pytest.approx(np.max(divergences), rel=0.05)


def test_virtual_adversarial_target_has_no_gradient(rng):
    network, x = linear(rng), rng.normal(size=(8, 5)).astype("float32")
    term = terms.VirtualAdversarial(radius=1.0)
    with tf.GradientTape() as tape:
        value = term(
            SimpleNamespace(discriminator=network), SimpleNamespace(unlabeled=x)
        )
    _, to_bias = tape.gradient(value, network.trainable_variables)
    # Through the pushed probabilities alone it is their mean distance from the target.
    assert np.isfinite(to_bias).all()
    assert np.abs(to_bias).max() > 1e-3


def test_manifold_smoothness_of_linear_players_is_known(rng):
    discriminator, generator = linear(rng, 5, 3), linear(rng, 4, 5)
    latents = rng.uniform(size=(4000, 4)).astype("float32")
    model = SimpleNamespace(discriminator=discriminator, generator=generator)
    step = SimpleNamespace(latents=latents, fake=generator(latents))
    value = terms.ManifoldSmoothness(deviation=0.2, seed=1)(model, step)
    # The mean of |d A|^2 is the step's variance times the sum of A's squares.
    product = generator.weights[0].numpy() @ discriminator.weights[0].numpy()
    expected = 0.2**2 * np.square(product).sum()
    assert value.numpy() == pytest.approx(expected, rel=0.1)
