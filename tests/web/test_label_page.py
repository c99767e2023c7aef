"""The page on which pictures are labeled, in a browser, without a training."""

import json
import re

import numpy as np
import pytest
from images import save_digits
from sklearn.datasets import load_digits

from ssgan.web.labeled_sources import open_source
from ssgan.web.labeling import Labeling
from ssgan.web.labeling_app import LabelingApp
from ssgan.web.server import serving

pytestmark = pytest.mark.slow
DIGITS = load_digits()


class Visit:
    """A page, the labeling behind it, and what the console said."""

    def __init__(self, labeling, context, address):
        self.labeling, self.context = labeling, context
        self.trouble = []
        self.page = self.tab(address)

    def tab(self, address):
        page = self.context.new_page()
        page.on("console", lambda message: self.trouble.append(message.text))
        page.on("pageerror", lambda error: self.trouble.append(str(error)))
        page.goto(address)
        page.wait_for_selector("#picture img")
        return page

    def shown(self, page=None):
        source = (page or self.page).get_attribute("#picture img", "src")
        return int(source.rpartition("/")[2])

    def press(self, *keys, page=None):
        """Press keys, one after another, and wait until the page has its answers."""
        page = page or self.page
        for key in keys:
            page.keyboard.press(key)
            page.wait_for_timeout(50)
            while page.evaluate("busy"):
                page.wait_for_timeout(20)
            page.wait_for_timeout(50)

    def text(self, element):
        return self.page.inner_text(element)


@pytest.fixture
def visit(browser, tmp_path):
    """Return a function that opens the page of a source, with some labels given."""
    opened = []

    def visit(source=None, labels=0, **options):
        source = source or save_digits(tmp_path / "digits", 60)
        labeling = Labeling(open_source(source))
        x = DIGITS.data[: len(labeling.source.keys)].astype("float32") / 16
        labeling.take_features(np.arange(len(x)), x, 0)
        for _ in range(labels):
            index, asked, _ = labeling.current
            if asked == "random":
                labeling.refresh()
            labeling.label(index, f"digit {DIGITS.target[index]}")
        labeling.refresh()
        server = serving(LabelingApp(labeling).app(), say=lambda said: None)
        guard = server.__enter__()
        options = {"viewport": {"width": 1200, "height": 860}, **options}
        context = browser.new_context(**options)
        opened.append((server, context))
        return Visit(labeling, context, guard.address)

    yield visit
    for server, context in opened:
        context.close()
        server.__exit__(None, None, None)


def test_everything_by_keyboard(visit):
    v = visit()
    first, keyboard = v.shown(), v.page.keyboard
    v.press("n")
    keyboard.type("cat")
    v.press("Enter", "n")
    keyboard.type("dog")
    v.press("Enter")
    assert v.text("#count") == "2 of 60 labeled"
    assert v.text("#said") == "Labeled dog. 2 labeled."
    # A key commits and goes on.
    second = v.shown()
    v.press("1")
    assert v.labeling.labels()[second] == "cat"
    skipped = v.shown()
    assert skipped != second
    v.press("s")
    assert v.text("#count") == "3 of 60 labeled, 1 skipped"
    assert v.shown() != skipped
    # A key without a class, or that is held down, does nothing.
    v.press("9")
    v.page.evaluate(
        "document.body.dispatchEvent(new KeyboardEvent('keydown',"
        " {key: '1', repeat: true, bubbles: true}))"
    )
    v.press("u")
    assert (v.text("#count"), v.shown()) == ("3 of 60 labeled", skipped)
    v.press("u", "u", "u", "u", "u")
    assert (v.text("#count"), v.shown()) == ("0 of 60 labeled", first)
    assert v.page.is_disabled("#undo")
    # Tab reaches every control.
    reached = set()
    for _ in range(12):
        v.press("Tab")
        reached.add(v.page.evaluate("document.activeElement.id"))
    names = {"guesses", "finish", "name", "add", "skip", "edit"}
    assert names <= reached
    assert v.trouble == []


