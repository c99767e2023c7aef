"""What the README says of cross-validation, Optuna and MLflow."""

import re
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import cross_val_score, train_test_split
from tiny import TINY_GAME
from toy import toy

from ssgan import LabeledKFold, SSGANClassifier

README = (Path(__file__).parents[2] / "README.md").read_text()


@pytest.mark.slow
def test_cross_validation_with_few_labels_tells_the_truth():
    x, truth = load_breast_cancer(return_X_y=True)
    x, x_new, truth, y_new = train_test_split(x, truth, random_state=0)
    labeled = np.arange(len(x)) % (len(x) // 30) == 0
    y = np.where(labeled, truth, -1)
    classifier = SSGANClassifier(steps=600, random_state=0)
    score = cross_val_score(classifier, x, y, cv=LabeledKFold()).mean()
    assert abs(score - classifier.fit(x, y).score(x_new, y_new)) < 0.1


@pytest.mark.slow
def test_optuna_as_in_the_readme():
    section = README.partition("## From Python")[2].partition("\n## ")[0]
    blocks = re.findall(r"```python\n(.*?)```", section, re.DOTALL)
    [search] = [block for block in blocks if "optuna" in block]
    names = {}
    exec(blocks[0].partition("classifier =")[0], names)
    for whole, short in (("500, 2000", "10, 20"), ("n_trials=5", "n_trials=2")):
        assert whole in search
        search = search.replace(whole, short)
    exec(search, names)
    assert 10 <= names["study"].best_params["steps"] <= 20
    values = [trial.value for trial in names["study"].trials]
    # Of ten classes, with labels alone in the tests: no unlabeled example is wrong.
    assert len(values) == 2
    assert 0 < min(values) <= max(values) <= 1


@pytest.mark.slow  # MLflow does most of it.
def test_mlflow_callback(tmp_path):
    import mlflow
    import mlflow.keras

    data = toy()
    y = np.where(np.arange(len(data.y_train)) < 10, data.y_train, -1)
    mlflow.set_tracking_uri(f"sqlite:///{tmp_path / 'runs.db'}")
    mlflow.set_experiment("toy")
    with mlflow.start_run() as run:
        classifier = SSGANClassifier(
            TINY_GAME, callbacks=[mlflow.keras.MlflowCallback()], random_state=0
        )
        classifier.fit(data.x_train, y)
    logged = mlflow.get_run(run.info.run_id).data
    assert np.isfinite(logged.metrics["generator_loss"])
    assert "optimizer_learning_rate" in logged.params
