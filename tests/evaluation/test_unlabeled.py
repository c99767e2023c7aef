"""What a model makes of the unlabeled examples."""

from types import SimpleNamespace

import numpy as np
import pytest

from ssgan.data.examples import Data
from ssgan.evaluation.unlabeled import guesses, shares_sentence
from ssgan.stats.predictions import Predictions


def test_shares_of_labels_and_of_guesses():
    """A model that is sure of the class that the number says."""
    x = np.array([0, 0, 1, 1] + 2 * [0] + 6 * [1], float)[:, None]
    y = np.array([0, 0, 0, 1] + 8 * [-1])
    classes = np.array([0, 1])
    classifier = SimpleNamespace(
        class_shares_=SimpleNamespace(differ=True),
        predictions=lambda x: Predictions(classes, np.eye(2)[x[:, 0].astype(int)]),
    )
    shares = guesses(classifier, Data("own", x, y), y)
    assert shares["labels"] == pytest.approx([0.75, 0.25])
    assert shares["shares"] == shares["taken"] == pytest.approx([0.25, 0.75])
    assert (shares["n"], shares["sample"]) == (8, 8)
    assert shares["confidence"] == [1.0, 1.0]
    names = ["cat", "dog"]
    result = {"unlabeled": shares, "expected": None}
    assert shares_sentence(result, names) == (
        "The classes seem not to be as frequent among the unlabeled examples as among "
        "the labels: cat, say, is 75 % of the labels, and the model takes about 25 % "
        "of the unlabeled for it. The training took that into account."
    )
    for other in (
        {"unlabeled": shares | {"differ": False}},
        {"unlabeled": shares | {"differ": None}},
        {"unlabeled": None},
        {"expected": {"foreign": {"found": True}}},
    ):
        assert shares_sentence(result | other, names) == ""
    assert shares_sentence(result | {"expected": {"foreign": None}}, names) != ""
    none = {"foreign": {"share": 0.1, "low": 0.0, "high": 0.3, "found": False}}
    assert "took that into account" in shares_sentence(
        result | {"expected": none}, names
    )
    # A share that is not found, and above 0 for all that, is another reading.
    perhaps = {"foreign": {"share": 0.216, "low": 0.026, "high": 0.406, "found": False}}
    assert shares_sentence(result | {"expected": perhaps}, names) == (
        "The model takes about 25 % of the unlabeled examples for cat, say, which is "
        "75 % of the labels: either the classes are not as frequent among them as "
        "among the labels, or some are of no class that has a label (about 22 %, 95 % "
        "interval 3 to 41 %)."
    )
    assert guesses(classifier, Data("own", x[:4], y[:4]), y[:4]) is None
