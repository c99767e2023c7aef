"""The benchmark of probabilities: each split is recorded, and shown from its row."""

import pytest
from scripts import script

from ssgan.evaluation.result_rows import ResultRows


def row(seed, error, **changes):
    calibration = script("calibration")
    numbers = dict.fromkeys(["temperature", *calibration.PAIRS], 1.0)
    for rate in calibration.RATES:
        numbers |= {f"answered {rate}": 0.9, f"wrong {rate}": error / 2}
    same = {"dataset": "digits", "method": "calibration", "fingerprint": "now"}
    more = {"n_labels": 50, "steps": 600, "seed": seed, "error": error}
    return {**same, **more, **numbers, **changes}


def test_the_latest_row_of_each_split_counts(capsys):
    earlier = [row(seed, 0.9, fingerprint="earlier") for seed in range(3)]
    rows = [*earlier, row(0, 0.5), row(0, 0.1), row(1, 0.3)]
    script("calibration").show(rows)
    lines = capsys.readouterr().out.splitlines()
    assert "| digits, 50 labels, 600 steps (n = 2) | 1.000 ± 0.000 |" in lines[2]
    *_, error, with_class, wrong = [cell.strip() for cell in lines[6].split("|")[:-1]]
    assert (error, with_class, wrong) == (
        "20.00 ± 14.14",
        "90.00 ± 0.00",
        "10.00 ± 7.07",
    )


def test_what_is_told_is_shown_where_a_row_says_how_many_were_left_out(capsys):
    told = {"left out": 50, "left out and wrong": 5}
    rows = [row(0, 0.5), row(1, 0.3, **told), row(2, 0.01, **told), row(3, 0.1, **told)]
    show = script("calibration").show
    show(rows)
    # 5 of 50 wrong: 3 to 22 %.
    last = capsys.readouterr().out.splitlines()[-1]
    cells = "10.00 ± 0.00 | 3 | 10.0 | 13.7 | 1 | 1"
    assert last == f"| digits, 50 labels, 600 steps | {cells} |"
    # Rows of the saved model, too, say what was told of it.
    told |= {"told": 0.04, "told low": 0.0, "told high": 0.2}
    asked = [row(0, 0.3, **told), row(1, 0.01, **told)]
    show(rows + [r | {"fingerprint": "later"} for r in asked])
    before, last = capsys.readouterr().out.splitlines()[-2:]
    assert before == f"| digits, 50 labels, 600 steps | {cells} |"
    cells = "10.00 ± 0.00 | 2 | 4.0 | 15.5 | 1 | 0"
    assert last == f"| digits, 50 labels, 600 steps, model asked | {cells} |"


def test_a_file_needs_a_number_of_labels(tmp_path):
    with pytest.raises(SystemExit, match="Expected --labels with sources other than"):
        script("calibration").main(["letters.npz", "--out", str(tmp_path)])


@pytest.mark.slow
def test_what_is_recorded_is_not_measured_again(tmp_path, capsys):
    calibration = script("calibration")
    command = ["wine", "--splits", "1", "--steps", "60", "--out", str(tmp_path)]
    for _ in range(2):
        calibration.main(command)
    (found,) = ResultRows(tmp_path).rows
    assert 0 <= found["error"] < 0.5
    assert 0 < found["Brier before"] < 1
    assert found["steps"] == 60
    assert found["told low"] <= found["told"] <= found["told high"]
    assert capsys.readouterr().out.count("wine, seed 300: ") == 1
