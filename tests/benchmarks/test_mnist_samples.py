"""The table of the recipe for samples is that of its rows."""

import statistics

import pytest
from scripts import BENCHMARKS

from ssgan.support.json_lines import read_json_lines

ROWS = read_json_lines(BENCHMARKS / "results" / "mnist-samples" / "rows.jsonl")
PAGE = (BENCHMARKS / "pages" / "samples.md").read_text()
DIGITS = {"score": 2, "coverage": 3, "precision": 3, "frechet_distance": 0}


def shown(values, digits):
    """Return mean and standard deviation as text."""
    mean, std = statistics.mean(values), statistics.stdev(values)
    return f"{mean:.{digits}f} ± {std:.{digits}f}"


@pytest.mark.parametrize("recipe", ["images", "mnist-samples"])
def test_line_of_a_recipe(recipe):
    rows = [row for row in ROWS if row["recipe"] == recipe]
    assert len({row["seed"] for row in rows}) == len(rows) >= 2
    [steps] = {row["steps"] for row in rows}
    cells = [f"{recipe}, {steps:,} steps (n = {len(rows)})"]
    cells.append(shown([row["share"] for row in rows], 3))
    for name, digits in DIGITS.items():
        cells.append(shown([row["generated"][name]["value"] for row in rows], digits))
    cells.append(shown([100 * row["error"] for row in rows], 2))
    cells.append(shown([row["seconds"] / 60 for row in rows], 1))
    assert f"| {' | '.join(cells)} |" in PAGE


def test_line_of_the_real_images():
    real = ROWS[0]["real"]
    cells = [f"{real[name]['value']:.{digits}f}" for name, digits in DIGITS.items()]
    [error] = {row["judge_error"] for row in ROWS}
    assert f"| test images | 1 | {' | '.join(cells)} | {100 * error:.2f} (" in PAGE


def test_the_mark_is_met():
    best = [row for row in ROWS if row["recipe"] == "mnist-samples"]
    assert all(row["n_labels"] == 100 and row["share"] >= 0.95 for row in best)
    assert all(row["seconds"] <= 20 * 60 for row in best)
