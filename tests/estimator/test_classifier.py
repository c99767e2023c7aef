"""The estimator keeps scikit-learn's contract, and its own."""

import contextlib
import dataclasses

import keras
import numpy as np
import pytest
import tensorflow as tf
from sklearn.base import clone
from sklearn.model_selection import (
    GridSearchCV,
    StratifiedShuffleSplit,
    cross_val_score,
)
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks
from stand_in import without_training
from tiny import TINY, TINY_GAME, TINY_IMAGES

from ssgan import InputError, LabeledKFold, SSGANClassifier, recipes
from ssgan.recipes import VECTORS, Part


def expected_failures(estimator):
    return {
        "check_classifiers_classes": (
            "uses -1 as a class, which is what marks an unlabeled example here; "
            "scikit-learn exempts its own semi-supervised estimators by name"
        )
    }


# As the default for rows, but for the size of its networks.
SMALL = dataclasses.replace(
    VECTORS,
    discriminator=Part("mlp_discriminator", {"units": (60,)}),
    generator=Part("mlp_generator", {"units": (20,), "activation": "linear"}),
)


# Checks that train many times are slow; see conftest.py.
contract = parametrize_with_checks(
    [SSGANClassifier(steps=60, random_state=0)],
    expected_failed_checks=expected_failures,
)


# The checks that look at what was learned; that of class weights is slow.
LEARNED = {
    "check_classifiers_train",
    "check_class_weight_classifiers",
    "check_fit_idempotent",
}


@contract
def test_scikit_learn_contract(estimator, check, monkeypatch):
    """To compile takes most of the time, so what is not looked at is not learned."""
    monkeypatch.setattr(recipes, "VECTORS", SMALL.supervised())
    learned = check.func.__name__ in LEARNED
    with contextlib.nullcontext() if learned else without_training():
        check(estimator)


@pytest.mark.slow
@contract
def test_scikit_learn_contract_of_the_game(estimator, check, monkeypatch):
    monkeypatch.setattr(recipes, "VECTORS", SMALL)
    check(estimator)


def test_string_labels(blobs, fitted):
    x, _, names = blobs
    assert fitted.classes_.tolist() == ["ash", "beech", "cedar"]
    assert set(fitted.predict(x)) <= set(names)
    assert fitted.score(x, names) > 1 / 3
    assert len(fitted.model_.features_and_logits.weights) > 0
    assert fitted.recipe_ == TINY_GAME


def test_cross_validation_keeps_the_unlabeled_in_every_training_part(
    blobs, monkeypatch, untrained
):
    x, y, _ = blobs
    given, fit = [], SSGANClassifier.fit

    def remember(self, X, y):
        given.append((np.count_nonzero(y == -1), len(y)))
        return fit(self, X, y)

    monkeypatch.setattr(SSGANClassifier, "fit", remember)
    classifier = SSGANClassifier(TINY, random_state=0)
    scores = cross_val_score(classifier, x, y, cv=LabeledKFold(2))
    assert len(scores) == 2
    assert given == [(len(y) - 6, len(y) - 3)] * 2


def test_progress_is_shown_if_asked(blobs, capfd):
    x, y, _ = blobs
    SSGANClassifier(TINY.supervised(), random_state=0, verbose=True).fit(x, y)
    assert "training: 10/10" in capfd.readouterr().err


def test_score_leaves_the_unlabeled_out(fitted, blobs):
    x, _, names = blobs
    right = fitted.predict(x[:9]) == names[:9]
    some = np.where(np.arange(len(x)) < 9, names, None)
    assert fitted.score(x, some) == right.mean()
    weight = np.arange(len(x)) + 1
    expected = np.average(right, weights=weight[:9])
    assert fitted.score(x, some, weight) == pytest.approx(expected)
    with pytest.raises(InputError, match="labeled examples to score"):
        fitted.score(x, np.full(len(x), -1))


