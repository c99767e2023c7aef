"""What is said of DataFrames that a model cannot take."""

import warnings

import numpy as np
import pandas as pd
import pytest
from tiny import TINY_GAME

from ssgan import InputError, SSGANClassifier
from ssgan.estimator.frames import learn_columns

X = np.random.default_rng(0).normal(size=(20, 4))
Y = np.arange(20) % 2


def fitted(X, y=Y):
    return SSGANClassifier(TINY_GAME, steps=2, random_state=0).fit(X, y)


@pytest.mark.filterwarnings("ignore:X has feature names")
def test_columns_that_numbers_name_are_not_found_among_others(untrained):
    model = fitted(pd.DataFrame(X))
    for names in ([*"abcd"], [1, 2, 3, 4]):
        said = rf"the columns 0, 1, 2, 3 in the DataFrame.*: {names[0]}, {names[1]},"
        with pytest.raises(InputError, match=said):
            model.predict(pd.DataFrame(X, columns=names))


def test_where_no_field_may_be_empty_that_is_said(untrained):
    empty = pd.DataFrame(X).mask(X > 1, np.nan)
    said = "without an empty field in the DataFrame .this model.*: Input X contains NaN"
    with pytest.raises(InputError, match=said):
        fitted(X).predict(empty)
    with pytest.raises(InputError, match=said):
        SSGANClassifier(image_shape=(2, 2)).fit(empty, Y)
    with pytest.raises(InputError, match="or a DataFrame, where fields may be empty"):
        fitted(X).predict(empty.to_numpy())


@pytest.mark.parametrize(
    ("column", "said"),
    [
        (pd.cut(X[:, 0], 3), r"interval.* in a; a.astype\(str\) makes text of it"),
        (pd.IntervalIndex(pd.cut(X[:, 0], 3)), r"interval.* in a; a.astype\(str\)"),
        (X[:, 0] * 1j, "complex128 in a$"),
        (pd.period_range("2020", periods=20, freq="M"), r"period\[M\] in a"),
    ],
    ids=["categories of intervals", "intervals", "complex", "periods"],
)
def test_the_kind_of_a_column_is_named_as_in_pandas(column, said):
    with pytest.raises(InputError, match=f"numbers, text or dates in .*{said}"):
        learn_columns(pd.DataFrame({"a": column, "b": X[:, 1]}))


def test_an_index_in_another_order_is_told(untrained):
    frame, y = pd.DataFrame(X), pd.Series(Y)
    with pytest.warns(UserWarning, match=r"the same index in another order.*y.loc\["):
        fitted(frame.iloc[::-1], y)
    model = fitted(frame, y)
    with pytest.warns(UserWarning, match="the same index in another order"):
        model.score(frame.iloc[:5], y.iloc[4::-1])
    with warnings.catch_warnings():  # Other indexes say nothing.
        warnings.filterwarnings("error", ".*the same index")
        fitted(frame, y.set_axis(range(20, 40)))
        fitted(frame.set_axis([0] * 20), y)
        fitted(frame, y.set_axis([0, 0, *range(1, 19)]))
        fitted(frame, y.set_axis(pd.MultiIndex.from_product([[1, 2], range(10)])))
        fitted(frame, y.to_numpy())
