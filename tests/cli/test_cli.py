import csv
import itertools
import json
import signal
import subprocess
import sys
import time
import warnings

import numpy as np
import pytest
from command_line import run
from PIL import Image
from read_page import Page
from tiny import TINY
from typer.testing import CliRunner

from ssgan import __version__, recipes
from ssgan.cli.app import app
from ssgan.errors import InputError
from ssgan.evaluation import compare as compare_module
from ssgan.training import progress
from ssgan.training.progress import Progress

pytestmark = pytest.mark.usefixtures("small_networks")

LIGHT = """
import sys
from typer.testing import CliRunner
from ssgan.cli.app import app
result = CliRunner().invoke(app, sys.argv[1:])
print(result.output)
heavy = {"tensorflow", "keras", "sklearn", "scipy", "numpy", "matplotlib", "jinja2"}
heavy &= set(sys.modules)
sys.exit(result.exit_code or " ".join(heavy) or 0)
"""


@pytest.fixture
def folder(fitted_digits):
    """A folder in which a model for digits was trained, hardly."""
    return fitted_digits[0]


@pytest.fixture
def without_generator(monkeypatch):
    monkeypatch.setattr(recipes, "VECTORS", TINY)


LIGHT_COMMANDS = [["--help"], ["fit", "--help"], ["--version"], ["info", "model.keras"]]


@pytest.mark.parametrize("arguments", LIGHT_COMMANDS)
def test_help_is_light(arguments, folder, monkeypatch):
    monkeypatch.chdir(folder)
    start = time.perf_counter()
    command = [sys.executable, "-c", LIGHT, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    # Less than a second on an idle machine; the tests of others may run beside this.
    assert time.perf_counter() - start < 4


@pytest.mark.parametrize(
    "arguments", [["fit", ""], ["fit", "digits", "--out", ""], ["fit", "--out="]]
)
def test_empty_arguments_are_refused(arguments):
    # A variable of the shell that is not set; an empty path is the current folder.
    said = run(*arguments, code=2).output
    assert "Expected something after" in said
    assert any(f"{last}. Received: nothing." in said for last in ("fit", "--out"))


def test_version():
    assert run("--version").output == f"ssgan {__version__}\n"


@pytest.mark.parametrize(
    "command",
    [
        "demo",
        "compare",
        "learning-curve",
        "fit",
        "evaluate",
        "predict",
        "suggest",
        "info",
        "export",
        "sample",
        "score-samples",
        "datasets",
    ],
)
def test_help_has_an_example(command):
    shown = run(command, "--help").output
    assert f"Example: ssgan {command}" in shown
    before = shown.partition("Example:")[0].splitlines()
    # A line ends where the next word would not fit, or a paragraph does.
    pairs = [(a, b) for a, b in itertools.pairwise(map(str.split, before)) if a and b]
    assert all(len(" ".join([*a, b[0]])) > 76 for a, b in pairs)


def test_help_speaks_of_a_backbone_where_there_is_one():
    for command in ("fit", "embed", "compare", "learning-curve", "suggest", "label"):
        shown = run(command, "--help").output.replace("│", " ").split()
        has_one = command in ("fit", "embed")
        assert ("With --backbone: the size" in " ".join(shown)) == has_one


def test_help_names_the_recipes():
    words = run("fit", "--help").output.split()
    assert {f"{name}:" for name in recipes.RECIPES} <= set(words)


def test_fit_writes_a_result(folder):
    assert sorted(p.name for p in folder.iterdir()) == [
        "log.jsonl",
        "model.keras",
        "report.html",
        "result.json",
        "run.json",
        "split.json",
    ]
    result = json.loads((folder / "result.json").read_text())
    expected = {
        "dataset": "digits",
        "split": "digits@20-seed3",
        "n_labels": 20,
        "classes": list(range(10)),
        "recipe": "images",
        "steps": 40,
        "seed": 3,
        "weights_seed": 3,
        "n_test": 500,
        "resumed_from_step": 0,
        "restarts": 0,
    }
    assert expected.items() <= result.items()
    assert 0 <= result["error"] <= 1
    assert result["seconds"] > 0
    sentence = result["label_spreading"]["sentence"]
    assert sentence in (folder / "report.html").read_text(encoding="utf-8")


def test_evaluate_agrees_with_fit(folder):
    model, result = (
        folder / "model.keras",
        json.loads((folder / "result.json").read_text()),
    )
    shown = json.loads(run("evaluate", model, "digits", "--json").stdout)
    assert shown["error"] == result["error"]
    assert shown["n"] == sum(c["n"] for c in shown["classes"].values()) == 500
    of_all = sum(c["n"] * c["error"] for c in shown["classes"].values()) / 500
    assert of_all == pytest.approx(shown["error"])
    errors = [c["error"] for c in shown["classes"].values()]
    assert shown["balanced_error"] == pytest.approx(sum(errors) / len(errors))
    assert (
        f"{100 * shown['error']:.1f} % of 500"
        in run("evaluate", model, "digits").stdout
    )


def test_predict_writes_probabilities(folder, tmp_path):
    out = tmp_path / "new" / "digits.csv"
    run("predict", folder / "model.keras", "digits", "--out", out)
    with out.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0])[:4] == ["index", "class", "probability", "familiarity"]
    assert len(rows) == 500
    for row in rows[:20]:
        p = [float(row[f"p_{c}"]) for c in range(10)]
        assert sum(p) == pytest.approx(1, abs=1e-4)
        assert float(row["probability"]) == max(p) == p[int(row["class"])]


