"""A method of scikit-learn, as a network of Keras, answers as it does."""

import dataclasses
import json

import numpy as np
import pytest
from command_line import run
from toy import toy

from ssgan import SSGANClassifier
from ssgan.data.columns import Column, Columns
from ssgan.data.examples import Data
from ssgan.data.unlearned_features import unlearned_features
from ssgan.errors import InputError
from ssgan.evaluation import peers
from ssgan.evaluation.baselines import encoded, fit_peer, probabilities
from ssgan.evaluation.kept_peer import check_peer, keep_peer
from ssgan.evaluation.left_out import IMAGE_PEERS, PEERS
from ssgan.export import export

KINDS = {
    "logistic-regression": "LogisticRegression",
    "random-forest": "RandomForestClassifier",
    "self-training": "LogisticRegression",
    "label-spreading": "LabelSpreading",
}


@pytest.fixture(autouse=True)
def few_trees(monkeypatch):
    monkeypatch.setattr(peers, "TREES", 5)


def table(k):
    """Return overlapping classes; a number with empty fields, and a category."""
    data = toy(90, labels=range(k))
    rng = np.random.default_rng(1)
    x = data.x_train + rng.normal(0, 3, size=data.x_train.shape)
    x[:, 0], x[::7, 1] = rng.integers(3, size=len(x)), np.nan
    columns = Columns(
        (Column("of text", ("a", "b", "c")), *map(Column, ("b", "c", "d")))
    )
    y = np.where(np.arange(len(x)) < 30, data.y_train, -1)
    return dataclasses.replace(data, x_train=x, columns=columns), y


@pytest.mark.parametrize(
    ("method", "k", "form"),
    [
        *((method, 3, "standardized") for method in PEERS),
        # Of two classes, a logistic regression has one row of weights.
        ("logistic-regression", 2, "standardized"),
        *(
            pytest.param(method, 2, "standardized", marks=pytest.mark.slow)
            for method in PEERS[1:]
        ),
        ("logistic-regression", 3, "unit length"),
    ],
)
def test_network_answers_as_scikit_learn_does(method, k, form, tmp_path, monkeypatch):
    both = peers._forms
    which = {"standardized": slice(0, 1), "unit length": slice(1, 2)}[form]
    monkeypatch.setattr(peers, "_forms", lambda x: both(x)[which])
    data, y = table(k)
    x, _ = encoded(data)
    classes, pipeline = fit_peer(method, x, y, 3)
    expected = probabilities(pipeline, x)
    classifier = keep_peer(method, data, y, 3)
    given = classifier.predict_proba(data.named(data.x_train))
    np.testing.assert_allclose(given, expected, atol=1e-5)
    assert classifier.classes_.tolist() == classes.tolist() == [*range(k)]
    classifier.save(tmp_path / "model.keras")
    again = SSGANClassifier.load(tmp_path / "model.keras")
    rows = data.named(data.x_train)
    np.testing.assert_array_equal(again.predict_proba(rows), given)
    assert again.familiarity(rows).shape == (len(x),)
    about = json.loads(run("info", tmp_path / "model.keras", "--json").stdout)
    assert about["peer"].startswith(f"{method}: ")
    assert f", {KINDS[method]}(" in about["peer"]
    assert about["recipe"] == {"name": method}  # Its networks were not trained.


@pytest.mark.parametrize("method", IMAGE_PEERS)
@pytest.mark.parametrize(
    "shape",
    [
        *((2, 3), (12, 8, 3)),
        *(
            pytest.param(shape, marks=pytest.mark.slow)
            for shape in ((7, 9), (1, 40, 1), (12, 10, 2))
        ),
    ],
    ids=str,
)
def test_network_of_images_answers_as_scikit_learn_does(method, shape, tmp_path):
    data, y = bars(shape)
    classes, pipeline = fit_peer(method, data.x_train, y, 3)
    expected = probabilities(pipeline, data.x_train)
    right = classes[expected.argmax(axis=1)] == data.y_train
    classifier = keep_peer(method, data, y, 3)
    given = classifier.predict_proba(data.x_train)
    # Of two neighbors at nearly the same distance another may be the seventh.
    differs = np.abs(given - expected).max(axis=1) > 1e-4
    assert differs.sum() <= (method == "label-spreading")
    if min(shape[:2]) > 1:
        assert right.mean() > 0.9
    classifier.save(tmp_path / "model.keras")
    again = SSGANClassifier.load(tmp_path / "model.keras")
    np.testing.assert_array_equal(again.predict_proba(data.x_train), given)
    assert again.familiarity(data.x_train).shape == (len(y),)
    features = unlearned_features(data.x_train, 3)(data.x_train)
    np.testing.assert_allclose(again.transform(data.x_train), features, atol=1e-4)
    assert again.model_.info["peer"].startswith(f"{method}: strokes and pixels, L")


def test_of_images_not_all_are_kept():
    data, y = bars((8, 8))
    said = "--method self-training or label-spreading for images. Received: random-for"
    with pytest.raises(InputError, match=said):
        check_peer("random-forest", images=True, given={})
    check_peer("label-spreading", images=True, given={})
    # A uniform image has no strokes, and the lengths are not divided by.
    network = keep_peer("label-spreading", data, y, 0)
    assert np.isfinite(network.predict_proba(np.zeros((2, 8, 8), "uint8"))).all()


def bars(shape):
    """Return images of upright and of lying bars, a third of them labeled."""
    rng, n = np.random.default_rng(0), 60
    y, place = np.arange(n) % 2, rng.integers(2, max(3, min(shape[:2]) - 2), size=n)
    x = rng.integers(60, size=(n, *shape), dtype="uint8")
    for image, lies, at in zip(x, y, place, strict=True):
        image[(at % shape[0],) if lies else (slice(None), at % shape[1])] += 150
    return Data("bars", x, y, None, None), np.where(np.arange(n) < 20, y, -1)


@pytest.mark.parametrize(
    "method", [pytest.param("self-training", marks=pytest.mark.slow), "label-spreading"]
)
def test_that_of_images_is_exported(method, tmp_path):
    data, y = bars((12, 8, 3))
    classifier = keep_peer(method, data, y, 0)
    assert export(classifier, tmp_path / "out", "savedmodel") < 1e-5
    assert export(classifier, tmp_path / "out.tflite", "tflite") < 1e-4


@pytest.mark.parametrize(
    "method", ["random-forest", pytest.param("label-spreading", marks=pytest.mark.slow)]
)
def test_it_is_exported(method, tmp_path):
    data = toy(90, labels=("cat", "dog", "emu"))
    y = np.where(np.arange(len(data.y_train)) < 30, data.y_train, -1)
    classifier = keep_peer(method, data, y, 0)
    assert export(classifier, tmp_path / "out", "savedmodel") < 1e-5
    assert export(classifier, tmp_path / "out.tflite", "tflite") < 1e-5


def test_it_is_trained_no_further():
    data = toy()
    earlier = keep_peer("random-forest", data, data.y_train, 0)
    with pytest.raises(InputError, match="a network, to train it further. Received: r"):
        SSGANClassifier().fit(data.x_train, data.y_train, continue_from=earlier)
    with pytest.raises(InputError, match="a model with a generator"):
        earlier.sample(3)
