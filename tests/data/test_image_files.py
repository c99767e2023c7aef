import csv
import gc
import json
import os
import tempfile
import warnings
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_digits
from typer.testing import CliRunner

from ssgan.cli import app
from ssgan.data import pictures, storage
from ssgan.data.sources import load
from ssgan.errors import InputError

RED, WHITE = [255, 0, 0], [255, 255, 255]


def save(path, pixels, mode=None, **options):
    """Write pixels, or a Pillow image, to a file whose folder may not be there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    is_image = isinstance(pixels, Image.Image)
    image = pixels if is_image else Image.fromarray(np.asarray(pixels, np.uint8))
    (image.convert(mode) if mode else image).save(path, **options)
    return path


def grey(value, height=4, width=4):
    return np.full((height, width), value, np.uint8)


def colour(value, height=4, width=4):
    return np.full((height, width, len(value)), value, np.uint8)


@pytest.fixture
def folders(tmp_path):
    """A folder of two classes and some pictures without a label, in grey."""
    folder = tmp_path / "pets"
    for i, name in enumerate(
        ["cat/b.png", "cat/a.png", "dog/more/c.PNG", "unlabeled/d.png", "e.png"]
    ):
        save(folder / name, grey(10 * i))
    (folder / "notes.txt").write_text("no picture")
    (folder / ".hidden.png").write_text("no picture")
    return folder


def test_folders_are_classes(folders):
    data = load(folders)
    files = ("cat/a.png", "cat/b.png", "dog/more/c.PNG", "e.png", "unlabeled/d.png")
    assert (data.name, data.files_train, data.files_test) == ("pets", files, None)
    assert data.x_train.shape == (5, 4, 4)
    assert data.x_train.dtype == np.uint8
    assert data.x_train[:, 0, 0].tolist() == [10, 0, 20, 40, 30]
    assert data.y_train.tolist() == ["cat", "cat", "dog", -1, -1]


def test_pictures_alone_are_unlabeled(tmp_path, monkeypatch):
    save(tmp_path / "new" / "1.png", grey(3))
    monkeypatch.chdir(tmp_path / "new")
    data = load(".")
    assert (data.name, data.y_train.tolist()) == ("new", [-1])


def test_train_and_test_are_parts(tmp_path):
    save(tmp_path / "train" / "cat" / "a.png", grey(1))
    save(tmp_path / "train" / "unlabeled" / "b.png", grey(2))
    save(tmp_path / "test" / "dog" / "c.png", colour(RED))
    data = load(tmp_path)
    assert data.y_train.tolist() == ["cat", -1]
    assert data.y_test.tolist() == ["dog"]
    assert data.files_train == ("train/cat/a.png", "train/unlabeled/b.png")
    assert data.files_test == ("test/dog/c.png",)
    assert data.x_train.shape == (2, 4, 4, 3)  # One picture has colour: all do.
    assert data.x_train[:, 0, 0].tolist() == [[1] * 3, [2] * 3]

    save(tmp_path / "val" / "cat" / "d.png", grey(1))
    with pytest.warns(UserWarning, match="are read, not val. What has no labels"):
        assert len(load(tmp_path).y_train) == 2
    save(tmp_path / "test" / "e.png", grey(1))
    with (
        pytest.warns(UserWarning, match="not val"),
        pytest.raises(InputError, match="every test example. Received: 1 without"),
    ):
        load(tmp_path)


def test_train_without_test_is_refused(tmp_path):
    save(tmp_path / "train" / "cat" / "a.png", grey(1))
    save(tmp_path / "val" / "cat" / "a.png", grey(1))
    with pytest.raises(InputError, match=r"train and test.*\['train', 'val'\]"):
        load(tmp_path)


def test_train_may_be_a_class(tmp_path):
    save(tmp_path / "train" / "a.png", grey(1))
    save(tmp_path / "bus" / "a.png", grey(1))
    assert load(tmp_path).y_train.tolist() == ["bus", "train"]


def test_table_of_labels(folders):
    table = "label,file\ncat , e.png\n,cat/a.png\n01,./cat/b.png\n-1,dog\\more\\c.PNG\n"
    (folders / "labels.csv").write_text(table, encoding="utf-8-sig")
    data = load(folders)
    assert dict(zip(data.files_train, data.y_train.tolist(), strict=True)) == {
        "cat/a.png": -1,
        "cat/b.png": "01",
        "dog/more/c.PNG": -1,
        "e.png": "cat",
        "unlabeled/d.png": -1,
    }


def test_table_of_labels_in_a_part(tmp_path):
    save(tmp_path / "test" / "a.png", grey(1))
    save(tmp_path / "train" / "dog" / "a.png", grey(1))
    (tmp_path / "test" / "labels.csv").write_text("file,label\na.png,3\n")
    data = load(tmp_path)
    assert (data.y_train.tolist(), data.y_test.tolist()) == (["dog"], ["3"])


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("e.png,cat\n", r"columns file and label in .*Received: \['e.png', 'cat'\]"),
        ("", r"columns file and label in .*Received: \[\]"),
        (
            "file,label\ne.png,cat\nnone.png,dog\n../e.png,dog\n",
            r"be a picture in that folder. Received: 2 .* none.png, \.\./e.png$",
        ),
        ("file,label\nnotes.txt,cat\n", "1 that are not: notes.txt"),
        ("file,label\ne.png,cat\n./e.png,cat\n", "each file once .*again e.png"),
        ("file,label\ne.png,\x00\n".encode("utf-16"), "in UTF-8"),
    ],
    ids=["no header", "empty", "missing", "no picture", "twice", "utf-16"],
)
def test_table_of_labels_that_is_unfit_is_refused(folders, table, message):
    content = table if isinstance(table, bytes) else table.encode()
    (folders / "labels.csv").write_bytes(content)
    with pytest.raises(InputError, match=message):
        load(folders)


def test_folder_without_pictures_is_refused(tmp_path):
    (tmp_path / "notes.txt").write_text("no picture")
    with pytest.raises(InputError, match=r"pictures \(.png .*\) in .*Received: none"):
        load(tmp_path)


def test_links_that_go_round_end(folders):
    (folders / "cat" / "round").symlink_to(folders, target_is_directory=True)
    (folders / "linked").symlink_to(folders.parent / "other")
    save(folders.parent / "other" / "x.png", grey(1))
    data = load(folders)
    assert len(data.files_train) == 6
    assert data.y_train[data.files_train.index("linked/x.png")] == "linked"


def palette_image(greys):
    image = Image.new("P", (4, 4), 1)
    image.putpalette([0, 0, 0, *((9, 9, 9) if greys else (9, 8, 7))])
    return image


def sixteen_bits(value):
    return Image.fromarray(np.full((4, 4), value, np.uint16))


@pytest.mark.parametrize(
    ("name", "image", "pixel"),
    [
        ("a.png", Image.new("L", (4, 4), 7), 7),
        ("a.png", Image.new("1", (4, 4), 1), 255),
        ("a.png", sixteen_bits(65535), 255),
        ("a.tif", sixteen_bits(257 * 100 + 128), 100),
        ("a.png", sixteen_bits(257 * 100 + 129), 101),
        ("a.png", Image.new("LA", (4, 4), (7, 0)), 255),
        ("a.png", Image.new("LA", (4, 4), (7, 255)), 7),
        ("a.png", palette_image(greys=True), 9),
        ("a.gif", Image.new("L", (4, 4), 7), 7),
        ("a.png", palette_image(greys=False), [9, 8, 7]),
        ("a.bmp", Image.new("RGB", (4, 4), "red"), RED),
        ("a.webp", Image.new("RGB", (4, 4), "white"), WHITE),
        ("a.png", Image.new("RGBA", (4, 4), (255, 0, 0, 255)), RED),
        ("a.png", Image.new("RGBA", (4, 4), (0, 0, 0, 0)), WHITE),
        ("a.png", Image.new("RGBA", (4, 4), (255, 0, 0, 128)), [255, 127, 127]),
        ("a.tif", Image.new("CMYK", (4, 4), (0, 255, 255, 0)), RED),
        ("a.tif", Image.new("LAB", (4, 4), (255, 128, 128)), WHITE),
    ],
    ids=lambda value: value.mode if isinstance(value, Image.Image) else None,
)
def test_mode(tmp_path, name, image, pixel):
    save(tmp_path / name, image)
    x = load(tmp_path).x_train
    assert x.shape == (1, 4, 4, *np.shape(pixel))
    np.testing.assert_allclose(x[0, 1, 2].astype(int), pixel, atol=1)
    if image.mode not in ("LAB", "CMYK", "RGBA", "RGB"):
        assert x[0, 1, 2].tolist() == pixel


def test_transparent_color_of_a_palette_is_laid_on_white(tmp_path):
    save(tmp_path / "a.png", palette_image(greys=True), transparency=1)
    assert load(tmp_path).x_train[0, 0, 0] == 255


def test_modes_together_are_rgb(tmp_path):
    modes = ["1", "L", "LA", "P", "RGB", "RGBA", "I;16", "CMYK"]
    for mode in modes:
        image = sixteen_bits(65535) if mode == "I;16" else Image.new(mode, (4, 4))
        save(tmp_path / f"{modes.index(mode)}.tif", image)
    x = load(tmp_path).x_train
    assert x.shape == (8, 4, 4, 3)
    expected = [0, 0, 255, 0, 0, 255, 255, 255]  # Of zeros; CMYK's zeros are white.
    assert x[:, 0, 0].tolist() == [[value] * 3 for value in expected]


@pytest.mark.parametrize("suffix", ["png", "jpg", "tif"])
@pytest.mark.parametrize("side", [8, 64])
def test_exif_rotation_is_applied(tmp_path, suffix, side):
    pixels = np.zeros((side // 2, side), np.uint8)
    pixels[:, : side // 2] = 255  # The left half is white.
    exif = Image.Exif()
    exif[0x0112] = 6  # To be turned clockwise: left comes to the top.
    save(tmp_path / f"a.{suffix}", pixels, exif=exif)
    x = load(tmp_path).x_train[0]
    assert x.shape == ((8, 4) if side == 8 else (32, 32))
    assert x[: len(x) // 2 - 1].min() > 240
    assert x[len(x) // 2 + 1 :].max() < 15


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ([(20, 28), (20, 28)], (20, 28)),
        ([(32, 32), (32, 32)], (32, 32)),
        ([(33, 20), (33, 20)], (32, 32)),
        ([(20, 28), (28, 20)], (32, 32)),
        ([(1, 1), (300, 7)], (32, 32)),
    ],
)
def test_common_size(tmp_path, sizes, expected):
    for i, size in enumerate(sizes):
        save(tmp_path / f"{i}.png", grey(i, *size))
    assert load(tmp_path).x_train.shape == (2, *expected)
    assert load(tmp_path, size=12).x_train.shape == (2, 12, 12)


def test_pixels_of_the_common_size_are_untouched(tmp_path, rng):
    pixels = rng.integers(0, 256, (9, 7, 3), np.uint8)
    save(tmp_path / "a.png", pixels)
    np.testing.assert_array_equal(load(tmp_path).x_train[0], pixels)


@pytest.mark.parametrize("suffix", ["png", "jpg"])
def test_resizing_averages(tmp_path, suffix):
    """Fine stripes become grey, not a pattern; left stays left."""
    pixels = np.zeros((512, 1024, 3), np.uint8)
    pixels[:, ::2] = 255
    pixels[:, 512:] = WHITE
    save(tmp_path / f"a.{suffix}", pixels)
    x = load(tmp_path, size=16).x_train[0].astype(int)
    assert abs(x[:, 1:7] - 127).max() <= 3
    assert x[:, 9:].min() >= 252


@pytest.mark.parametrize("shape", [(5, 6), (5, 6, 1), (5, 6, 3)])
def test_shape_of_a_model_is_kept(tmp_path, shape):
    save(tmp_path / "a.png", colour([255, 255, 255]))
    save(tmp_path / "b.png", grey(255))
    assert (
        load(tmp_path, shape=shape).x_train.tolist()
        == np.full((2, *shape), 255).tolist()
    )


@pytest.mark.parametrize("shape", [(784,), (4, 4, 4), None])
def test_shape_of_no_picture_is_ignored(folders, shape):
    assert load(folders, shape=shape).x_train.shape == (5, 4, 4)


@pytest.mark.parametrize(
    "options",
    [{"size": 0}, {"size": 2.5}, {"size": True}, {"size": 8, "shape": (8, 8)}],
)
def test_bad_size_is_refused(folders, options):
    with pytest.raises(InputError, match=r"Received: size="):
        load(folders, **options)


def test_damaged_files_are_left_out(folders):
    good = (folders / "cat" / "a.png").read_bytes()
    noise = np.random.default_rng(0).integers(0, 256, (40, 40, 3), np.uint8)
    jpeg = save(folders / "dog" / "cut.jpg", noise).read_bytes()
    (folders / "dog" / "cut.jpg").write_bytes(jpeg[: len(jpeg) // 2])
    (folders / "cat" / "a.png").write_bytes(good[:-30])
    (folders / "cat" / "aa.png").write_bytes(b"")
    (folders / "x.png").write_text("no picture")
    save(folders / "y.tif", Image.new("F", (4, 4)))
    with pytest.warns(UserWarning, match="cannot be read") as warned:
        data = load(folders)
    (message,) = {str(w.message) for w in warned}
    assert message.startswith(
        f"5 of 9 pictures in {folders} cannot be read and are left"
    )
    assert "out: cat/a.png (" in message
    assert "cat/aa.png (" in message
    assert "dog/cut.jpg (" in message
    assert message.endswith(", ...")
    assert data.files_train == (
        "cat/b.png",
        "dog/more/c.PNG",
        "e.png",
        "unlabeled/d.png",
    )
    assert data.y_train.tolist() == ["cat", "dog", -1, -1]
    # The header of a truncated photograph counts: it made the size 32, and colour.
    assert data.x_train[:, 3, 3].tolist() == [[v] * 3 for v in (0, 20, 40, 30)]


def test_nothing_but_damage_is_refused(tmp_path):
    (tmp_path / "a.png").write_text("no picture")
    with pytest.raises(InputError, match="can be read. Received: none .* a.png"):
        load(tmp_path)


def test_programs_are_not_started(tmp_path):
    """Pillow would hand this to Ghostscript, whatever the name."""
    (tmp_path / "a.png").write_text("%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 4 4\n")
    save(tmp_path / "b.png", grey(1))
    with pytest.warns(UserWarning, match=r"a.png \(cannot identify"):
        assert load(tmp_path).files_train == ("b.png",)


def test_too_large_for_memory(folders, monkeypatch, tmp_path):
    expected = load(folders)
    (folders / "dog" / "bad.png").write_bytes(b"")
    spill = tmp_path / "spill"
    spill.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(spill))
    monkeypatch.setattr(storage, "IN_MEMORY", 10)
    with pytest.warns(UserWarning, match="1 of 6"):
        data = load(folders)
    assert isinstance(data.x_train, np.memmap)
    (path,) = spill.iterdir()
    assert path.stat().st_size == 6 * 16
    np.testing.assert_array_equal(data.x_train, expected.x_train)
    assert data.files_train == expected.files_train
    del data
    gc.collect()
    assert not list(spill.iterdir())

    monkeypatch.setattr(storage.shutil, "disk_usage", lambda _: os.statvfs_result)
    monkeypatch.setattr(os.statvfs_result, "free", 0, raising=False)
    with pytest.raises(InputError, match="room in .*spill.*TMPDIR"):
        load(folders)


def test_bar_is_shown_when_it_takes_long(folders, monkeypatch, capfd):
    load(folders)
    assert capfd.readouterr() == ("", "")
    monkeypatch.setattr(pictures, "BAR_AFTER_SECONDS", -1)
    load(folders)
    out, err = capfd.readouterr()
    assert out == ""
    assert "reading pictures" in err
    assert "100%" in err


def test_warnings_of_others_are_not_lost(folders):
    """Pillow's are ignored while files are read, and only then."""
    load(folders)
    with pytest.warns(UserWarning, match="later"):
        warnings.warn("later", stacklevel=1)


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
    assert (result["labels"], result["n_test"]) == (60, 50)
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


