import pytest

from ssgan import report


def test_interval():
    # Hanley and Lippman-Hand 1983: none of n leaves some 3/n open; exactly, one-sided
    # 0.975, 1 - 0.025^(1/n).
    assert report.interval(0, 10) == (0, pytest.approx(1 - 0.025**0.1))
