"""The page for others: whole, true to the result, and legible on a phone."""

import dataclasses
import json
import os
import shutil
from html.parser import HTMLParser

import numpy as np
import pytest
import tiny
from typer.testing import CliRunner

from ssgan import SSGANClassifier, history, pictures, report
from ssgan.board import Board
from ssgan.cli import app
from ssgan.compare import Comparison
from ssgan.data.examples import Data
from ssgan.progress import Progress
from ssgan.recipes import Part
from ssgan.runs import choose_split, fit_into

TINY = tiny.TINY.lasting(40)
TINY_IMAGES = dataclasses.replace(
    TINY,
    pixel_range=(0.0, 1.0),
    generator=Part("mlp_generator", {"units": (8,), "activation": "sigmoid"}),
)
FIT_SECTIONS = {"generated", "curves", "classes", "confusion", "calibration", "hard"}
FIT_SECTIONS |= {"data", "recipe", "again", "verdict"}
VOID = {"meta", "link", "img", "br"}


class Page(HTMLParser):
    """What a page consists of; every element must be closed in its turn."""

    def __init__(self, path):
        super().__init__()
        self.ids, self.addresses, self.text, self.open = [], [], "", []
        self.pictures = self.figures = 0
        self.feed(path.read_text(encoding="utf-8"))
        self.close()
        assert self.open == []
        assert len(self.ids) == len(set(self.ids))

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if "id" in attributes and "svg" not in self.open:
            self.ids.append(attributes["id"])
        names = "src", "href", "xlink:href", "srcset", "data", "poster"
        self.addresses += [attributes[name] for name in names if name in attributes]
        self.pictures += tag == "img"
        self.figures += tag == "svg"
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


@pytest.fixture(scope="module")
def fitted(tmp_path_factory):
    """A folder that ``ssgan fit`` filled, and the command."""
    folder = tmp_path_factory.mktemp("fit") / "digits"
    command = f"fit digits --out {folder} --labels 20 --steps 40"
    result = CliRunner().invoke(app, [*command.split(), "--overwrite"])
    assert result.exit_code == 0, result.output
    return folder, f"ssgan {command}"


@pytest.fixture(scope="module")
def compared(tmp_path_factory):
    """The path of a comparison's page, of made-up errors."""
    errors = {"supervised": (0.2, 0.25, 0.22), "ssgan": (0.1, 0.16, 0.12)}
    errors |= {"self-training": (0.3, 0.28, 0.31), "ceiling": (0.05,)}
    common = {
        "dataset": "toy <&>",
        "recipe": "images",
        "steps": 40,
        "labels": 20,
        "unlabeled": 300,
        "n_test": 100,
        "seconds": 1.5,
        "jobs": 1,
        "versions": {"ssgan": "0"},
        "machine": {"platform": "Linux", "cpus": 2, "gpus": []},
    }
    rows = [
        {"split": f"toy@20-seed{i}", "method": m, "error": e, "seed": i, **common}
        for m, values in errors.items()
        for i, e in enumerate(values)
    ]
    path = tmp_path_factory.mktemp("compare") / "report.html"
    report.write_comparison(path, Comparison(rows), "ssgan compare toy.npz")
    return path


def test_page_of_a_fit(fitted):
    folder, command = fitted
    result = json.loads((folder / "result.json").read_text())
    page = Page(folder / "report.html")
    assert set(page.ids) >= FIT_SECTIONS
    low, high = report.interval(round(500 * result["error"]), 500)
    assert f"Test error {100 * result['error']:.2f}\N{NO-BREAK SPACE}%" in page.text
    assert f"{100 * low:.2f} to {100 * high:.2f}" in page.text
    assert command in page.text
    for name in (
        "PseudoLabels(weight=2.0, confidence=0.9, aligned=True)",
        "digits@20-seed0",
        "1,277",
    ):
        assert name in page.text
    # Before and after the four epochs, real ones, 12 doubtful and 12 wrong examples.
    assert page.pictures == 1 + 4 + 1 + 12 + 12
    assert page.figures == 5
    assert all(address.startswith(("data:", "#")) for address in page.addresses)
    lines = [json.loads(x) for x in (folder / "history.jsonl").read_text().splitlines()]
    assert [line["update"] for line in lines] == [10, 20, 30, 40]
    assert {"loss", "generator_loss", "p_fake", "pseudolabels"} <= lines[0].keys()


