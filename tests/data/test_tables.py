import decimal

import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest

from ssgan.data.sources import load
from ssgan.errors import InputError

CSV = "a,b,label\n1,0.5,cat\n-2,1e3,\n3,0,dog\n4,.25,none\n"


@pytest.fixture
def save_parquet(tmp_path):
    def save(**columns):
        path = tmp_path / "own.parquet"
        pa.parquet.write_table(pa.table(columns), path)
        return path

    return save


def test_csv_with_text_labels(table):
    data = load(table(CSV))
    assert data.name == "own"
    assert data.x_train.dtype == np.float32
    assert data.x_train.tolist() == [[1, 0.5], [-2, 1000], [3, 0], [4, 0.25]]
    assert data.y_train.tolist() == ["cat", -1, "dog", "none"]
    assert data.x_test is None
    assert data.files_train is None
    assert data.columns.names == ("a", "b")
    assert data.named(data.x_train[:1]).to_dict("list") == {"a": [1], "b": [0.5]}


def test_columns_are_taken_by_name(table):
    path = table(CSV)
    swapped = load(path, columns=np.array(["b", "a"], object))
    assert swapped.columns.names == ("b", "a")
    assert swapped.x_train.tolist() == [[0.5, 1], [1000, -2], [0, 3], [0.25, 4]]
    with pytest.warns(UserWarning, match=r"own.csv has columns besides .*: b$"):
        fewer = load(path, columns=["a"])
    assert fewer.x_train.tolist() == [[1], [-2], [3], [4]]
    assert fewer.y_train.tolist() == ["cat", -1, "dog", "none"]
    missing = r"Expected the columns a, c, label in .*Received: a, b, without c, label"
    with pytest.raises(InputError, match=missing):
        load(path, columns=["a", "c", "label"])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_first_column_may_follow_a_byte_order_mark(table, encoding):
    data = load(table("label,ä\n1,2\n0,4\n", encoding=encoding))
    assert (data.y_train.tolist(), data.x_train.tolist()) == ([1, 0], [[2], [4]])


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        (["1", "", "0", "-1"], [1, -1, 0, -1]),
        (["1.0", "", "0.0", "2."], [1, -1, 0, 2]),  # As pandas writes holes.
        (["01", "", "10", "-1"], ["01", -1, "10", -1]),
        (["True", "", "False", " x "], ["True", -1, "False", "x"]),
        (["3", "", "x", "-1"], ["3", -1, "x", -1]),
        (["", "", "-1", ""], [-1, -1, -1, -1]),
        (
            ["12345678901234567890", "", "1", "2"],
            ["12345678901234567890", -1, "1", "2"],
        ),
    ],
)
def test_labels_are_whole_numbers_or_text(table, labels, expected):
    y = load(table("a,label\n" + "".join(f"5,{y}\n" for y in labels))).y_train
    assert y.tolist() == expected
    assert y.dtype == (
        object if any(isinstance(v, str) for v in expected) else np.int64
    )


def test_csv_to_predict_has_no_labels(table):
    with pytest.warns(UserWarning, match="all rows are unlabeled. --label-column"):
        data = load(table("0,1\n5,6\n7,8\n"))  # Columns as pandas counts them.
    assert data.x_train.tolist() == [[5, 6], [7, 8]]
    assert data.y_train.tolist() == [-1, -1]


def test_type_of_a_column_is_that_of_all_its_rows(table):
    """Fractions may come late: Arrow reads in blocks of a megabyte."""
    data = load(table("a,label\n" + 600_000 * "1,0\n" + "1.5,1\n"))
    assert data.x_train[-2:].tolist() == [[1], [1.5]]


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        (pa.array([1, None, 0]), [1, -1, 0]),
        (pa.array([1.0, float("nan"), 0.0]), [1, -1, 0]),
        (pa.array(["b", None, "a"]), ["b", -1, "a"]),
        (pa.array(["b", "", "a"]).dictionary_encode(), ["b", -1, "a"]),
        (pa.array([True, None, False]), ["true", -1, "false"]),
        (pa.nulls(3), [-1, -1, -1]),
    ],
    ids=["integers", "floats", "text", "dictionary", "booleans", "null"],
)
def test_parquet(save_parquet, labels, expected):
    path = save_parquet(
        small=pa.array([0, 128, 255], pa.uint8()),
        label=labels,
        flag=[True, False, True],
        price=pa.array([decimal.Decimal(f"{i}.00") for i in (1, 2, 3)]),
        __index_level_0__=[7, 8, 9],
    )
    data = load(path)
    assert data.x_train.tolist() == [[0, 1, 1], [128, 0, 2], [255, 1, 3]]
    assert data.x_train.dtype == np.float32
    assert data.y_train.tolist() == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,label\n1,0.5\n2,1.5\n", "whole numbers from 0, or text.*: 0.5, 1.5"),
        ("a,label\n1,-2\n2,1\n", "whole numbers from 0, or text.*: -2"),
        ("a,b,a,c\n1,2,3,4\n", r"distinct columns in .*: more than once: a$"),
        ("label\n1\n", "columns of numbers or categories in .*Received: none"),
        ("when,label\n2020-01-01,1\n", "or categories in .*Received: when .dates."),
        ("a,label\n", "rows in .*own.csv. Received: none"),
        ("", r"columns in .*own.csv. Received: none: it is empty"),
        ("a,b\n1,2\n\n3,4\n1,2,3\n", r"2 fields in each row of .*: 3 in line 5"),
        ('a,b\n"1\n1",2\n1\n', r"2 fields in each row of .*: 1 in line 4"),
    ],
)
@pytest.mark.filterwarnings("ignore:.*has no column called label")
def test_csv_that_is_unfit_is_refused(table, text, message):
    with pytest.raises(InputError, match=message):
        load(table(text))


def test_csv_of_another_encoding_is_refused(table):
    with pytest.raises(InputError, match='in UTF-8 .in Excel, "CSV UTF-8".*: Unicode'):
        load(table("a,label\n1,é\n", encoding="latin-1"))
    with pytest.raises(InputError, match='"CSV UTF-8".*Received: text in UTF-16$'):
        load(table("a\tlabel\n1\té\n", encoding="utf-16"))


def test_parquet_of_lists_is_refused(save_parquet):
    with pytest.raises(InputError, match=r"others in pixels \(list"):
        load(save_parquet(pixels=[[1, 2], [3, 4]], label=[0, 1]))
    with pytest.raises(InputError, match="whole numbers in the column label"):
        load(save_parquet(a=[1], label=[[1, 2]]))


@pytest.mark.parametrize("name", ["none.csv", "none.parquet"])
def test_table_that_is_none_is_refused(tmp_path, name):
    with pytest.raises(InputError, match=rf"{name}.: no such folder or file"):
        load(tmp_path / name)
    (tmp_path / name).write_bytes(b"\x00\xff nonsense")
    with pytest.raises(InputError, match=name):
        load(tmp_path / name)


def test_size_is_for_images(table):
    with pytest.raises(InputError, match="or a set of TFDS. Received: size=8 for"):
        load(table(CSV), size=8)
