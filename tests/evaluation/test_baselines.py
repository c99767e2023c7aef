"""The baselines learn, and their memory is bounded."""

import pytest
from toy import toy

from ssgan.data import unlearned_features
from ssgan.evaluation import baselines
from ssgan.evaluation.compare import compare


@pytest.mark.parametrize("method", ["self-training", "label-spreading"])
@pytest.mark.parametrize("labels", [(0, 1), ("cat", "dog", "emu")], ids=["int", "text"])
@pytest.mark.parametrize("images", [False, True], ids=["rows", "images"])
def test_baselines_learn(method, labels, images):
    data = toy(90, labels=labels, images=images)
    [row] = compare(data, 8 * len(labels), splits=1, methods=[method]).rows
    assert row["error"] <= 0.1
    assert (row["recipe"], row["steps"]) == (None, None)


def test_self_training_is_bounded(monkeypatch):
    """Of many images some give the components of all."""
    fitted, seen = [], []

    class Spy(unlearned_features.PCA):
        def fit(self, x):
            fitted.append(len(x))
            return super().fit(x)

        def transform(self, x):
            seen.append(len(x))
            return super().transform(x)

    data = toy(90, images=True)
    monkeypatch.setattr(unlearned_features, "PCA", Spy)
    monkeypatch.setattr(unlearned_features, "PCA_EXAMPLES", 40)
    monkeypatch.setattr(unlearned_features, "PIECE", 25)
    [row] = compare(data, 24, splits=1, methods=["self-training"]).rows
    assert fitted == [40]
    assert max(seen) == 25
    assert sum(seen) == len(data.x_train) + len(data.x_test)
    assert row["error"] <= 0.1


def test_label_spreading_is_bounded(monkeypatch):
    monkeypatch.setattr(baselines, "SPREADING_ROWS", 20)
    [row] = compare(toy(), 4, splits=1, methods=["label-spreading"]).rows
    assert row["n_unlabeled"] == 20
