"""Doubt by class shares is for unlabeled examples that have those of the labels."""

import dataclasses

import numpy as np
import pytest
import tensorflow as tf
from sklearn.datasets import load_digits

from ssgan import SSGANClassifier
from ssgan.estimator.class_shares import class_shares, suited
from ssgan.recipes import IMAGES, VECTORS


def world(decay, n_labels=10, seed=0):
    """Digits: as many labels of each class, and fewer and fewer unlabeled ones."""
    digits, rng = load_digits(), np.random.default_rng(seed)
    x, y = digits.images[..., None].astype("float32"), digits.target
    order = rng.permutation(len(y))
    members = [order[y[order] == c] for c in range(10)]
    labeled = np.concatenate([m[:n_labels] for m in members])
    others = np.concatenate([m[n_labels:] for m in members])
    kept = rng.uniform(size=len(others)) < decay ** y[others]
    return x[labeled], y[labeled], x[others[kept]]


@pytest.mark.parametrize("seed", range(3))
def test_shares_differ_where_they_do(seed):
    alike, other = (class_shares(*world(decay, seed=seed)) for decay in (1.0, 0.77))
    assert not alike.differ
    assert other.differ
    assert other.guessed[0] > 2 * other.guessed[9]
    assert other.labels == pytest.approx([0.1] * 10)
    gaps = np.abs(np.subtract(other.labels, other.guessed))
    assert other.distance == pytest.approx(gaps.sum() / 2)


def test_recipe_suits_the_shares():
    recipe, shares = suited(IMAGES, *world(1.0))
    assert recipe == IMAGES
    assert not shares.differ
    other = x, y, unlabeled = world(0.77)
    recipe, shares = suited(IMAGES, *other)
    assert recipe == IMAGES.with_term("PseudoLabels", shares=shares.bounds)
    # Between the two shares, or a tenth beyond.
    least, greatest = shares.bounds
    assert shares.guessed[0] > 0.1 > shares.guessed[9]
    assert (least[0], greatest[0]) == pytest.approx((0.09, 1.1 * shares.guessed[0]))
    assert (least[9], greatest[9]) == pytest.approx((0.9 * shares.guessed[9], 0.11))
    # Nothing to compare with.
    stream = tf.data.Dataset.from_tensor_slices(unlabeled)
    assert suited(IMAGES, x, y, stream) == (IMAGES, None)
    alone = np.r_[np.flatnonzero(y == 0)[:1], np.flatnonzero(y > 0)]
    assert suited(IMAGES, x[alone], y[alone], unlabeled) == (IMAGES, None)
    # Bounds of one's own are kept.
    own = IMAGES.with_term("PseudoLabels", shares=((0.0,) * 10, (1.0,) * 10))
    assert suited(own, *other) == (own, None)
    # Nothing doubts.
    undoubting = IMAGES.with_term("PseudoLabels", aligned=False)
    assert suited(undoubting, *other) == (undoubting, None)
    assert suited(VECTORS, x.reshape(len(x), -1), y, unlabeled) == (VECTORS, None)


@pytest.mark.parametrize("decay", [pytest.param(1.0, marks=pytest.mark.slow), 0.77])
def test_classifier_takes_the_recipe_that_suits(decay, tmp_path, untrained):
    recipe = dataclasses.replace(
        IMAGES, steps=10, constant_steps=5, labeled_size=10, unlabeled_size=10
    )
    x, y, unlabeled = world(decay)
    classifier = SSGANClassifier(recipe, random_state=0).fit(x, y, unlabeled)
    shares = classifier.class_shares_
    bounded = recipe.with_term("PseudoLabels", shares=shares.bounds)
    assert classifier.recipe_ == (recipe if decay == 1 else bounded)
    classifier.save(tmp_path / "model.keras")
    loaded = SSGANClassifier.load(tmp_path / "model.keras")
    assert loaded.recipe_ == classifier.recipe_
    assert loaded.class_shares_ == shares
    assert shares.differ == (decay < 1)
