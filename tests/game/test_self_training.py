"""A classifier learns from unlabeled examples without a generator."""

import copy

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import ops
from models import compiled, make_batches, through_a_file
from warned import no_warnings

from ssgan.errors import InputError
from ssgan.game.averaged_classifier import AveragedClassifier
from ssgan.game.model import SSGAN
from ssgan.game.self_training import SelfTraining
from ssgan.nn.terms import FeatureMatching, PseudoLabels, RealOrFake, Term


def test_step_is_the_gradient_of_both_losses(vector_pair, rng):
    """Labels count as such, and confident guesses of the average as labels."""
    discriminator, _ = vector_pair
    x, y = next(iter(make_batches(rng)))
    term = PseudoLabels(weight=3.0, confidence=0.4)
    model = compiled(SelfTraining(copy.deepcopy(discriminator), terms=[term]))
    guess = ops.softmax(discriminator(x["unlabeled"])).numpy()
    sure = guess.max(axis=1) >= 0.4
    assert 0 < sure.sum() < len(sure)
    cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    with tf.GradientTape() as tape:
        loss = cross_entropy(y, discriminator(x["labeled"], training=True))
        unsure = keras.losses.sparse_categorical_crossentropy(
            guess.argmax(axis=1),
            discriminator(x["unlabeled"], training=True),
            from_logits=True,
        )
        loss += 3 * ops.sum(unsure * sure) / len(sure)
    weights = discriminator.trainable_variables
    gradients = tape.gradient(loss, weights)
    expected = [w - 0.05 * g for w, g in zip(weights, gradients, strict=True)]
    model.train_on_batch(x, y)
    updated = model.discriminator.trainable_variables
    for weight, value in zip(updated, expected, strict=True):
        np.testing.assert_allclose(weight, value, atol=1e-5)


def test_the_least_sure_of_several_are_trained_on(vector_pair, rng):
    """As if the batch held the chosen examples alone."""
    x, y = next(iter(make_batches(rng)))
    term = PseudoLabels(confidence=0.4, candidates=2)
    where = term.choose(ops.softmax(vector_pair[0](x["unlabeled"])))
    assert len(where) == len(x["unlabeled"]) / 2
    chosen = x | {"unlabeled": tf.gather(x["unlabeled"], where)}

    def trained(x, term):
        model = compiled(SelfTraining(copy.deepcopy(vector_pair[0]), terms=[term]))
        model.train_on_batch(x, y)
        return [w.numpy() for w in model.discriminator.trainable_variables]

    expected = trained(chosen, PseudoLabels(confidence=0.4))
    for weight, value in zip(trained(x, term), expected, strict=True):
        np.testing.assert_allclose(weight, value, atol=1e-6)


def test_two_terms_do_not_share_the_guesses_of_one(vector_pair):
    terms = [PseudoLabels(candidates=2), PseudoLabels(aligned=True)]
    with pytest.raises(InputError, match="one term PseudoLabels alone.*2 of them"):
        SelfTraining(vector_pair[0], terms=terms)


def test_fits_saves_and_shows_its_terms(vector_pair, rng, tmp_path):
    model = compiled(SelfTraining(vector_pair[0]), metrics=["accuracy"])
    history = model.fit(make_batches(rng), steps_per_epoch=3, verbose=0).history
    assert {"loss", "accuracy", "pseudo_labels"} <= history.keys()
    twin = through_a_file(model, tmp_path)
    x = rng.normal(size=(5, 6)).astype("float32")
    np.testing.assert_allclose(twin(x), model(x), rtol=1e-6)
    assert [type(term) for term in twin.terms] == [PseudoLabels]
    assert isinstance(model, AveragedClassifier)
    assert not isinstance(model, SSGAN)


@pytest.mark.parametrize("term", [RealOrFake(), FeatureMatching()])
def test_terms_that_need_a_generator_are_refused(term, vector_pair):
    with pytest.raises(InputError, match=f"need no generator. Received: {term.name}"):
        SelfTraining(vector_pair[0], terms=[PseudoLabels(), term])


class Seen(SelfTraining):
    """Keep which labeled examples were trained on."""

    def train_step(self, data):
        self.seen = getattr(self, "seen", set())
        self.seen |= set(data[0]["labeled"][:, 0].numpy().tolist())
        return super().train_step(data)


def test_training_on_arrays_goes_on_after_the_last_batch(vector_pair):
    x = np.zeros((50, 6), "float32")
    x[:, 0] = np.arange(50)
    model = compiled(Seen(copy.deepcopy(vector_pair[0])), run_eagerly=True)
    for _ in range(5):
        model.fit({"labeled": x, "unlabeled": x[:10]}, np.arange(50) % 3, 10, verbose=0)
    assert len(model.seen) == 50


@pytest.mark.parametrize("name", ["Loss", "Accuracy", "Seconds"])
def test_a_term_is_not_called_like_what_is_logged_anyway(name, vector_pair):
    term = type(name, (Term,), {})()
    with pytest.raises(InputError, match=f"terms called otherwise than .*: {name}$"):
        SelfTraining(vector_pair[0], terms=[term])


def test_a_term_of_the_game_is_not_called_like_what_it_measures(vector_pair):
    terms = [FeatureMatching(), type("Diversity", (Term,), {})()]
    with pytest.raises(
        InputError, match="otherwise than .*diversity.* Received: Diversity$"
    ):
        SSGAN(*vector_pair, terms=terms)


class Squares(Term):
    def __call__(self, model, step):
        return ops.square(step.logits_unlabeled)


def test_a_term_is_one_number(vector_pair, rng):
    model = compiled(SelfTraining(vector_pair[0], terms=[Squares()]))
    said = r"Expected a single number as the value of squares. Received: \(6, 3\)"
    with pytest.raises(InputError, match=said):
        model.fit(make_batches(rng), steps_per_epoch=1, verbose=0)


def test_a_term_that_keras_will_not_find_is_told(vector_pair, tmp_path):
    model = compiled(SelfTraining(vector_pair[0], terms=[Squares()]))
    with pytest.warns(UserWarning, match="with the term Squares cannot be loaded"):
        model.save(tmp_path / "model.keras")
    with no_warnings():
        SelfTraining(vector_pair[0]).get_config()
