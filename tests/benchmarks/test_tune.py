"""Tuning: the settings, and how they are compared."""

import dataclasses

import numpy as np
from scripts import script

from ssgan.evaluation.comparison import Comparison
from ssgan.recipes import IMAGES, PHOTOS


def test_the_default_recipe_is_one_that_was_tried():
    settings = script("settings")
    tried = settings.baseline(IMAGES)
    chosen = tried["elastic changes, half the noise"]
    assert dataclasses.replace(chosen, name="images") == IMAGES
    for group in (tried, settings.terms(IMAGES), settings.photos(PHOTOS)):
        assert len({repr(recipe) for recipe in group.values()}) == len(group)


def test_the_ablation_compares_split_by_split(tmp_path):
    tune = script("tune")

    def runs(**errors):
        return Comparison(
            [
                {"method": "ssgan", "split": split, "error": error, "seconds": 60}
                for split, error in errors.items()
            ]
        )

    tried = {
        "default": {20: runs(a=0.01, b=0.05), 100: runs(a=0.02)},
        "no game": {20: runs(a=0.02, b=0.08), 100: runs(a=0.015)},
    }
    *_, base, other = tune.table(tried, "default", "ssgan").splitlines()
    assert base == "| default | 3.00 ± 2.83 (n = 2) | - | 60 | 2.00 (n = 1) | - | 60 |"
    assert other.endswith("+2.00 ± 1.41 | 60 | 1.50 (n = 1) | -0.50 | 60 |")
    tune.draw(tried, "default", "ssgan", tmp_path / "drawn.svg")
    assert "<!-- no game -->" in (tmp_path / "drawn.svg").read_text()
    del tried["default"]
    assert "(n = 2) | - | 60 |" in tune.table(tried, "default", "ssgan")


def test_a_long_tail_of_classes():
    y = np.arange(300) % 3
    kept = script("tune").long_tail(y, 4)
    assert np.bincount(y[kept]).tolist() == [100, 50, 25]
    assert (np.diff(kept) > 0).all()


def test_classes_get_rarer_one_way_or_the_other():
    tune, y = script("tune"), np.repeat([0, 1, 2], 100)
    for imbalance, expected in ((10, [100, 32, 10]), (0.1, [10, 32, 100])):
        kept = tune.long_tail(y, imbalance)
        assert np.bincount(y[kept]).tolist() == expected
