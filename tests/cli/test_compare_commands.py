"""Commands that compare methods: demo, compare and learning-curve."""

import json

import numpy as np
import pytest
from command_line import run
from read_page import Page
from stand_in import without_training
from tiny import TINY

from ssgan import recipes
from ssgan.cli import compare_commands
from ssgan.evaluation import compare as compare_module
from ssgan.evaluation.comparison import Comparison
from ssgan.support.provenance import environment


@pytest.fixture(autouse=True)
def small_networks(monkeypatch):
    """Nothing here samples, so that they go without a generator."""
    monkeypatch.setattr(recipes, "VECTORS", TINY)


def test_compare_shows_table_and_verdict(npz, tmp_path):
    out = tmp_path / "out"
    options = ["--labels", 6, "--splits", 2, "--out", out, "--jobs", 1]
    methods = ["--methods", "self-training,label-spreading"]
    shown = run("compare", npz, *options, *methods).stdout
    result = json.loads((out / "result.json").read_text())
    assert len(result["rows"]) == 4
    mean = result["summary"]["self-training"]["mean"]
    assert f"{100 * mean:.2f}" in shown
    assert result["verdict"] in shown.replace("\n", " ")
    assert result["recommendation"] in shown.replace("\n", " ")
    assert "This takes" not in shown  # It is over before that is known.
    assert str(out / "result.json") in shown.replace("\n", "")


def test_compare_leaves_labels_out_in_turn_and_a_model_behind(tmp_path, rng):
    y = np.tile([0, 1], 20)
    x = rng.normal(size=(40, 3)) + 3 * y[:, None]
    np.savez(tmp_path / "own.npz", x=x, y=np.where(np.arange(40) < 8, y, -1))
    source, out = tmp_path / "own.npz", tmp_path / "out"
    options = ["--splits", 2, "--steps", 10, "--jobs", 1]
    methods = ["--methods", "supervised,label-spreading"]
    done = run("compare", source, "--out", out, *options, *methods)
    rows = json.loads((out / "result.json").read_text())["rows"]
    assert [(row["n_labels"], row["n_test"]) for row in rows] == 4 * [(4, 4)]
    # A method of scikit-learn can be the model.
    result = json.loads((out / "label-spreading" / "result.json").read_text())
    assert (result["n_labels"], result["steps"]) == (8, 0)
    said = done.stdout.replace("\n", " ")
    assert f"Use it: ssgan predict {out / 'label-spreading'} NEW" in said
    # What the comparison has told is known of the model.
    wrong, n = result["left_out"]
    assert (wrong, n) == (round(sum(4 * r["error"] for r in rows[1::2])), 8)
    told = f"{100 * wrong / n:.0f} % of 8 labels held out"
    assert told in run("info", out / "label-spreading").stdout
    page = Page(out / "label-spreading" / "report.html").text
    assert "A comparison left out 8 labels" in page
    assert "unknown" not in page
    assert f"{wrong} of 8 labels were answered wrongly by label-spreading" in said
    assert "8 labels were answered wrongly" in Page(out / "report.html").text
    assert [row["n_unlabeled"] for row in rows] == [0, 32, 0, 32]
    # As before: nothing is trained again.
    model = out / "label-spreading" / "model.keras"
    written = model.stat().st_mtime_ns
    run("compare", source, "--out", out, *options, *methods)
    assert json.loads((out / "result.json").read_text())["rows"] == rows
    assert model.stat().st_mtime_ns == written
    # Another comparison tells another error.
    with without_training():
        run("compare", source, "--out", out, "--splits", 4, *options[2:], *methods)
    told = json.loads((out / "label-spreading" / "result.json").read_text())
    rows = json.loads((out / "result.json").read_text())["rows"]
    rows = [row for row in rows if row["method"] == "label-spreading"]
    wrong = sum(round(row["error"] * row["n_test"]) for row in rows)
    assert told["left_out"] == [wrong, sum(row["n_test"] for row in rows)]
    # Of images, too.
    x = np.round(20 * (x - x.min())).astype("uint8").reshape(40, 1, 3)
    np.savez(tmp_path / "own.npz", x=x, y=np.where(np.arange(40) < 8, y, -1))
    out = tmp_path / "images"
    with without_training():
        run("compare", source, "--out", out, *options, *methods)
    result = json.loads((out / "label-spreading" / "result.json").read_text())
    assert (result["n_labels"], result["steps"]) == (8, 0)
    refused = run("compare", source, "--out", out, "--no-flip", code=2).stderr
    assert "a recipe that mirrors images, such as photos. Received: images" in refused


def test_learning_curve_shows_table_and_forecast(npz, tmp_path):
    out, options = tmp_path / "curve", ["--splits", 1, "--steps", 10]
    done = run("learning-curve", npz, "--labels", "6,12,24", "--out", out, *options)
    assert "supervised error %" in done.stdout
    assert "[6/6] own@24-seed2400  ssgan: error" in done.stdout
    assert "ssgan: what more labels would bring cannot be told from" in done.stdout
    assert (out / "curve.svg").exists()
    refused = run("learning-curve", npz, "--labels", "6,x", "--out", out, code=2)
    assert "whole numbers in --labels, such as 20,50,100" in refused.stderr


@pytest.mark.parametrize(
    ("command", "labels"), [("compare", "6"), ("learning-curve", "6,12,24")]
)
def test_arithmetic_is_chosen(command, labels, npz, tmp_path, fits, set_policy):
    options = ["--labels", labels, "--splits", 1, "--jobs", 1, "--out", tmp_path]
    run(command, npz, *options, "--precision", "mixed_bfloat16")
    files = [*tmp_path.rglob("rows.jsonl")]
    rows = [json.loads(r) for file in files for r in file.read_text().splitlines()]
    assert {row["precision"] for row in rows} == {"mixed_bfloat16"}
    assert fits
    set_policy("float32")


def test_demo_keeps_an_earlier_one(monkeypatch, tmp_path):
    called = []

    def fake(data, n_labels, *, on_row, progress, **options):
        called.append((data.name, n_labels, options))
        row = {"dataset": data.name, "split": "a", "method": "ssgan", "error": 0.1}
        row |= {"n_test": 9, "jobs": 1, "seconds": 1.0, "n_labels": 5}
        row |= {"n_unlabeled": 9, "seed": 0, "recipe": "images", "steps": 9}
        return Comparison([row | environment()])

    monkeypatch.setattr(compare_module, "compare", fake)
    (tmp_path / "rows.jsonl").write_text("old\n")
    run("demo", "--out", tmp_path)
    assert (tmp_path / "rows.jsonl").exists()  # Unfinished: to go on with.
    (tmp_path / "result.json").write_text("{}\n")
    run("demo", "--out", tmp_path)
    names = [p.name.partition("-")[0] for p in sorted(tmp_path.glob("*.json*"))]
    assert names == ["result", "rows"]
    assert not (tmp_path / "rows.jsonl").exists()
    expected = {
        "splits": compare_commands.DEMO_SPLITS,
        "steps": compare_commands.DEMO_STEPS,
        "n_jobs": -1,
        "out": tmp_path,
    }
    assert called == 2 * [("digits", compare_commands.DEMO_LABELS, expected)]
    assert f"ssgan demo --out {tmp_path}" in (tmp_path / "report.html").read_text()


def test_demo_says_nothing_before_it_is_refused(tmp_path):
    (tmp_path / "file").touch()
    refused = run("demo", "--out", tmp_path / "file" / "demo", code=2)
    assert "a folder that can be written" in refused.stderr
    assert refused.stdout == ""
