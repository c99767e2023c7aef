"""Pages can be read in a browser, on a phone too, and load nothing."""

import pytest

pytestmark = pytest.mark.slow  # A browser, and a training for its page.


@pytest.mark.parametrize("width", [375, 1200])
@pytest.mark.parametrize("kind", ["fit", "compare"])
def test_page_in_a_browser(kind, width, browser, fitted_digits, compared):
    path = fitted_digits[0] / "report.html" if kind == "fit" else compared
    trouble, asked = [], []
    context = browser.new_context(
        viewport={"width": width, "height": 800}, offline=True
    )
    page = context.new_page()
    page.on("console", lambda message: trouble.append(message.text))
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.on("requestfailed", lambda request: trouble.append(request.url))
    page.goto(path.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    loaded = "[...document.images].every(i => i.complete && i.naturalWidth > 0)"
    assert page.evaluate(loaded)
    # Figures' writing stays within them, and large enough to read.
    sizes = "[...document.querySelectorAll('svg text')].map(t => [" + ", ".join(
        [
            "t.getBoundingClientRect().height",
            "t.closest('section').getBoundingClientRect().right"
            " - t.getBoundingClientRect().right",
        ]
    )
    heights, margins = zip(*page.evaluate(f"{sizes}])"), strict=True)
    assert min(heights) > 8
    assert min(margins) > 0
    assert trouble == []
    assert [url for url in asked if not url.startswith("data:")] == [path.as_uri()]
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("kind", ["fit", "compare"])
def test_screen_readers_keyboard_and_long_words(
    kind, scheme, browser, fitted_digits, compared
):
    """As axe-core judges: names, headers, contrast, tables that a keyboard scrolls."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    path = fitted_digits[0] / "report.html" if kind == "fit" else compared
    context = browser.new_context(
        viewport={"width": 375, "height": 800}, color_scheme=scheme
    )
    page = context.new_page()
    page.goto(path.as_uri())
    found = axe.run(page).response["violations"]
    told = [(rule["id"], [n["html"] for n in rule["nodes"]]) for rule in found]
    assert told == []
    # Such as the name of a class.
    page.evaluate(
        "document.querySelectorAll('h1, p').forEach("
        "e => e.append(document.createTextNode('x'.repeat(80))))"
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    context.close()
