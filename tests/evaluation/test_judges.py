"""Judges give probabilities and features, and refuse what they cannot judge."""

from types import SimpleNamespace

import keras
import numpy as np
import pytest
from keras import layers
from tiny import TINY
from warned import no_warnings

from ssgan import SSGANClassifier
from ssgan.data.examples import Data
from ssgan.errors import InputError
from ssgan.evaluation import judges
from ssgan.evaluation.judges import InceptionJudge, load_judge


def taking(shape, raw_range=None, seed=0):
    """Return what stands in for a classifier of examples of a shape."""
    return SimpleNamespace(
        example_shape_=shape,
        raw_range_=raw_range,
        columns_=None,
        model_=SimpleNamespace(get_weights=lambda: [np.array([seed])]),
    )


def small_inception(weights):
    """In place of InceptionV3: a small network with the same two outputs."""
    assert weights == "imagenet"
    inputs = keras.Input((299, 299, 3))
    x = layers.GlobalAveragePooling2D(name="avg_pool")(inputs)
    return keras.Model(inputs, layers.Dense(7, activation="softmax")(x))


@pytest.fixture
def inception(monkeypatch):
    monkeypatch.setattr(keras.applications, "InceptionV3", small_inception)


def test_a_classifier_judges_as_it_predicts(tmp_path, rng, untrained):
    x, y = rng.normal(size=(40, 4)), np.arange(40) % 2
    some = np.where(np.arange(40) < 20, y, -1)
    classifier = SSGANClassifier(TINY, random_state=0).fit(x, some)
    classifier.save(tmp_path / "model.keras")
    with pytest.warns(UserWarning, match="A model that judges its own samples says"):
        judge = load_judge(tmp_path, classifier)
    p, features = judge.judge(x)
    np.testing.assert_array_equal(p, classifier.predict_proba(x))
    np.testing.assert_array_equal(features, classifier.transform(x))
    error = judge.error(Data("rows", x, y, x, y))
    assert error == pytest.approx(1 - classifier.score(x, y))
    assert str(tmp_path) in judge.score_name


@pytest.mark.parametrize("shape", [(5, 4, 6), (5, 4, 6, 1), (5, 4, 6, 3)])
def test_inception_sees_enlarged_colors_from_minus_1_to_1(inception, rng, shape):
    judge = load_judge("inception", taking((8, 8), (0.0, 16.0)))
    x = rng.integers(0, 17, shape)
    x[0], x[1] = 0, 16
    p, features = judge.judge(x)
    assert (p.shape, features.shape) == ((5, 7), (5, 3))
    np.testing.assert_allclose(p.sum(axis=1), 1, rtol=1e-5)
    np.testing.assert_allclose(features[:2], [[-1] * 3, [1] * 3], atol=1e-5)
    # Enlarging keeps the mean nearly, and each color where it was.
    colors = x.reshape(*shape[:3], -1).mean(axis=(1, 2)) / 8 - 1
    np.testing.assert_allclose(features, np.broadcast_to(colors, (5, 3)), atol=0.1)


def test_inception_takes_some_images_at_a_time(inception, monkeypatch, rng):
    monkeypatch.setattr(judges, "INCEPTION_BATCH", 2)
    x = rng.integers(0, 256, (5, 4, 4), dtype="uint8")
    parts = InceptionJudge((0, 255)).judge(x)
    monkeypatch.setattr(judges, "INCEPTION_BATCH", 5)
    whole = InceptionJudge((0, 255))
    # Another network has other first weights, but the same features.
    np.testing.assert_allclose(parts[1], whole.features(x), rtol=1e-5)


def test_missing_weights_are_named_in_one_sentence(monkeypatch):
    def unreachable(weights):
        raise Exception("URL fetch failure on https://storage.example: None")

    monkeypatch.setattr(keras.applications, "InceptionV3", unreachable)
    with pytest.raises(InputError, match="weights of InceptionV3.*models.*URL fetch"):
        load_judge("inception", taking((8, 8), (0, 255)))


def test_inception_judges_images_of_one_or_three_channels(inception):
    with pytest.raises(InputError, match="images for Inception.*rows of numbers"):
        load_judge("inception", taking((4,)))
    with pytest.raises(InputError, match="gray or RGB images"):
        gray = taking((4, 4), (0, 1))
        load_judge("inception", gray).judge(np.zeros((2, 4, 4, 2)))


@pytest.mark.parametrize(
    ("judge", "said"),
    [
        (taking((5,)), "a judge of images of 8 x 8 pixels, gray. .* rows of 5 numbers"),
        (
            taking((1,)),
            r"j, which takes rows of 1 number \(shape \(1,\), not \(8, 8\)\)$",
        ),
        (taking((8, 8, 3), (0, 16)), "images of 8 x 8 pixels, in color"),
        (taking((8, 8, 1), (0, 16)), r"gray \(shape \(8, 8, 1\), not \(8, 8\)\)"),
        (taking((8, 8), (0, 255)), "pixels from 0 to 16. .* j, which takes 0 to 255"),
    ],
)
def test_a_judge_takes_what_the_generator_makes(judge, said, monkeypatch):
    monkeypatch.setattr(judges.SSGANClassifier, "load", lambda _: judge)
    with pytest.raises(InputError, match=said), no_warnings():
        load_judge("j", taking((8, 8), (0, 16)))


def test_another_judge_is_taken_without_a_word(monkeypatch):
    other = taking((8, 8), (0, 15), seed=1)
    monkeypatch.setattr(judges.SSGANClassifier, "load", lambda _: other)
    with no_warnings():
        assert load_judge("j", taking((8, 8), (0, 16))).classifier is other


@pytest.mark.slow
def test_the_real_network_judges():
    p, features = InceptionJudge((0, 255), weights=None).judge(np.zeros((3, 8, 8)))
    assert (p.shape, features.shape) == ((3, 1000), (3, 2048))
