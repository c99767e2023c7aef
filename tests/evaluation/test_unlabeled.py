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
    assert guesses(classifier, Data("own", x[:4], y[:4]), y[:4]) is None


DIFFER = {"labels": [0.75, 0.25], "shares": [0.25, 0.75], "differ": True}
FREQUENT = (
    "The classes seem not to be as frequent among the unlabeled examples as among the "
    "labels: cat, say, is 75 % of the labels, and the model takes about 25 % of the "
    "unlabeled for it. The training took that into account."
)
EITHER = (
    "The model takes about 25 % of the unlabeled examples for cat, say, which is 75 % "
    "of the labels: either the classes are not as frequent among them as among the "
    "labels, or some are of no class that has a label{}. The training took the first "
    "into account."
)


@pytest.mark.parametrize(
    ("foreign", "said"),
    [
        ((0.02, 0, 0.09), FREQUENT),
        # Few labels rule nothing out.
        ((0, 0, 0.296), EITHER.format("")),
        (None, EITHER.format("")),
        # A share that is not found, and above 0 for all that.
        (
            (0.216, 0.026, 0.406),
            EITHER.format(" (about 22 %, 95 % interval 3 to 41 %)"),
        ),
    ],
)
def test_shares_that_differ_have_two_readings(foreign, said):
    if foreign:
        share, low, high = foreign
        foreign = {"share": share, "low": low, "high": high, "found": False}
    result = {"unlabeled": DIFFER, "expected": {"foreign": foreign}}
    assert shares_sentence(result, ["cat", "dog"]) == said
    if foreign is None:
        assert shares_sentence(result | {"expected": None}, ["cat", "dog"]) == said


@pytest.mark.parametrize(
    "other",
    [
        {"unlabeled": DIFFER | {"differ": False}},
        {"unlabeled": DIFFER | {"differ": None}},
        {"unlabeled": None},
        {"expected": {"foreign": {"found": True}}},
    ],
)
def test_shares_that_are_not_known_to_differ_are_not_told(other):
    result = {"unlabeled": DIFFER, "expected": None} | other
    assert shares_sentence(result, ["cat", "dog"]) == ""
