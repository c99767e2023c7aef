"""What generators and features are good for is measured, recorded and shown."""

import numpy as np
import pytest
from scripts import script

from ssgan.evaluation.result_rows import ResultRows


def row(method, seed, error, **more):
    same = {"dataset": "digits", "fingerprint": "now", "steps": 600}
    about = {"method": method, "seed": seed, "error": error, "n_generated": 2000}
    return {**same, **about, **more}


def test_each_use_is_compared_with_doing_without(capsys):
    uses = script("uses")
    without, generated = uses.METHODS[:2]
    rows = [row(without, 0, 0.5), row(without, 1, 0.3), row(generated, 0, 0.9)]
    rows += [row(generated, 0, 0.4), row(generated, 1, 0.3)]
    uses.show(rows)
    lines = capsys.readouterr().out.splitlines()
    cells = {line.split("|")[1].strip(): line.split("|")[2:4] for line in lines}
    assert [cell.strip() for cell in cells[without]] == ["40.00 ± 14.14 (n = 2)", "-"]
    assert [cell.strip() for cell in cells[generated]] == [
        "35.00 ± 7.07 (n = 2)",
        "-5.00 ± 7.07",
    ]


def test_a_trial_has_a_table_of_its_own(tmp_path, capsys):
    uses = script("uses")
    without = uses.METHODS[0]
    rows = ResultRows(tmp_path)
    rows.add(row(without, 0, 0.6, fingerprint="earlier"))
    rows.add(row(without, 1, 0.6, fingerprint="earlier"))
    rows.add(row(without, 0, 0.5))
    rows.add(row(without, 0, 0.9, steps=20, fingerprint="short"))
    rows.add(row(without, 0, 0.7, n_generated=10, fingerprint="few"))
    for options, expected in (
        ([], "50.00 (n = 1)"),
        (["--steps", "20"], "90.00 (n = 1)"),
        (["--generated", "10"], "70.00 (n = 1)"),
    ):
        uses.main(["digits", "--show", "--out", str(tmp_path), *options])
        assert f"| {without} | {expected} | - |" in capsys.readouterr().out


@pytest.mark.slow
def test_what_is_recorded_is_not_measured_again(tmp_path, capsys):
    uses = script("uses")
    command = ["digits", "--splits", "1", "--steps", "20", "--generated", "100"]
    for _ in range(2):
        uses.main([*command, "--out", str(tmp_path)])
    rows = ResultRows(tmp_path).rows
    assert [row["method"] for row in rows] == list(uses.METHODS)
    assert all(0 < row["error"] < 1 for row in rows)
    assert capsys.readouterr().out.count("digits, seed 0, ") == len(rows)


def test_maps_are_pooled_to_a_grid():
    uses = script("uses")
    maps = np.random.default_rng(0).normal(size=(3, 7, 8, 2))
    pooled = uses.in_cells(uses.in_cells(maps, 1), 2)
    assert pooled.shape == (3, 4, 4, 2)
    # Seven rows in four cells: the second cell has the rows 1 to 3.
    assert np.array_equal(pooled[:, 1, 3], maps[:, 1:4, 6:8].max((1, 2)))
