import csv

import numpy as np
import pandas as pd
import pytest
from command_line import run
from images import gray, save
from tiny import TINY

from ssgan import SSGANClassifier


@pytest.fixture
def folder(tmp_path):
    """Dark images, one of them labeled, and bright ones."""
    for i in range(10):
        save(tmp_path / "own" / ("dark" if i == 0 else "") / f"d{i}.png", gray(9 + i))
        save(tmp_path / "own" / f"=b{i}.png", gray(200 + i))
    return tmp_path / "own"


def test_files_are_suggested_in_order(folder, tmp_path):
    done = run("suggest", folder, "-n", 1, "--out", tmp_path / "next.csv")
    *chosen, sentence, written = done.stdout.splitlines()
    assert len(chosen) == 1
    assert chosen[0].startswith("=b")
    assert "no random sample" in sentence
    assert written == f"Written: {tmp_path / 'next.csv'}"
    with (tmp_path / "next.csv").open(newline="") as file:
        assert list(csv.reader(file)) == [["file"], [f"'{chosen[0]}"]]
    *chosen, _ = run("suggest", folder, "-n", 19).stdout.splitlines()
    assert {f"d{i}.png" for i in range(1, 10)} < {*chosen}
    too_many = run("suggest", folder, "-n", 20, code=2)
    assert "at most 19" in too_many.stderr


def test_rows_are_suggested_by_a_model_that_looks_for_names(tmp_path):
    rng = np.random.default_rng(0)
    table = pd.DataFrame(rng.normal(size=(60, 3)), columns=["a", "b", "c"])
    table["label"] = [0, 1] * 5 + [None] * 50
    table.to_csv(tmp_path / "own.csv", index=False)
    x, y = table[["a", "b", "c"]], table["label"]
    classifier = SSGANClassifier(TINY, random_state=0).fit(x, y)
    classifier.save(tmp_path / "m.keras")
    options = ("--model", tmp_path / "m.keras", "-n", 5)
    done = run("suggest", tmp_path / "own.csv", *options)
    *chosen, sentence = done.stdout.splitlines()
    assert "no random sample" in sentence
    assert done.stderr == ""
    rows = [int(row) for row in chosen]
    assert len({*rows}) == 5
    assert min(rows) >= 10
    assert rows[0] == 10 + abs(classifier.predict_proba(x[10:])[:, 0] - 0.5).argmin()
    # From Python, other seeds may make other clusters.
    assert classifier.suggest(x, 5, y, random_state=0)[0] == rows[0]


def test_rows_are_suggested_with_their_identifiers(tmp_path):
    text = [f"{i % 7},=P{i:02},{i % 2 if i < 8 else ''}" for i in range(30)]
    own = tmp_path / "own.csv"
    own.write_text("\n".join(["a,who,label", *text]))
    run("suggest", own, "--out", tmp_path / "next.csv", "-n", 3)
    with (tmp_path / "next.csv").open(newline="") as file:
        names, *rows = csv.reader(file)
    assert names == ["index", "who"]
    assert all(who == f"'=P{int(row):02}" for row, who in rows)
    assert len(rows) == 3


def test_what_cannot_be_written_is_refused(folder, tmp_path):
    refused = run("suggest", folder, "--out", tmp_path / "next.txt", code=2)
    assert "Expected --out to end in .csv. Received:" in refused.stderr
