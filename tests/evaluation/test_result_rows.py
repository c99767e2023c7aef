"""Rows are evidence: they are found again, and never changed."""

import json

import pytest

from ssgan.evaluation.result_rows import SCHEMA, ResultRows, read_rows, set_aside

PLAN = {
    "schema": SCHEMA,
    "dataset": "toy",
    "data": "0123",
    "split": "toy@6-seed0",
    "seed": 0,
    "method": "ssgan",
    "fingerprint": "abcd",
    "n_labels": 6,
    "n_unlabeled": 44,
    "weights_seed": 0,
    "n_members": 1,
    "precision": "float32",
    "n_test": 10,
}
ROW = {**PLAN, "error": 0.25, "seconds": 1.5}
# As earlier versions wrote it.
OLD = {
    "dataset": "toy",
    "split": "toy@6-seed0",
    "seed": 0,
    "method": "ssgan",
    "fingerprint": "abcd",
    "labels": 6,
    "unlabeled": 44,
    "members": 2,
    "error": 0.5,
}


def test_row_is_found_again(tmp_path):
    rows = ResultRows(tmp_path / "new")
    assert rows.find(PLAN) is None
    rows.add(ROW)
    assert rows.find(PLAN) == ROW
    again = ResultRows(tmp_path / "new")
    assert again.rows == [ROW]
    assert again.find({**PLAN, "recipe": "another name"}) == ROW
    # Earlier versions counted some for methods that learn from labels alone.
    assert again.find({**PLAN, "n_unlabeled": 0}) == ROW


@pytest.mark.parametrize("key", sorted({*PLAN} - {"n_unlabeled"}))
def test_row_of_another_run_is_not_found(key, tmp_path):
    rows = ResultRows(tmp_path)
    rows.add(ROW)
    assert rows.find({**PLAN, key: "other"}) is None


def test_rows_of_earlier_versions_are_read_and_never_rewritten(tmp_path):
    path = tmp_path / "rows.jsonl"
    text = json.dumps(OLD) + "\n"
    path.write_text(text)
    rows = ResultRows(tmp_path)
    (row,) = rows.rows
    assert (row["n_labels"], row["n_unlabeled"], row["n_members"]) == (6, 44, 2)
    assert not {"labels", "unlabeled", "members"} & row.keys()
    assert read_rows(path) == [row]
    # Of another schema, it is not taken for a run of today.
    assert rows.find({**PLAN, "n_members": 2}) is None
    assert rows.find(PLAN) is None
    rows.add(ROW)
    assert path.read_text() == text + json.dumps(ROW) + "\n"
    assert [r.get("schema") for r in ResultRows(tmp_path).rows] == [None, SCHEMA]


def test_half_a_row_is_dropped(tmp_path):
    path = tmp_path / "rows.jsonl"
    path.write_text(json.dumps(ROW) + '\n{"split": "toy@6-se')
    assert ResultRows(tmp_path).rows == [ROW]
    assert path.read_text() == json.dumps(ROW) + "\n"


def test_rows_without_a_folder_are_in_memory(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rows = ResultRows()
    rows.add(ROW)
    assert rows.find(PLAN) == ROW
    assert list(tmp_path.iterdir()) == []


def test_only_a_finished_comparison_is_set_aside(tmp_path):
    rows, result = tmp_path / "rows.jsonl", tmp_path / "result.json"
    rows.write_text("old\n")
    set_aside(tmp_path)
    assert rows.exists()
    result.write_text("{}\n")
    set_aside(tmp_path)
    assert not rows.exists()
    assert not result.exists()
    assert sorted(path.read_text() for path in tmp_path.iterdir()) == ["old\n", "{}\n"]
