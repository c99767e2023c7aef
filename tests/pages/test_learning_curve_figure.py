"""The figure of a learning curve is drawn from its rows."""

from ssgan.evaluation.learning_curve import LearningCurve
from ssgan.pages.learning_curve_figure import draw


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
    for text in ("test error, %", "labels", "toy &amp; others", "supervised", "ssgan"):
        assert f"<!-- {text} -->" in svg
    assert "<!-- bands: 95 % for one more run on 1,000 test examples -->" in svg
    assert "<!-- 200 -->" in svg  # Five times the most labels.
