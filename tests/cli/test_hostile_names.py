"""Names that mislead, and files that must not be overwritten."""

import csv
import json

import numpy as np
import pandas as pd
import pytest
from command_line import run
from stand_in import without_training
from tiny import TINY_GAME, TINY_IMAGES

from ssgan import SSGANClassifier
from ssgan.data import image_grid
from ssgan.errors import InputError

CLASSES = ["[/b]", "=cmd|' /C calc'!A0", "@sum", "plain"]


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A model of rows with strange names of classes and columns, and its table."""
    folder = tmp_path_factory.mktemp("trained")
    y = np.tile(np.array(CLASSES, dtype=object), 20)
    x = np.random.default_rng(0).normal(size=(80, 2))
    table = pd.DataFrame(x, columns=["=1+1", "b"])
    with without_training():
        classifier = SSGANClassifier(TINY_GAME, random_state=0).fit(table, y)
    classifier.save(folder / "model.keras")
    table.assign(label=y).to_csv(folder / "own.csv", index=False)
    return folder / "model.keras", folder / "own.csv"


def test_names_are_no_mark_up(trained):
    said = run("evaluate", *trained).stdout
    assert all(name in said for name in CLASSES)


def test_names_are_no_formulas(trained, tmp_path):
    run("predict", *trained, "--out", tmp_path / "p.csv")
    with (tmp_path / "p.csv").open(newline="") as file:
        rows = list(csv.reader(file))
    assert not [c for row in rows for c in row if c.startswith(("=", "@", "+"))]
    assert {row[1] for row in rows[1:]} <= {
        "[/b]",
        "'=cmd|' /C calc'!A0",
        "'@sum",
        "plain",
    }
    run("predict", *trained, "--out", tmp_path / "p.parquet")
    classes = set(pd.read_parquet(tmp_path / "p.parquet")["class"])
    assert classes <= set(CLASSES)
    run("sample", trained[0], "--out", tmp_path / "s.csv", "--count", 3)
    assert (tmp_path / "s.csv").read_text().splitlines()[0] == "'=1+1,b"


def test_source_is_not_overwritten(trained, tmp_path):
    model, table = trained
    before = table.read_bytes()
    link, hard = tmp_path / "link.csv", tmp_path / "hard.csv"
    link.symlink_to(table)
    hard.hardlink_to(table)
    for out in (table, table.parent / "." / table.name, link, hard):
        said = run("predict", model, table, "--out", out, code=2).stderr
        assert "another file than those to read" in said
    (tmp_path / "images").mkdir()
    labels = tmp_path / "images" / "labels.csv"
    labels.write_text("file,label\n")
    run("predict", model, labels.parent, "--out", labels, code=2)
    assert labels.read_text() == "file,label\n"
    said = run("suggest", table, "--out", table, code=2).stderr
    assert "another file than those to read" in said
    assert table.read_bytes() == before


def test_results_of_other_kinds_go_to_files_of_their_kind(trained):
    model, table = trained
    other = [model, table, "--out", table]
    assert (
        "end in .json." in run("score-samples", *other, "--judge", model, code=2).stderr
    )
    assert "end in .jsonl." in run("turing", *other, code=2).stderr
    run("turing", model, table, "--questions", 10**10, code=2)  # No memory for them.


def test_names_of_files_that_are_no_text(tmp_path):
    from images import gray, save

    folder = tmp_path / "in"
    for label in ("caf\udce9", "tea"):
        for i in range(4):
            save(folder / label / f"{i}\udcff.png", gray(40 * i))
    save(folder / "unlabeled" / "0\udcff.png", gray(7))
    x = np.random.default_rng(0).integers(256, size=(20, 8, 8), dtype=np.uint8)
    y = np.tile(np.array(["caf\udce9", "tea"], dtype=object), 10)
    model = tmp_path / "model.keras"
    with without_training():
        SSGANClassifier(TINY_IMAGES, random_state=0).fit(x, y).save(model)
    assert "caf\\udce9" in run("evaluate", model, folder).stdout
    assert json.loads(run("evaluate", model, folder, "--json").stdout)["n"] == 8
    run("predict", model, folder, "--out", tmp_path / "p.csv")
    run("predict", model, folder, "--out", tmp_path / "p.parquet")
    run("suggest", folder, "--count", 1, "--out", tmp_path / "s.csv")
    for table in (
        pd.read_csv(tmp_path / "p.csv"),
        pd.read_parquet(tmp_path / "p.parquet"),
    ):
        assert table["file"][0] == "caf\\udce9/0\\udcff.png"
    assert pd.read_csv(tmp_path / "s.csv")["file"][0].endswith("\\udcff.png")


def test_samples_come_in_batches(trained, tmp_path, monkeypatch):
    classifier = SSGANClassifier.load(trained[0])
    sizes = []
    sample = classifier.model_.sample
    monkeypatch.setattr(
        classifier.model_, "sample", lambda n, **k: sizes.append(n) or sample(n, **k)
    )
    x = classifier.sample(2500, random_state=0)
    assert x.shape == (2500, 2)
    assert sizes == [1000, 1000, 500]
    np.testing.assert_array_equal(x[:1000], classifier.sample(1000, random_state=0))
    assert len(np.unique(x[:, 0])) > 2400
    run("sample", trained[0], "--out", tmp_path / "s.csv", "--count", 2500)
    assert len(pd.read_csv(tmp_path / "s.csv")) == 2500


def test_grid_has_a_bound():
    image_grid.expect_room(62_500, (32, 32, 3))
    with pytest.raises(InputError, match="at most 62,500 images"):
        image_grid.expect_room(1_000_000, (32, 32, 3))


@pytest.mark.parametrize(
    "arguments",
    [
        ("fit", "digits", "--labels", 20, "--seed", 2**32),
        ("fit", "digits", "--labels", 20, "--weights-seed", 2**32),
        ("compare", "digits", "--labels", 20, "--seed", 2**32),
        ("fit", "~nobody123/x.npz", "--labels", 20),
        ("fit", "x" * 5000, "--labels", 20),
        ("fit", "digits", "--labels", 20, "--recipe", "vectors"),
        ("fit", "digits", "--labels", "two"),
    ],
)
def test_one_sentence(arguments, tmp_path):
    said = run(*arguments, "--out", tmp_path / "out", code=2)
    assert "Traceback" not in said.output
    assert "ValueError" not in said.output
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("name", ["x" * 300 + ".keras", f"{'x/' * 3000}a.keras"])
def test_path_of_a_model_that_cannot_be(name, tmp_path):
    run("evaluate", name, "digits", code=2)
    run("predict", name, "digits", "--out", tmp_path / "p.csv", code=2)
    run("export", name, "--format", "onnx", "--out", tmp_path / "p.onnx", code=2)
