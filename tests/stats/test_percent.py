"""Percentages have the decimals that say something."""

import pytest

from ssgan.stats.percent import percent


@pytest.mark.parametrize(
    ("fraction", "n", "said"),
    [
        (0.123, 0, "12 %"),
        (0.0042, 0, "0.4 %"),
        (0.0002, 0, "0.02 %"),  # Not 0.
        (0.0003, 10_000, "0.03 %"),
        (299 / 300, 0, "99.7 %"),
        (1, 300, "100 %"),
        (1 - 1e-15, 300, "100 %"),
        (0.0097, 0, "1 %"),
        (0, 60, "0 %"),
        (0, 500, "0 %"),
        (0.024, 500, "2.4 %"),
        (0.02, 500, "2.0 %"),
        (0.0253, 10_000, "2.53 %"),
    ],
)
def test_decimals_say_something(fraction, n, said):
    assert percent(fraction, n) == said