def test_info_says_what_a_model_is(folder):
    result = json.loads((folder / "result.json").read_text())
    shown = " ".join(run("info", folder).stdout.split())
    assert "0 (2), 1 (2)," in shown
    assert "images of 8 x 8 pixels, gray, float32" in shown
    assert "20 labels, 1,277 unlabeled examples" in shown
    assert f"images, {result['steps']} steps" in shown
    assert f"{100 * result['error']:.1f} % of 500 examples" in shown
    about = json.loads(run("info", folder / "model.keras", "--json").stdout)
    assert about["result"] == result
    assert about["versions"] == result["versions"]


def test_export_spares_the_model(folder):
    model = folder / "model.keras"
    said = run("export", model, "--format", "keras", "--out", model, code=2).stderr
    assert "another file" in said


def test_sample_writes_an_image(folder, tmp_path):
    first, again, other = (tmp_path / f"{i}.png" for i in range(3))
    model = folder / "model.keras"
    run("sample", model, "--count", 5, "--out", first)
    run("sample", model, "--count", 5, "--out", again)
    run("sample", model, "--count", 5, "--out", other, "--seed", 1)
    assert Image.open(first).size == (8 * (3 * 9 - 1), 8 * (2 * 9 - 1))
    assert first.read_bytes() == again.read_bytes() != other.read_bytes()


def test_sample_refuses_classes_that_it_cannot_make(folder, tmp_path):
    sample = ["sample", folder / "model.keras", "--out", tmp_path / "s.png"]
    unknown = run(*sample, "--classes", "3,eleven", code=2).stderr
    assert "Expected --classes among 0, 1, 2" in unknown
    assert "Received: eleven" in unknown
    unconditional = run(*sample, "--classes", "3,5", code=2).stderr
    assert "a class on demand, as the recipe mnist-samples does" in unconditional


def test_the_error_on_labels_that_are_held_out_is_told(tmp_path, without_generator):
    rng, out = np.random.default_rng(0), tmp_path / "out"
    y = np.where(np.arange(60) < 40, np.arange(60) % 2, -1)
    np.savez(tmp_path / "own.npz", x=rng.normal(size=(60, 4)) + y[:, None], y=y)
    done = run(
        *("fit", tmp_path / "own.npz", "--out", out),
        *("--validation", 0.25, "--steps", 20),
    )
    result = json.loads((out / "result.json").read_text())
    error = f"{100 * result['validation_error']:.0f} % of 10 labels held out (95 %"
    assert f"Validation error: {error}" in done.stdout
    about = run("info", out).stdout
    assert error in " ".join(about.replace("│", " ").split())
    # Those that are held out are no unlabeled examples either.
    assert "30 labels, 20 unlabeled" in about
    page = " ".join(Page(out / "report.html").text.split())
    assert "20 unlabeled" in page or "unlabeled 20" in page


