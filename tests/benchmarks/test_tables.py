"""The papers' tables: what is run, and how it is shown."""

import json
import sys

import pytest
from scripts import script

from ssgan.recipes import IMAGES


def row(recipe, n_labels, seed, error, **more):
    return {
        "recipe": recipe,
        "n_labels": n_labels,
        "seed": seed,
        "error": error,
        "seconds": 90,
        "steps": 1000,
        "precision": "float32",
        "fingerprint": "now",
        "weights_seed": seed,
        **more,
    }


# Improved GAN makes 1677 +- 452 errors with 20 labels and 93 +- 6.5 with 100.
ROWS = [
    row("images", 100, 0, 0.0300, fingerprint="then"),
    row("images", 100, 0, 0.0050),
    row("images", 100, 1, 0.5000, data="before"),  # The next row supersedes it.
    row("images", 100, 1, 0.0070),
    # Other weights: the split counts once.
    row("images", 100, 1, 0.0090, weights_seed=1000),
    row("images", 20, 0, 0.2000),
    row("images", 100, 0, 0.0040, n_members=2),
    row("mnist", 100, 0, 0.0120),
    row("mnist", 100, 0, 0.0100, precision="mixed_bfloat16"),
    row("images-supervised", 100, 0, 0.0700, fingerprint="then"),
    row("images-supervised", 100, 0, 0.0650),
    row("images-supervised", 100, 0, 0.0050, steps=2000),
    row("images-supervised", 100, 0, 0.0650, precision="mixed_bfloat16"),
]


def test_ours_are_shown_beside_the_published():
    lines = script("tables").markdown("mnist", ROWS).splitlines()
    cells = {line.split("|")[1].strip(): line.split("|")[2:-1] for line in lines}
    cells = {name: [cell.strip() for cell in row] for name, row in cells.items()}
    published = cells["Improved GAN (published)"]
    assert published == ["1677 ± 452.0", "221 ± 136.0", "93 ± 6.5", "90 ± 4.2"]
    assert cells["**images, 1,000 steps**"] == [
        "2000 (n = 1, 1.5 min)",
        "not run",
        "65 ± 21.2 (n = 2, 1.5 min)",
        "not run",
    ]
    for name, expected in {
        "images, 1,000 steps, ensemble of 2": "40",
        "mnist, 1,000 steps": "120",
        "mnist, 1,000 steps, mixed_bfloat16": "100",
        "images-supervised, 1,000 steps": "650",
        "images-supervised, 2,000 steps": "50",
    }.items():
        assert cells[f"**{name}**"][2] == f"{expected} (n = 1, 1.5 min)"
    assert all(len(row) == 4 for row in cells.values())
    assert not any("formerly" in name for name in cells)
    earlier = script("tables").markdown("mnist", ROWS, earlier=True).splitlines()[2:]
    assert [line.split("|")[1].strip() for line in earlier] == [
        "images, 1,000 steps, formerly (then)",
        "images-supervised, 1,000 steps, formerly (then)",
    ]
    assert earlier[0].split("|")[4].strip() == "300 (n = 1, 1.5 min)"
    assert script("tables").markdown("mnist", ROWS[1:4], earlier=True) == ""


def test_verdicts_compare_with_the_published():
    tables = script("tables")
    about = "images, 1,000 steps, 100 labels"
    for error, splits, expected in (
        (0.0050, 3, "3 splits: 50 against 93 ± 6.5: better"),
        (
            0.0093,
            4,
            "4 splits: 93 against 93 ± 6.5: within two standard deviations of it",
        ),
        (0.0120, 3, "3 splits: 120 against 93 ± 6.5: worse"),
        (0.0120, 2, "2 splits: 120 against 93 ± 6.5: too few splits for a verdict"),
        (0.0050, 1, "1 split: 50 against 93 ± 6.5: too few splits for a verdict"),
    ):
        rows = [row("images", 100, seed, error) for seed in range(splits)]
        assert [*tables.verdicts("mnist", rows)] == [f"{about}, {expected}"]


def test_gains_compare_with_the_baseline():
    said = list(script("tables").gains("mnist", ROWS))
    own, beside = "images, 1,000 steps, 100 labels: 65", "images-supervised, "
    assert said[:2] == [
        f"{own} against 650 of {beside}1,000 steps: 90 % fewer errors",
        f"{own} against 50 of {beside}2,000 steps: 30 % more errors",
    ]
    # The ensemble has a baseline too; other recipes have none.
    assert len(said) == 4


def test_time_is_that_of_all_methods_and_members(monkeypatch, capsys):
    timing = script("timing")
    monkeypatch.setattr(timing, "seconds_a_run", lambda recipe, data: recipe.steps)
    recipe = IMAGES.with_steps(3600)  # An hour, by this.
    methods = ["ssgan", "supervised", "ceiling", "label-spreading"]
    hours = timing.show_time("mnist", [recipe], None, 4, methods, 2)
    assert hours == 2 * (4 + 4 + 1)
    game, alone, ceiling, spreading = capsys.readouterr().out.splitlines()
    assert game.startswith("mnist, images: 1000 ms a step, 3,600 steps: 2.0 hours a")
    assert alone.endswith("2.0 hours a run, 4 runs: 8 hours")
    assert ceiling.endswith("2.0 hours a run, 1 runs: 2 hours")
    assert spreading == "mnist, label-spreading: not timed"


def test_a_trial_leaves_the_table_of_rows_alone(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["tables.py", "rows", "--steps", "10"])
    with pytest.raises(SystemExit, match="--steps takes the place of other rows"):
        script("tables").main()


@pytest.mark.slow
@pytest.mark.realdata
def test_a_table_runs_what_is_missing_and_no_more(tmp_path, need, monkeypatch, capsys):
    need("mnist")
    options = ["--labels", "20", "--splits", "2", "--steps", "20"]
    # For the game, labels would first spread to neighbors, which takes long.
    options += ["--methods", "supervised", "--checkpoints", tmp_path / "runs"]
    command = ["tables.py", "mnist", *options, "--out", tmp_path / "table"]
    monkeypatch.setattr(sys, "argv", [*map(str, command)])
    for _ in range(2):
        script("tables").main()
        shown = capsys.readouterr().out
        assert "images-supervised, 20 steps" in shown
        assert "[2/2]" in shown
    text = (tmp_path / "table" / "rows.jsonl").read_text()
    rows = [json.loads(line) for line in text.splitlines()]
    assert sorted(r["weights_seed"] for r in rows) == [0, 1]
    assert all(0 < r["error"] < 1 and r["n_test"] == 10_000 for r in rows)
    assert all(r["schema"] == 2 and len(r["data"]) == 16 for r in rows)
    assert rows[0]["recipe_numbers"]["epsilon"] == 1e-4
    assert (tmp_path / "table" / "figure.svg").read_text().startswith("<?xml")
    assert not any((tmp_path / "runs").iterdir()), "no checkpoints of finished runs"
