import numpy as np
import pytest
from images import RED, color, gray, save
from PIL import Image

from ssgan.data.sources import load
from ssgan.errors import InputError


def test_folders_are_classes(folders):
    data = load(folders)
    files = ("cat/a.png", "cat/b.png", "dog/more/c.PNG", "e.png", "unlabeled/d.png")
    assert (data.name, data.files_train, data.files_test) == ("pets", files, None)
    assert data.x_train.shape == (5, 4, 4)
    assert data.x_train.dtype == np.uint8
    assert data.x_train[:, 0, 0].tolist() == [10, 0, 20, 40, 30]
    assert data.y_train.tolist() == ["cat", "cat", "dog", -1, -1]


def test_images_alone_are_unlabeled(tmp_path, monkeypatch):
    save(tmp_path / "new" / "1.png", gray(3))
    monkeypatch.chdir(tmp_path / "new")
    data = load(".")
    assert (data.name, data.y_train.tolist()) == ("new", [-1])


def test_train_and_test_are_parts(tmp_path):
    save(tmp_path / "train" / "cat" / "a.png", gray(1))
    save(tmp_path / "train" / "unlabeled" / "b.png", gray(2))
    save(tmp_path / "test" / "dog" / "c.png", color(RED))
    data = load(tmp_path)
    assert data.y_train.tolist() == ["cat", -1]
    assert data.y_test.tolist() == ["dog"]
    assert data.files_train == ("train/cat/a.png", "train/unlabeled/b.png")
    assert data.files_test == ("test/dog/c.png",)
    assert data.x_train.shape == (2, 4, 4, 3)  # One image has color: all do.
    assert data.x_train[:, 0, 0].tolist() == [[1] * 3, [2] * 3]

    save(tmp_path / "val" / "cat" / "d.png", gray(1))
    with pytest.warns(UserWarning, match="are read, not val. What has no labels"):
        assert len(load(tmp_path).y_train) == 2
    save(tmp_path / "test" / "e.png", gray(1))
    with (
        pytest.warns(UserWarning, match="not val"),
        pytest.raises(InputError, match="every test example. Received: 1 without"),
    ):
        load(tmp_path)


def test_train_without_test_is_refused(tmp_path):
    save(tmp_path / "train" / "cat" / "a.png", gray(1))
    save(tmp_path / "val" / "cat" / "a.png", gray(1))
    with pytest.raises(InputError, match=r"train and test.*\['train', 'val'\]"):
        load(tmp_path)


def test_train_may_be_a_class(tmp_path):
    save(tmp_path / "train" / "a.png", gray(1))
    save(tmp_path / "bus" / "a.png", gray(1))
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
    save(tmp_path / "test" / "a.png", gray(1))
    save(tmp_path / "train" / "dog" / "a.png", gray(1))
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
            r"be an image in that folder. Received: 2 .* none.png, \.\./e.png$",
        ),
        ("file,label\nnotes.txt,cat\n", "1 that are not: notes.txt"),
        ("file,label\ne.png,cat\n./e.png,cat\n", "each file once .*again e.png"),
        ("file,label\ne.png,\x00\n".encode("utf-16"), "in UTF-8"),
    ],
    ids=["no header", "empty", "missing", "no image", "twice", "utf-16"],
)
def test_table_of_labels_that_is_unfit_is_refused(folders, table, message):
    content = table if isinstance(table, bytes) else table.encode()
    (folders / "labels.csv").write_bytes(content)
    with pytest.raises(InputError, match=message):
        load(folders)


def test_links_that_go_round_end(folders):
    (folders / "cat" / "round").symlink_to(folders, target_is_directory=True)
    (folders / "linked").symlink_to(folders.parent / "other")
    save(folders.parent / "other" / "x.png", gray(1))
    data = load(folders)
    assert len(data.files_train) == 6
    assert data.y_train[data.files_train.index("linked/x.png")] == "linked"


@pytest.mark.parametrize("shape", [(784,), (4, 4, 4)])
def test_shape_of_no_image_is_refused(folders, shape):
    with pytest.raises(InputError, match="Received: images of 4 x 4 pixels, gray"):
        load(folders, shape=shape)


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
    (folders / "cat" / "ab.png").write_bytes(good[:9])
    (folders / "x.png").write_text("no image")
    save(folders / "y.tif", Image.new("F", (4, 4)))
    with pytest.warns(UserWarning, match="cannot be read") as warned:
        data = load(folders)
    (message,) = {str(w.message) for w in warned}
    assert message.startswith(f"6 of 10 images in {folders} cannot be read and are ")
    assert "left out: cat/a.png (" in message
    assert "cat/aa.png (" in message
    assert len(data.unreadable) == 6
    assert "no image" not in data.unreadable["x.png"]
    assert "dog/cut.jpg (" in message
    assert message.endswith(", ...")
    assert data.files_train == (
        "cat/b.png",
        "dog/more/c.PNG",
        "e.png",
        "unlabeled/d.png",
    )
    assert data.y_train.tolist() == ["cat", "dog", -1, -1]
    # The header of a truncated photograph counts: it made the size 32.
    assert data.x_train.shape[1:] == (32, 32)
    assert data.x_train[:, 3, 3].tolist() == [0, 20, 40, 30]


def test_files_of_other_types_are_counted_and_named(folders):
    for name in ("cat/IMG_1.HEIC", "cat/IMG_2.HEIC", "clip.mov", "labels.jsonl"):
        (folders / name).write_text("")
    with pytest.warns(UserWarning, match="not read") as warned:
        data = load(folders)
    (message,) = {str(w.message) for w in warned}
    said = f"3 files in {folders} of types that are not read: .HEIC (2), .mov (1)."
    assert message.startswith(said)
    assert {w.filename for w in warned} == {__file__}
    assert data.unreadable == {}


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("notes.txt", r"images \(.png .*\) in .*Received: none"),
        ("a.heic", r"Received: files of other types: .heic \(1\)"),
        ("a.png", "can be read. Received: none .* a.png"),
    ],
    ids=["no image", "another type", "damaged"],
)
def test_folder_without_an_image_that_can_be_read_is_refused(name, said, tmp_path):
    (tmp_path / name).write_text("no image")
    with pytest.raises(InputError, match=said):
        load(tmp_path)
