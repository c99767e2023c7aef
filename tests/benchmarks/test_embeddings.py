"""Features of some classes, used for others: measured, recorded and shown."""

import pytest
from scripts import script

from ssgan import load
from ssgan.evaluation.result_rows import ResultRows


def row(form, seed, error, method="ssgan", recipe="vectors", fingerprint="now"):
    same = {"n_labels": 25, "fingerprint": fingerprint}
    dataset = f"mnist-5-to-9-{form}"
    about = {"dataset": dataset, "seed": seed, "error": error}
    return {**about, "method": method, "recipe": recipe, **same}


def test_table():
    rows = [row("pixels", 0, 0.5), row("pixels", 1, 0.3), row("trained", 0, 0.1)]
    rows += [row("trained", 0, 0.2, "logistic-regression", None)]
    text = script("embeddings").markdown(rows)
    assert "| 25 | logistic regression |  |  | 20.00 (n = 1) |" in text
    assert "| 25 | vectors | 40.00 ± 14.14 (n = 2) |  | 10.00 (n = 1) |" in text


def test_rows_of_an_earlier_form_do_not_mix_with_others():
    rows = [row("pixels", seed, 0.5, fingerprint="earlier") for seed in range(3)]
    rows += [row("pixels", 0, 0.2), row("trained", 0, 0.9), row("trained", 1, 0.9)]
    rows += [row("trained-abc", 0, 0.1)]
    text = script("embeddings").markdown(rows)
    assert "| 25 | vectors | 20.00 (n = 1) |  | 10.00 (n = 1) |" in text


def test_options_that_would_do_nothing_are_refused(capsys):
    for option in (["--steps", "20"], ["--precision", "float32"]):
        with pytest.raises(SystemExit):
            script("embeddings").main(["--show", *option])
        assert "unrecognized arguments" in capsys.readouterr().err


@pytest.mark.slow
def test_what_is_recorded_is_not_measured_again(tmp_path, capsys, monkeypatch):
    embeddings = script("embeddings")
    monkeypatch.setitem(embeddings.NETWORKS, "trained", 20)
    command = ["--source", "digits", "--splits", "1", "--labels", "25"]
    command += ["--out", tmp_path / "rows", "--checkpoints", tmp_path / "runs"]
    for _ in range(2):
        embeddings.main([*map(str, command)])
    rows = ResultRows(tmp_path / "rows").rows
    assert len(rows) == 6
    assert all(0 < row["error"] < 1 for row in rows)
    names = {row["dataset"] for row in rows}
    assert names == {*embeddings.names_of(load("digits")).values()}
    assert capsys.readouterr().out.count("[1/") == 3
    # With another network its features are other ones, and pixels are the same.
    monkeypatch.setitem(embeddings.NETWORKS, "trained", 30)
    embeddings.main([*map(str, command)])
    rows = ResultRows(tmp_path / "rows").rows
    assert [row["dataset"] for row in rows[6:]] == 2 * [rows[7]["dataset"]]
    assert rows[7]["dataset"] not in names
