import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from images import gray, save
from warned import no_warnings

from ssgan.data import sources
from ssgan.data.labels import is_labeled
from ssgan.data.sources import catalog, load
from ssgan.errors import InputError


def images(n, size=4, dtype=np.uint8):
    return np.arange(n * size * size).reshape(n, size, size).astype(dtype)


ARRAYS = {
    "x_train": images(6),
    "y_train": np.array([0, 1, 2, -1, 0, 1]),
    "x_test": images(2),
    "y_test": np.array([2, 1]),
}


@pytest.fixture
def save_npz(tmp_path):
    def save(**arrays):
        path = tmp_path / "own.npz"
        np.savez(path, **arrays)
        return path

    return save


def test_imports_stay_light():
    heavy = "{'tensorflow', 'tensorflow_datasets', 'sklearn', 'keras', 'pyarrow'}"
    code = f"import sys, ssgan.data.splits; print({heavy} & set(sys.modules))"
    env = os.environ | {"PYTHONPATH": str(Path(sources.__file__).parents[2])}
    run = [sys.executable, "-c", code]
    assert subprocess.check_output(run, env=env, text=True).strip() == "set()"


def test_digits_are_divided_once_and_for_all():
    data, again = load("digits"), load("digits")
    assert data.name == "digits"
    assert data.class_names == tuple("0123456789")
    assert (data.x_train.shape, data.x_test.shape) == ((1297, 8, 8), (500, 8, 8))
    assert data.x_train.dtype == np.float32
    assert (data.x_train.min(), data.x_train.max()) == (0, 16)
    assert data.y_test[:10].tolist() == [4, 8, 8, 3, 9, 0, 6, 3, 9, 8]
    assert np.ptp(np.bincount(data.y_test)) <= 3
    np.testing.assert_array_equal(data.x_train, again.x_train)


def test_catalog_says_what_is_prepared(tmp_path, monkeypatch):
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path))
    for folder in ("mnist/3.0.1", "cifar10/incomplete.X_3.0.2"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "dataset_info.json").touch()
    prepared = {entry.name: entry.prepared for entry in catalog()}
    assert prepared == {
        "digits": True,
        "tfds:mnist": True,
        "tfds:fashion_mnist": False,
        "tfds:cifar10": False,
        "tfds:svhn_cropped": False,
        "FOLDER": True,
        "PATH.csv, .tsv": True,
        "PATH.parquet": True,
        "PATH.npz": True,
    }
    assert all(entry.description for entry in catalog())


def test_npz_of_train_and_test(save_npz):
    data = load(save_npz(**ARRAYS))
    assert (data.name, data.class_names) == ("own", None)
    for key, array in ARRAYS.items():
        np.testing.assert_array_equal(getattr(data, key), array)
    assert data.x_train.dtype == np.uint8
    assert is_labeled(data.y_train).tolist() == [True] * 3 + [False] + [True] * 2


@pytest.mark.parametrize(
    "x", [images(3), images(3)[..., None], np.eye(3, 5, dtype=np.float32)]
)
def test_npz_of_examples_alone(save_npz, x):
    data = load(str(save_npz(x=x, y=np.array([0, -1, 1]))))
    assert (data.x_train.shape, data.x_train.dtype) == (x.shape, x.dtype)
    assert data.x_test is None
    assert data.y_test is None


@pytest.mark.parametrize("none", ["", "-1"])
def test_strings_carry_an_integer_minus_one(save_npz, none):
    y = load(save_npz(x=images(3), y=np.array(["cat", none, "dog"]))).y_train
    assert y.dtype == object
    assert y.tolist() == ["cat", -1, "dog"]
    assert is_labeled(y).tolist() == [True, False, True]


def test_labels_in_a_column_are_made_flat(save_npz):
    y = load(save_npz(x=images(2), y=np.array([[3], [1]], dtype=np.uint8))).y_train
    assert (y.dtype, y.tolist()) == (np.int64, [3, 1])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"y_train": np.zeros(5, int)}, r"6 examples in own, train.*shape \(5,\)"),
        ({"y_test": np.zeros(3, int)}, r"2 examples in own, test.*shape \(3,\)"),
        ({"y_train": np.eye(6, dtype=int)}, r"one label .* shape \(6, 6\)"),
        ({"x_test": images(2, size=5)}, r"alike. .*\(4, 4\).*\(5, 5\)"),
        ({"y_test": np.array(["a", "b"])}, "alike. .*int, but .* text"),
        ({"y_test": np.array([1, -1])}, "every test example. Received: 1 without"),
        ({"y_train": np.linspace(0, 1, 6)}, "whole numbers.*float64"),
        ({"y_train": np.full(6, -2)}, r"whole numbers.*begins \[-2, -2"),
        ({"x_train": images(6).astype(str)}, "numeric x in own, train.*<U"),
        ({"x_train": images(6).astype(complex)}, "numeric x .*complex"),
        ({"x_train": np.zeros(6)}, r"\(n, h, w\).*Received: x of shape \(6,\)"),
        ({"x_train": np.zeros((0, 4, 4))}, r"Received: x of shape \(0, 4, 4\)"),
        ({"x_train": images(6, dtype=float) * np.nan}, "finite x .*: 96 NaN"),
        ({"x_test": np.full((2, 4, 4), np.inf)}, "finite x in own, test.*: 32 NaN"),
        ({"x_unlabeled": images(3)}, "the arrays .*Received: .*x_unlabeled"),
        ({"y_train": np.array([None] * 6)}, "plain arrays. Received: ValueError"),
    ],
)
def test_npz_that_is_unfit_is_refused(save_npz, change, message):
    with pytest.raises(InputError, match=message):
        load(save_npz(**ARRAYS | change))


