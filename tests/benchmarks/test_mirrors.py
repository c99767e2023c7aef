"""The benchmark of mirror images."""

from scripts import script

from ssgan import load


def test_digits_are_noticed():
    found = script("mirrors").found(load("digits"), 60, seed=0)
    assert found.asked == 60
    assert found.mislead