def test_unlabeled_examples_are_learned_from(blobs, fitted):
    x, y, _ = blobs
    few = SSGANClassifier(TINY_GAME, random_state=0).fit(x[:6], y[:6], unlabeled=x[6:])
    np.testing.assert_array_equal(few.predict_proba(x), fitted.predict_proba(x))
    with pytest.warns(UserWarning, match="No unlabeled example"):
        alone = SSGANClassifier(TINY_GAME, random_state=0).fit(x[:6], y[:6])
    assert abs(alone.predict_proba(x) - fitted.predict_proba(x)).max() > 1e-3


def test_unlabeled_examples_may_stream(blobs):
    x, y, _ = blobs
    stream = tf.data.Dataset.from_tensor_slices(x)
    classifier = SSGANClassifier(TINY, random_state=0).fit(x[:6], y[:6], stream)
    assert int(classifier.model_.steps_done) == TINY.steps


def test_supervised_recipe_has_no_generator(blobs, untrained):
    x, y, _ = blobs
    classifier = SSGANClassifier(TINY.supervised(), random_state=0).fit(x, y)
    with pytest.raises(InputError, match="Expected a model with a generator"):
        classifier.sample(3)


def test_class_weight_moves_the_decision(blobs):
    x, y, _ = blobs
    weight = {"ash": 50.0, "beech": 1.0, "cedar": 1.0}
    even, uneven = (
        SSGANClassifier(TINY, class_weight=w, random_state=0).fit(x, y).predict_proba(x)
        for w in (None, weight)
    )
    assert uneven[:, 0].mean() > even[:, 0].mean()


def test_images_flat_or_not_are_the_same():
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, size=(40, 8, 8), dtype=np.uint8)
    y = np.arange(40) % 2
    y[8:] = -1
    settings = {"recipe": TINY_IMAGES, "steps": 10, "random_state": 0}
    as_images = SSGANClassifier(**settings).fit(images, y)
    flat = SSGANClassifier(image_shape=(8, 8), **settings).fit(
        images.reshape(40, 64), y
    )
    np.testing.assert_array_equal(
        as_images.predict_proba(images), flat.predict_proba(images.reshape(40, 64))
    )
    assert as_images.sample(3).shape == (3, 8, 8)
    assert flat.sample(3).shape == (3, 64)
    sample = as_images.sample(20)
    assert sample.min() >= 0
    assert 1 < sample.max() <= 255


def test_own_networks(blobs):
    x, y, _ = blobs

    def discriminator(input_shape, n_classes):
        return keras.Sequential(
            [
                keras.Input(input_shape),
                keras.layers.Dense(7, "relu", name="features"),
                keras.layers.Dense(n_classes),
            ]
        )

    def generator(latent_dim, output_shape):
        return keras.Sequential(
            [keras.Input((latent_dim,)), keras.layers.Dense(output_shape[0])]
        )

    classifier = SSGANClassifier(
        TINY_GAME, discriminator=discriminator, generator=generator, random_state=0
    ).fit(x, y)
    assert classifier.transform(x).shape == (90, 7)


def test_pipeline_and_search(blobs):
    x, y, _ = blobs
    labeled = np.where(y == -1, "none", y)  # Search stratifies by labels.
    classifier = SSGANClassifier(TINY.supervised(), random_state=0)
    pipeline = make_pipeline(StandardScaler(), classifier)
    once = StratifiedShuffleSplit(1, test_size=0.5, random_state=0)
    steps = {"ssganclassifier__steps": [5, 10]}
    search = GridSearchCV(pipeline, steps, cv=once, refit=False)
    search.fit(x, labeled)
    assert search.best_params_["ssganclassifier__steps"] in (5, 10)
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()


def test_clone_forgets_the_training(fitted):
    copy = clone(fitted)
    assert copy.get_params() == fitted.get_params()
    assert not hasattr(copy, "model_")


def test_suggestions_follow_the_seed(fitted, blobs):
    x, _, _ = blobs
    first, again, other = (fitted.suggest(x, 9, random_state=i) for i in (0, 0, 1))
    assert first.shape == (9,)
    np.testing.assert_array_equal(first, again)
    assert {*first} != {*other}
