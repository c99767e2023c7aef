"""Features of some classes, used for others: measured, recorded and shown."""

import pytest
from scripts import script

from ssgan.evaluation.result_rows import ResultRows


def row(form, seed, error, method="ssgan", recipe="vectors"):
    same = {"n_labels": 25, "fingerprint": "now"}
    dataset = f"mnist-5-to-9-{form}"
    about = {"dataset": dataset, "seed": seed, "error": error}
    return {**about, "method": method, "recipe": recipe, **same}


def test_table():
    rows = [row("pixels", 0, 0.5), row("pixels", 1, 0.3), row("trained", 0, 0.1)]
    rows += [row("trained", 0, 0.2, "logistic-regression", None)]
    text = script("embeddings").markdown(rows)
    assert "| 25 | logistic regression |  |  | 20.00 (n = 1) |" in text
    assert "| 25 | vectors | 40.00 ± 14.14 (n = 2) |  | 10.00 (n = 1) |" in text


@pytest.mark.slow
def test_what_is_recorded_is_not_measured_again(tmp_path, capsys, monkeypatch):
    embeddings = script("embeddings")
    monkeypatch.setitem(embeddings.NETWORKS, "trained", 20)
    command = ["--source", "digits", "--splits", "1", "--steps", "20", "--labels", "25"]
    command += ["--out", tmp_path / "rows", "--checkpoints", tmp_path / "runs"]
    for _ in range(2):
        embeddings.main([*map(str, command)])
    rows = ResultRows(tmp_path / "rows").rows
    assert len(rows) == 6
    assert all(0 < row["error"] < 1 for row in rows)
    names = {row["dataset"] for row in rows}
    assert names == {f"digits-5-to-9-{f}" for f in ("pixels", "untrained", "trained")}
    assert capsys.readouterr().out.count("[1/") == 3
