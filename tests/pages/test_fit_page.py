"""The page for others: whole, true to the result, and legible on a phone."""

import json

from read_page import Page

from ssgan.stats.intervals import binomial_interval

FIT_SECTIONS = {"generated", "curves", "classes", "confusion", "calibration", "hard"}
FIT_SECTIONS |= {"data", "recipe", "again", "verdict"}


def test_page_of_a_fit(fitted_digits):
    folder, command = fitted_digits
    result = json.loads((folder / "result.json").read_text())
    page = Page(folder / "report.html")
    assert set(page.ids) >= FIT_SECTIONS
    low, high = binomial_interval(round(500 * result["error"]), 500)
    assert f"Test error {100 * result['error']:.1f}\N{NO-BREAK SPACE}%" in page.text
    assert f"{100 * low:.1f} to {100 * high:.1f}" in page.text
    assert command in page.text
    for name in (
        "PseudoLabels(weight=2.0, confidence=0.9, aligned=True)",
        "digits@20-seed3",
        "1,277",
    ):
        assert name in page.text
    # Before and after the four epochs, real ones, 12 doubtful and 12 wrong examples.
    assert page.pictures == 1 + 4 + 1 + 12 + 12
    assert page.figures == 6
    assert all(address.startswith(("data:", "#")) for address in page.addresses)
    lines = [json.loads(x) for x in (folder / "log.jsonl").read_text().splitlines()]
    assert [line["step"] for line in lines] == [10, 20, 30, 40]
    assert {"loss", "generator_loss", "p_fake", "pseudo_labels"} <= lines[0].keys()
