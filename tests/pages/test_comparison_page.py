"""The page of a comparison is whole, and true to its rows."""

import re

import numpy as np
from command_line import run
from read_page import Page

from ssgan.evaluation.comparison import Comparison
from ssgan.pages import figures
from ssgan.pages.comparison_page import write_comparison


def test_page_of_a_comparison(compared):
    page = Page(compared)
    assert {"verdict", "errors", "methods", "rows", "again"} <= set(page.ids)
    assert "The unlabeled data helped by 9.67 points" in page.text
    assert "ssgan compare toy <&>" in page.text
    assert "ssgan compare toy.npz" in page.text
    assert "12.67 ± 3.06" in page.text
    assert page.figures == 2
    assert all(address.startswith(("data:", "#")) for address in page.addresses)


def test_figure_and_table_have_the_same_mean(tmp_path):
    common = {"dataset": "toy", "method": "label-spreading", "seed": 0, "jobs": 1}
    common |= {"n_labels": 30, "n_unlabeled": 9, "recipe": None, "steps": None}
    common |= {"machine": {"platform": "", "cpus": 1, "gpus": []}, "versions": {}}
    common |= {"seconds": 1.0}
    # Labels were left out: each counts alike, in folds of 10 and 30.
    rows = [
        {**common, "split": "fold1", "data": "a", "error": 0.5, "n_test": 10},
        {**common, "split": "fold2", "data": "b", "error": 0.1, "n_test": 30},
    ]
    write_comparison(tmp_path / "report.html", Comparison(rows))
    page = Page(tmp_path / "report.html")
    assert "20.00 ± 28.28" in page.text
    assert "30.00" not in page.text


def test_dots_and_bars_are_whole():
    """They are at 0, or beyond all dots; matplotlib cuts them at the axes."""
    dots = r'<g clip-path="[^"]*">\s*<use'
    svg = figures.errors_by_method({"one": ((0.0, 4.0), 2.0, "blue")}, "error")
    assert not re.search(dots, svg)
    across = [float(x) for x in re.findall(r"[ML] ([\d.]+) ", svg)]
    width = float(re.search(r'viewBox="0 0 ([\d.]+)', svg)[1])
    assert max(across) <= width
    svg = figures.pairs([0.0, 4.0], [3.0, 0.0], ("one", "other"), "error")
    assert not re.search(dots, svg)


def test_comparison_without_ssgan_has_a_page(tmp_path, rng):
    y = np.arange(60) % 3
    x = rng.normal(size=(60, 4)) + 3 * y[:, None]
    np.savez(tmp_path / "own.npz", x_train=x, y_train=y, x_test=x, y_test=y)
    command = f"compare {tmp_path}/own.npz --out {tmp_path}/out --labels 6 --splits 1"
    command += " --methods label-spreading"
    run(*command.split())
    page = Page(tmp_path / "out" / "report.html")
    assert "No verdict" in page.text
    assert f"ssgan {command}" in page.text
