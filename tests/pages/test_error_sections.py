"""What a report says of errors, from an evaluation that is made by hand."""

import dataclasses

import numpy as np
import pytest
from sklearn.metrics import balanced_accuracy_score

from ssgan.data.columns import Column, Columns
from ssgan.data.examples import Data
from ssgan.evaluation.evaluate import Evaluation
from ssgan.pages.error_sections import MATRIX, by_class, confusion, hard_examples
from ssgan.stats.predictions import Predictions

# Probabilities of a, b and c. The last example's true class has no training label.
P = np.array(
    [
        [0.8, 0.1, 0.1],
        [0.2, 0.7, 0.1],
        [0.0, 0.9, 0.1],
        [0.3, 0.3, 0.4],
        [0.6, 0.3, 0.1],
    ]
)
TRUE = np.array(["a", "a", "a", "c", "d"])


@pytest.fixture
def evaluation():
    predictions = Predictions(np.array(["a", "b", "c"]), P)
    return Evaluation(
        "test", np.arange(5.0)[:, None], TRUE, predictions, np.arange(5) + 20
    )


@pytest.fixture
def data():
    return Data("toy", np.zeros((5, 1)), TRUE, None, None)


def test_rows_are_true_classes_and_columns_predicted_ones(evaluation, data):
    matrix = [[1, 2, 0], [0, 0, 0], [0, 0, 1]]
    assert evaluation.confusion().tolist() == matrix
    shown = confusion(data, evaluation)
    assert shown["classes"] == ["a", "b", "c"]
    assert [row[:2] for row in shown["rows"]] == list(zip("abc", matrix, strict=True))
    assert shown["rows"][0][2] == [1 / 3, 2 / 3, 0]


def test_balanced_error_is_that_of_scikit_learn(evaluation):
    # Of a two of three are wrong, of c none, of d all.
    with pytest.warns(UserWarning, match="y_pred contains classes not in y_true"):
        accuracy = balanced_accuracy_score(TRUE, evaluation.predictions.labels)
    assert evaluation.balanced_error == pytest.approx(1 - accuracy)
    assert evaluation.balanced_error == pytest.approx((2 / 3 + 0 + 1) / 3)
    assert evaluation.is_unequal
    part = slice(2, None)
    equal = dataclasses.replace(
        evaluation,
        true=TRUE[part],
        predictions=Predictions(evaluation.predictions.classes, P[part]),
    )
    assert not equal.is_unequal


def test_many_classes_show_their_most_frequent_confusions(data):
    classes = np.arange(MATRIX + 1)
    predicted = np.array([3, 3, 7])
    predictions = Predictions(classes, np.eye(MATRIX + 1)[predicted])
    evaluation = Evaluation(
        "test", np.zeros((3, 1)), np.array([5, 5, 3]), predictions, np.arange(3)
    )
    assert confusion(data, evaluation)["pairs"] == [("5", "3", 2), ("3", "7", 1)]


def test_hard_examples_are_the_surest_errors_and_the_least_sure(evaluation, data):
    wrong, uncertain = hard_examples(data, evaluation, None)
    assert wrong["title"] == "Most confidently wrong"
    assert [example["place"] for example in wrong["examples"]] == [22, 21, 24]
    assert uncertain["title"] == "Most uncertain"
    places = [example["place"] for example in uncertain["examples"]]
    assert places == [23, 24, 21, 20, 22]
    first = uncertain["examples"][0]
    assert (first["true"], first["predicted"], first["right"]) == ("c", "c", True)
    assert (first["confidence"], first["values"]) == (0.4, {"column 1": "3"})


def test_values_of_a_table_are_as_in_the_file(evaluation, data):
    columns = Columns((Column("study", ("PAL0708", "PAL0809")), Column("mass")))
    x = np.array([[1, 3750], [0, np.nan], [np.nan, 0.1], [0, 52000], [1, 1]], "float32")
    data = dataclasses.replace(data, x_train=x, columns=columns)
    evaluation = dataclasses.replace(evaluation, x=x)
    _, uncertain = hard_examples(data, evaluation, None)
    values = {e["place"]: tuple(e["values"].values()) for e in uncertain["examples"]}
    assert list(uncertain["examples"][0]["values"]) == ["study", "mass"]
    assert values == {
        20: ("PAL0809", "3750"),
        21: ("PAL0708", ""),
        22: ("", "0.1"),
        23: ("PAL0708", "52000"),
        24: ("PAL0809", "1"),
    }


def test_errors_of_each_class(evaluation, data):
    assert evaluation.by_class() == {"a": (3, 2 / 3), "c": (1, 0), "d": (1, 1)}
    assert evaluation.error == 3 / 5
    assert len(by_class(data, TRUE, evaluation)) == 4
