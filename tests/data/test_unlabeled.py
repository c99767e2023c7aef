"""Unlabeled means the same everywhere: in lists, arrays, pandas and files."""

import enum

import numpy as np
import pandas as pd
import pytest

from ssgan import load
from ssgan.data.examples import Data
from ssgan.data.labels import is_labeled, read_labels
from ssgan.data.splits import label_split
from ssgan.errors import InputError

MASKED = np.ma.array([0, 1, 7], mask=[False, False, True])
Letter = enum.Enum("Letter", {"FIRST": "a", "SECOND": "b"}, type=str)
TEXT = {
    "list": ["a", "b", -1],
    "tuple": ("a", "b", None),
    "NaN in a list": ["a", "b", np.nan],
    "NA in a list": ["a", "b", pd.NA],
    "NaT in a list": ["a", "b", pd.NaT],
    "text array": np.array(["a", "b", -1]),
    "text of any length": np.array(["a", "b", "-1"], np.dtypes.StringDType()),
    "empty text": np.array(["a", "b", ""]),
    "spaces": ["a", "b", "  "],
    "text that is a number": ["a", "b", "-1.0"],
    "a word": ["a", "b", "Unlabeled"],
    "object array": np.array(["a", "b", -1], object),
    "float in an object array": np.array(["a", "b", -1.0], object),
    "column of objects": pd.Series(["a", "b", None], dtype=object),
    "column of strings": pd.Series(["a", "b", pd.NA], dtype="string"),
    "column of categories": pd.Series(["a", "b", None], dtype="category"),
    "enumeration": [*Letter, None],
    "masked in a list": ["a", "b", np.ma.masked],
    "masked text": np.ma.array(["a", "b", "c"], mask=[0, 0, 1]),
}
NUMBERS = {
    "list": [0, 1, -1],
    "text in a list": [0, 1, "-1"],
    "None in a list": [0, 1, None],
    "small integers": np.array([0, 1, -1], np.int8),
    "floats": np.array([0, 1, np.nan]),
    "float16": np.array([0, 1, -1], np.float16),
    "Booleans": [False, True, None],
    "column with NaN": pd.Series([0, 1, None]),
    "column with NA": pd.Series([0, 1, None], dtype="Int64"),
    "column of Booleans": pd.Series([False, True, None], dtype="boolean"),
    "column of categories": pd.Series([0, 1, None], dtype="category"),
    "masked": MASKED,
}


@pytest.mark.parametrize("y", TEXT.values(), ids=TEXT)
def test_text(y):
    read = read_labels(y)
    assert (read.dtype, read.tolist()) == (object, ["a", "b", -1])
    assert is_labeled(y).tolist() == [True, True, False]


@pytest.mark.parametrize("y", NUMBERS.values(), ids=NUMBERS)
def test_numbers(y):
    read = read_labels(y)
    assert (read.dtype, read.tolist()) == (np.int64, [0, 1, -1])


@pytest.mark.parametrize("y", [[None, "", -1], ["-1", "", "unlabelled"], [pd.NA] * 3])
def test_nothing_is_labeled(y):
    assert not is_labeled(y).any()


LIKE_NONE = ["nan", "NaN", "NA", "<NA>", "None", "NULL", " NaT", "?", "#N/A"]


@pytest.mark.parametrize("text", LIKE_NONE)
@pytest.mark.parametrize("form", [list, np.array, pd.Series])
def test_text_that_may_mean_unlabeled_is_refused(form, text):
    with pytest.raises(InputError, match=f"cannot mean a missing value.*'{text}'"):
        read_labels(form(["a", "b", text]))


@pytest.mark.parametrize("name", ["none", "nano", "NATO", "-10", "unlabeled 2"])
def test_other_names_are_classes(name):
    assert read_labels(["a", name]).tolist() == ["a", name]


@pytest.mark.parametrize(
    ("y", "received"),
    [
        (["a", 1], "int, str"),
        ([0, "b", None], "int, str"),
        ([0, (1, 2)], "int, tuple"),
        (np.array(["2020-01-01", "NaT"], "datetime64[D]"), "datetime64"),
        ([2**64, 1], "18446744073709551616"),
    ],
)
def test_what_is_neither_text_nor_numbers_is_refused(y, received):
    with pytest.raises(InputError, match=f"Expected .*Received: .*{received}"):
        read_labels(y)


