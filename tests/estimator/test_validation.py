"""Pixels that are scaled differently than at fit are doubted."""

import dataclasses

import numpy as np
import pytest
from tiny import TINY
from warned import no_warnings

from ssgan import SSGANClassifier

X = np.random.default_rng(0).uniform(size=(40, 6, 6))
X.flat[:2] = 0, 1


@pytest.fixture(scope="module")
def classifier(request):
    y = np.where(np.arange(40) < 20, np.arange(40) % 2, -1)
    tiny = dataclasses.replace(TINY.supervised(), value_range=(0.0, 1.0), steps=1)
    return SSGANClassifier(tiny, random_state=0).fit(request.param * X, y)


@pytest.mark.parametrize(
    ("classifier", "fitted_to", "given", "warned"),
    [
        (16, 16, 16, False),
        (16, 16, 15, False),
        (16, 16, 255, True),
        (255, 255, 1, True),
        (1, 1, 255, True),
    ],
    indirect=["classifier"],
)
def test_pixels_scaled_otherwise_are_doubted(classifier, fitted_to, given, warned):
    said = f"from 0 to {fitted_to}, as at fit. Received: 0 to {given}. "
    with pytest.warns(UserWarning, match=said) if warned else no_warnings():
        classifier.predict_proba(given * X)
