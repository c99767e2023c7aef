import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.semi_supervised import SelfTrainingClassifier
from warned import no_warnings

from ssgan.data.folds import LabeledKFold, label_folds
from ssgan.errors import InputError


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


def test_training_parts_have_all_unlabeled_and_test_parts_none():
    y = np.array(["a", None, "b", "a", "unlabeled", "b", "a", "", "c", "b"], object)
    unlabeled, alone = {1, 4, 7}, 8
    asked = []
    for train, test in LabeledKFold(3, random_state=1).split(np.zeros(10), y):
        assert unlabeled | {alone} <= set(train.tolist())
        assert sorted([*train, *test]) == list(range(10))
        asked += test.tolist()
    assert sorted(asked) == [0, 2, 3, 5, 6, 9]


def test_scores_tell_of_the_method(rng):
    """Where scikit-learn's folds count every unlabeled example as wrong."""
    truth = np.arange(300) % 2
    x = rng.normal(size=(300, 3)) + 4 * truth[:, None]
    y = np.where(np.arange(300) < 20, truth, -1)
    model = SelfTrainingClassifier(LogisticRegression())
    assert cross_val_score(model, x, y).mean() < 0.1
    folds = LabeledKFold()
    assert cross_val_score(model, x, y, cv=folds).tolist() == [1] * 5
    search = GridSearchCV(model, {"estimator__C": [1e-9, 1]}, cv=folds).fit(x, y)
    assert search.best_params_ == {"estimator__C": 1}


def test_groups_are_ignored_with_a_warning():
    y = [0, 0, 1, 1, -1]
    with pytest.warns(UserWarning, match="LabeledKFold ignores groups") as told:
        list(LabeledKFold(2).split(y, y, groups=y))
    assert told[0].filename == __file__
    with no_warnings():
        list(LabeledKFold(2).split(y, y))


@pytest.mark.parametrize(("n_splits", "said"), [(1, "from 2"), (5, "5 labels or more")])
def test_folds_that_do_not_fit(n_splits, said):
    y = [0, 0, 1, 1, -1, 2]
    with pytest.raises(InputError, match=said):
        list(LabeledKFold(n_splits).split(y, y))
