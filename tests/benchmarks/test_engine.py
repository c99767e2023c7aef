"""What the scripts share: text of numbers, options, and forms of rows."""

import pytest
from scripts import script

engine = script("engine")


def test_one_value_has_no_spread():
    assert engine.cell([0.5], 3) == "0.500"
    assert engine.cell([0.4, 0.6], 3) == "0.500 ± 0.141"
    assert engine.per_cent([0.25]) == "25.00"
    assert engine.per_cent([0.25, 0.25], "+") == "+25.00 ± 0.00"
    assert engine.per_cent([-1e-9], "+") == "+0.00"


def test_a_script_has_the_options_that_it_heeds(capsys):
    parser = engine.parser("A script.", ("--labels", "--jobs"))
    assert vars(parser.parse_args(["--labels", "1", "2"])) == {
        "labels": [1, 2],
        "jobs": 1,
    }
    with pytest.raises(SystemExit):
        parser.parse_args(["--steps", "10"])
    assert "unrecognized arguments: --steps" in capsys.readouterr().err
    assert engine.parser("A script.").parse_args(["--steps", "10"]).steps == 10


def test_the_last_form_of_each_place():
    rows = [
        {"at": 1},
        {"at": 2},
        {"at": 1, "fingerprint": "a"},
        {"at": 1, "fingerprint": "b", "n": 0},
        {"at": 1, "fingerprint": "a"},
    ]
    last = engine.last_form(rows, lambda row: row["at"])
    assert last == [rows[1], rows[2], rows[4]]
