import csv
import json
from pathlib import Path

import pytest
from images import gray, save
from PIL import Image
from sklearn.datasets import load_digits
from typer.testing import CliRunner

from ssgan.cli.app import app


def run(*arguments, code=0):
    result = CliRunner().invoke(app, [str(a) for a in arguments])
    assert result.exit_code == code, (result.output, result.exception)
    return result


@pytest.fixture(scope="module")
def digits(tmp_path_factory):
    """Handwritten digits in folders: some labeled, some not, and some to test on."""
    folder = tmp_path_factory.mktemp("own") / "digits"
    names = ["zero", "one", "two"]
    images, targets = load_digits(n_class=3, return_X_y=True)
    for i, (image, target) in enumerate(zip(images[:200], targets[:200], strict=True)):
        place = "unlabeled" if 60 <= i < 150 else names[target]
        part = "train" if i < 150 else "test"
        path = folder / part / place / f"{i:03}.png"
        save(path, image.reshape(8, 8) * 255 / 16)
    return folder


@pytest.fixture(scope="module")
def model(digits):
    out = digits.parent / "model"
    run("fit", digits, "--steps", 20, "--out", out)
    result = json.loads((out / "result.json").read_text())
    assert result["classes"] == ["one", "two", "zero"]
    assert (result["n_labels"], result["n_test"]) == (60, 50)
    return out / "model.keras"


def rows_of(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_predict_names_files_and_classes(digits, model, tmp_path):
    run("predict", model, digits, "--out", tmp_path / "out.csv")
    rows = rows_of(tmp_path / "out.csv")
    files = sorted(p.relative_to(digits).as_posix() for p in digits.glob("test/*/*"))
    assert [row["file"] for row in rows] == files
    assert {row["class"] for row in rows} <= {"zero", "one", "two"}
    assert list(rows[0])[:2] == ["index", "file"]
    assert list(rows[0])[4:] == ["p_one", "p_two", "p_zero"]


def test_model_takes_images_of_another_size_and_kind(digits, model, tmp_path):
    file = sorted(digits.glob("test/*/*"))[0]
    image = Image.open(file)
    save(tmp_path / "new" / "same.png", image)
    save(tmp_path / "new" / "color.png", image, "RGB")
    save(
        tmp_path / "new" / "large.png", image.resize((80, 80), Image.Resampling.NEAREST)
    )
    run("predict", model, tmp_path / "new", "--out", tmp_path / "out.csv")
    rows = {row["file"]: row for row in rows_of(tmp_path / "out.csv")}
    assert len(rows) == 3
    assert rows["same.png"]["p_one"] == rows["color.png"]["p_one"]
    assert rows["same.png"]["class"] == rows["large.png"]["class"]


def test_evaluate_shows_names(digits, model):
    shown = json.loads(run("evaluate", model, digits, "--json").stdout)
    assert set(shown["classes"]) == {"one", "two", "zero"}
    result = json.loads((Path(model).parent / "result.json").read_text())
    assert shown["error"] == result["error"]
    assert "zero" in run("evaluate", model, digits / "test").stdout


def test_evaluate_needs_a_class_that_the_model_knows(model, tmp_path):
    save(tmp_path / "new" / "cat" / "a.png", gray(0))
    error = run("evaluate", model, tmp_path / "new", code=2).stderr
    assert "labels among ['one', 'two', 'zero']. Received: ['cat']" in error


def test_compare_takes_a_size(digits, tmp_path):
    arguments = ["compare", digits, "--labels", 12, "--splits", 1, "--size", 5]
    methods = ["--methods", "self-training,label-spreading", "--out", tmp_path / "out"]
    run(*arguments, *methods)
    rows = json.loads((tmp_path / "out" / "result.json").read_text())["rows"]
    assert {row["method"]: row["n_test"] for row in rows} == {
        "self-training": 50,
        "label-spreading": 50,
    }
    assert min(row["error"] for row in rows) < 0.3


def test_size_is_refused_for_another_source(tmp_path):
    arguments = [
        "fit",
        "digits",
        "--labels",
        20,
        "--size",
        8,
        "--out",
        tmp_path / "out",
    ]
    assert "size for a folder of images" in run(*arguments, code=2).stderr
