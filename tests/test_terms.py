from types import SimpleNamespace

import keras
import numpy as np
import pytest
import tensorflow as tf

from ssgan import terms
from ssgan.layers import PACKAGE

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
    assert term.name == cls.__name__.lower()
    assert keras.saving.get_registered_name(cls) == f"{PACKAGE}>{cls.__name__}"


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


@pytest.mark.parametrize("confidence", [0.0, 0.4, 0.7, 1.0])
def test_pseudo_labels_are_the_formula(confidence, rng):
    x, plain, augmented = rng.normal(size=(20, 2)), *2 * rng.normal(size=(2, 20, 3))
    # Sohn et al. 2020, equation 4: mean of 1[max q >= tau] H(argmax q, p(augmented)).
    q, p = softmax(plain), softmax(augmented)
    cross_entropy = -np.log(p[np.arange(20), q.argmax(axis=1)])
    expected = np.where(q.max(axis=1) >= confidence, cross_entropy, 0).mean()
    term = terms.PseudoLabels(confidence=confidence)
    plain, augmented = tf.constant([plain, augmented], "float32")
    play = SimpleNamespace(unlabeled=x, logits_unlabeled=augmented)
    np.testing.assert_allclose(term(teaching(x, plain), play), expected, rtol=1e-5)


def test_pseudo_labels_teach_the_discriminator_alone(rng):
    x = rng.normal(size=(4, 2))
    plain, augmented = tf.constant(rng.normal(size=(2, 4, 3)), "float32")
    term = terms.PseudoLabels(confidence=0.0)
    with tf.GradientTape() as tape:
        tape.watch([plain, augmented])
        play = SimpleNamespace(unlabeled=x, logits_unlabeled=augmented)
        loss = term(teaching(x, plain), play)
    to_teacher, to_student = tape.gradient(loss, [plain, augmented])
    assert to_teacher is None
    targets = np.eye(3)[np.argmax(plain, axis=1)]
    expected = (softmax(augmented.numpy()) - targets) / 4
    np.testing.assert_allclose(to_student, expected, atol=1e-6)


def test_pseudo_labels_keep_their_confidence():
    config = terms.PseudoLabels(2.0, confidence=0.8).get_config()
    assert config == {"weight": 2.0, "confidence": 0.8}
    assert terms.PseudoLabels.from_config(config).confidence == 0.8
