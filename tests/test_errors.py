"""Warnings name the line of the user that led to them."""

import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from tiny import TINY

from ssgan import SSGANClassifier

X = pd.DataFrame(np.random.default_rng(0).normal(size=(20, 2)), columns=["a", "b"])
Y = np.where(np.arange(20) < 8, np.arange(20) % 2, -1)
EMPTY = X.mask(X > 1)


@pytest.fixture(scope="module")
def fitted():
    return SSGANClassifier(TINY, random_state=0).fit(X, Y)


@pytest.mark.parametrize(
    "ask",
    [
        lambda classifier: classifier.predict(EMPTY),
        lambda classifier: classifier.predict_proba(EMPTY),
        lambda classifier: classifier.predictions(EMPTY),
        lambda classifier: classifier.transform(EMPTY),
        lambda classifier: classifier.score(EMPTY, Y),
        lambda classifier: classifier.was_labeled(EMPTY),
        lambda classifier: classifier.suggest(EMPTY, 2, Y),
        lambda classifier: make_pipeline(
            FunctionTransformer().fit(X), classifier
        ).predict(EMPTY),
    ],
)
def test_warning_names_the_line_that_asked(fitted, ask):
    with warnings.catch_warnings(record=True) as given:
        warnings.simplefilter("always")
        ask(fitted)
    given = [w for w in given if "empty fields" in str(w.message)]
    assert {w.filename for w in given} == {__file__}
