"""Examples of no class that has a label are told from others, and no others are."""

import numpy as np
import pytest
from tiny import TINY

from ssgan import InputError, SSGANClassifier
from ssgan.estimator.foreign import (
    distances,
    familiarity,
    foreign_share,
    more_than_usual,
    told_by_left_out,
)
from ssgan.support.base64_arrays import to_base64

N_LABELED, N = 40, 900


def confidences(part, rng):
    """Confidences of four networks: a part of the unlabeled examples has less."""
    left_out = [rng.beta(8, 2, size=N_LABELED // 4) for _ in range(4)]
    foreign = rng.random(N) < part
    unlabeled = [
        np.where(foreign, rng.beta(2, 8, size=N), rng.beta(8, 2, size=N))
        for _ in range(4)
    ]
    return left_out, unlabeled


def test_share_is_that_of_examples_with_less_confidence(rng):
    shares = [foreign_share(*confidences(0.5, rng)) for _ in range(50)]
    assert np.mean([s.share for s in shares]) == pytest.approx(0.5, abs=0.03)
    assert np.mean([s.found for s in shares]) > 0.95
    low, high = np.mean([s.interval for s in shares], axis=0)
    assert low < 0.4 < 0.6 < high


def test_no_share_is_found_where_there_is_none(rng):
    shares = [foreign_share(*confidences(0.0, rng)) for _ in range(300)]
    assert np.mean([s.share for s in shares]) == pytest.approx(0, abs=0.02)
    spread = np.std([s.share for s in shares])
    assert spread == pytest.approx(shares[0].error, rel=0.15)
    assert np.mean([s.found for s in shares]) < 0.02
    assert all(0 <= end <= 1 for s in shares for end in s.interval)


def test_equal_confidence_is_no_sign():
    ones = [np.ones(5)] * 2, [np.ones(9)] * 2
    assert foreign_share(*ones).share == 0


def test_what_is_like_nothing_with_a_label_is_unfamiliar(tmp_path):
    """Two classes, some of them labeled, and examples that are far from both."""
    rng = np.random.default_rng(0)
    y = np.arange(300) % 2
    x = rng.normal(size=(300, 4)) + 4 * y[:, None]
    far = rng.normal(size=(100, 4)) + [30, -30, 30, -30]
    classifier = SSGANClassifier(TINY.with_steps(40), random_state=0)
    classifier.fit(x[:20], y[:20], unlabeled=x[20:200])
    # Of those that it was told from, the parts are even.
    parts = np.sort(classifier.familiarity(x[20:200]))
    np.testing.assert_allclose(parts, np.arange(1, 181) / 180, atol=1e-5)
    familiar = classifier.familiarity(x[200:])
    assert np.mean(familiar < 0.05) < 0.15
    assert np.mean(familiar) == pytest.approx(0.5, abs=0.1)
    assert (classifier.familiarity(far) < 0.05).mean() > 0.9
    # The file holds all that it needs, and what is known of foreign examples.
    classifier.model_.info["reference"]["share"] = 0.5
    classifier.save(tmp_path / "model.keras")
    again = SSGANClassifier.load(tmp_path / "model.keras").familiarity(x[200:])
    np.testing.assert_allclose(again, np.maximum(familiar - 0.5, 0) / 0.5, atol=1e-6)
    classifier.model_.info["reference"]["labeled"] = "damaged"
    with pytest.raises(InputError, match="what tells the familiarity"):
        classifier.familiarity(x)


def test_familiarity_is_unknown_without_unlabeled_examples(rng, untrained):
    x, y = rng.normal(size=(20, 4)), np.arange(20) % 2
    labeled = SSGANClassifier(TINY.supervised(), steps=2).fit(x, y)
    assert labeled.familiarity(x) is None


def known_of(unlabeled):
    """What tells the familiarity: a labeled example at 0, and unlabeled ones."""
    far = np.sort(np.linalg.norm(unlabeled, axis=1)).astype("float32")
    labeled = np.zeros((1, unlabeled.shape[1]), "float32")
    return {"labeled": to_base64(labeled), "distances": to_base64(far), "share": 0.0}


def test_left_out_labels_tell_what_is_familiar_where_unlabeled_examples_do_not(rng):
    """The network knows these better: new examples are three times as far."""
    known = known_of(rng.normal(size=(500, 3)))
    new = 3 * rng.normal(size=(2000, 3)).astype("float32")
    assert np.mean(familiarity(known, new) < 0.05) > 0.5
    # Of a network of its own, whose features are a hundred times as large.
    of_fold = known_of(100 * rng.normal(size=(500, 3)))
    left_out = distances(of_fold, 300 * rng.normal(size=(300, 3)).astype("float32"))
    told_by_left_out(known, left_out.tolist())
    found = familiarity(known, new)
    assert np.mean(found < 0.05) == pytest.approx(0.05, abs=0.03)
    assert np.mean(found < 0.5) == pytest.approx(0.5, abs=0.08)
    assert found.max() <= 1
    assert found.min() == pytest.approx(1 / 301)


def test_left_out_labels_tell_nothing_where_chance_explains_them(rng):
    known = known_of(rng.normal(size=(500, 3)))
    for left_out in (None, distances(known, rng.normal(size=(40, 3)))):
        told_by_left_out(known, left_out)
        assert "left_out" not in known


@pytest.mark.parametrize(("m", "n"), [(61, 1000), (300, 1500)])
def test_chance_includes_that_of_the_examples_that_are_compared_with(rng, m, n):
    """A few examples tell the 5 % coarsely, and new ones do not count as more."""
    said = {"same": 0, "other": 0}
    for _ in range(200):
        known = known_of(rng.normal(size=(m, 3)))
        same = familiarity(known, rng.normal(size=(n, 3)))
        said["same"] += more_than_usual(known, same)
        other = familiarity(known, 2 * rng.normal(size=(n, 3)))
        said["other"] += more_than_usual(known, other)
    # About two of two hundred are expected.
    assert said["same"] <= 7
    assert said["other"] == 200


def test_what_is_found_foreign_is_more_than_usual(rng):
    known = known_of(rng.normal(size=(500, 3)))
    own = np.arange(1, 501) / 500  # Of the unlabeled examples themselves.
    assert not more_than_usual(known, own)
    assert more_than_usual(known | {"share": 0.2}, np.maximum(own - 0.2, 0) / 0.8)
    # Twenty labels that were left out tell less than 500 unlabeled examples.
    some = np.r_[np.zeros(40), np.ones(260)]
    assert more_than_usual(known, some)
    assert not more_than_usual(known | {"left_out": [1.0] * 20}, some)


def test_too_few_left_out_labels_tell_nothing(rng):
    """Of 12, the strangest would have a familiarity of 1/13: nothing would be new."""
    known = known_of(rng.normal(size=(500, 3)))
    for n in (12, 19, 20):
        told_by_left_out(known, [9.0] * n)
        assert ("left_out" in known) == (n >= 20)
    assert familiarity(known, np.full((1, 3), 1e3)) == pytest.approx(1 / 21)


def test_rows_that_are_like_a_labeled_one_set_no_scale(rng):
    """Most rows of a table of few values have a labeled twin, up to rounding."""
    twins = np.r_[1e-7 * np.ones((60, 3)), np.ones((40, 3))]
    one, other = known_of(twins), known_of(0 * twins[:90])
    assert distances(one, np.ones((1, 3))) == pytest.approx(1 / 0.4, rel=1e-4)
    assert distances(other, np.ones((1, 3))) is None
    told_by_left_out(other, [9.0] * 30)
    assert "left_out" not in other


def test_features_that_are_all_alike_are_familiar(rng):
    known = known_of(np.zeros((10, 3)))
    assert familiarity(known, np.zeros((2, 3))).tolist() == [1, 1]
    told_by_left_out(known, [0.0] * 10)
    assert "left_out" not in known
