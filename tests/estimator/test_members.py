"""Members of an ensemble are trained, and continue from their own checkpoints alone."""

import numpy as np
import pytest
from tiny import TINY

from ssgan import InputError, SSGANClassifier


def test_ensemble_averages_its_members(blobs, tmp_path):
    x, y, _ = blobs
    ensemble = SSGANClassifier(TINY, n_members=2, random_state=0).fit(x, y)
    members = [np.asarray(m(x), "float64") for m in ensemble.model_.members]
    p = [np.exp(m) / np.exp(m).sum(axis=1, keepdims=True) for m in members]
    assert abs(p[0] - p[1]).max() > 1e-3
    np.testing.assert_allclose(ensemble.predict_proba(x), sum(p) / 2, atol=1e-5)
    assert ensemble.sample(5).shape == (5, 4)
    ensemble.save(tmp_path / "two.keras")
    again = SSGANClassifier.load(tmp_path / "two.keras")
    np.testing.assert_array_equal(again.predict(x), ensemble.predict(x))


def test_checkpoint_of_another_training_is_refused(blobs, tmp_path):
    x, y, _ = blobs
    SSGANClassifier(TINY, random_state=0).fit(x, y, checkpoints=tmp_path)
    other = np.roll(y, 6)
    with pytest.raises(InputError, match="to be a checkpoint of this training"):
        SSGANClassifier(TINY, random_state=0).fit(x, other, checkpoints=tmp_path)
