"""The scripts in benchmarks run; what they measure is recorded there."""

import dataclasses
import json
import runpy
import subprocess
import sys
from pathlib import Path

from ssgan.recipes import IMAGES

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"


def test_speed_writes_a_row(tmp_path):
    out = tmp_path / "speed.jsonl"
    options = ["--cases", "mnist", "--rounds", "5", "--seconds", "0.1", "--out", out]
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


def test_the_default_recipe_is_one_that_was_tried():
    tried = runpy.run_path(str(BENCHMARKS / "tune.py"))["variants"](IMAGES.steps)
    chosen = tried["stronger changes, half the noise"]
    # Names of settings may be left out where they are the function's own.
    assert dataclasses.replace(chosen, name="images") == IMAGES
    assert len({repr(recipe) for recipe in tried.values()}) == len(tried)
