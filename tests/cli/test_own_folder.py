import csv
import dataclasses
import json
import shutil
from pathlib import Path

import pytest
from command_line import run
from images import gray, save
from PIL import Image
from read_page import Page
from sklearn.datasets import load_digits
from tiny import TINY_IMAGES

from ssgan import recipes


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
    (folder / "train" / "unlabeled" / "damaged.png").write_text("")
    return folder


@pytest.fixture(scope="module")
def model(digits):
    """With small networks: what is done with files does not depend on their size."""
    out = digits.parent / "model"
    small = dataclasses.replace(TINY_IMAGES, name="images")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(recipes, "IMAGES", small)
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
    assert list(rows[0])[4:] == ["familiarity", "p_one", "p_two", "p_zero"]
    assert all(0 <= float(row["familiarity"]) <= 1 for row in rows)


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


def test_predict_takes_the_folder_of_a_model_and_files(digits, model, tmp_path):
    files = sorted(digits.glob("test/*/*"))[:2]
    out = tmp_path / "out.csv"
    run("predict", model.parent, *files, digits, "--part", "all", "--out", out)
    rows = rows_of(out)
    assert [row["file"] for row in rows[:3]] == [
        *map(str, files),
        f"{digits}/train/one/001.png",
    ]
    assert len(rows) == 202
    run("predict", model.parent, digits, "--part", "unlabeled", "--out", out)
    files = [row["file"] for row in rows_of(out)]
    assert len(files) == 90
    assert files[0] == "train/unlabeled/060.png"


def test_mistyped_path_gets_a_suggestion(digits, model, tmp_path):
    mistyped = digits.parent / "digist"
    said = run("predict", model, mistyped, "--out", tmp_path / "o.csv", code=2).stderr
    assert f"no such folder or file; did you mean {str(digits)!r}?" in said
    said = run("info", digits.parent / "modle", code=2).stderr
    assert f"did you mean {str(model.parent)!r}?" in said


def test_evaluate_shows_names(digits, model):
    shown = json.loads(run("evaluate", model, digits, "--json").stdout)
    assert set(shown["classes"]) == {"one", "two", "zero"}
    result = json.loads((Path(model).parent / "result.json").read_text())
    assert shown["error"] == result["error"]
    assert "zero" in run("evaluate", model, digits / "test").stdout


def test_evaluate_announces_training_examples(digits, model):
    said = run("evaluate", model, digits / "train").stdout
    # An interval would be that of an error on new examples.
    assert "of 60 training examples of train\n" in said
    assert "says little about new examples" in said


def test_report_lists_unreadable_files_and_the_unlabeled(model):
    page = Page(model.parent / "report.html")
    assert "train/unlabeled/damaged.png: " in page.text
    assert "All 90 unlabeled examples" in page.text
    assert "unlabeled" in page.ids


def test_evaluate_needs_a_class_that_the_model_knows(model, tmp_path):
    save(tmp_path / "new" / "cat" / "a.png", gray(0))
    error = run("evaluate", model, tmp_path / "new", code=2).stderr
    assert "labels among ['one', 'two', 'zero']. Received: ['cat']" in error


def test_compare_takes_a_size(digits, tmp_path):
    options = ["--labels", 12, "--splits", 1, "--size", 5, "--jobs", 1]
    methods = ["--methods", "self-training,label-spreading", "--out", tmp_path / "out"]
    run("compare", digits, *options, *methods)
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


def test_fit_continues_from_a_model_after_more_labels(digits, model, tmp_path):
    own = tmp_path / "digits"
    shutil.copytree(digits, own)
    for known in sorted((own / "train" / "one").iterdir())[:2]:
        shutil.copy(known, own / "test" / "one")
    fit = ["fit", own, "--out", tmp_path / "more", "--continue-from", model.parent]
    said = " ".join(run(*fit).stderr.split())
    assert "2 of the 52 test examples of digits are the same as examples whose" in said
    result = json.loads((tmp_path / "more" / "result.json").read_text())
    assert (result["recipe"], result["steps"]) == ("images", 10)
    record = json.loads((tmp_path / "more" / "run.json").read_text())
    assert record["continued_from"] == result["continued_from"]
    page = Page(tmp_path / "more" / "report.html").text
    assert "further steps10" in "".join(page.split("\n"))
    assert "), whose recipe was images" in page
    for said in (page, run("info", tmp_path / "more").stdout):
        assert f"another model ({result['continued_from']})" in said
    assert "nothing to resume" in run(*fit, "--resume").stdout
    other = [*fit[:-1], tmp_path / "more", "--resume"]
    assert "continued_from" in run(*other, code=2).stderr
    assert "--size 9" in run(*fit, "--size", 9, "--overwrite", code=2).stderr
