"""The figure of a learning curve is drawn from its rows."""

import matplotlib as mpl
import pytest

from ssgan.evaluation.learning_curve import LearningCurve
from ssgan.pages.learning_curve_figure import NAMES, draw


def test_figure_is_written(tmp_path):
    errors = {"supervised": (0.2, 0.15, 0.1), "ssgan": (0.08, 0.04, 0.0)}
    curve = LearningCurve(
        [
            {"method": method, "n_labels": n, "error": error, "n_test": 1000}
            for method, pair in errors.items()
            for n, error in zip((10, 20, 40), pair, strict=True)
        ]
    )
    draw(curve, tmp_path / "new" / "curve.svg", "toy & others")
    svg = (tmp_path / "new" / "curve.svg").read_text()
    # Matplotlib draws letters as paths, and keeps the text in comments.
    for text in ("test error, %", "labels", "toy &amp; others", *NAMES.values()):
        assert f"<!-- {text} -->" in svg
    for note in (
        "bands: 95 % for one more run on 1,000 test examples",
        "without a band, an error cannot be told",
        "runs without an error are drawn at half an error",
    ):
        assert note in svg
    assert "<!-- 200 -->" in svg  # Five times the most labels.


def rows(method, errors):
    return [
        {"method": method, "n_labels": labels, "error": error, "n_test": 100_000}
        for labels, pair in zip((20, 50, 100), errors, strict=True)
        for error in pair
    ]


@pytest.mark.parametrize(
    ("errors", "ticks"),
    [
        (((0.3, 0.3), (0.12, 0.11), (0.04, 0.03)), {"2", "5", "10", "20"}),
        (((0.4, 0.4), (0.38, 0.38), (0.36, 0.36)), {"36", "40"}),
        (((0.9, 0.9), (0.9, 5e-6), (5e-6, 5e-6)), {"0.01", "1", "10"}),
    ],
)
def test_ticks_are_many_enough_and_points_apart(errors, ticks, tmp_path):
    curve = LearningCurve([*rows("supervised", errors), *rows("ssgan", errors)])
    with mpl.rc_context({"svg.fonttype": "none"}):
        draw(curve, tmp_path / "curve.svg", "own")
    svg = (tmp_path / "curve.svg").read_text()
    shown = {line.partition(">")[2] for line in svg.split("</text>")[:-1]}
    shown = {text.rpartition(">")[2] for text in shown}
    assert {*NAMES.values()} | ticks <= shown
    assert len(shown) < 30
    # A band that would fill the figure is none.
    wild = errors[0] == (0.9, 0.9)
    assert ("an error cannot be told" in svg) == wild
    assert "half an error" not in svg
    points = [line for line in svg.splitlines() if "<use " in line and "0.6" in line]
    assert len({*points}) == len(points) == 12
