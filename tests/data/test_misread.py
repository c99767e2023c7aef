"""What is easily taken for something else in tables."""

import numpy as np
import pandas as pd
import pytest
from warned import no_warnings

from ssgan import load
from ssgan.data.columns import Column, Columns
from ssgan.data.table_files import open_table
from ssgan.errors import InputError


@pytest.mark.parametrize(
    ("header", "options"),
    [
        ("0,1,label", {}),
        ("400,410,Target", {}),
        ("0,1,2,kind", {"label_column": "kind"}),
        ("400,410,kind", {"label_column": "kind"}),
        ("400,410,label", {"drop": ["410"]}),
    ],
)
@pytest.mark.filterwarnings("ignore:.*has no column called label")
def test_names_that_are_numbers_are_a_header(table, header, options):
    # The first row has no label, which would say that its column is one of text.
    width = header.count(",")
    rows = "".join(f"{'1.5,' * width}{y}\n" for y in ("", "a", "b"))
    data = load(table(f"{header}\n{rows}"), **options)
    assert data.y_train.tolist() == [-1, "a", "b"]
    assert data.columns.names == tuple(
        name for name in header.split(",")[:-1] if name not in options.get("drop", ())
    )


def test_pandas_numbers_of_columns_are_a_header(table):
    text = "0,1,2,kind\n" + "1.5,2.5,3.5,a\n1.5,2,3,b\n" * 3
    with pytest.warns(UserWarning, match="no column called label"):
        data = load(table(text))
    assert data.columns.names == ("0", "1", "2", "kind")


@pytest.mark.filterwarnings("ignore:.*(first row|no column called label)")
@pytest.mark.parametrize(
    "text",
    [
        "0,1,a\n5,6,b\n7,8,a\n",
        "0,1,2,a\n5,6,3,b\n7,8,3,a\n",
        "1.5,2.5,target\n1.7,3.5,background\n2,3,target\n",
    ],
)
def test_values_are_no_header(table, text):
    assert len(load(table(text)).x_train) == 3


@pytest.mark.filterwarnings("ignore:.*first row")
def test_a_table_without_a_header_is_read_again_by_the_same_columns(table):
    first = load(table("5.5,3.1,x\n5.7,0.5,y\n"), label_column="2")
    assert first.columns.names == ("0", "1")
    again = load(table("1,3.1,x\n5.7,0.5,x\n"), columns=first.columns)
    assert again.x_train.tolist() == [[1, np.float32(3.1)], [np.float32(5.7), 0.5]]


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("value", [0.1, 99.9, 1234.56])
def test_columns_of_one_value_are_no_reason_to_warn(table, value):
    rows = "".join(f"{value},{i + 0.5},{'ab'[i % 2]}\n" for i in range(50))
    assert len(load(table(f"a,b,label\n{rows}")).x_train) == 50


@pytest.mark.parametrize("named", ["sep=;", "SEP=;", '"sep=;"', "sep=|", "sep=\t"])
def test_a_first_line_for_excel_is_no_row(table, named):
    by = named.strip('"')[-1]
    rows = [("size", "label"), ("1,5", "a"), ("2,25", "b"), ("3", "")]
    data = load(table("\n".join([named, *map(by.join, rows)])))
    assert data.columns.names == ("size",)
    assert data.x_train.tolist() == [[1.5], [2.25], [3]]
    assert data.y_train.tolist() == ["a", "b", -1]


def test_columns_without_a_finite_number_are_left_out(table):
    with pytest.warns(UserWarning, match=r"not learned from: b \(no finite number\)"):
        data = load(table("a,b,label\n1.5,inf,x\n2,-inf,y\n"))
    assert data.columns.names == ("a",)


def test_a_huge_number_does_not_make_categories_of_a_column(table):
    with pytest.warns(UserWarning, match="huge numbers count as empty.*1e39 in a$"):
        data = load(table("a;label\n0,5;x\n1e39;y\n"))
    assert not data.columns.categories
    assert np.isnan(data.x_train[:, 0]).tolist() == [False, True]


def test_columns_that_float32_cannot_tell_apart_are_named(table):
    times = 1_700_000_000_000 + 997 * np.arange(40) % 1000
    lines = ["time,b,label", *(f"{t},{t % 7},a" for t in times)]
    with pytest.warns(UserWarning, match="differ too little for their size.*: time. S"):
        load(table("\n".join(lines)))


def test_infinite_and_huge_numbers_count_as_empty(table):
    text = "a,b,label\n1,inf,x\n2,3,y\n3,1e300,x\n4,-inf,y\n"
    with pytest.warns(UserWarning, match="^Infinite or huge numbers count.* in b$"):
        data = load(table(text))
    assert np.isnan(data.x_train[:, 1]).tolist() == [True, False, True, True]


