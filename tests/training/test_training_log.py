import numpy as np
import pytest
from tiny import TINY, TINY_IMAGES

from ssgan import SSGANClassifier, history, pictures


def test_generated_pictures_are_of_the_same_latents(tmp_path):
    x = np.random.default_rng(0).integers(0, 256, (40, 6, 6), dtype=np.uint8)
    classifier = SSGANClassifier(TINY_IMAGES, random_state=0)
    classifier.fit(x, np.arange(40) % 4 - 1, checkpoints=tmp_path)
    album = history.album(tmp_path / "member-0")
    assert [update for update, _ in album] == [0, 10, 20, 30, 40]
    last = np.asarray(classifier.model_.sample(history.PICTURES, seed=0))
    np.testing.assert_allclose(album[-1][1], last, atol=1e-3)
    limits = pictures.limits(classifier.recipe_, classifier.model_)
    assert limits == pytest.approx((0, 255))


def test_members_are_told_apart(tmp_path):
    y = np.arange(40) % 3 - 1
    x = np.random.default_rng(0).normal(size=(40, 2)) + 3 * y[:, None]
    SSGANClassifier(TINY, n_members=2, random_state=0).fit(x, y, checkpoints=tmp_path)
    first, second = (history.read(tmp_path / f"member-{i}") for i in range(2))
    assert len(first) == len(second) == 4
    assert first[0]["loss"] != second[0]["loss"]