def test_page_of_a_comparison(compared):
    page = Page(compared)
    assert {"verdict", "errors", "methods", "rows", "again"} <= set(page.ids)
    assert "The unlabeled data helped by 9.67 points" in page.text
    assert "ssgan compare toy <&>" in page.text
    assert "ssgan compare toy.npz" in page.text
    assert "12.67 ± 3.06" in page.text
    assert page.figures == 2
    assert all(address.startswith(("data:", "#")) for address in page.addresses)


def test_comparison_without_ssgan_has_a_page(tmp_path, rng):
    y = np.arange(60) % 3
    x = rng.normal(size=(60, 4)) + 3 * y[:, None]
    np.savez(tmp_path / "own.npz", x_train=x, y_train=y, x_test=x, y_test=y)
    command = f"compare {tmp_path}/own.npz --labels 6 --out {tmp_path}/out --splits 1"
    command += " --methods label-spreading"
    result = CliRunner().invoke(app, command.split())
    assert result.exit_code == 0, result.output
    page = Page(tmp_path / "out" / "report.html")
    assert "No verdict" in page.text
    assert f"ssgan {command}" in page.text


def interrupted(*_):
    """A progress that is stopped in the third of four epochs."""

    class Stop(Progress):
        def on_epoch_end(self, epoch, logs=None):
            if epoch == 2:
                raise KeyboardInterrupt

    return Stop()


def test_history_survives_an_interruption(tmp_path, rng):
    names = np.array([f"kind {i:02}" for i in range(25)], dtype=object)
    y = np.tile(names, 8)
    x = rng.normal(size=(200, 3)) + 3 * np.tile(np.arange(25), 8)[:, None]
    data = Data("toy", x[:150], y[:150], x[150:], y[150:])
    arguments = (tmp_path / "out", data, choose_split(data, 25))
    with pytest.raises(KeyboardInterrupt):
        fit_into(*arguments, recipe=TINY, progress=interrupted)
    stem = tmp_path / "out" / "checkpoints" / "member-0"
    before = history.read(stem)
    assert [line["update"] for line in before] == [10, 20]
    # As if it had been stopped between the history and the checkpoint.
    late = json.dumps({**before[-1], "update": 30, "loss": -1.0})
    stem.with_suffix(".jsonl").open("a").write(f'{late}\n{{"upd')
    np.save(f"{stem}.30.npy", np.full((1, 3), np.nan))

    result = fit_into(*arguments, recipe=TINY, resume=True)
    lines = (tmp_path / "out" / "history.jsonl").read_text().splitlines()
    lines = [json.loads(line) for line in lines]
    assert [line["update"] for line in lines] == [10, 20, 30, 40]
    assert lines[:2] == [{"member": 0, **line} for line in before]
    assert all(line["loss"] > 0 for line in lines)
    seconds = [line["seconds"] for line in lines]
    assert seconds == sorted(seconds)
    assert result["seconds"] >= seconds[-1] - 0.01
    page = Page(tmp_path / "out" / "report.html")
    assert "Most frequent confusions" in page.text  # Too many classes for a matrix.
    assert "Called from Python" in page.text
    assert page.pictures == 0
    assert page.figures == 5 + 4 + 1  # Moments of the training, as scatter plots.


