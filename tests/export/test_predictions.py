"""Predictions as tables; the classifier is one of which everything is known."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from ssgan.errors import InputError
from ssgan.export.predictions import predict_table, write_predictions
from ssgan.stats.predictions import Predictions


class Known:
    """Predicts the probabilities that it is given as examples."""

    model_ = SimpleNamespace(info={"result": {"expected": None, "minutes": 4.0}})

    def __init__(self, classes, familiar=None):
        self.classes, self.familiar = np.array(classes), familiar

    def predictions(self, x):
        return Predictions(self.classes, x)

    def familiarity(self, x):
        return self.familiar and np.ones(len(x))


P = np.array([[0.25, 0.75], [0.9, 0.1], [1 / 3, 2 / 3]])


@pytest.mark.parametrize("classes", [["ash", "beech, red"], [3, 7]])
def test_table(classes):
    table = predict_table(Known(classes), P)
    names = ["index", "class", "probability", f"p_{classes[0]}", f"p_{classes[1]}"]
    assert list(table) == names
    assert table["index"].tolist() == [0, 1, 2]
    assert table["class"].tolist() == [classes[1], classes[0], classes[1]]
    assert table["probability"].tolist() == [0.75, 0.9, 2 / 3]
    np.testing.assert_array_equal(table[names[3:]], P)


@pytest.mark.parametrize("classes", [["ash", "beech, red"], [3, 7]])
def test_files_hold_the_table(classes, tmp_path):
    known = Known(classes)
    table = predict_table(known, P)
    for suffix, read, tolerance in [
        (".parquet", pd.read_parquet, 0),
        (".csv", pd.read_csv, 5e-7),
    ]:
        path = tmp_path / "new" / f"p{suffix}"
        write_predictions(known, P, path)
        again = read(path)
        assert list(again) == list(table)
        assert again["class"].tolist() == table["class"].tolist()
        assert again["index"].dtype == "int64"
        np.testing.assert_allclose(again[again.columns[3:]], P, atol=tolerance, rtol=0)
    assert "0.333333,0.666667" in path.read_text()


def test_a_model_without_left_out_labels_cannot_abstain():
    said = r"too few --minutes. Received: a model that left out none .--minutes 4.$"
    with pytest.raises(InputError, match=said):
        predict_table(Known([0, 1]), P, abstain=0.1)


def test_familiarity_is_there_where_it_is_known():
    table = predict_table(Known([0, 1], True), P)
    assert [*table][1:4] == ["class", "probability", "familiarity"]
    assert table["familiarity"].tolist() == [1, 1, 1]


def test_files_are_named():
    table = predict_table(Known([0, 1]), P, ["a.png", "b.png", "c.png"])
    assert list(table)[:3] == ["index", "file", "class"]
    assert table["file"].tolist() == ["a.png", "b.png", "c.png"]


def test_names_that_are_no_text_are_escaped_in_every_file(tmp_path):
    for suffix, read in ((".csv", pd.read_csv), (".parquet", pd.read_parquet)):
        path = tmp_path / f"p{suffix}"
        write_predictions(Known([0, 1]), P, path, ["a\udcff.png", "é.png", "c.png"])
        assert read(path)["file"].tolist() == ["a\\udcff.png", "é.png", "c.png"]


def test_other_suffix_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"ends in \.csv or \.parquet"):
        write_predictions(Known([0, 1]), P, tmp_path / "p.xlsx")
    assert not list(tmp_path.iterdir())