def test_fit_of_rows_with_validation(npz, tmp_path, set_policy, without_generator):
    fit = ["fit", npz, "--labels", 12, "--steps", 20, "--out", tmp_path / "out"]
    shown = run(*fit, "--validation", 0.25, "--class-weight", "balanced").stderr
    result = json.loads((tmp_path / "out" / "result.json").read_text())
    assert (result["n_labels"], result["n_validation_labels"]) == (9, 3)
    # The test part tells the error; what was held out is told, too.
    assert result["error"] is not None
    assert 3 * result["validation_error"] in (0, 1, 2, 3)
    assert "9 labels, 48 unlabeled" in run("info", tmp_path / "out").stdout
    assert "own@12-seed0: 20/20" in shown
    assert "validation error" in shown
    run(*fit, "--overwrite", "--split", tmp_path / "out" / "split.json", code=2)
    del fit[2:4]  # The labels come from the file instead.
    (tmp_path / "split.json").write_bytes(
        (tmp_path / "out" / "split.json").read_bytes()
    )
    half = ["--precision", "mixed_bfloat16"]
    run(*fit, "--overwrite", "--split", tmp_path / "split.json", *half)
    set_policy("float32")
    assert json.loads((tmp_path / "out" / "result.json").read_text())["n_labels"] == 12
    assert (
        json.loads((tmp_path / "out" / "run.json").read_text())["precision"] == half[1]
    )


@pytest.mark.slow
def test_fit_of_all_labels_alone(npz, tmp_path):
    fit = ["fit", npz, "--labels", "all", "--method", "supervised", "--steps", 800]
    run(*fit, "--out", tmp_path / "out")
    result = json.loads((tmp_path / "out" / "result.json").read_text())
    assert (result["n_labels"], result["recipe"]) == (60, "vectors-supervised")
    assert result["error"] < 0.1
    sample = ["sample", tmp_path / "out" / "model.keras", "--out", tmp_path / "s.csv"]
    assert "a model with a generator" in run(*sample, code=2).stderr
    paths = run(*sample, "--interpolate", code=2).stderr
    assert "images for --interpolate. Received: rows" in paths


class Interrupted(Progress):
    """Press Ctrl-C in the third of four epochs."""

    def on_epoch_begin(self, epoch, logs=None):
        super().on_epoch_begin(epoch, logs)
        if epoch == 2:
            signal.raise_signal(signal.SIGINT)


def test_interrupted_fit_goes_on(npz, tmp_path, monkeypatch, ctrl_c, without_generator):
    out = tmp_path / "out"
    fit = ["fit", npz, "--labels", 12, "--steps", 40, "--out", out]
    with monkeypatch.context() as patch:
        patch.setattr(progress, "Progress", Interrupted)
        said = run(*fit, code=130).stderr
    assert "--resume" in said.splitlines()[-1]
    assert sorted(p.name for p in out.iterdir()) == ["checkpoints"]

    assert "--resume" in run(*fit, code=2).stderr
    assert "split" in run(*fit, "--resume", "--seed", 1, code=2).stderr
    run(*fit, "--resume")
    result = json.loads((out / "result.json").read_text())
    assert result["resumed_from_step"] == 20
    assert not (out / "checkpoints").exists()
    assert "nothing to resume" in run(*fit, "--resume").stdout


def test_datasets():
    shown = run("datasets").stdout
    assert "digits" in shown
    assert "tfds:mnist" in shown


def test_a_warning_is_shown_once(monkeypatch, tmp_path):
    def compare(*args, **options):
        warnings.warn("dark", stacklevel=1)
        warnings.warn("few labels", stacklevel=1)
        warnings.warn("dark", stacklevel=1)
        raise InputError("stop")

    monkeypatch.setattr(compare_module, "compare", compare)
    result = run("demo", "--out", tmp_path, code=2)
    assert result.stderr == "ssgan: dark\nssgan: few labels\nssgan: stop\n"


def test_defect_keeps_its_stack_trace(monkeypatch, tmp_path):
    monkeypatch.setattr(compare_module, "compare", lambda *a, **k: 1 / 0)
    result = CliRunner().invoke(app, ["demo", "--out", str(tmp_path)])
    assert isinstance(result.exception, ZeroDivisionError)
