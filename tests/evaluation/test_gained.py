"""What is told of the saved model, which is surer than those that knew fewer labels."""

import dataclasses

import numpy as np
import pytest
from answers import answer_of

from ssgan.evaluation.answer import Answer
from ssgan.evaluation.answer_text import headline
from ssgan.stats.intervals import binomial_interval
from ssgan.stats.percent import percent
from ssgan.stats.temperature import tempered


def sure_of(*confidences):
    """Return probabilities of three classes, with these confidences."""
    return np.array([(p, 1 - p, 0) for p in confidences])


def test_a_surer_model_is_thought_to_be_right_more_often():
    given = answer_of(24, ssgan=3, supervised=9, sure=(0.99, 0.99))
    # Of three folds, with 12, 6 and 6 labels.
    folds = np.tile([0, 1, 0, 2], 6)
    earlier = [sure_of(0.9, 0.7), sure_of(0.8, 0.8), sure_of(0.6, 0.8)]
    known = {"folds": folds, "guesses": {"ssgan": earlier}}
    given = Answer(dataclasses.replace(given.left_out, **known))
    temperature, _ = given.tempered
    assert temperature > 1  # Three are wrong, at 0.99.
    sure = [tempered(p, temperature).max(axis=1).mean() for p in earlier]
    answer = given.beside(sure_of(0.8, 0.62))
    assert answer.sure == pytest.approx((np.dot(sure, [0.5, 0.25, 0.25]), 0.71))
    gained = 21 / 24 * (0.71 - answer.sure[0])
    assert gained > 0.04
    assert answer.error == pytest.approx(3 / 24 - gained)
    low, high = binomial_interval(3, 24)
    assert answer.interval == pytest.approx((max(0, low - gained), high))
    said, json = headline(answer), answer.as_json()
    most = f"hardly more than {percent(high)}. Each"
    assert f"about {percent(answer.error)} errors on new examples, and {most}" in said
    assert "3 of them were then answered wrongly (95 % interval 3 to 32 %). The" in said
    assert f"taken for {100 * gained:.0f} points fewer than their 12 %, but" in said
    assert json["gained"] == pytest.approx(gained)
    assert json["confidence"] == [*answer.sure]
    assert {k: json[k] for k in ("error", "low", "high")} == {
        "error": answer.error,
        "low": answer.interval[0],
        "high": answer.interval[1],
    }
    # One label of a class left tells less, unless that has been counted.
    few = dataclasses.replace(answer_of(6, ssgan=3), sure=(0.5, 0.6))
    assert few.error == pytest.approx(0.45)
    assert "far less than the model" not in headline(few)
    # A model that is hardly surer, or less, is told the errors of the others.
    for after in (0.509, 0.4):
        assert dataclasses.replace(few, sure=(0.5, after)).error == 0.5
    # It cannot have gained more than there is.
    surest = dataclasses.replace(few, sure=(0, 1))
    assert (surest.error, surest.gained) == (0, 0.5)
    most = "Expect hardly more than 88 % errors on new examples. "
    assert headline(surest).startswith(most)
    right = dataclasses.replace(answer_of(6, ssgan=0), sure=(0.2, 0.9))
    assert (right.error, right.gained) == (0, 0)
    assert "surer" not in headline(right)
