"""Numbers in tables: commas and points in them, text among them, empty rows."""

import contextlib
import json

import numpy as np
import pytest
from stand_in import without_training
from tiny import TINY
from warned import no_warnings

from ssgan import SSGANClassifier, load
from ssgan.data.columns import Columns


@pytest.mark.parametrize(
    ("delimiter", "fields", "expected"),
    [
        (",", ['"1,638"', "654", '"1,000,000.5"'], [1638, 654, 1_000_000.5]),
        (",", ['"1,638"', "654", '"0,5"'], [1.638, 654, 0.5]),
        (",", ['"0,638"', "654", '"0,500"'], [0.638, 654, 0.5]),
        (";", ["1,638", "654", "2,500"], [1.638, 654, 2.5]),
    ],
)
def test_commas_divide_thousands_or_are_decimal(table, delimiter, fields, expected):
    lines = [("price", "label"), *((field, "a") for field in fields)]
    data = load(table("\n".join(map(delimiter.join, lines))))
    np.testing.assert_allclose(data.x_train[:, 0], expected, rtol=1e-6)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    ("fitted", "asked", "expected", "seems_other"),
    [
        # A model knows what the commas were that it has learned from, but a column
        # may say itself what they are.
        (["1,638", "654"], ["0,5", "1,234"], [0.5, 1.234], True),
        (["0,5", "654"], ["1,234.5", "1,234"], [1234.5, 1234], True),
        (["0,5", "654"], ["1,234", "2"], [1.234, 2], True),
        (["654", "12"], ["1,234", "2"], [1234, 2], False),
        (["1,638", "654"], ["1,234", "2"], [1234, 2], False),
        (["0,5", "654"], ["0,25", "2"], [0.25, 2], False),
    ],
)
def test_a_comma_is_what_the_column_says_or_what_it_was_at_fit(
    table, fitted, asked, expected, seems_other
):
    def text(fields):
        return "\n".join(["price,label", *(f'"{field}",a' for field in fields)])

    columns = load(table(text(fitted))).columns
    columns = Columns.from_json(json.loads(json.dumps(columns.to_json())))
    said = pytest.warns(UserWarning, match=r"otherwise than at fit.*in price \(comma")
    with said if seems_other else contextlib.nullcontext():
        data = load(table(text(asked)), columns=columns)
    np.testing.assert_allclose(data.x_train[:, 0], expected, rtol=1e-6)


@pytest.mark.parametrize(
    ("fitted", "asked", "expected"),
    [("1,638", "1,234", 1234), ("0,5", "1,234", 1.234), ("12", "1,234.5", 1234.5)],
)
def test_a_saved_model_knows_what_commas_are(table, tmp_path, fitted, asked, expected):
    rows = [f"{fitted};{i % 3};{'ab'[i % 2]}" for i in range(20)]
    text = "\n".join(["price;other;label", *rows])
    text = (
        text.replace(";", ",").replace(fitted, f'"{fitted}"') if "1," in text else text
    )
    data = load(table(text))
    classifier = SSGANClassifier(TINY.supervised(), steps=10, random_state=0)
    with without_training():
        classifier.fit(data.named(data.x_train), data.y_train)
    classifier.save(tmp_path / "a.keras")
    columns = SSGANClassifier.load(tmp_path / "a.keras").columns_
    new = load(table(f"price;other;label\n{asked};1;a\n"), columns=columns)
    assert new.x_train[0, 0] == np.float32(expected)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (["1,234,567", "2,500"], [1234567, 2500]),
        (["1,234.50", "999.1", "2,500"], [1234.5, 999.1, 2500]),
        (["1,234.50", "0,5"], [1234.5, 0.5]),
    ],
)
def test_commas_that_surely_divide_thousands_do_so_in_any_file(table, fields, expected):
    data = load(table("\n".join(["price;label", *(f"{f};a" for f in fields)])))
    np.testing.assert_allclose(data.x_train[:, 0], expected, rtol=1e-6)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (["1.234,50", "999,90", "1.016"], [1234.5, 999.9, 1016]),
        (["1.234.567", "2.500"], [1234567, 2500]),
        (["1.016", "999,90", "-15,20"], [1016, 999.9, -15.2]),
        (["1'234.50", "99", "2’000"], [1234.5, 99, 2000]),
        (["1\u202f234,50", "0,5", "12\u00a0000"], [1234.5, 0.5, 12_000]),
        (["1 234", "1 200", "-1 500"], [1234, 1200, -1500]),
        (["123 456,75", "950", "1 000 000"], [123_456.75, 950, 1_000_000]),
    ],
)
def test_points_and_spaces_divide_thousands(table, fields, expected):
    lines = ["price;label", *(f"{field};a" for field in fields)]
    first = load(table("\n".join(lines)))
    np.testing.assert_allclose(first.x_train[:, 0], expected, rtol=1e-6)
    again = load(table("\n".join(lines)), columns=first.columns)
    np.testing.assert_array_equal(again.x_train, first.x_train)


