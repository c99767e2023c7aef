"""The benchmark of minutes: its rows, table and figure."""

import json

import numpy as np
import pytest
from scripts import script

from ssgan.estimator import findings
from ssgan.estimator.spread_labels import SpreadLabels
from ssgan.recipes import IMAGES


def row(form, minutes, seed, error, recipe):
    return {
        "dataset": "toy",
        "n_labels": 20,
        "seed": seed,
        "minutes": minutes,
        "form": form,
        "recipe": recipe,
        "steps": 100,
        "seconds": 60 * minutes + 5,
        "error": error,
    }


def test_table_and_figure_join_the_splits(tmp_path):
    minutes = script("minutes")
    chosen, whole = minutes.FORMS.values()
    rows = [
        row(whole, 1.0, 0, 0.03, "images"),
        row(chosen, 1.0, 0, 0.01, "images-spread"),
        row(chosen, 1.0, 1, 0.02, "images-spread"),
    ]
    lines = minutes.markdown(rows).splitlines()
    assert lines[2:] == [
        f"| 1 | {chosen} | images-spread | 100 | 65 | 1.50 ± 0.71 (n = 2) |",
        f"| 1 | {whole} | images | 100 | 65 | 3.00 (n = 1) |",
    ]
    minutes.draw(rows, tmp_path / "figure.svg")
    assert "20 labels" in (tmp_path / "figure.svg").read_text()


class StandIn:
    """A classifier that only notes the form for short trainings in `forms`."""

    def __init__(self, **_):
        self.recipe_ = IMAGES

    def fit(self, x, y):
        spread = SpreadLabels(None, None, [], 0.0, "")
        self.forms.append(findings.short_form(IMAGES, spread))

    def predict(self, x):
        return np.zeros(len(x), int)


@pytest.fixture
def minutes(monkeypatch):
    minutes = script("minutes")
    monkeypatch.setattr(minutes, "SSGANClassifier", StandIn)
    StandIn.forms = []
    return minutes


def test_whole_recipe_is_the_only_one_that_is_timed(minutes, tmp_path):
    options = ["digits", "--minutes", "1", "--splits", "1", "--out", str(tmp_path)]
    minutes.main([*options, "--whole"])
    minutes.main(options)
    assert [form is None for form in StandIn.forms] == [True, False]


def test_rows_without_a_recipe_are_shown_but_not_taken_as_done(
    minutes, tmp_path, capsys
):
    options = ["digits", "--minutes", "1", "--labels", "20", "--out", str(tmp_path)]
    chosen = minutes.FORMS[False]
    earlier = [row(chosen, 1.0, seed, 0.5, "images") for seed in range(2)]
    lines = [json.dumps(each | {"dataset": "digits"}) for each in earlier]
    path = tmp_path / "rows.jsonl"
    path.write_text("\n".join(lines) + "\n")
    minutes.main([*options, "--show"])
    assert "50.00 ± 0.00 (n = 2)" in capsys.readouterr().out
    for _ in range(2):
        minutes.main([*options, "--splits", "1"])
        assert len(path.read_text().splitlines()) == 3
        assert "(n = 1)" in capsys.readouterr().out


def test_half_a_row_does_not_stop_the_script(minutes, tmp_path):
    options = ["digits", "--minutes", "1", "--splits", "1", "--out", str(tmp_path)]
    minutes.main(options)
    path = tmp_path / "rows.jsonl"
    whole = path.read_text()
    path.write_text(whole + whole[:50])
    minutes.main([*options, "--show"])
    assert path.read_text() == whole


@pytest.mark.slow
def test_a_run_is_not_repeated(tmp_path, capsys):
    minutes = script("minutes")
    options = ["digits", "--labels", "50", "--minutes", "0.5", "--splits", "1"]
    minutes.main([*options, "--out", str(tmp_path)])
    written = (tmp_path / "rows.jsonl").read_bytes()
    minutes.main([*options, "--out", str(tmp_path)])
    assert (tmp_path / "rows.jsonl").read_bytes() == written
    assert "| 0.5 |" in capsys.readouterr().out
