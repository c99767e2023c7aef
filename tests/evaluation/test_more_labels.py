import numpy as np
import pytest
from sklearn.datasets import load_digits

from ssgan.evaluation.more_labels import error_at_twice


@pytest.mark.slow
def test_more_labels_help_where_they_do():
    x, y = load_digits(return_X_y=True)
    y[60:] = -1  # With more, the features leave few errors to mend.
    images = x[:900].reshape(-1, 8, 8)
    factor, low, high = error_at_twice(images, y[:900], "label-spreading")
    assert low < factor < high < 1


def test_more_labels_do_not_help_where_there_is_nothing_to_learn(rng):
    noise = rng.normal(size=(100, 5))
    labels = np.arange(100) % 2
    _, low, high = error_at_twice(noise, labels, "self-training")
    assert low < 1 < high


def test_too_few_labels_tell_nothing():
    y = np.array([0, 0, 1, 1] + [-1] * 6)
    assert error_at_twice(np.zeros((10, 2)), y, "self-training") is None
