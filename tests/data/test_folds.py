import numpy as np
import pytest

from ssgan.data.folds import label_folds


@pytest.mark.parametrize("text", [False, True])
def test_labels_of_each_class_are_spread_evenly(text):
    y = np.full(200, -1, object if text else int)
    y[:41] = [str(c) if text else c for c in [0] * 20 + [1] * 10 + [2] * 11]
    folds = label_folds(y, 4, seed=3)
    assert (folds[41:] == -1).all()
    for start, end in ((0, 20), (20, 30), (30, 41)):
        counts = np.bincount(folds[start:end], minlength=4)
        assert counts.max() - counts.min() <= 1
    assert np.ptp(np.bincount(folds[:41])) <= 1
    assert (folds == label_folds(y, 4, seed=3)).all()
    assert (folds != label_folds(y, 4, seed=4)).any()


def test_what_is_left_has_every_class():
    y = np.array([0, 0, 1, 2, 2, 2, -1, -1])
    folds = label_folds(y, 4)
    assert folds[2] == -1  # Alone in its class.
    assert set(folds[folds >= 0]) == {0, 1, 2, 3}
    for fold in range(4):
        assert set(y[folds != fold]) >= {0, 1, 2}