def test_numbers_whose_square_is_huge_are_named(table):
    with pytest.raises(
        InputError,
        match=r"1e18; rescale them. Received: 5e\+36 in b of .*, which may be dropped",
    ):
        load(table("a,b,label\n1,1e37,x\n2,3,y\n"))


def test_labels_with_an_underscore_are_text(table):
    data = load(table("a,label\n1,1_0\n2,2_0\n"))
    assert data.y_train.tolist() == ["1_0", "2_0"]


def test_a_quotation_mark_that_is_not_closed_is_told(table):
    text = "a,label\n1,x\n2,x\n" + '3,"y\n' + "4,x\n" * 9
    with pytest.raises(InputError, match='one line in label .*a " may not be closed'):
        load(table(text))


def test_an_npz_of_one_number_is_refused(tmp_path):
    np.savez(tmp_path / "own.npz", x=3)
    with pytest.raises(InputError, match="nonempty x of shape"):
        load(tmp_path / "own.npz")


def test_warnings_name_the_line_that_loads(table):
    with pytest.warns(UserWarning, match="no column called label") as told:
        load(table("1.5,2.5\n3.5,4.5\n"))
    assert {w.filename for w in told} == {__file__}


@pytest.mark.parametrize(
    ("learned", "asked"),
    [
        (["01", "75", "2A"], ["75", "01"]),
        (["True", "False", "maybe"], ["False", "True"]),
        (["1.0", "2.50", "x"], ["1.0", "2.50"]),
    ],
)
def test_categories_are_what_is_written_in_any_file(table, learned, asked):
    rows = "".join(f"{i},{learned[i % 3]},a\n" for i in range(9))
    first = load(table(f"size,kind,label\n{rows}"))
    kinds = first.columns.columns[1].categories
    rows = "".join(f"{i},{kind},a\n" for i, kind in enumerate(asked))
    with no_warnings():
        again = load(table(f"size,kind,label\n{rows}"), columns=first.columns)
    assert again.x_train[:, 1].tolist() == [kinds.index(kind) for kind in asked]


@pytest.mark.parametrize(
    "values", [[1, 2, 3], ["x", "y", "z"], [True, False, True], [1.0, 2.0, 1.0]]
)
def test_categories_of_a_parquet_file_are_found_whatever_its_types(tmp_path, values):
    known = [*dict.fromkeys(str(v).removesuffix(".0") for v in values)]
    columns = Columns((Column("kind", tuple(known)),))
    pd.DataFrame({"kind": values}).to_parquet(tmp_path / "new.parquet")
    with no_warnings():
        x = load(tmp_path / "new.parquet", columns=columns).x_train
    assert [known[int(code)] for code in x[:, 0]] == [
        str(v).removesuffix(".0") for v in values
    ]


@pytest.mark.parametrize("ids", [["001", "002"], ["-7", "12"]])
def test_identifiers_are_kept_as_they_are_written(table, ids):
    text = f"customer,size,label\n{ids[0]},1.5,a\n{ids[1]},2.5,a\n"
    with pytest.warns(UserWarning, match="does not use them: customer"):
        data = load(table(text), columns=("size",))
    whole = [int(i) for i in ids]
    assert data.ids == {"customer": ids if ids[0][0] == "0" else whole}


@pytest.mark.parametrize("before", [1, 3000])
def test_a_long_text_in_a_column_that_is_dropped(table, before):
    rows = ["1.5,a short text,a"] * before + [f"2.5,{'long ' * 40_000},b"] * 2
    data = load(table("\n".join(["size,text,label", *rows])), drop=["text"])
    assert len(data.x_train) == before + 2


@pytest.mark.parametrize(
    "width", [pytest.param(20_000, marks=pytest.mark.slow), 120_000]
)
def test_a_table_may_be_wide(table, width):
    names = ",".join(f"gene{i}" for i in range(width))
    rows = "".join(f"{','.join([str(i)] * width)},{'ab'[i]}\n" for i in range(2))
    data = open_table(table(f"{names},label\n{rows}"))
    assert (len(data.names), data.n) == (width + 1, 2)
    assert data.read_text("label")[0].to_pylist() == ["a", "b"]
    assert data.read(f"gene{width - 1}").to_pylist() == [0, 1]


@pytest.mark.parametrize("name", ["own.csv.gz", "own.CSV.GZ"])
def test_a_compressed_table_in_any_case(table, name):
    assert load(table("size,label\n1.5,a\n2.5,b\n", name)).x_train.tolist() == [
        [1.5],
        [2.5],
    ]
