"""A comparison is refused before its first run, or it has its folder to itself."""

import pytest
from toy import toy

from ssgan.data.examples import Data
from ssgan.errors import InputError
from ssgan.evaluation import compare as module
from ssgan.evaluation.compare import compare
from ssgan.evaluation.learning_curve import learning_curve
from ssgan.evaluation.result_rows import set_aside
from ssgan.support.locks import locked


@pytest.mark.parametrize(
    "run",
    [
        lambda out: compare(toy(), 6, out=out, methods=["self-training"]),
        lambda out: learning_curve(toy(), [4, 6, 8], out=out),
    ],
)
def test_folder_at_work_is_refused(run, tmp_path):
    with locked(tmp_path), pytest.raises(InputError, match="nothing else at work"):
        run(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_rows_of_a_running_comparison_are_not_set_aside(tmp_path):
    (tmp_path / "rows.jsonl").write_text("")
    (tmp_path / "result.json").write_text("{}")
    with locked(tmp_path), pytest.raises(InputError, match="nothing else at work"):
        set_aside(tmp_path)
    assert (tmp_path / "rows.jsonl").exists()


@pytest.mark.parametrize(
    ("labels", "options", "said"),
    [
        ([4, 6, 51], {}, "n_labels=51"),
        ([1, 4, 6], {}, "n_labels=1"),
        ([4, 6, 8], {"first_seed": 2**32 - 2}, "seed=42949"),
        ([4, 6, 8], {"splits": 0}, "splits=0"),
    ],
)
def test_every_split_of_a_curve_is_drawn_first(
    labels, options, said, tmp_path, monkeypatch
):
    monkeypatch.setattr(module, "_run", lambda *_: pytest.fail("it was begun"))
    with pytest.raises(InputError, match=said):
        learning_curve(toy(), labels, out=tmp_path / "out", **options)
    assert not (tmp_path / "out").exists()


def test_network_that_does_not_fit_is_refused_first(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "_run", lambda *_: pytest.fail("it was begun"))
    methods = ["self-training", "ssgan"]
    with pytest.raises(InputError, match="Expected images, of shape"):
        compare(toy(), 6, recipe="images", methods=methods, out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_test_class_without_a_label_is_said(tmp_path):
    data = toy(labels=(0, 1, 2))
    y = data.y_train.copy()
    y[y == 2] = -1
    data = Data("toy", data.x_train, y, data.x_test, data.y_test)
    with pytest.warns(UserWarning, match="of the test part: 2. Their 3 examples"):
        result = compare(data, 6, splits=1, methods=["self-training"])
    assert result.rows[0]["error"] >= 0.3