def test_generated_pictures_are_of_the_same_latents(tmp_path):
    x = np.random.default_rng(0).integers(0, 256, (40, 6, 6), dtype=np.uint8)
    classifier = SSGANClassifier(TINY_IMAGES, random_state=0)
    classifier.fit(x, np.arange(40) % 4 - 1, checkpoints=tmp_path)
    album = history.album(tmp_path / "member-0")
    assert [update for update, _ in album] == [0, 10, 20, 30, 40]
    last = np.asarray(classifier.model_.sample(history.PICTURES, seed=0))
    np.testing.assert_allclose(album[-1][1], last, atol=1e-3)
    limits = pictures.limits(classifier.recipe_, classifier.model_)
    assert limits == pytest.approx((0, 255))


def test_members_are_told_apart(tmp_path):
    y = np.arange(40) % 3 - 1
    x = np.random.default_rng(0).normal(size=(40, 2)) + 3 * y[:, None]
    SSGANClassifier(TINY, n_members=2, random_state=0).fit(x, y, checkpoints=tmp_path)
    first, second = (history.read(tmp_path / f"member-{i}") for i in range(2))
    assert len(first) == len(second) == 4
    assert first[0]["loss"] != second[0]["loss"]


def test_picture_has_the_range_of_its_source():
    x = np.array([[[0, 8]], [[4, 20]], [[-1, 16]]], dtype="float32")
    picture = np.asarray(pictures.grid(x, limits=(0, 16), columns=2))
    assert picture.tolist() == [[0, 128, 64, 255], [0, 255, 0, 0]]
    apart = np.asarray(pictures.grid(x, columns=3, gap=1))
    assert apart.shape == (1, 8, 4)
    assert apart[0, :, 3].tolist() == [255, 255, 0, 255, 255, 0, 255, 255]


def test_calibration_error():
    confidence = np.array([0.95, 0.95, 0.95, 0.95, 0.6, 0.6])
    right = np.array([True, True, True, False, True, False])
    error, bins = report.calibration_error(confidence, right)
    assert error == pytest.approx((4 * 0.2 + 2 * 0.1) / 6)
    assert bins == [(2, pytest.approx(0.6), 1), (4, pytest.approx(0.95), 3)]


def test_interval():
    # Hanley and Lippman-Hand 1983: none of n leaves some 3/n open; exactly, one-sided
    # 0.975, 1 - 0.025^(1/n).
    assert report.interval(0, 10) == (0, pytest.approx(1 - 0.025**0.1))


def test_tensorboard(tmp_path):
    accumulator = pytest.importorskip(
        "tensorboard.backend.event_processing.event_accumulator"
    )
    x = np.random.default_rng(0).integers(0, 256, (40, 6, 6), dtype=np.uint8)
    board = Board(tmp_path, TINY_IMAGES)
    SSGANClassifier(TINY_IMAGES, callbacks=[board]).fit(x, np.arange(40) % 4 - 1)

    def read(run):
        events = accumulator.EventAccumulator(
            str(tmp_path / "member-0" / run), size_guidance={"tensors": 0}
        )
        return events.Reload()

    tensors = read("train").Tags()["tensors"]
    assert {"epoch_loss", "epoch_generator_loss", "epoch_p_fake"} <= set(tensors)
    images = read("generated").Tensors("generated")
    assert [event.step for event in images] == [0, 1, 2, 3]


@pytest.fixture(scope="module")
def browser():
    """A headless browser of the machine's, or Playwright's own."""
    api = pytest.importorskip("playwright.sync_api")
    names = "chromium", "chromium-browser", "google-chrome", "google-chrome-stable"
    found = next(filter(None, map(shutil.which, names)), None)
    with api.sync_playwright() as playwright:
        own = playwright.chromium.executable_path
        if found is None and not os.path.exists(own):
            pytest.skip("no browser: neither chromium nor google-chrome is installed")
        browser = playwright.chromium.launch(
            executable_path=found,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield browser
        browser.close()


@pytest.mark.parametrize("width", [375, 1200])
@pytest.mark.parametrize("kind", ["fit", "compare"])
def test_page_in_a_browser(kind, width, browser, fitted, compared):
    path = fitted[0] / "report.html" if kind == "fit" else compared
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
