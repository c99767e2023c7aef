"""What is kept is compared by the rows of the table."""

import json

import pytest
from scripts import script

from ssgan.support.json_lines import read_json_lines

row_sets = script("row_sets")


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
    # 3 and 2 of 6 wrong: 12 to 88 and 4 to 78 %. The first error is beyond, and below.
    for error, above, below in ((0.9, 1, 0), (0.1, 0, 1), (0.3, 0, 0)):
        rest = [m for m in measured if m["seed"] > 0]
        shown = kept.told(rows, [*rest, row("ssgan", error, 0)])
        mean = 100 * (error + 0.3) / 2
        assert f"| fewer than 50 | 2 | 41.7 | {mean:.1f} | {above} | {below} |" in shown


def test_rows_of_an_earlier_recipe_are_neither_done_nor_shown_beside_todays(
    tmp_path, monkeypatch, capsys
):
    kept = script("kept")

    def asked(data, n_labels, seed):
        about = {"dataset": data.name, "n_labels": n_labels, "seed": seed}
        wrong = {"wrong": {"ssgan": [1], "random-forest": [2]}, "network": "ssgan"}
        return {**about, **wrong, "left_out": 6, "fingerprint": kept.FINGERPRINT}

    monkeypatch.setattr(kept, "asked", asked)
    earlier = asked(row_sets.load_rows("wine"), 6, 0)
    del earlier["fingerprint"]
    path = tmp_path / "rows.jsonl"
    path.write_text(json.dumps(earlier) + "\n")
    options = ["--sets", "wine", "--splits", "1", "--labels", "6", "--out", tmp_path]
    for _ in range(2):
        kept.main([*map(str, options)])
        assert len(path.read_text().splitlines()) == 2
        said = capsys.readouterr().out
        assert said.count("Clearly better in 1 splits") == 1


def test_half_a_line_that_a_kill_left_is_dropped(tmp_path):
    path = tmp_path / "rows.jsonl"
    path.write_text('{"seed": 7}\n{"dataset": "wi')
    with pytest.raises(SystemExit, match="No rows of these splits"):
        script("kept").main(["--show", "--out", str(tmp_path)])
    assert path.read_text() == '{"seed": 7}\n'


def test_options_that_would_do_nothing_are_refused(capsys):
    for option in ("--steps", "--jobs", "--precision", "--checkpoints"):
        with pytest.raises(SystemExit):
            script("kept").main(["--show", option, "1"])
        assert f"unrecognized arguments: {option}" in capsys.readouterr().err


@pytest.mark.slow
def test_it_asks_once_for_each_split(tmp_path):
    kept = script("kept")
    options = ["--sets", "wine", "--splits", "1", "--labels", "6", "--out", tmp_path]
    kept.main([*map(str, options)])
    written = (tmp_path / "rows.jsonl").read_bytes()
    kept.main([*map(str, options)])
    assert (tmp_path / "rows.jsonl").read_bytes() == written


def test_what_is_told_is_on_the_page():
    """Of 105 steps on the first two splits, and of 600 on the third."""
    kept = script("kept")
    rows = read_json_lines(kept.OUT / "rows.jsonl")
    measured = read_json_lines(kept.RESULTS / "table-rows" / "rows.jsonl")
    page = (kept.RESULTS.parent / "pages" / "comparisons.md").read_text()
    for steps, seeds in ((105, (0, 1)), (600, (2,))):
        shown = kept.told([row for row in rows if row["seed"] in seeds], measured)
        for line in shown.splitlines()[2:]:
            assert f"| {steps} {line}\n" in page
