"""Tables as people have them."""

import numpy as np
import pandas as pd
import pytest
from warned import no_warnings

from ssgan.data.columns import Columns
from ssgan.data.sources import load
from ssgan.errors import InputError
from ssgan.estimator.frames import learn_columns

N = 30


def coded(data):
    return [data.x_train.tolist(), data.columns.names, data.y_train.tolist()]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("a;b;label\n1,5;x;1\n;y;\n-3;x;0\n0,25;;\n", "own.csv"),
        ("a;b;label\n1,5;x;1\nNA;y;\n-3;x;0\n,25;?;\n", "own.csv"),
        ("a\tb\tlabel\n1.5\tx\t1\n\ty\t\n-3\tx\t0\n.25\t\t\n", "own.tsv"),
        ("a\tb\tlabel\n1,5\tx\t1\n\ty\t\n-3\tx\t0\n.25\t\t\n", "own.tsv.gz"),
        ("a|b|label\n1.5|x|1\n|y|\n-3|x|0\n.25||\n", "own.csv.gz"),
        ('"a","b","label"\n"1,5","x",1\n,"y",\n-3,"x",0\n"0,25",,\n', "own.csv"),
        (" a, b ,label\n 1.5, x,1\nnan, y,\n-3,x,0\n0.25,,\n", "own.csv"),
    ],
)
def test_separators_and_empty_fields_are_found_out(table, text, name):
    data = load(table(text, name))
    x, names, y = coded(data)
    np.testing.assert_array_equal(x, [[1.5, 0], [np.nan, 1], [-3, 0], [0.25, np.nan]])
    assert (names, y, data.name) == (("a", "b"), [1, -1, 0, -1], "own")
    assert data.columns.categories == {"b": ["x", "y"]}
    assert data.columns.n_categories == (0, 2)
    frame = data.named(data.x_train)
    assert frame["b"].dropna().tolist() == ["x", "y", "x"]
    assert Columns.from_json(data.columns.to_json()) == data.columns


def test_label_column_of_another_name(table):
    text = "a,kind,size\n1,u,5\n2,v,6\n3,,7\n4,u,8\n5,v,9\n"
    data = load(table(text), label_column="size")
    assert data.y_train.tolist() == [5, 6, 7, 8, 9]
    assert data.columns.names == ("a", "kind")
    assert data.columns.label == "size"
    with pytest.raises(InputError, match="the column sise in .*Received: a, kind"):
        load(table(text), label_column="sise")
    with pytest.raises(InputError, match="a table for label_column=a.*digits"):
        load("digits", label_column="a")


@pytest.mark.parametrize(
    ("text", "said", "labels"),
    [
        ("a,kind\n1,u\n2,v\n3,\n4,u\n5,v\n", "taken from kind, which has few", "uv-uv"),
        ("a,Target\n1,u\n2,v\n3,u\n", "taken from Target, by its name", "uvu"),
        (  # More than half of its fields are empty.
            "a,kind\n1,u\n1,u\n,\n,\n,\n2,v\n2,v\n1,\n2,\n",
            "taken from kind",
            "uu---vv--",
        ),
        (
            "a,kind\n1,u\n1,u\n,\n2,v\n2,v\n",
            "are unlabeled. .* such as a, kind",
            "-----",
        ),
        ("a,kind\n1,u\n2,v\n3,u\n", "rows are unlabeled. .* such as a, kind", "---"),
    ],
)
def test_labels_are_guessed_and_said(table, text, said, labels):
    with pytest.warns(UserWarning, match=said):
        data = load(table(text))
    expected = [-1 if label == "-" else label for label in labels]
    assert data.y_train.tolist() == expected


def test_missing_labels_are_said(table):
    with pytest.warns(UserWarning, match=r"3 labels of .* '\?', 'NA', 'nan' count as"):
        data = load(table("a,label\n1,NA\n2,x\n3,?\n4,nan\n5,y\n6,\n"))
    assert data.y_train.tolist() == [-1, "x", -1, -1, "y", -1]


def test_dates_and_identifiers_are_left_out(table):
    frame = pd.DataFrame({"id": np.arange(N) + 500, "level": np.arange(N) % 7})
    frame["day"] = [f"{i + 1:02}.03.2020" for i in range(N)]
    frame["time"] = pd.date_range("2020-01-01", periods=N)
    frame["note"] = [f"note {i}" for i in range(N)]
    frame["nothing"] = ""
    frame["rank"] = np.random.default_rng(0).permutation(N)
    frame["label"] = frame["level"] % 2
    with pytest.warns(UserWarning, match="not learned from") as warned:
        data = load(table(frame.to_csv()))
    assert data.columns.names == ("level",)
    [said] = [str(w.message) for w in warned]
    assert "Unnamed: 0 (another whole number in each row)" in said
    assert "day (dates), time (dates), note (text with 30 values)" in said
    with no_warnings():
        # Whole numbers that the user asks for are no identifiers.
        some = frame[["id", "level", "label"]].to_csv(index=False)
        assert load(table(some), columns=["id", "level"]).x_train[0, 0] == 500
        dropped = load(table(some), drop=["id"])
    assert dropped.columns.names == ("level",)
    with pytest.raises(InputError, match="to drop among id, level. Received: ix"):
        load(table(some), drop=["ix"])


