"""Columns that say the label, and labels that may mean none."""

import numpy as np
import pandas as pd
import pytest
from warned import no_warnings

from ssgan.data.sources import load

SAY = "that match the label in all 30 labeled rows: {}. If .*, drop them"


@pytest.fixture
def frame(rng):
    """90 rows, 30 of them with one of three labels."""
    kind = np.arange(90) % 3
    frame = pd.DataFrame({"a": rng.normal(size=90) + 3 * kind, "b": kind // 2})
    frame["label"] = np.where(np.arange(90) < 30, np.array([*"uvw"])[kind], None)
    return frame


def written(frame, tmp_path):
    frame.to_csv(tmp_path / "own.csv", index=False)
    return tmp_path / "own.csv"


@pytest.mark.parametrize("leak", [["no", "yes", "maybe"], [7, 5, 6.5]])
def test_a_column_that_says_the_label_is_told(leak, frame, tmp_path):
    frame["leak"] = np.array(leak)[np.arange(90) % 3]
    with pytest.warns(UserWarning, match=SAY.format("leak")):
        fitted = load(written(frame, tmp_path))
    with no_warnings():
        load(tmp_path / "own.csv", drop=["leak"])
        load(tmp_path / "own.csv", columns=fitted.columns)
    frame.loc[3, "leak"] = leak[1]  # One row is otherwise.
    with no_warnings():
        load(written(frame, tmp_path))


def test_a_reason_that_one_class_alone_has_is_told(frame, tmp_path):
    frame["label"] = frame["label"].map({"u": "bad", "v": "good", "w": "good"})
    frame["reason"] = np.where(frame["label"] == "bad", "late", None)
    with pytest.warns(UserWarning, match=SAY.format("reason")):
        load(written(frame, tmp_path))


def test_a_column_that_says_it_by_chance_or_for_few_is_none(frame, tmp_path):
    frame["same"] = frame["label"].fillna("x") == "u"
    with no_warnings():  # Of three labels, two have one value.
        load(written(frame, tmp_path))
    two = pd.DataFrame({f"c{i}": np.arange(40) % 2 for i in range(7)})
    two["label"] = np.where(np.arange(40) < 10, np.arange(40) % 2, None)
    with no_warnings():  # Of ten rows, one column in 126 would do so.
        load(written(two, tmp_path))
    with pytest.warns(UserWarning, match="in all 10 labeled rows: c0. If"):
        load(written(two[["c0", "label"]], tmp_path))
    one = two[["c0"]].assign(label=["x"] + 39 * ["y"], c0=[1] + 39 * [0])
    with no_warnings():  # One label of a class.
        load(written(one, tmp_path))


def test_a_large_class_called_unknown_is_told(frame, tmp_path):
    frame["label"] = frame["label"].fillna("Unknown")
    said = "60 of the 90 labels of .* are 'Unknown', which .* leave the field empty"
    with pytest.warns(UserWarning, match=said):
        load(written(frame, tmp_path))
    frame.loc[10:, "label"] = "w"
    frame.loc[:5, "label"] = "unknown"
    with no_warnings():
        load(written(frame, tmp_path))
