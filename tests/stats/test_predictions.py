"""From logits to probabilities, classes and errors."""

import numpy as np
import pytest

from ssgan.stats.predictions import (
    Predictions,
    error_rate,
    packed,
    softmax,
    unpacked,
)


def test_softmax_is_the_formula(rng):
    logits = rng.normal(size=(5, 3)).astype("float32")
    p = softmax(logits)
    exponentials = np.exp(logits.astype("float64"))
    expected = exponentials / exponentials.sum(axis=1, keepdims=True)
    assert p.dtype == np.float64
    np.testing.assert_allclose(p, expected, rtol=1e-12)


def test_softmax_of_extreme_logits():
    p = softmax(np.array([[1e4, 0, -1e4], [1e4, 1e4, -1e4], [-1e4, -1e4, -1e4]]))
    expected = [[1, 0, 0], [0.5, 0.5, 0], [1 / 3, 1 / 3, 1 / 3]]
    np.testing.assert_allclose(p, expected, atol=1e-12)


@pytest.mark.parametrize("classes", [[3, 7, 9], ["ash", "beech", "cedar"]])
def test_labels_and_confidence_follow_from_probabilities(classes):
    p = np.array([[0.2, 0.5, 0.3], [0.9, 0.1, 0.0], [0.1, 0.1, 0.8]])
    predictions = Predictions(np.array(classes), p)
    assert predictions.labels.tolist() == [classes[1], classes[0], classes[2]]
    assert predictions.confidence.tolist() == [0.5, 0.9, 0.8]
    assert predictions.probabilities is p


def test_error_rate_is_the_fraction_of_wrong_labels():
    assert error_rate(np.array([0, 1, 2, 1]), np.array([0, 1, 1, 1])) == 0.25
    assert error_rate(np.array(["a", "b"]), np.array(["a", "b"], object)) == 0.0
    assert type(error_rate(np.array([0]), np.array([1]))) is float


@pytest.mark.parametrize("n", [1, 7, 8, 9, 1000])
def test_wrong_predictions_fit_into_a_row(n, rng):
    mask = rng.random(n) < 0.3
    text = packed(mask)
    assert len(text) <= n / 6 + 4
    np.testing.assert_array_equal(unpacked(text, n), mask)
    for damaged in (text[:-4], text + "AAAA", "?" + text[1:], "é"):
        with pytest.raises(ValueError, match=r"values|base64|ASCII|padding"):
            unpacked(damaged, n)