def test_points_divide_thousands_where_commas_are_decimal(table):
    rows = ["1.016;1,5;0.25;2.500;a", "973;2;0.25;-;a"]
    rows += [f"{i}.125;0,5;1.25;{i}.250;b" for i in range(1, 12)]
    with pytest.warns(UserWarning, match="decimal commas.* 1016, in price, q.$"):
        data = load(table("\n".join(["price;x;z;q;label", *rows])))
    assert data.x_train[0].tolist() == [1016, 1.5, 0.25, 2500]
    assert data.x_train[1, :3].tolist() == [973, 2, 0.25]
    assert data.x_train[12].tolist() == [11_125, 0.5, 1.25, 11_250]
    # The model knows it: here nothing else tells.
    new = load(table("price;x;z;q\n2.500;1;0.5;1\n"), columns=data.columns)
    assert new.x_train.tolist() == [[2500, 1, 0.5, 1]]
    with pytest.warns(UserWarning, match=r"than at fit.* in price \(decimal points\)"):
        new = load(table("price;x;z;q\n2.5;1;0.5;1\n"), columns=data.columns)
    assert new.x_train.tolist() == [[2.5, 1, 0.5, 1]]


def test_points_divide_thousands_in_a_file_to_predict_alone(table):
    rows = [f"{i}449;{i}.5;0.25;a" for i in range(1, 9)]
    columns = load(table("\n".join(["price;x;z;label", *rows]))).columns
    said = "decimal commas.* 1016, in price.$|in x .commas as decimal.$"
    with pytest.warns(UserWarning, match=said):
        new = load(table("price;x;z\n5.449;1,5;0,25\n973;2;0\n"), columns=columns)
    np.testing.assert_allclose(new.x_train, [[5449, 1.5, 0.25], [973, 2, 0]])
    assert new.columns == columns
    rows = [f'"{i},449",{i}.5,a' for i in range(1, 9)]  # Thousands at fit.
    american = load(table("\n".join(["price,x,label", *rows]))).columns
    with pytest.warns(UserWarning, match="decimal commas.* 1016, in price.$"):
        new = load(table("price;x\n5.449;1,5\n"), columns=american)
    np.testing.assert_allclose(new.x_train, [[5449, 1.5]])
    # Text is no number with a decimal comma.
    with pytest.warns(UserWarning, match="^Text among numbers"):
        new = load(
            table('x,z,price\n"off, broken",1.250,1\n21,1.375,2\n'), columns=columns
        )
    np.testing.assert_allclose(new.x_train, [[1, np.nan, 1.25], [2, 21, 1.375]])
    # Where commas were decimal at fit, too, what points are is known.
    rows = [f"{i}.449;{i},5;0,25;a" for i in range(1, 9)] + ["0.25;1;2;a"]
    columns = load(table("\n".join(["price;x;z;label", *rows]))).columns
    new = load(table("price;x;z\n5.449;1,5;0,25\n"), columns=columns)
    np.testing.assert_allclose(new.x_train, [[5.449, 1.5, 0.25]])


def test_commas_that_may_divide_thousands_say_nothing_of_points(table):
    rows = ["1,638;1.250;a", "2,500;2.375;b", "654;2.125;b"]
    data = load(table("\n".join(["price;w;label", *rows])))
    assert data.x_train[:, 1].tolist() == [1.25, 2.375, 2.125]