def test_classes_are_renamed_and_merged(visit):
    v = visit(labels=8)
    names = v.page.locator("#classes .name").all_inner_texts()
    v.press("e", "Control+a")
    v.page.keyboard.type("first")
    v.press("Enter")
    assert v.page.is_visible("#dialog")
    # The focus is where it was. Arrow keys alone merge nothing.
    assert v.page.evaluate("document.activeElement.value") == "first"
    v.press("Tab", "Tab", "Tab", "Tab", "Tab", "Tab", "ArrowDown")
    assert len(v.labeling.decisions.standing.classes) == len(names)
    v.page.get_by_label(f"Merge {names[1]} into").select_option("first")
    v.press("Tab", "Enter")
    merged = f"Undo takes back the merging of {names[1]} into first."
    assert v.text("#undo-what") == merged
    v.page.fill("#another-name", "<b>bold</b>")
    v.press("Enter")
    v.page.get_by_label(f"New name of {names[2]}").fill("first")
    v.press("Enter")
    assert "to merge both" in v.text("#dialog-trouble")
    assert "422" in v.trouble.pop()
    assert v.page.get_by_label(f"New name of {names[2]}").input_value() == "first"
    v.press("Escape")
    assert v.page.is_hidden("#dialog")
    shown = v.page.locator("#classes .name").all_inner_texts()
    assert shown == ["first", *names[2:], "<b>bold</b>"]
    assert v.labeling.decisions.standing.classes == shown
    v.press("u", "u", "u")
    assert v.page.locator("#classes .name").all_inner_texts() == names
    assert v.trouble == []


def test_names_that_differ_in_case_are_told(visit):
    v = visit()
    for name in "cat", "dog", "a", "A", "C at", "cat":
        v.press("n")
        v.page.keyboard.type(name)
        v.press("Enter")
        told = "C at and cat are two classes." in v.text("#trouble")
        assert told == (name == "C at")  # Not for a known one, nor for letters.
    assert v.page.is_hidden("#trouble")
    v.labeling.take_unreadable([index for index in range(60) if index != v.shown()][:2])
    v.press("s")
    assert v.text("#count").endswith(" labeled, 1 skipped, 2 cannot be read")
    assert v.trouble == []


def test_another_program_s_labels_are_told(visit):
    v = visit(labels=2)
    path = v.labeling.source.written
    path.write_text("file,label\n059.png,zebra\n")
    shown = v.shown()
    v.press("1")
    assert "Another program has changed 3 labels" in v.text("#trouble")
    assert "3 labels that another program changed" in v.text("#undo-what")
    assert (v.shown(), v.text("#count")) == (shown, "1 of 60 labeled")
    v.page.set_viewport_size({"width": 375, "height": 860})
    sides = "['trouble', 'one'].map((id) => at(id).getBoundingClientRect().left)"
    assert v.page.evaluate(sides) == [14, 14]
    assert "422" in v.trouble.pop()
    v.press("u")
    assert (v.shown(), v.text("#count")) == (shown, "2 of 60 labeled")
    assert v.page.is_hidden("#trouble")
    assert v.trouble == []


@pytest.mark.parametrize("width", [1200, 375])
def test_twelve_guesses_at_once(width, visit, tmp_path):
    v = visit(labels=12, viewport={"width": width, "height": 860})
    v.press("t")
    v.page.wait_for_selector("#tiles button:focus")
    assert v.page.locator("#tiles button").count() == 12
    guessed = v.page.locator("#tiles span").all_inner_texts()
    classes = v.page.locator("#classes .name").all_inner_texts()
    other = next(name for name in classes if name != guessed[1])
    v.press("ArrowRight", str(1 + classes.index(other)), "x")
    v.page.click("#skip")  # Where there is no keyboard.
    expected = [guessed[0], other, "left out", "left out", *guessed[4:]]
    assert v.page.locator("#tiles span").all_inner_texts() == expected
    assert v.page.evaluate("document.documentElement.scrollWidth") <= width
    v.page.screenshot(path=tmp_path / f"grid-{width}.png", full_page=True)
    v.press("Enter")
    assert v.text("#count").startswith("22 of 60 labeled")
    assert v.text("#undo-what") == "Undo takes back 10 labels."
    v.page.wait_for_selector("#tiles button:focus")
    v.press("u")
    assert v.text("#count").startswith("12 of 60 labeled")
    v.page.wait_for_selector("#tiles button:focus")
    v.press("t")
    v.page.wait_for_selector("#picture img")
    assert v.trouble == []


def test_guesses_are_hidden_until_asked_for(visit):
    v = visit(labels=16)
    assert v.page.locator("#classes .bar").count() == 0
    heights = set()
    v.press("g")
    v.page.wait_for_selector("#classes .bar")
    for _ in range(5):
        v.labeling.refresh()
        v.page.wait_for_timeout(50)
        judges = v.labeling.current.asked == "random"
        bars = v.page.locator("#classes .bar i")
        widths = bars.evaluate_all(
            "bars => bars.map((bar) => parseFloat(bar.style.width))"
        )
        # What judges is not shown. The buttons stay where they are.
        assert sum(widths) == pytest.approx(0 if judges else 100, abs=0.1)
        heights.add(v.page.locator("#classes").evaluate("e => e.offsetHeight"))
        v.press("1")
    assert len(heights) == 1
    v.page.reload()
    v.page.wait_for_selector("#classes .bar")
    v.press("g")
    v.page.wait_for_selector("#classes .bar", state="detached")
    assert v.trouble == []


