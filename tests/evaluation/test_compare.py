"""Every method gets the same labels; what comes of it is recorded."""

import dataclasses
import json

import keras
import numpy as np
import pytest
from tiny import TINY
from toy import toy

from ssgan.data.examples import Data
from ssgan.errors import InputError
from ssgan.evaluation.compare import compare
from ssgan.evaluation.comparison import FOR_ROWS, METHODS
from ssgan.recipes import VECTORS
from ssgan.support import parallel


def test_every_method_has_the_same_labels(fits):
    data = toy()
    result = compare(data, 6, splits=2, first_seed=3, steps=70)
    methods = [m for m in METHODS[:-1] if m in FOR_ROWS]
    assert [(r["split"], r["method"]) for r in result.rows] == [
        *(("toy@6-seed3", m) for m in methods),
        *(("toy@6-seed4", m) for m in methods),
        ("toy@all", "ceiling"),
    ]
    supervised, ours, again, ours_again, ceiling = fits
    np.testing.assert_array_equal(supervised.y, ours.y)
    np.testing.assert_array_equal(again.y, ours_again.y)
    assert (supervised.y != again.y).any()
    np.testing.assert_array_equal(ceiling.y, data.y_train)
    assert [f.random_state for f in fits] == [3, 3, 4, 4, 3]
    assert ours.recipe == VECTORS.with_steps(70)
    assert supervised.recipe == ceiling.recipe == VECTORS.with_steps(70).supervised()


def test_row_says_it_all(fits):
    row = compare(toy(), 6, splits=1, methods=["ssgan"]).rows[0]
    assert {
        k: row[k] for k in ("dataset", "recipe", "n_labels", "n_unlabeled", "seed")
    } == {
        "dataset": "toy",
        "recipe": "vectors",
        "n_labels": 6,
        "n_unlabeled": 44,
        "seed": 0,
    }
    assert row["steps"] == VECTORS.steps
    assert row["error"] == 0.5
    assert row["n_test"] == 10
    assert row["jobs"] == 1
    assert row["machine"]["cpus"] > 0
    assert {"ssgan", "tensorflow", "keras", "scikit-learn", "python"} <= set(
        row["versions"]
    )


def test_a_fifth_of_each_class_is_kept_for_testing_where_there_is_no_test_part(fits):
    y = np.array([0, 1] * 12 + [0] * 3 + [-1] * 4)
    names = tuple(f"{i}.png" for i in range(len(y)))
    own = Data("own", np.arange(len(y), dtype=float)[:, None], y, files_train=names)
    with pytest.warns(UserWarning, match="own has no test part: 5 of its 27 labeled"):
        data = own.with_test_part()
    assert sorted(data.y_test) == [0, 0, 0, 1, 1]
    assert (len(data.y_train), np.count_nonzero(data.y_train == -1)) == (26, 4)
    for x, y, files in (
        (data.x_train, data.y_train, data.files_train),
        (data.x_test, data.y_test, data.files_test),
    ):
        assert [f"{i:.0f}.png" for (i,) in x] == list(files)
        np.testing.assert_array_equal(y, own.y_train[x[:, 0].astype(int)])
    assert data.with_test_part() is data
    with pytest.warns(UserWarning, match="own has no test part"):
        result = compare(own, 4, splits=1, methods=["ssgan"])
    (row,) = result.rows
    assert (row["n_test"], row["n_unlabeled"]) == (5, 22)
    np.testing.assert_array_equal(fits[0].x, data.x_train)


def test_of_two_labels_one_is_kept_for_testing():
    y = np.array([0] * 10 + [1] * 2 + [2])
    own = Data("own", np.arange(13.0)[:, None], y)
    with pytest.warns(UserWarning, match="Classes with one label are not tested: 2"):
        assert sorted(own.with_test_part().y_test) == [0, 0, 1]
    with pytest.raises(InputError, match="a class with five labeled examples"):
        own.without(np.arange(13) < 11).with_test_part()