def test_model_takes_pictures_of_another_size_and_kind(digits, model, tmp_path):
    file = sorted(digits.glob("test/*/*"))[0]
    image = Image.open(file)
    save(tmp_path / "new" / "same.png", image)
    save(tmp_path / "new" / "colour.png", image, "RGB")
    save(
        tmp_path / "new" / "large.png", image.resize((80, 80), Image.Resampling.NEAREST)
    )
    run("predict", model, tmp_path / "new", "--out", tmp_path / "out.csv")
    rows = {row["file"]: row for row in rows_of(tmp_path / "out.csv")}
    assert len(rows) == 3
    assert rows["same.png"]["p_one"] == rows["colour.png"]["p_one"]
    assert rows["same.png"]["class"] == rows["large.png"]["class"]


def test_evaluate_shows_names(digits, model):
    shown = json.loads(run("evaluate", model, digits, "--json").stdout)
    assert set(shown["classes"]) == {"one", "two", "zero"}
    result = json.loads((Path(model).parent / "result.json").read_text())
    assert shown["error"] == result["error"]
    assert "zero" in run("evaluate", model, digits / "test").stdout


def test_evaluate_needs_a_class_that_the_model_knows(model, tmp_path):
    save(tmp_path / "new" / "cat" / "a.png", grey(0))
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
    assert "size for a folder of pictures" in run(*arguments, code=2).stderr
