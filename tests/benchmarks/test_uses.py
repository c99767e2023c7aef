"""What generators and features are good for is measured, recorded and shown."""

import numpy as np
import pytest
from scripts import script

from ssgan.evaluation.result_rows import ResultRows


def row(method, seed, error):
    same = {"dataset": "digits", "fingerprint": "now"}
    return {"method": method, "seed": seed, "error": error, **same}


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