def test_a_few_texts_among_many_numbers_say_that_one_is_missing(table):
    ages = [*range(20, 40), 39, "-", "-"]
    lines = ["age,b,label", *(f"{age},{i % 3}.5,a" for i, age in enumerate(ages))]
    with pytest.warns(UserWarning, match="[Tt]ext among numbers.* - in age$"):
        data = load(table("\n".join(lines)))
    assert not data.columns.categories
    assert data.x_train[:21, 0].tolist() == ages[:21]
    assert np.isnan(data.x_train[21:, 0]).all()
    assert data.columns.columns[0].has_empty


@pytest.mark.parametrize(
    "values",
    [
        [*range(1, 9), "-"],
        [f"{i:02}" for i in range(30)] + ["2A"],
        [*range(1, 23), "X", "Y"],  # Chromosomes.
        [*range(20), *["-"] * 30],
        ["10.100.200", "10.100.201", "702.758.140"],  # Codes, not numbers.
        ["110 001", "400 050", "0"],
        ["51 824 753 556", "12 004 044 937"],
        ["1 23", "12 34", "123 4567"],
        ["1 234", "12 345 B"],
        ["75 001", "13 005", "69 002"],
    ],
)
def test_other_texts_beside_numbers_are_categories(table, values):
    lines = ["code,b,label", *(f"{v},{i % 3}.5,a" for i, v in enumerate(2 * values))]
    data = load(table("\n".join(lines)))
    assert set(data.columns.categories["code"]) == {str(v) for v in values}


def test_empty_rows_at_the_end_are_no_examples(table):
    text = "a,b,label\n1.5,x,u\n,,\n2.5,y,\n,,\n ,,\n"
    with pytest.warns(
        UserWarning, match="^Empty rows at the end of .* are left out: 2$"
    ):
        data = load(table(text))
    assert data.x_train.shape == (3, 2)
    assert data.y_train.tolist() == ["u", -1, -1]


@pytest.mark.parametrize("last", ["NA,?,", '"","NA",'])
def test_a_last_row_of_what_is_missing_is_an_example(table, last):
    data = load(table(f"a,b,label\n1.5,2,u\n2.5,3,\n{last}\n"))
    assert len(data.x_train) == 3
    assert all(column.has_empty for column in data.columns.columns)
    new = load(table("a,b\nNA,?\n"), columns=data.columns)
    assert np.isnan(new.x_train).tolist() == [[True, True]]


@pytest.mark.parametrize("none", ["", "-1", "-1.0"])
def test_labels_of_minus_one_are_counted(table, none):
    """Two classes are often called -1 and 1, and feelings -1, 0 and 1."""
    n = 2 if none == "" else 3
    with pytest.warns(UserWarning, match=f"^-1 means unlabeled: {n} labels of .*own"):
        load(table(f"a,label\n1.5,1\n2.5,-1\n3.5,{none}\n4.5,-1\n5,0\n"))


@pytest.mark.parametrize("others", [("2", "0"), ("cat", "1"), ("-1", "-1")])
def test_minus_one_is_no_class_beside_others(others, table):
    """Nor where nothing has a label, as in data to predict."""
    rows = [f"{i}.5,{label}\n" for i, label in enumerate(("-1", *others))]
    with no_warnings():
        load(table("a,label\n" + "".join(rows)))


def test_numbers_with_a_sign_are_told_first(table):
    """Text with many values, that is left out, may be meant as numbers."""
    signs = {"rate": "{}.5%", "money": '"${},345"', "paid": "-1.{} €", "code": "{}A%"}
    names = [*(f"note{i}" for i in range(5)), *signs]
    rows = [
        ",".join(
            [*(5 * [f"n{i}"]), *(s.format(i) for s in signs.values()), f"{i % 7},0"]
        )
        for i in range(60)
    ]
    with pytest.warns(UserWarning, match="not learned from") as warned:
        load(table("\n".join([",".join([*names, "x", "label"]), *rows])))
    [said] = [str(w.message) for w in warned]
    assert "from: rate (numbers with a sign, as 0.5%), money (numbers" in said
    assert "as $0,345), paid (numbers with a sign, as -1.0 €), note0 (text" in said
    assert said.endswith("Without the signs, these are numbers")
