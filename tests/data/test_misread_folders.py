"""What is easily taken for something else in folders of images."""

import unicodedata

import pytest
from images import gray, save
from warned import no_warnings

from ssgan import load
from ssgan.cli.models import expect_other
from ssgan.data.folder_layout import find_files
from ssgan.data.parts import load_part
from ssgan.errors import InputError
from ssgan.web.labeled_sources import open_source


def images(folder, *names, top=255):
    for i, name in enumerate(names):
        pixels = gray(top, 8, 8)
        pixels[i % 8] = 0
        save(folder / name, pixels)
    return folder


def test_train_and_test_may_be_written_in_capitals(tmp_path):
    names = ["Train/a/1.png", "Train/b/2.png", "TEST/a/3.png", "TEST/b/4.png"]
    data = load(images(tmp_path, *names))
    assert data.y_train.tolist() == data.y_test.tolist() == ["a", "b"]
    assert data.files_train == ("Train/a/1.png", "Train/b/2.png")
    root, labels = find_files(tmp_path)
    assert root == tmp_path / "Train"
    assert labels == {"a/1.png": "a", "b/2.png": "b"}


@pytest.mark.parametrize(
    "names",
    [
        ("training/a/1.png", "training/b/2.png", "testing/a/3.png", "testing/b/4.png"),
        ("animals/a/1.png", "animals/b/2.png"),
    ],
)
def test_classes_that_hold_the_same_folders_are_named(tmp_path, names):
    with pytest.warns(UserWarning, match="holds the same folders: .*/a, .*/b"):
        load(images(tmp_path, *names))


def test_a_folder_whose_name_may_mean_no_label_is_named(tmp_path):
    with pytest.raises(InputError, match="cannot mean a missing label. Received: nan"):
        load(images(tmp_path, "nan/1.png", "b/2.png"))


def test_empty_rows_and_missing_labels_of_labels_csv(tmp_path):
    images(tmp_path, "1.png", "2.png", "3.png")
    rows = "file,label\n1.png,a\n,\n2.png,NA\n3.png,b\n,\n"
    (tmp_path / "labels.csv").write_text(rows)
    with pytest.warns(UserWarning, match="1 labels of .*labels.csv that are NA count"):
        data = load(tmp_path)
    assert data.y_train.tolist() == ["a", -1, "b"]


def test_a_table_beside_train_and_test_makes_one_part_and_says_so(tmp_path):
    images(tmp_path, "train/1.png", "Test/2.png")
    rows = "file,label\ntrain/1.png,a\nTest/2.png,b\n"
    (tmp_path / "labels.csv").write_text(rows)
    with pytest.warns(UserWarning, match="Test and train are read as one. Parts have"):
        data = load(tmp_path)
    assert data.y_train.tolist() == ["b", "a"]
    assert data.x_test is None


def test_a_link_to_a_folder_that_is_read_anyway_is_named(tmp_path):
    images(tmp_path, "a/1.png", "b/2.png")
    (tmp_path / "c").symlink_to(tmp_path / "a")
    with pytest.warns(UserWarning, match="are left out: c$"):
        load(tmp_path)


def test_pictures_that_are_nearly_black_are_told(tmp_path):
    images(tmp_path, "a/1.png", "b/2.png", top=15)
    with pytest.warns(UserWarning, match="No pixel in .* is above 15 of 255"):
        load(tmp_path)


@pytest.mark.parametrize(
    ("shape", "said"),
    [
        (
            (3,),
            "rows of 3 numbers, as the model takes them, .*: images of 8 x 8 pixels, g"
            ".*ssgan embed.*--backbone",
        ),
        (
            (4, 4, 3),
            "images of 4 x 4 pixels, in color, as .*: images of 8 x 8 pixels, g",
        ),
        ((4, 4, 2), "images of 4 x 4 pixels, 2 channels, as the model takes them"),
    ],
)
def test_examples_of_another_form_than_a_models_are_refused(shape, said):
    with pytest.raises(InputError, match=said):
        load("digits", shape=shape)
    assert load("digits", shape=(8, 8)).x_train.shape[1:] == (8, 8)


