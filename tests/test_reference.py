"""The README's command makes the pages, and they hold what the docstrings say."""

import contextlib
import inspect
import io
import posixpath
import re
import shlex
import sys
import warnings
from pathlib import Path

import pdoc.__main__
import pytest

import ssgan
import ssgan.game.model  # noqa: F401  TensorFlow, imported, says things that are not pdoc's.

ROOT = Path(__file__).parents[1]
pytestmark = pytest.mark.slow  # pdoc takes a third of a minute.


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """The text of each page, by file name, built without a warning or a word."""
    site = tmp_path_factory.mktemp("site")
    (command,) = re.findall(r"pdoc (.+) -o site\n", (ROOT / "README.md").read_text())
    said = io.StringIO()
    with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
        warnings.simplefilter("error")
        patch.chdir(ROOT)
        for module, name in ((sys, "path"), (warnings, "showwarning")):
            patch.setattr(module, name, getattr(module, name))  # pdoc changes them.
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            pdoc.__main__.cli([*shlex.split(command), "-o", str(site)])
    assert said.getvalue() == ""
    return {
        path.relative_to(site).as_posix(): path.read_text(encoding="utf-8")
        for path in site.rglob("*.html")
    }


def docstrings(page):
    return re.findall(r'<div class="docstring">(.*?)</div>', page, re.DOTALL)


def test_every_public_name_has_its_place(pages):
    rooms = {path.stem for path in (ROOT / "ssgan").glob("[!_]*")}
    assert rooms < {*ssgan.__all__}
    for path in (ROOT / "ssgan").rglob("*.py"):
        page = path.parent if path.stem == "__init__" else path
        assert page.relative_to(ROOT).with_suffix(".html").as_posix() in pages
    for name in ssgan.__all__:
        value = getattr(ssgan, name)
        if inspect.ismodule(value):
            assert f"ssgan/{name}.html" in pages
        else:
            home = value.__module__.replace(".", "/")
            for page in ("ssgan.html", f"{home}.html"):
                assert f'<section id="{name}">' in pages[page]


def test_sections_become_lists(pages):
    texts = [text for page in pages.values() for text in docstrings(page)]
    heading = r"<h6 [^>]*>(?:Parameters|Returns|Raises)</h6>\s*(\S+)"
    sections = [first for text in texts for first in re.findall(heading, text)]
    assert {*sections} == {"<ul>"}
    assert len(sections) > 100
    assert not any(re.search(r"---|``|Parameters\n", text) for text in texts)
    losses = pages["ssgan/nn/losses.html"]
    assert "<li><strong>logits</strong> (float tensor of shape (batch, K))" in losses


def test_links_lead_to_a_place(pages):
    places = {name: re.findall(r'\bid="([^"]+)"', page) for name, page in pages.items()}
    dead = [
        (name, link)
        for name, page in pages.items()
        for text in docstrings(page)
        for link in re.findall(r'href="(?!http)([^"]+)"', text)
        if not leads_to_a_place(name, link, places)
    ]
    assert dead == []


def leads_to_a_place(name, link, places):
    page, _, place = link.partition("#")
    page = (
        posixpath.normpath(posixpath.join(posixpath.dirname(name), page))
        if page
        else name
    )
    return page in places and (not place or place in places[page])


def test_the_package_refers_to_the_home_of_a_name(pages):
    assert (
        '<a href="../../ssgan.html#AveragedClassifier">'
        in pages["ssgan/game/model.html"]
    )
