"""The visual Turing test in a browser: keys, clicks, a reload, the result."""

import numpy as np
import pytest
from noise_generator import NoiseGenerator
from sklearn.datasets import load_digits

from ssgan.data.examples import Data
from ssgan.web.server import serving
from ssgan.web.turing import TuringTest

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_whole_test(scheme, browser, tmp_path):
    x = load_digits().images
    generator = NoiseGenerator((8, 8), 16.0)
    data = Data("digits", x, np.full(len(x), -1))
    path = tmp_path / "answers.jsonl"
    test = TuringTest(generator, data, path, n_questions=8, feedback=True)
    trouble = []
    context = browser.new_context(
        viewport={"width": 375, "height": 760}, color_scheme=scheme
    )
    page = context.new_page()
    page.on("console", lambda message: trouble.append(message.text))
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.on("requestfailed", lambda request: trouble.append(request.url))
    with serving(test.app()) as guard:
        page.goto(guard.address)
        assert page.url == f"{guard.origin}/"
        for i in range(8):
            page.get_by_text(f"{i + 1} of 8").wait_for()
            if i == 4:
                # Else it would break off the request for the next picture.
                page.wait_for_load_state("networkidle")
                page.reload()
                page.get_by_text("5 of 8").wait_for()
            truth = bool(test._is_real[i])
            if i % 2:
                page.keyboard.press("r" if truth else "ArrowRight")
            else:
                page.click("#real" if truth else "#generated")
            if i == 2:
                page.get_by_text(
                    f"Right: it was {'real' if truth else 'gen'}"
                ).wait_for()
                page.screenshot(path=tmp_path / "asked.png")
        page.get_by_text("You were right in").wait_for()
        assert page.inner_text("#accuracy") == "100 %"
        assert "8 of 8; 95 % interval 63 % to 100 %" in page.inner_text("#interval")
        assert page.evaluate("document.documentElement.scrollWidth") <= 375
        page.screenshot(path=tmp_path / "result.png")
    assert trouble == []
    assert len(path.read_text().splitlines()) == 9
    context.close()
