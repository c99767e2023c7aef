"""The table of rows ranks methods as the tests of Demsar 2006 have it."""

import numpy as np
import pytest
from scripts import script

from ssgan.evaluation.result_rows import ResultRows

rows_table, row_sets = script("rows"), script("row_sets")


def row(method, dataset, error, seed=0, **changes):
    recipe = "vectors" if method == "ssgan" else None
    row = {"method": method, "dataset": dataset, "error": error, "seed": seed}
    known = {"recipe": recipe, "n_labels": 10, "n_members": 1, "seconds": 2.0}
    return row | known | {"fingerprint": method, "precision": "float32"} | changes


ROWS = [
    row("ssgan", "a", 0.9, fingerprint="earlier", seconds=100.0),
    row("ssgan", "a", 0.9, data="before"),  # Superseded.
    *(row("ssgan", "a", error, seed) for seed, error in enumerate([0.1, 0.3])),
    *(row("random-forest", "a", error, seed) for seed, error in enumerate([0.2, 0.5])),
    row("ssgan", "b", 0.105),
    row("random-forest", "b", 0.1),
    row("ssgan", "c", 0.1),
    row("random-forest", "c", 0.1),
    row("ssgan", "d", 0.0),
]


def test_methods_are_ranked_in_blocks_that_all_have():
    rows = rows_table.latest(ROWS)
    names, blocks, means, ranks = rows_table.compared(rows_table.columns_of(rows))
    assert names == ["vectors", "random-forest"]
    assert blocks == [("a", 10), ("b", 10), ("c", 10)]
    np.testing.assert_allclose(means, [[0.2, 0.35], [0.105, 0.1], [0.1, 0.1]])
    np.testing.assert_allclose(ranks, [[1, 2], [2, 1], [1.5, 1.5]])
    np.testing.assert_allclose(rows_table.close_share(means), [1, 2 / 3])


def test_a_set_with_several_numbers_of_labels_is_one_trial():
    rows = [
        *(row("ssgan", "a", 0.1 + n / 100, n_labels=n) for n in (1, 2, 3)),
        *(row("random-forest", "a", 0.125, n_labels=n) for n in (1, 2, 3)),
        row("ssgan", "b", 0.2),
        row("random-forest", "b", 0.1),
    ]
    names, blocks, _, ranks = rows_table.compared(rows_table.columns_of(rows))
    assert len(blocks) == 4
    expected = {"vectors": [4 / 3, 2], "random-forest": [5 / 3, 1]}
    np.testing.assert_allclose(ranks, np.transpose([expected[name] for name in names]))


def test_another_precision_is_another_method():
    rows = [*ROWS, row("ssgan", "a", 0.5, precision="mixed_bfloat16")]
    errors = rows_table.columns_of(rows_table.latest(rows))
    assert errors["vectors"]["a", 10] == [0.1, 0.3]
    assert errors["vectors, mixed_bfloat16"] == {("a", 10): [0.5]}


def test_critical_difference_is_the_published_one():
    """Demsar 2006, table 5a and section 3.2.2: four classifiers on 14 data sets."""
    assert rows_table.critical_difference(4, 14) == pytest.approx(1.25, abs=0.005)


def test_tables_and_figure(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(ResultRows, "__init__", lambda self, out: None)
    monkeypatch.setattr(ResultRows, "rows", ROWS, raising=False)
    rows_table.show(tmp_path)
    said = capsys.readouterr().out
    assert "| vectors | 1.50 | 13.50 | 100 % | 2.0 |" in said
    assert "| a (10) | 20.0 ± 14.1 | 35.0 ± 21.2 |" in said
    assert (tmp_path / "figure.svg").exists()


def test_sets_that_judge_are_no_sets_to_develop_on():
    assert not set(row_sets.JUDGED) & set(row_sets.DEVELOPMENT)
    assert len(row_sets.JUDGED) >= 10
    data = row_sets.load_rows("wine")
    assert (data.x_train.shape, data.x_test.shape) == ((118, 13), (60, 13))
    assert row_sets.label_counts(data) == [6, 15, 59]