def test_no_picture_flickers(visit):
    """There is a decoded picture at every moment."""
    v = visit(labels=4)
    v.page.evaluate(
        """() => {
          const stage = document.getElementById("picture");
          window.shown = [];
          new MutationObserver(() => window.shown.push([...stage.children].map(
            (e) => e.tagName === "IMG" && e.complete && e.naturalWidth > 0)),
          ).observe(stage, {childList: true});
        }"""
    )
    v.press("1", "2", "s", "1", "u", "2")
    assert v.page.evaluate("window.shown") == [[True]] * 6
    assert v.trouble == []


def test_two_tabs_lose_nothing(visit):
    v = visit(labels=4)
    other = v.tab(re.match(r"http://[^/]*", v.page.url)[0])
    assert v.shown(other) == v.shown()
    first = v.shown()
    v.press("1")
    second = v.shown()
    v.press("2", page=other)  # For the picture that it shows, not for the next one.
    names = v.labeling.decisions.standing.classes
    assert v.labeling.labels()[first] == names[1]
    assert second not in v.labeling.labels()
    assert v.shown(other) == second
    v.press("u", page=other)
    assert v.labeling.labels()[first] == names[0]
    v.page.wait_for_timeout(3000)
    assert v.text("#count") == other.inner_text("#count") == "5 of 60 labeled"
    assert v.trouble == []


def test_page_says_that_the_server_is_gone(browser, tmp_path):
    source = open_source(save_digits(tmp_path / "digits", 9))
    with serving(LabelingApp(Labeling(source)).app(), say=lambda said: None) as guard:
        page = browser.new_page()
        page.goto(guard.address)
        page.wait_for_selector("#picture img")
    page.keyboard.press("n")
    page.keyboard.type("cat")
    page.keyboard.press("Enter")
    page.get_by_text("No answer from ssgan.").wait_for()
    assert page.inner_text("#count") == "0 of 9 labeled"
    # What was typed is still there.
    assert page.input_value("#name") == "cat"
    page.close()


@pytest.mark.parametrize("kind", ["npz", "csv", "parquet"])
def test_arrays_and_tables_are_shown(kind, visit, tmp_path):
    import pandas as pd

    path = tmp_path / f"own.{kind}"
    table = pd.DataFrame(DIGITS.data[:40]).add_prefix("p").assign(label=None)
    if kind == "npz":
        np.savez(path, x=DIGITS.images[:40])
    elif kind == "csv":
        table.to_csv(path, index=False)
    else:
        table.to_parquet(path)
    v = visit(path)
    v.press("n")
    v.page.keyboard.type("cat")
    v.press("Enter", "1", "1")
    assert v.text("#count") == "3 of 40 labeled"
    size = "[document.querySelector('#picture img').naturalWidth]"
    assert v.page.evaluate(size) == [8]
    lines = (tmp_path / "own-labels" / "labels.jsonl").read_text().splitlines()
    assert [json.loads(line)["do"] for line in lines] == ["begin", *["label"] * 3]
    assert v.trouble == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_screen_readers_and_contrast(scheme, visit, tmp_path):
    """As axe-core judges: names, roles, live regions, contrast."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    v = visit(labels=48, color_scheme=scheme)
    v.page.wait_for_selector("#curve circle")
    for view, keys in {
        "one": "",
        "guesses": "g",
        "grid": "tx",
        "classes": "te",
    }.items():
        v.press(*keys)
        v.page.screenshot(path=tmp_path / f"{view}-{scheme}.png", full_page=True)
        found = axe.run(v.page).response["violations"]
        told = [(rule["id"], [n["html"] for n in rule["nodes"]]) for rule in found]
        assert told == [], view
    color = "getComputedStyle(document.querySelector('{}'), '{}').color"
    colors = ("#count", ""), ("#name", "::placeholder")
    assert len({v.page.evaluate(color.format(*of)) for of in colors}) == 1
    described = v.page.get_attribute("#curve", "aria-label")
    assert re.match(r"Error against the number of labels: \d+ % at \d+, ", described)
    assert v.trouble == []