@pytest.mark.parametrize(
    "y", [[0.5, 1, None], [np.inf, 1, 0], [1e30, 1, 0], np.array([1 + 1j, 1, 0])]
)
def test_numbers_that_are_not_whole_are_no_classes(y):
    with pytest.raises(InputError, match="strings or whole numbers from 0"):
        Data("own", np.zeros((3, 2)), y)


def test_the_shape_is_kept():
    assert read_labels([["a"], [None]]).tolist() == [["a"], [-1]]
    assert read_labels(np.array([["a"], [""]])).tolist() == [["a"], [-1]]
    assert Data("own", np.zeros((2, 2)), [["a"], [None]]).y_train.tolist() == ["a", -1]


def test_data_and_splits_read_labels():
    y = pd.Series(["a", "b", None, "a", "b", ""], dtype=object)
    data = Data("own", np.zeros((6, 2)), y, np.zeros((2, 2)), ["b", "a"])
    assert data.y_train.tolist() == ["a", "b", -1, "a", "b", -1]
    split = label_split(y, 2, seed=0)
    assert sorted(split.apply(y)[split.indices]) == ["a", "b"]
    assert is_labeled(split.apply(y)).sum() == 2
    assert split.apply([0, 1, -1, 0, 1, None]).dtype == np.int64
    with pytest.raises(InputError, match="every test example. Received: 1 without"):
        Data("own", np.zeros((6, 2)), y, np.zeros((2, 2)), ["b", None])


def test_masked_examples_are_refused():
    x = np.ma.array(np.zeros((3, 2)), mask=[[0, 1], [0, 0], [0, 0]])
    with pytest.raises(InputError, match="x without masked values in own, train"):
        Data("own", x, [0, 1, 0])


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        (["cat", "-1", "dog"], ["cat", -1, "dog"]),
        (["cat", "Unlabeled", ""], ["cat", -1, -1]),
        (["1", "-1.0", "0"], [1, -1, 0]),
        (["cat", "-1.0", "dog"], ["cat", -1, "dog"]),
    ],
)
def test_a_table_and_an_archive_agree(tmp_path, labels, expected):
    rows = "".join(f"{i},{label}\n" for i, label in enumerate(labels))
    (tmp_path / "own.csv").write_text(f"a,label\n{rows}")
    assert load(tmp_path / "own.csv").y_train.tolist() == expected
    table = pd.DataFrame({"a": [1.0, 2.0, 3.0], "label": labels})
    table.to_parquet(tmp_path / "own.parquet")
    assert load(tmp_path / "own.parquet").y_train.tolist() == expected
    np.savez(tmp_path / "own.npz", x=np.zeros((3, 2)), y=np.array(labels))
    own = load(tmp_path / "own.npz").y_train.tolist()
    assert own == [str(e) if e != -1 else e for e in expected]


def test_missing_numbers_in_files(tmp_path):
    np.savez(tmp_path / "own.npz", x=np.zeros((3, 2)), y=np.array([0, np.nan, 1]))
    assert load(tmp_path / "own.npz").y_train.tolist() == [0, -1, 1]
    (tmp_path / "own.csv").write_text("a,label\n1,0\n2,NA\n3,1\n")
    with pytest.warns(UserWarning, match="'NA' count as unlabeled"):
        assert load(tmp_path / "own.csv").y_train.tolist() == [0, -1, 1]


@pytest.mark.parametrize(
    ("y", "said"),
    [
        ([b"a", b"b"], r"\(decode bytes first\). Received: bytes$"),
        (np.array([b"a", b"b"]), r"\(decode bytes first\). Received: bytes$"),
        (np.array([0, -1]).astype(np.uint64), "to 2.* Received: 18446744073709551615$"),
        (iter([0, 1]), "a sequence of labels. Received: list_iterator$"),
    ],
    ids=["bytes", "array of bytes", "uint64", "iterator"],
)
def test_what_cannot_be_read_is_named(y, said):
    with pytest.raises(InputError, match=said):
        read_labels(y)
