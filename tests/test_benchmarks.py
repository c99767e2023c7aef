"""The scripts in benchmarks run; what they measure is recorded there."""

import dataclasses
import json
import runpy
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from ssgan.compare import Comparison
from ssgan.recipes import IMAGES, PHOTOS

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"


def test_speed_writes_a_row(tmp_path):
    out = tmp_path / "speed.jsonl"
    options = ["--cases", "mnist", "--rounds", "3", "--seconds", "0.1", "--out", out]
    command = [sys.executable, BENCHMARKS / "speed.py", *options]
    subprocess.run(command, check=True, timeout=240)
    [row] = [json.loads(line) for line in out.read_text().splitlines()]
    assert (row["case"], row["precision"]) == ("mnist", "float32")
    times = [row[f"{name}_ms"] for name in ("fit", "loop", "plain", "limit")]
    assert min(times) > 0
    # Medians: noise may double one time, but work that is left out would show.
    assert row["limit_ms"] < min(row["fit_ms"], row["plain_ms"])
    assert row["predict_per_s"] > 0
    assert row["peak_mib"] > 100


def benchmark(name):
    """The functions of a script, which finds the modules beside it."""
    sys.path.insert(0, str(BENCHMARKS))
    try:
        return runpy.run_path(str(BENCHMARKS / f"{name}.py"))
    finally:
        sys.path.remove(str(BENCHMARKS))


def row(recipe, labels, seed, error, **more):
    return {
        "recipe": recipe,
        "labels": labels,
        "seed": seed,
        "error": error,
        "seconds": 90,
        "steps": 1000,
        "precision": "float32",
        "fingerprint": "now",
        **more,
    }


# Improved GAN's are 1677 +- 452 errors with 20 labels and 93 +- 6.5 with 100.
ROWS = [
    row("images", 100, 0, 0.0300, fingerprint="then"),
    row("images", 100, 0, 0.0050),
    row("images", 100, 1, 0.0070),
    row("images", 100, 1, 0.0090),  # Other weights: the split counts once.
    row("images", 20, 0, 0.2000),
    row("images", 100, 0, 0.0040, members=2),
    row("mnist", 100, 0, 0.0120),
    row("mnist", 100, 0, 0.0100, precision="mixed_bfloat16"),
    row("images-supervised", 100, 0, 0.0700, fingerprint="then"),
    row("images-supervised", 100, 0, 0.0650),
    row("images-supervised", 100, 0, 0.0050, steps=2000),
    row("images-supervised", 100, 0, 0.0650, precision="mixed_bfloat16"),
]


def test_tables_show_ours_beside_the_published():
    tables = benchmark("tables")
    lines = tables["markdown"]("mnist", ROWS).splitlines()
    cells = {line.split("|")[1].strip(): line.split("|")[2:-1] for line in lines}
    cells = {name: [cell.strip() for cell in row] for name, row in cells.items()}
    published = cells["Improved GAN (published)"]
    assert published == ["1677 ± 452.0", "221 ± 136.0", "93 ± 6.5", "90 ± 4.2"]
    assert cells["**images, 1,000 updates**"] == [
        "2000 (n = 1, 1.5 min)",
        "not run",
        "65 ± 21.2 (n = 2, 1.5 min)",
        "not run",
    ]
    for name, expected in {
        "images, 1,000 updates, formerly (then)": "300",
        "images, 1,000 updates, ensemble of 2": "40",
        "mnist, 1,000 updates": "120",
        "mnist, 1,000 updates, mixed_bfloat16": "100",
        "images-supervised, 1,000 updates": "650",
        "images-supervised, 2,000 updates": "50",
    }.items():
        assert cells[f"**{name}**"][2] == f"{expected} (n = 1, 1.5 min)"
    assert all(len(row) == 4 for row in cells.values())


def test_tables_say_how_ours_compares():
    said = list(benchmark("tables")["verdicts"]("mnist", ROWS))
    alike = "within two standard deviations of it"
    assert [line.rpartition(": ")[2] for line in said] == [
        *(alike, "better", "worse", "better", "worse", alike),
        *("worse", "worse", "better", "worse"),
    ]
    best = "images, 1,000 updates, 100 labels, 2 splits: 65 against 93 ± 6.5: better"
    assert best in said


def test_tables_compare_with_the_baseline():
    said = list(benchmark("tables")["gains"]("mnist", ROWS))
    own, beside = "images, 1,000 updates, 100 labels: 65", "images-supervised, "
    assert said[:2] == [
        f"{own} against 650 of {beside}1,000 updates: 90 % fewer errors",
        f"{own} against 50 of {beside}2,000 updates: 30 % more errors",
    ]
    # The ensemble too; neither what has no baseline nor earlier forms.
    assert len(said) == 4
    assert not any("formerly" in line for line in said)


@pytest.mark.realdata
def test_a_table_runs_what_is_missing_and_no_more(tmp_path, need):
    need("mnist")
    options = ["--labels", "20", "--splits", "1", "--members", "2", "--steps", "20"]
    options += ["--methods", "ssgan", "--runs", tmp_path / "runs"]
    command = [sys.executable, BENCHMARKS / "tables.py", "mnist", *options]
    command += ["--out", tmp_path / "table"]
    for expected in ("[2/2]", "images, 20 labels"):
        done = subprocess.run(command, check=True, timeout=240, capture_output=True)
        assert expected in done.stdout.decode()
    assert "[1/" not in done.stdout.decode()
    text = (tmp_path / "table" / "rows.jsonl").read_text()
    rows = [json.loads(line) for line in text.splitlines()]
    assert [r["weights_seed"] for r in rows] == [0, 1000, None]
    assert all(0 < r["error"] < 1 and r["n_test"] == 10_000 for r in rows)
    assert (tmp_path / "table" / "figure.svg").read_text().startswith("<?xml")


def test_the_default_recipe_is_one_that_was_tried():
    tune = benchmark("tune")
    tried = tune["settings"](IMAGES)
    chosen = tried["stronger changes, half the noise"]
    # Names of settings may be left out where they are the function's own.
    assert dataclasses.replace(chosen, name="images") == IMAGES
    for group in (tried, tune["terms"](IMAGES), tune["photos"](PHOTOS)):
        assert len({repr(recipe) for recipe in group.values()}) == len(group)


def test_the_ablation_compares_split_by_split(tmp_path):
    tune = benchmark("tune")

    def runs(**errors):
        return Comparison(
            [
                {"method": "ssgan", "split": split, "error": error, "seconds": 60}
                for split, error in errors.items()
            ]
        )

    tried = {
        "default": {20: runs(a=0.01, b=0.05), 100: runs(a=0.02)},
        "no game": {20: runs(a=0.02, b=0.08), 100: runs(a=0.015)},
    }
    *_, base, other = tune["table"](tried, "default", "ssgan").splitlines()
    assert base == "| default | 3.00 ± 2.83 (n = 2) | - | 60 | 2.00 (n = 1) | - | 60 |"
    assert other.endswith("+2.00 ± 1.41 | 60 | 1.50 (n = 1) | -0.50 | 60 |")
    tune["draw"](tried, "default", "ssgan", tmp_path / "drawn.svg")
    assert "<!-- no game -->" in (tmp_path / "drawn.svg").read_text()
    del tried["default"]
    assert "(n = 2) | - | 60 |" in tune["table"](tried, "default", "ssgan")


def test_a_long_tail_of_classes():
    y = np.arange(300) % 3
    kept = benchmark("tune")["long_tail"](y, 4)
    assert np.bincount(y[kept]).tolist() == [100, 50, 25]
    assert (np.diff(kept) > 0).all()