def test_whole_numbers_that_may_only_number_the_rows_are_told(table):
    frame = pd.DataFrame({"patient": np.random.default_rng(0).permutation(9 * N)[:N]})
    frame["label"] = np.arange(N) % 2
    path = table(frame.to_csv(index=False))
    said = "another whole number in each row, which are learned from: patient. Drop"
    with pytest.warns(UserWarning, match=said):
        assert load(path).columns.names == ("patient",)
    with no_warnings():
        load(path, columns=["patient"])


def test_files_without_a_header(table):
    with pytest.warns(
        UserWarning, match="no names of columns. They are called 0, 1, 2"
    ):
        data = load(table("5.5,3.5,oak\n4,3,ash\n,2,\n"), label_column="2")
    np.testing.assert_array_equal(data.x_train, [[5.5, 3.5], [4, 3], [np.nan, 2]])
    assert data.y_train.tolist() == ["oak", "ash", -1]
    with no_warnings():
        years = load(table("place,2019,2020,label\nx,1,2,0\ny,3,4,1\n"))
    assert years.columns.names == ("place", "2019", "2020")


def test_new_rows_are_coded_as_those_at_fit(table):
    columns = load(table("a,b,kind\n1,x,u\n2,y,v\n"), label_column="kind").columns
    with pytest.warns(UserWarning, match="not use them: name, more") as warned:
        text = "name,b,a,kind,more\nA,y,3,v,1\nB,z,4,,1\nC,x,none,u,1\nD,y,,,1\n"
        data = load(table(text), columns=columns)
    x = [[3, 1], [4, np.nan], [np.nan, 0], [np.nan, 1]]
    np.testing.assert_array_equal(data.x_train, x)
    assert data.y_train.tolist() == ["v", -1, "u", -1]
    assert data.ids == {"name": [*"ABCD"]}
    said = " ".join(str(w.message) for w in warned)
    assert "besides those of the model, which does not use them: name, more" in said
    assert "count as empty fields of" in said
    assert "none in a, z in b" in said
    assert "count as the mean: 1 in a" in said
    with pytest.raises(InputError, match="the columns a, b in .*a, c, without b"):
        load(table("a,c\n1,2\n"), columns=columns)
    with pytest.raises(InputError, match="without b. Capital letters count: B for b$"):
        load(table("a,B\n1,x\n"), columns=columns)


def test_identifiers_at_fit_stay_identifiers(table):
    """Also if one comes twice, is missing, or is the only one."""
    text = "a,nr,who,note,label\n1,07,x1,u,0\n2,08,x2,u,1\n3,09,x3,v,\n"
    fitted = load(table(text), drop=["nr", "note", "who"])
    assert fitted.ids == {"nr": ["07", "08", "09"], "who": ["x1", "x2", "x3"]}
    columns = learn_columns(fitted.named(fitted.x_train))
    assert columns == fitted.columns == Columns.from_json(fitted.columns.to_json())
    for rows, ids in {
        "4,07,x4,u\n": {"nr": ["07"], "who": ["x4"]},
        "4,7,x4,u\n5,7,,w\n": {"nr": [7, 7], "who": ["x4", ""]},
        "4,,x4,u\n5,8,x4,u\n": {"nr": ["", "8"], "who": ["x4", "x4"]},
    }.items():
        data = load(table("a,nr,who,note\n" + rows), columns=columns)
        assert {name: data.ids[name] for name in ids} == ids
        assert "note" not in data.ids or rows.endswith("w\n")
    older = fitted.columns.to_json()
    del older["identifiers"]
    assert Columns.from_json(older).identifiers == ()


def test_a_large_parquet_file_is_read_column_by_column(tmp_path):
    n = 200_000
    frame = pd.DataFrame(
        np.random.default_rng(0).normal(size=(n, 4)), columns=[*"abcd"]
    ).assign(kind=np.array(["x", "y"])[np.arange(n) % 2], label=np.arange(n) % 3)
    frame.to_parquet(tmp_path / "own.parquet", row_group_size=10_000)
    data = load(tmp_path / "own.parquet")
    assert data.x_train.shape == (n, 5)
    np.testing.assert_allclose(data.x_train[:, :4], frame[[*"abcd"]], rtol=1e-6)
    assert data.x_train[:4, 4].tolist() == [0, 1, 0, 1]
