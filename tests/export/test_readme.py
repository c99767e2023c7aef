"""What the README says of exported models runs without ssgan."""

import contextlib
import io
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from command_line import run
from exports import examples, need, small

from ssgan.cli.options import Format
from ssgan.export import FORMATS, export
from ssgan.recipes import VECTORS
from ssgan.training.build import build

README = Path(__file__).parents[2] / "README.md"


def in_this_process(blocks, folder, monkeypatch):
    monkeypatch.chdir(folder)
    monkeypatch.setitem(sys.modules, "ssgan", None)
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        for block in blocks:
            exec(block, {})
    return said.getvalue()


def in_a_new_process(blocks, folder, monkeypatch):
    lines = ["import sys", "sys.modules['ssgan'] = None"]
    lines += [f"exec({block!r}, {{}})" for block in blocks]
    (folder / "run.py").write_text("\n".join(lines))
    done = subprocess.run(
        [sys.executable, "run.py"], cwd=folder, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def blocks_of_readme():
    section = README.read_text().partition("## Ship a trained model")[2]
    section = section.partition("\n## ")[0]
    return section, re.findall(r"```python\n(.*?)```", section, re.DOTALL)


# In this process, layers of ssgan could still be found by the names of their classes.
# That a plain model has none is in test_inference.py, too.
@pytest.mark.parametrize(
    "said_by", [in_this_process, pytest.param(in_a_new_process, marks=pytest.mark.slow)]
)
def test_command_line_and_readme(said_by, fitted_digits, tmp_path, monkeypatch):
    """Export and predict as a user would, then run the README without ssgan."""
    assert [format.value for format in Format] == list(FORMATS)
    model = fitted_digits[0] / "model.keras"
    for suffix in ("csv", "parquet"):
        run("predict", model, "digits", "--out", tmp_path / f"p.{suffix}")
    table = pd.read_parquet(tmp_path / "p.parquet")
    pd.testing.assert_frame_equal(table, pd.read_csv(tmp_path / "p.csv"), atol=1e-6)

    section, blocks = blocks_of_readme()
    commands = re.findall(r"^ssgan (export .*)", section, re.MULTILINE)
    assert len(commands) == len(FORMATS)
    for command in commands:
        words = command.replace("digits-50/model.keras", str(model)).split()
        need(words[words.index("--format") + 1])
        said = run(*words[:-1], tmp_path / words[-1]).output
        assert "its probabilities differ by at most" in said

    from ssgan.data.sources import load

    np.savez(tmp_path / "new.npz", x=load("digits").x_test[:20])
    assert len(blocks) == len(FORMATS)
    for block in blocks:
        assert len([line for line in block.splitlines() if line]) <= 10
    expected = table["class"].tolist()[:20]
    assert len(set(expected)) > 1
    said = [
        [int(word) for word in re.findall(r"\d+", line)]
        for line in said_by(blocks, tmp_path, monkeypatch).splitlines()
    ]
    assert said == [expected] * len(FORMATS)


def test_classes_that_are_text_are_printed_as_text(rng, tmp_path, monkeypatch):
    """In a SavedModel, text is bytes."""
    x = examples(rng, (5,), "float32", n=7)
    recipe = small(VECTORS, {"units": (4,)}, {"units": (4,)})
    model = build(recipe, x, 2, info={"classes": ["Buche, rot", "cèdre"]})
    np.savez(tmp_path / "new.npz", x=x)
    said = []
    for format, file in ("savedmodel", "digits-saved"), ("keras", "digits.keras"):
        export(model, tmp_path / file, format)
        [block] = [block for block in blocks_of_readme()[1] if f'"{file}"' in block]
        said.append(in_this_process([block], tmp_path, monkeypatch))
    assert said[0] == said[1]
    assert "cèdre" in said[0]
