"""The figures of pages can be read."""

import re

import numpy as np
import pytest

from ssgan.pages import figures


@pytest.mark.parametrize("wrong", [0, 1, 3, 40])
def test_no_tick_is_labeled_like_another(wrong):
    errors = (np.arange(60) >= 60 - wrong).cumsum() / np.arange(1, 61)
    svg = figures.coverage(errors)
    # Both axes begin with 0 %.
    ticks = re.findall(r"[\d.]+ %", svg)
    assert ticks.count("0 %") == 2
    upright = ticks[ticks[1:].index("0 %") + 1 :]
    assert len(upright) == len(set(upright)) > 2
