"""Arrays that hold no examples are refused, and the sentence says what helps."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from tiny import TINY

from ssgan import InputError, SSGANClassifier

X = np.random.default_rng(0).normal(size=(40, 4))
Y = [*([0, 1] * 4), *[-1] * 32]
TEXT = pd.DataFrame({"a": X[:, 0], "b": ["u", "v"] * 20})


@pytest.fixture(scope="module")
def fitted():
    return SSGANClassifier(TINY.supervised(), steps=1, random_state=0).fit(X, Y)


@pytest.fixture(scope="module")
def of_text():
    return SSGANClassifier(TINY.supervised(), steps=1, random_state=0).fit(TEXT, Y)


def test_a_matrix_is_refused_as_scikit_learn_says():
    with pytest.raises(InputError, match="np.matrix is not supported"):
        SSGANClassifier(TINY).fit(np.asmatrix(X), Y)


@pytest.mark.parametrize("kind", ["datetime64[s]", "timedelta64[s]"])
def test_times_are_no_numbers(kind, fitted):
    times, said = (1e6 * X).astype("int64").astype(kind), "an array of numbers.*64"
    for use in (
        lambda: SSGANClassifier(TINY).fit(times, Y),
        lambda: fitted.predict(times),
    ):
        with pytest.raises(InputError, match=said):
            use()


@pytest.mark.parametrize("x", [X[:0], X[0]])
def test_labels_are_asked_for_only_where_there_are_any(x, fitted):
    with pytest.raises(InputError, match=r"may be empty\). Received"):
        fitted.predict(x)
    with pytest.raises(InputError, match=r"may be empty\), and one label for each."):
        SSGANClassifier(TINY).fit(x, Y)


def test_a_generator_of_numpy_is_told_what_is_taken():
    classifier = SSGANClassifier(TINY, random_state=np.random.default_rng(0))
    with pytest.raises(InputError, match="a numpy.random.RandomState or None, for"):
        classifier.fit(X, Y)


def test_a_table_of_another_library_is_told_how_to_become_a_frame(of_text):
    table = pa.Table.from_pandas(TEXT)
    with pytest.raises(InputError, match=r"a DataFrame, as X.to_pandas\(\) makes, wh"):
        SSGANClassifier(TINY).fit(table, Y)
    with pytest.raises(InputError, match=r"another table, of which X.to_pandas\(\)"):
        of_text.predict(table)
    assert len(of_text.predict(table.to_pandas())) == 40
