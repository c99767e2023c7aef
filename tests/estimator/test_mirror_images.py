"""Whether mirror images may be of another class is found out."""

import warnings

import numpy as np
import pytest
from tiny import TINY_GUESSES

from ssgan import SSGANClassifier, load
from ssgan.estimator.mirror_images import MirrorImages, mirror_images
from ssgan.recipes import IMAGES


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


def test_digits_are_not_their_mirror_images(digits):
    x, y = digits
    found = mirror_images(x[:60], y[:60], x)
    assert found.asked == 60
    assert found.as_they_are > 10 > found.mirrored
    assert found.mislead
    # Two labels of each class tell little.
    assert mirror_images(x[:1], y[:1], x) is None
    assert mirror_images(x[:2], np.array([0, 1]), x) is None


def test_images_without_left_and_right_do_not_mislead():
    found = []
    for seed in range(10):
        x, y = faces(300, np.random.default_rng(seed))
        found.append(mirror_images(x[:60], y[:60], x, seed))
    assert not any(each.mislead for each in found)
    # They are recognized as well.
    alone = sum(each.as_they_are for each in found)
    mirrored = sum(each.mirrored for each in found)
    assert alone == pytest.approx(mirrored, rel=0.2)


def test_the_sign_test_decides():
    assert MirrorImages(100, 7, 0).mislead  # 1 in 128 by chance.
    assert not MirrorImages(100, 6, 0).mislead  # 1 in 64.
    assert not MirrorImages(100, 0, 7).mislead
    assert not MirrorImages(100, 0, 0).mislead


def test_training_does_without_mirror_images_that_mislead(digits):
    x, y = digits
    known = np.where(np.arange(len(y)) < 60, y, -1)
    classifier = SSGANClassifier(TINY_GUESSES, steps=2, random_state=0, verbose=0)
    with pytest.warns(UserWarning, match=r"Of 60 labeled .* without mirror images"):
        classifier.fit(x, known)
    assert not classifier.recipe_.mirrors
    x, y = faces(300, np.random.default_rng(0))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        classifier.fit(x, np.where(np.arange(300) < 60, y, -1))
    assert classifier.recipe_.mirrors
    # What mirrors nothing is not asked about.
    assert not IMAGES.mirrors