def test_finished_rows_are_not_run_again(fits, tmp_path):
    first = compare(toy(), 6, splits=2, out=tmp_path)
    n = len(fits)
    second = compare(toy(), 6, splits=2, out=tmp_path)
    assert n == 5
    assert len(fits) == n
    assert second == first
    written = (tmp_path / "rows.jsonl").read_text().splitlines()
    assert [json.loads(line) for line in written] == first.rows
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["result.json", "rows.jsonl"]
    result = json.loads((tmp_path / "result.json").read_text())
    assert result["rows"] == first.rows
    assert result["summary"] == first.summary()
    assert result["verdict"] == first.verdict()


def test_several_at_a_time_begin_with_the_longest(monkeypatch):
    begun = []

    def run_all(function, tasks, n_jobs):
        begun.extend(plan["method"] for plan, *_ in tasks)
        raise KeyboardInterrupt

    monkeypatch.setattr(parallel, "run_all", run_all)
    for jobs in (1, 2):
        with pytest.raises(KeyboardInterrupt):
            compare(toy(), 6, splits=2, n_jobs=jobs)
    one, two = begun[: len(begun) // 2], begun[len(begun) // 2 :]
    assert sorted(one) == sorted(two)
    assert one[0] == "supervised"
    assert two[:5] == ["ssgan", "ssgan", "supervised", "supervised", "ceiling"]


def test_interrupted_comparison_goes_on(fits, tmp_path):
    def stop(row, done, total):
        assert total == 7
        if row["method"] == "label-spreading":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        compare(toy(), 6, splits=1, out=tmp_path, on_row=stop)
    path = tmp_path / "rows.jsonl"
    assert not (tmp_path / "result.json").exists()
    assert len(path.read_text().splitlines()) == 5
    with path.open("a") as file:
        file.write('{"split": "toy@6-se')  # The power went here.
    result = compare(toy(), 6, splits=1, out=tmp_path)
    assert [f.recipe.name for f in fits] == [
        "vectors-supervised",
        "vectors",
        "vectors-supervised",
    ]
    assert [json.loads(line) for line in path.read_text().splitlines()] == result.rows


def test_other_numbers_or_data_are_run(fits, tmp_path):
    def run(data, recipe=VECTORS):
        compare(data, 6, splits=1, recipe=recipe, methods=["ssgan"], out=tmp_path)

    run(toy())
    run(toy(), dataclasses.replace(VECTORS, learning_rate=0.5))
    run(toy(70))
    assert len(fits) == 3
    run(toy())
    assert len(fits) == 3


def test_progress_is_given_and_closed(fits):
    closed = []

    class Shown:
        def __init__(self, description, live):
            assert live  # One run at a time has the terminal to itself.
            self.description = description

        def close(self):
            closed.append(self.description)

    compare(toy(), 6, splits=1, progress=Shown)
    assert closed == [
        "toy@6-seed0 supervised",
        "toy@6-seed0 ssgan",
        "toy@6-seed0 ceiling",
    ]
    assert [f.callbacks[0].description for f in fits] == closed


def test_run_continues_from_its_checkpoint(tmp_path):
    recipe = TINY.with_steps(40)
    options = {"splits": 1, "recipe": recipe, "methods": ["supervised"]}
    folders = {"out": tmp_path / "out", "checkpoints": tmp_path / "checkpoints"}
    expected = compare(toy(), 6, **options).rows[0]["error"]

    class Interrupted(keras.callbacks.Callback):
        def __init__(self, *_, **__):
            super().__init__()

        def on_epoch_begin(self, epoch, logs=None):
            if epoch == 2:
                raise KeyboardInterrupt

        def close(self):
            pass

    with pytest.raises(KeyboardInterrupt):
        compare(toy(), 6, progress=Interrupted, **options, **folders)
    assert list((tmp_path / "checkpoints").rglob("*.keras"))
    assert (tmp_path / "out" / "rows.jsonl").read_text() == ""
    [row] = compare(toy(), 6, **options, **folders).rows
    assert (row["resumed_from_step"], row["restarts"]) == (20, 0)
    assert row["error"] == expected
    # The checkpoints are removed when the row is written.
    assert list((tmp_path / "checkpoints").rglob("*.keras")) == []
    [again] = compare(toy(), 6, **options, **folders).rows
    assert again == row
