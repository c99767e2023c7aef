"""From 200 pictures without a label to a classifier, in a browser."""

import json
import os
import re
import signal
import subprocess
import sys
import time

import pytest
from images import labels_in, save_digits
from sklearn.datasets import load_digits
from waiting import wait_until

pytestmark = pytest.mark.slow
COMMAND = [sys.executable, "-c", "from ssgan.cli import main; main()"]
DIGITS = load_digits()


@pytest.fixture
def folder(tmp_path):
    return save_digits(tmp_path / "digits", 200)


@pytest.fixture
def start(folder):
    """Return a function that starts ``ssgan label``, and returns it and its address."""
    started = []

    def start():
        process = subprocess.Popen(
            [*COMMAND, "label", folder, "--steps", "60"],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        started.append(process)
        line = process.stdout.readline()
        return process, re.search(r"http://127\.0\.0\.1:\S+", line)[0]

    yield start
    for process in started:
        process.kill()


class Person:
    """Knows the class of every digit, and uses the keyboard."""

    def __init__(self, page):
        self.page = page
        self.seconds = []

    def index(self):
        return int(self.page.get_attribute("#picture img", "src").rpartition("/")[2])

    def labeled(self):
        return int(self.page.inner_text("#count").split()[0])

    def answer(self):
        label = str(DIGITS.target[self.index()])
        names = self.page.locator("#classes .name").all_inner_texts()
        before, start = self.labeled(), time.monotonic()
        if label in names[:9]:
            self.page.keyboard.press(str(1 + names.index(label)))
        else:
            self.page.keyboard.press("n")
            self.page.keyboard.type(label)
            self.page.keyboard.press("Enter")
        wait_until(lambda: self.labeled() == before + 1)
        self.seconds.append(time.monotonic() - start)
        self.page.wait_for_timeout(100)

    def undo(self):
        before = self.labeled()
        self.page.keyboard.press("u")
        wait_until(lambda: self.labeled() == before - 1)
        self.page.wait_for_timeout(100)


def test_from_no_label_to_a_classifier(browser, folder, start, tmp_path):
    trouble = []
    context = browser.new_context(viewport={"width": 1200, "height": 860})
    page = context.new_page()
    process, address = start()
    page.on("console", lambda message: trouble.append(message.text))
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.goto(address)
    page.wait_for_selector("#picture img")
    person = Person(page)
    for i in range(20):
        person.answer()
        if i in (4, 9):
            person.undo()
            person.answer()
    asked = person.index()
    page.reload()
    page.wait_for_selector("#picture img")
    assert (person.index(), person.labeled()) == (asked, 20)
    assert trouble == []

    page.close()
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert len(labels_in(folder)) == 20
    process, address = start()
    page = context.new_page()
    page.on("console", lambda message: trouble.append(message.text))
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.goto(address)
    page.wait_for_selector("#picture img")
    person = Person(page)
    assert person.labeled() == 20
    for _ in range(20):
        person.answer()
    for scheme, width in (("light", 1200), ("dark", 1200), ("light", 375)):
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 860})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.screenshot(path=tmp_path / f"{scheme}-{width}.png", full_page=True)
    page.click("#finish")
    page.get_by_role("heading", name="The labeling has ended.").wait_for()
    said, _ = process.communicate(timeout=300)
    assert process.returncode == 0, said
    assert trouble == []
    found = labels_in(folder)
    assert len(found) == 40
    assert all(y == str(DIGITS.target[int(f[:3])]) for f, y in found.items())
    model = folder.with_name("digits-model")
    assert {"model.keras", "report.html"} <= {p.name for p in model.iterdir()}
    assert json.loads((model / "result.json").read_text())["n_labels"] == 40
    context.close()
