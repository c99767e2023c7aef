"""Every notebook runs from top to bottom."""

import os
import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from ssgan.nn import terms

NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))

# A reader waits for the whole training; a test does not.
SHORTER = {
    "first_steps": {"steps = 2400": "steps = 20"},
    "own_folder": {"steps = 600": "steps = 20"},
    "losses": {"steps = 600": "steps = 12", "seeds = range(5)": "seeds = range(2)"},
    "samples": {"steps = 3000": "steps = 10"},
}


# A kernel of its own, and its trainings, take half a minute to most of one.
@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=[path.stem for path in NOTEBOOKS])
def test_notebook_runs(path, tmp_path, monkeypatch):
    notebook = nbformat.read(path, as_version=4)
    assert not any(cell.get("outputs") for cell in notebook.cells)
    for whole, short in SHORTER[path.stem].items():
        assert sum(whole in cell.source for cell in notebook.cells) == 1
        for cell in notebook.cells:
            cell.source = cell.source.replace(whole, short)
    monkeypatch.setitem(os.environ, "TF_CPP_MIN_LOG_LEVEL", "3")
    client = NotebookClient(notebook, resources={"metadata": {"path": str(tmp_path)}})
    client.execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    images = [o for o in outputs if "image/png" in o.get("data", {})]
    drawn = {"first_steps": 2, "losses": 6, "own_folder": 1, "samples": 3}
    assert len(images) == drawn[path.stem]
    assert not any("Warning:" in output.get("text", "") for output in outputs)
    if path.stem == "first_steps":
        assert (tmp_path / "digits.keras").exists()
    elif path.stem == "own_folder":
        assert (tmp_path / "better" / "report.html").exists()
        assert (tmp_path / "digits.keras").exists()
        text = "".join(output.get("text", "") for output in outputs)
        [expected] = re.findall(r"Expected of the first: (.+)", text)
        assert text.count(expected) == 2  # It is what the command said.
        assert re.search(r"model: \d+ of 576 are wrong", text)
        assert re.search(r"better: \d+ of 566 are wrong", text)
    elif path.stem == "samples":
        [table] = [o["data"] for o in outputs if "text/markdown" in o.get("data", {})]
        assert table["text/markdown"].startswith("| | mnist-samples | twenty")
    else:
        table = outputs[-1]["data"]["text/markdown"]
        added = re.findall(r"\| \+ ([A-Z]\w+) \|", table)
        assert len(added) == 5
        assert all(issubclass(getattr(terms, name), terms.Term) for name in added)