def test_a_table_is_no_images_and_gets_no_advice(tmp_path):
    (tmp_path / "own.csv").write_text("a,b\n1.5,2\n")
    with (
        no_warnings(),
        pytest.raises(InputError, match="gray, as the model .*own.csv, a table$"),
    ):
        load_part([tmp_path / "own.csv"], shape=(8, 8))


def test_a_picture_is_no_row(tmp_path):
    picture = images(tmp_path, "1.png") / "1.png"
    with pytest.raises(InputError, match="rows of 3 numbers, as .* in .*1.png. Receiv"):
        load_part([picture], shape=(3,))


def test_a_folder_keeps_its_class_whatever_links_to_it(tmp_path):
    images(tmp_path, "b/1.png", "c/2.png")
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b" / "inner").symlink_to(tmp_path / "c")
    with pytest.warns(UserWarning, match="are left out: a, b/inner$"):
        data = load(tmp_path)
    assert data.files_train == ("b/1.png", "c/2.png")


def test_links_that_lead_nowhere_are_no_folders(tmp_path):
    images(tmp_path, "a/1.png", "b/2.png")
    for link in ("self", "a/self"):
        (tmp_path / link).symlink_to(tmp_path / link)
    (tmp_path / "file").symlink_to(tmp_path / "a/1.png/foo")
    assert load(tmp_path).files_train == ("a/1.png", "b/2.png")


def test_rows_of_labels_csv_may_lack_their_last_fields(tmp_path):
    images(tmp_path, "1.png", "2.png")
    table = tmp_path / "labels.csv"
    table.write_text("file;label;by\n1.png\n  ;\n2.png;b;mé\n", "utf-8-sig")
    assert load(tmp_path).y_train.tolist() == [-1, "b"]
    open_source(tmp_path).write({"1.png": "a"})
    assert table.read_bytes().startswith(b"\xef\xbb\xbf")
    assert load(tmp_path).y_train.tolist() == ["a", -1]


@pytest.mark.parametrize(
    "lines",
    [
        ("File;Label;by", "a\\1.png;cat;me", "2.png;;me"),
        (" file\tLABEL \tby", "a/1.png\tcat\tme", " 2.png\t\tme"),
    ],
)
def test_labels_csv_as_spreadsheets_write_it_keeps_its_form(tmp_path, lines):
    images(tmp_path, "Train/a/1.png", "Train/2.png", "Test/1.png")
    table = tmp_path / "Train" / "labels.csv"
    table.write_text("\n".join(lines))
    (tmp_path / "Test" / "labels.csv").write_text("file,label\n1.png,cat\n")
    data = load(tmp_path)
    known = dict(zip(data.files_train, data.y_train, strict=True))
    assert known == {"Train/a/1.png": "cat", "Train/2.png": -1}
    source = open_source(tmp_path)
    assert source.labels == {"a/1.png": "cat"}
    source.write({"2.png": "dog"})
    divided = "\t" if "\t" in lines[0] else ";"
    first, *rest = table.read_text().splitlines()
    assert first == lines[0]
    assert [line.split(divided)[1:] for line in rest] == [["", "me"], ["dog", "me"]]
    assert open_source(tmp_path).labels == {"2.png": "dog"}


@pytest.mark.parametrize(("stored", "written"), [("NFD", "NFC"), ("NFC", "NFD")])
def test_umlauts_of_files_may_be_written_in_two_ways(tmp_path, stored, written):
    stored = unicodedata.normalize(stored, "Bär/süß.png")
    written = unicodedata.normalize(written, "Bär\\süß.png")
    images(tmp_path, stored, "2.png")
    (tmp_path / "labels.csv").write_text(f"file,label\n{written},cat\n", "utf-8")
    data = load(tmp_path)
    assert dict(zip(data.files_train, data.y_train, strict=True))[stored] == "cat"
    open_source(tmp_path).write({stored: "dog"})
    assert open_source(tmp_path).labels == {stored: "dog"}


