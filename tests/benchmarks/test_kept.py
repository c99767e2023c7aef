"""What is kept is compared by the rows of the table."""

import pytest
from scripts import script


def row(method, error, seed):
    return {
        "dataset": "wine",
        "n_labels": 6,
        "seed": seed,
        "method": method,
        "error": error,
    }


def test_a_choice_has_the_error_of_what_it_keeps():
    kept = script("kept")
    measured = [
        *(row("ssgan", e, seed) for seed, e in enumerate([0.2, 0.3, 0.4])),
        *(row("random-forest", e, seed) for seed, e in enumerate([0.1, 0.5, 0.4])),
    ]
    # Two of the network's three errors fewer are more than chance, and one is not.
    answers = {"network": "ssgan", "left_out": 6, "kept": "what an older rule kept"}
    rows = [
        row("", 0, 0) | answers | {"wrong": {"random-forest": [2], "ssgan": [1, 2, 5]}},
        row("", 0, 1) | answers | {"wrong": {"random-forest": [2], "ssgan": [1, 2]}},
    ]
    errors, counts = kept.compared(rows, measured)
    assert list(errors["clearly better"].values()) == [0.1, 0.3]
    assert list(errors["ssgan fit"].values()) == [0.2, 0.3]
    assert list(errors["the best of each split"].values()) == [0.1, 0.3]
    assert counts == {"random-forest": 1, "ssgan": 1}
    text = kept.markdown(rows, measured)
    assert "| clearly better | 20.00 | 1 | 0 |" in text
    assert "| random-forest | 30.00 | 1 | 1 |" in text
    assert text.endswith("Clearly better in 2 splits: random-forest 1, ssgan 1.")


@pytest.mark.slow
def test_it_asks_once_for_each_split(tmp_path):
    kept = script("kept")
    options = ["--sets", "wine", "--splits", "1", "--labels", "6", "--out", tmp_path]
    kept.main([*map(str, options)])
    written = (tmp_path / "rows.jsonl").read_bytes()
    kept.main([*map(str, options)])
    assert (tmp_path / "rows.jsonl").read_bytes() == written
