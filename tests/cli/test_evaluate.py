"""What evaluate says of an error, with a classifier that stands in."""

import json

import numpy as np
import pytest
from command_line import run

from ssgan.cli import model_commands
from ssgan.stats.predictions import Predictions


class Memory:
    """It knows the first labels it has seen, and takes the rest for 1."""

    def __init__(self, seen, classes):
        self.seen, self.classes = seen, classes
        self.columns_, self.example_shape_ = None, (1,)

    def was_labeled(self, x):
        return x[:, 0] < self.seen

    def predictions(self, x):
        codes = np.where(x[:, 0] < 20, x[:, 0] % 4 == 0, 1).astype(int)
        return Predictions(self.classes, np.eye(2)[codes])


@pytest.fixture
def evaluate(tmp_path, monkeypatch):
    """Return a function that evaluates a model with some classes of some sizes."""

    def evaluate(y, seen=0, *options):
        np.savez(tmp_path / "own.npz", x=np.arange(1.0 * len(y))[:, None], y=y)
        model = Memory(seen, np.unique(y))
        monkeypatch.setattr(model_commands, "load_model", lambda _: model)
        return run("evaluate", "model", tmp_path / "own.npz", *options).stdout

    return evaluate


def test_an_error_on_learned_labels_has_no_interval(evaluate):
    y = (np.arange(40) % 4 == 0).astype(int)
    said = evaluate(y, 40)
    assert "% of 40 training examples of own\nThe " in said
    about = json.loads(evaluate(y, 40, "--json"))
    assert (about["low"], about["high"]) == (None, None)
    assert "% of 40 labeled examples of own (95 % interval" in evaluate(y)


def test_unequal_classes_are_told_where_it_matters(evaluate):
    y = (np.arange(20) % 4 == 0).astype(int)
    assert "Error: 0 % of 20" in (said := evaluate(y))
    assert "unequal" not in said
    y[1] = 1
    assert "The mean of their errors is 8 %." in evaluate(y)


def test_name_of_a_class_stays_on_its_line(evaluate):
    y = np.where(np.arange(20) % 4 == 0, "one\ntwo", "three")
    assert "one two" in evaluate(y)