def test_no_command_writes_over_the_labels_of_a_part(tmp_path):
    images(tmp_path, "Train/a/1.png", "Test/1.png")
    for part in ("Train", "Test"):
        table = tmp_path / part / "labels.csv"
        # A table of predictions in its place would be read for the labels.
        with pytest.raises(InputError, match="--out to be another file"):
            expect_other(table, tmp_path)
        table.touch()
        with pytest.raises(InputError, match="--out to be another file"):
            expect_other(table, tmp_path)
    expect_other(tmp_path / "new.csv", tmp_path, tmp_path / "none")


def test_an_emptied_table_of_a_part_is_written_anew(tmp_path):
    images(tmp_path, "Train/a/1.png", "Test/a/1.png")
    (tmp_path / "Train" / "labels.jsonl").touch()
    (tmp_path / "Train" / "labels.csv").touch()
    assert open_source(tmp_path).labels == {"a/1.png": "a"}


def test_images_without_a_row_in_folders_that_are_named_like_labels_are_told(tmp_path):
    images(tmp_path, "cat/1.png", "cat/2.png", "dog/1.png", "other/1.png")
    rows = "file,label\ncat/1.png,cat\ndog/1.png,dog\n"
    (tmp_path / "labels.csv").write_text(rows)
    with pytest.warns(UserWarning, match="count as unlabeled. 1 lie in .*: cat/2.png"):
        data = load(tmp_path)
    assert (data.y_train == -1).sum() == 2


def test_rows_of_labels_csv_whose_files_were_removed_are_left_out(tmp_path):
    for name in ("1.png", "2.png", "3.png"):
        save(tmp_path / name, gray(9))
    rows = "file,label\n1.png,cat\n2.png,dog\ngone.png,dog\n"
    (tmp_path / "labels.csv").write_text(rows)
    with pytest.warns(UserWarning, match="^Left out 1 of 3 rows of .*: gone.png$"):
        data = load(tmp_path)
    assert data.y_train.tolist() == ["cat", "dog", -1]
    with pytest.warns(UserWarning, match="Left out 1 of 3"):
        source = open_source(tmp_path)
    assert source.labels == {"1.png": "cat", "2.png": "dog"}
    source.write({**source.labels, "3.png": "cat"})  # The row may come back.
    assert source.written.read_text() == rows + "3.png,cat\n"


def test_whole_numbers_in_labels_csv_have_one_form(tmp_path):
    parts = {"train": "1.png,1.0\n2.png,2.0\n3.png,", "test": "1.png,1\n2.png,2"}
    for part, table in parts.items():
        images(
            tmp_path / part, "1.png", "2.png", *(["3.png"] if part == "train" else [])
        )
        (tmp_path / part / "labels.csv").write_text(f"file,label\n{table}\n")
    data = load(tmp_path)
    assert data.y_train.tolist() == ["1", "2", -1]
    assert data.y_test.tolist() == ["1", "2"]
    # Versions are no numbers.
    (tmp_path / "train" / "labels.csv").write_text("file,label\n1.png,1.0\n2.png,1.5\n")
    (tmp_path / "test" / "labels.csv").write_text("file,label\n1.png,1.0\n2.png,1.5\n")
    data = load(tmp_path)
    assert data.y_train.tolist() == ["1.0", "1.5", -1]
    assert data.y_test.tolist() == ["1.0", "1.5"]


def test_labels_of_minus_one_in_labels_csv_are_counted(tmp_path):
    images(tmp_path, "1.png", "2.png", "3.png")
    (tmp_path / "labels.csv").write_text("file,label\n1.png,-1\n2.png,0\n3.png,1\n")
    with pytest.warns(
        UserWarning, match="^-1 means unlabeled: 1 label of .*labels.csv"
    ):
        assert load(tmp_path).y_train.tolist() == [-1, "0", "1"]


def test_folders_called_minus_one_0_and_1_are_doubted(tmp_path):
    images(tmp_path, "-1/a.png", "0/b.png", "1/c.png")
    with pytest.warns(UserWarning, match="^-1 means unlabeled: 1 label of "):
        load(tmp_path)
