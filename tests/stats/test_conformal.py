"""Sets hold the true class as often as said, and are those of another package."""

import numpy as np
import pytest

from ssgan.errors import InputError
from ssgan.stats.conformal import (
    conformal_scores,
    conformal_threshold,
    is_sure,
    least_rate,
)
from ssgan.stats.predictions import softmax


def drawn(n, rng):
    codes = rng.integers(3, size=n)
    return softmax(2 * rng.normal(size=(n, 3)) + 2.5 * np.eye(3)[codes]), codes


def test_threshold_is_a_score():
    scores = np.arange(20) / 20
    # Of 21 places, 19 are at most 0.95 of them.
    assert conformal_threshold(scores[::-1], 0.1) == scores[18]
    assert conformal_threshold(scores, 1 / 21) == scores[19]
    with pytest.raises(
        InputError, match=r"for --abstain of at least 0.048, with 20 left-out labels"
    ):
        conformal_threshold(scores, 0.04)
    with pytest.raises(InputError, match="between 0 and 1"):
        conformal_threshold(scores, 1.0)


def test_least_rate_is_possible():
    for n in range(1, 200):
        for digits in (2, 3):
            conformal_threshold(np.zeros(n), least_rate(n, digits))
    assert (least_rate(12), least_rate(12, 2), least_rate(19, 2)) == (0.077, 0.08, 0.05)


@pytest.mark.parametrize(("n", "rate"), [(30, 0.1), (99, 0.05)])
def test_few_are_sure_and_wrong(n, rate, rng):
    lacking, wrong, answered = [], [], []
    for _ in range(600):
        p, codes = drawn(n + 50, rng)
        scores = conformal_scores(p[:n], codes[:n])
        p, codes = p[n:], codes[n:]
        lacking.append(conformal_scores(p, codes) > conformal_threshold(scores, rate))
        sure = is_sure(p, scores, rate)
        wrong.append(np.mean(sure & (p.argmax(axis=1) != codes)))
        answered.append(sure.mean())
    assert np.mean(lacking) == pytest.approx(rate, rel=0.15)
    assert np.mean(wrong) <= rate
    assert 0.2 < np.mean(answered) < 1


def test_sets_are_those_of_crepes(rng):
    crepes = pytest.importorskip("crepes")
    p, codes = drawn(260, rng)
    scores = conformal_scores(p[:60], codes[:60])
    model = crepes.ConformalClassifier().fit(scores)
    sets = model.predict_set(1 - p[60:], confidence=0.9, smoothing=False)
    assert (is_sure(p[60:], scores, 0.1) == (sets.sum(axis=1) <= 1)).all()


def test_who_permits_more_errors_gets_more_answers(rng):
    p, codes = drawn(260, rng)
    scores = conformal_scores(p[:60], codes[:60])
    answered = [is_sure(p[60:], scores, rate) for rate in (0.05, 0.1, 0.2, 0.5, 0.9)]
    for fewer, more in zip(answered, answered[1:], strict=False):
        assert not (fewer & ~more).any()
    assert answered[-1].all()
    assert not answered[0].all()