def test_npz_without_the_known_keys_is_refused(save_npz):
    with pytest.raises(InputError, match=r"Received: \['images', 'labels'\]"):
        load(save_npz(images=images(2), labels=np.arange(2)))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: path.write_bytes(path.read_bytes()[:-50]),
        lambda path: path.write_bytes(b""),
        lambda path: path.write_text("no archive"),
        lambda path: np.save(path.open("wb"), np.arange(3)),
        lambda path: (path.unlink(), path.mkdir()),
    ],
    ids=["truncated", "empty", "text", "npy", "folder"],
)
def test_file_that_is_no_npz_is_refused(save_npz, spoil):
    path = save_npz(**ARRAYS)
    spoil(path)
    with pytest.raises(InputError, match=r"own.npz to be a readable .npz file"):
        load(path)


def test_npz_with_a_damaged_array_is_refused(save_npz):
    path = save_npz(**ARRAYS)
    content = bytearray(path.read_bytes())
    content[content.index(ARRAYS["x_train"].tobytes())] ^= 1
    path.write_bytes(content)
    with pytest.raises(InputError, match="Bad CRC-32"):
        load(path)


@pytest.mark.parametrize("source", ["mnist", "data.json", "own.npz", None])
def test_source_that_does_not_exist_is_named(source):
    known = "a name that `ssgan datasets` lists. Received: "
    with pytest.raises(InputError, match=f"{known}'{source}': no such folder or file"):
        load(source)


@pytest.mark.parametrize("source", ["", __file__])
def test_unknown_source_is_refused_with_the_known_ones(source):
    known = f'"digits", "tfds:NAME".*.jp2.*npz file. Received: source={str(source)!r}$'
    with pytest.raises(InputError, match=known):
        load(source)


def test_a_spreadsheet_is_to_be_saved_as_csv(tmp_path):
    (tmp_path / "own.XLSX").write_bytes(b"PK")
    with pytest.raises(
        InputError, match="own.XLSX'. Save it as CSV .in Excel, \"CSV UT"
    ):
        load(tmp_path / "own.XLSX")


def test_pipe_that_is_named_like_an_image_is_said_to_be_none(tmp_path):
    os.mkfifo(tmp_path / "a.png")
    with pytest.raises(InputError, match="a.png', which is no regular file$"):
        load(tmp_path / "a.png")


@pytest.mark.parametrize("kind", ["folder", "table", "npz"])
def test_names_of_classes_that_are_spelled_alike_are_told(kind, tmp_path):
    labels = ["Cat", "cat", "ice cream", "ice  cream", "dog"]
    source = tmp_path / {"folder": "pets", "table": "pets.csv", "npz": "pets.npz"}[kind]
    if kind == "folder":
        for i, label in enumerate(labels):
            save(source / label / "1.png", gray(40 + i))
    elif kind == "table":
        rows = [f"{i},{label}\n" for i, label in enumerate(labels)]
        source.write_text("x,label\n" + "".join(rows))
    else:
        np.savez(source, x=np.eye(5), y=labels)
    told = "Classes of pets .*: 'Cat' and 'cat', 'ice  cream' and 'ice cream'. If they"
    with pytest.warns(UserWarning, match=told):
        data = load(source)
    assert data.y_train.tolist() == (sorted(labels) if kind == "folder" else labels)


def test_forms_of_unicode_are_told(tmp_path):
    """An accent is a part of its letter, or a character after it."""
    np.savez(tmp_path / "own.npz", x=np.eye(4), y=["caf\xe9", "cafe\u0301", "b", "b"])
    with pytest.warns(UserWarning, match="form of Unicode count as separate ones: 'ca"):
        load(tmp_path / "own.npz")


def test_letters_and_other_spellings_are_classes_of_their_own(tmp_path):
    np.savez(tmp_path / "own.npz", x=np.eye(4), y=["a", "A", "Masse", "Maße"])
    with no_warnings():
        load(tmp_path / "own.npz")
