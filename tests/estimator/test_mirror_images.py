"""Mirrored images are left out where they are recognized less well."""

import numpy as np
import pytest
from tiny import TINY_GUESSES
from warned import no_warnings

from ssgan import SSGANClassifier, load, recipes
from ssgan.estimator import mirror_images as module
from ssgan.estimator.mirror_images import (
    MirrorImages,
    mirror_images,
    without_misleading,
)


@pytest.fixture(scope="module")
def digits():
    data = load("digits")
    return data.x_train[..., None], data.y_train


def faces(n, rng):
    """Return images with one bright spot or two, and as many on the left as right."""
    y = np.arange(n) % 2
    x = rng.integers(60, size=(n, 12, 12, 1)).astype("uint8")
    for image, c in zip(x, y, strict=True):
        for _ in range(1 + c):
            row, column = rng.integers(1, 10, size=2)
            image[row : row + 2, column : column + 2] += 150
    return x, y


def known(y, n):
    """Return the first n labels alone."""
    return np.where(np.arange(len(y)) < n, y, -1)


def test_mirrored_digits_are_recognized_less_well(digits):
    x, y = digits
    found = mirror_images(x, known(y, 60))
    assert found.asked == 60
    assert found.as_they_are > 10 > found.mirrored
    assert found.mislead
    # So they are without a channel.
    assert mirror_images(x[..., 0], known(y, 60)) == found


def test_classes_with_one_label_are_not_asked_about(digits):
    x, y = digits
    one_of_each = np.full(len(y), -1)
    firsts = np.unique(y, return_index=True)[1]
    one_of_each[firsts] = y[firsts]
    assert mirror_images(x, one_of_each) is None
    one_of_each[:60] = np.where(y[:60] == 3, 3, one_of_each[:60])
    assert mirror_images(x, one_of_each) is None  # Two or more of one class alone.
    rare = known(y, 60)
    rare[np.flatnonzero(rare == 0)[1:]] = -1
    found = mirror_images(x, rare)
    assert found.asked == np.sum(rare > 0)
    assert found.mislead


def test_rare_classes_are_among_those_asked_about(digits, monkeypatch):
    x, y = digits
    monkeypatch.setattr(module, "MOST_ASKED", 20)
    rare = np.where(y == 0, known(y, 30), y)
    for seed in range(3):
        assert mirror_images(x, rare, seed).asked == 20
    # Of very many classes, some are asked about.
    many = np.arange(len(y)) // 3
    assert 2 <= mirror_images(x, many).asked <= 20


def test_images_without_left_and_right_do_not_mislead():
    found = []
    for seed in range(20):
        x, y = faces(300, np.random.default_rng(seed))
        found.append(mirror_images(x, known(y, 60), seed))
    assert sum(each.mislead for each in found) <= 1  # Chance: one in a hundred.
    alone = sum(each.as_they_are for each in found)
    mirrored = sum(each.mirrored for each in found)
    assert alone == pytest.approx(mirrored, rel=0.4)


def test_the_sign_test_decides():
    assert MirrorImages(100, 7, 0).mislead  # 1 in 128 by chance.
    assert not MirrorImages(100, 6, 0).mislead  # 1 in 64.
    assert not MirrorImages(100, 0, 7).mislead
    assert not MirrorImages(100, 0, 0).mislead


def test_recipes_by_name_do_without_them(digits, monkeypatch, untrained):
    x, y = digits
    monkeypatch.setitem(recipes.RECIPES, "tiny", TINY_GUESSES)
    classifier = SSGANClassifier("tiny", steps=2, random_state=0, verbose=0)
    with pytest.warns(UserWarning, match=r"without mirrored images: of 60 labeled"):
        classifier.fit(x, known(y, 60))
    assert not classifier.recipe_.mirrors
    with no_warnings():
        # A recipe of one's own is taken as it is.
        own = SSGANClassifier(TINY_GUESSES, steps=2, random_state=0, verbose=0)
        assert own.fit(x, known(y, 60)).recipe_.mirrors
        x, y = faces(300, np.random.default_rng(0))
        assert classifier.fit(x, known(y, 60)).recipe_.mirrors


def test_only_recipes_with_mirrored_images_are_asked_about(digits, monkeypatch):
    x, y = digits
    asked = []
    monkeypatch.setattr(module, "mirror_images", lambda *of: asked.append(of))
    plain = recipes.IMAGES
    assert without_misleading(plain, x, y) is plain
    rows = x.reshape(len(x), -1)
    assert without_misleading(TINY_GUESSES, rows, y) is TINY_GUESSES
    assert asked == []
    assert without_misleading(TINY_GUESSES, x, y) is TINY_GUESSES
    assert len(asked) == 1
