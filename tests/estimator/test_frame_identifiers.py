"""Identifiers in DataFrames, whatever their dtype, are not learned from."""

import numpy as np
import pandas as pd
import pytest
from warned import no_warnings

from ssgan.data.column import Column
from ssgan.data.columns import Columns
from ssgan.estimator.frames import learn_columns

N = 60
IDS = np.arange(N) + 1000
BIG = [f"{2**53 + 2 * i + 1}" for i in np.random.default_rng(1).permutation(N) * 100]
AS = {
    "integers": IDS,
    "floats": IDS.astype(float),
    "with a missing one": np.where(IDS == 1007, np.nan, IDS),
    "integers with a missing one": pd.array([None, *IDS[1:]], "Int64"),
    "text": IDS.astype(str).astype(object),
    "strings": pd.array(IDS.astype(str), "string"),
    "text with a missing one": [None, *IDS[1:].astype(str)],
    "text of floats": IDS.astype(float).astype(str).astype(object),
    "text of large numbers": BIG,
}


def table(**columns):
    return pd.DataFrame({"a": np.random.default_rng(0).normal(size=N), **columns})


@pytest.mark.parametrize("given", AS.values(), ids=AS)
def test_identifiers_are_left_out_in_any_form(given):
    with pytest.warns(UserWarning, match="from: nr_of .another whole number"):
        columns = learn_columns(table(nr_of=given))
    assert columns.names == ("a",)


@pytest.mark.parametrize("kind", [int, float, str])
def test_other_distinct_whole_numbers_are_learned_from_with_a_warning(kind):
    grams = np.random.default_rng(0).permutation(N) * 10
    with pytest.warns(
        UserWarning, match="learned from: grams. Drop those that only number the rows.$"
    ):
        columns = learn_columns(table(grams=grams.astype(kind)))
    assert columns.names == ("a", "grams")


def test_measurements_are_learned_from():
    tenths = np.arange(N) + 0.5
    frame = table(
        again=IDS // 2 * 1.0,
        size=tenths,
        text=tenths.astype(str),
        stars=np.arange(N) * 2.0**54,
        rare=np.where(IDS < 1010, IDS, np.nan),
    )
    with no_warnings():
        assert learn_columns(frame).names == tuple(frame)


def test_what_was_kept_in_a_table_is_kept_in_its_frame():
    frame = table(visit=IDS)
    columns = Columns((Column("a"), Column("visit")))
    chosen = columns.decode(frame.to_numpy("float32"))
    with no_warnings():
        assert learn_columns(chosen).names == ("a", "visit")
    chosen["id"] = IDS
    with pytest.warns(UserWarning, match="not learned from: id"):
        assert learn_columns(chosen).names == ("a", "visit")
