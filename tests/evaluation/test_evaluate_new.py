"""Examples that a model has learned from do not judge it, if there are others."""

import numpy as np
import pytest
from warned import no_warnings

from ssgan.data.examples import Data
from ssgan.errors import InputError
from ssgan.evaluation.evaluate import check_test_part, evaluate_new
from ssgan.stats.predictions import Predictions


class Memory:
    """It knows what it has seen, and takes the rest for 1."""

    def __init__(self, *seen):
        self.seen = seen

    def was_labeled(self, x):
        return np.isin(x[:, 0], self.seen)

    def predictions(self, x):
        codes = np.where(self.was_labeled(x), x[:, 0] % 2, 1).astype(int)
        return Predictions(np.arange(2), np.eye(2)[codes])


@pytest.fixture
def data():
    y = np.array([0, 1, 0, 1, 0, 1, -1])
    return Data("toy", np.arange(7.0)[:, None], y)


def test_known_examples_are_left_out(data):
    with pytest.warns(UserWarning, match="2 of 6 labeled examples are left out"):
        evaluation = evaluate_new(Memory(0, 1), data)
    assert (evaluation.part, evaluation.error) == ("labeled", 0.5)
    assert evaluation.x[:, 0].tolist() == [2, 3, 4, 5]


def test_only_known_examples_are_announced(data):
    evaluation = evaluate_new(Memory(*range(6)), data)
    assert (evaluation.part, evaluation.error) == ("training", 0)
    assert len(evaluation.true) == 6


def test_new_examples_are_all_evaluated(data, recwarn):
    evaluation = evaluate_new(Memory(), data)
    assert (evaluation.part, len(evaluation.true)) == ("labeled", 6)
    assert not recwarn


def test_known_test_examples_are_told(data, recwarn):
    tested = data.moved_to_test(data.y_train >= 0)
    evaluate_new(Memory(), tested)
    assert not recwarn
    with pytest.warns(UserWarning, match="2 of the 6 test examples of toy are the sa"):
        evaluation = evaluate_new(Memory(0, 1), tested)
    assert (evaluation.part, len(evaluation.true)) == ("test", 6)


def test_classes_that_the_model_does_not_know_are_told(data):
    y = np.where(np.arange(7) > 3, 2, data.y_train)
    with pytest.warns(UserWarning, match="classes: 2. Their 3 examples count as wrong"):
        evaluation = evaluate_new(Memory(), Data("toy", data.x_train, y))
    assert evaluation.error == 5 / 7


@pytest.mark.parametrize(
    ("tested", "said"),
    [([0, 1, 2, 2], "classes of the test part: 2. Their 2 examples"), ([0, 1], None)],
)
def test_test_labels_that_no_training_label_has_are_told(data, tested, said):
    x = data.x_train[: len(tested)]
    own = Data("toy", data.x_train, data.y_train, x, np.array(tested))
    with pytest.warns(UserWarning, match=said) if said else no_warnings():
        check_test_part(own, own.y_train)


def test_a_test_part_without_any_known_class_is_refused(data):
    own = Data("toy", data.x_train, data.y_train, data.x_train[:2], np.array([5, 6]))
    said = "Expected test labels among the training's, 0, 1. Received: 5, 6"
    with pytest.raises(InputError, match=said):
        check_test_part(own, own.y_train)


def test_a_test_part_on_another_scale_is_refused():
    x = np.linspace(0, 255, 12 * 256).reshape(12, 16, 16).astype("uint8")
    y = np.arange(12) % 2
    with no_warnings():
        check_test_part(Data("toy", x, y, x, y), y)
        check_test_part(Data("toy", x, y, x[:9] // 255, y[:9]), y)  # May be dark.
        check_test_part(Data("toy", x, y, x // 20, y), y)  # At night.
        hot = x.astype("float32")
        hot[0, 0, 0] = 1e6
        check_test_part(Data("toy", hot, y, x.astype("float32"), y), y)
    said = "with pixels up to about 25[0-9.]+, as for training. .* about 0.99[0-9]+, w"
    with pytest.raises(InputError, match=said):
        check_test_part(Data("toy", x, y, x / np.float32(255), y), y)
