"""Commands about what the generator makes."""

import json
from types import SimpleNamespace

import numpy as np
import pytest
from command_line import run
from PIL import Image
from stand_in import without_training
from tiny import TINY, TINY_GAME

from ssgan import SSGANClassifier
from ssgan.cli import sample_commands
from ssgan.cli.sample_commands import MIN_SCORED, labels_of
from ssgan.evaluation.score_samples import LEAST, NAMES


@pytest.fixture(scope="module")
def fitted_rows(tmp_path_factory):
    """A folder with a model for rows of numbers, and the file of these rows."""
    folder = tmp_path_factory.mktemp("rows")
    rng = np.random.default_rng(0)
    y = np.arange(300) % 3
    x = rng.normal(size=(300, 4)) + 3 * y[:, None]
    source = folder / "own.npz"
    np.savez(source, x_train=x[:150], y_train=y[:150], x_test=x[150:], y_test=y[150:])
    classifier = SSGANClassifier(TINY_GAME.with_steps(50), random_state=0)
    some = np.where(np.arange(150) < 75, y[:150], -1)
    with without_training():
        classifier.fit(x[:150], some).save(folder / "model.keras")
    return folder, source


@pytest.mark.parametrize("listed", ["3, 12,3", '"ship, big", frog'])
def test_classes_may_have_commas_in_their_names(listed):
    classes = np.array([3, 12]) if listed[0] == "3" else np.array(["frog", "ship, big"])
    expected = [3, 12, 3] if listed[0] == "3" else ["ship, big", "frog"]
    assert labels_of(SimpleNamespace(classes_=classes), listed) == expected


def test_scores_are_shown_and_written_beside_the_model(fitted_rows):
    folder, source = fitted_rows
    judge = folder / "model.keras"
    output = run("score-samples", folder, source, "--judge", judge).output
    scores = json.loads((folder / "scores.json").read_text())
    assert f"The samples make {scores['share']:.3f} of the score of real" in output
    assert "The judge's error on the test part:" in output
    assert "from the spread over 10 disjoint parts" in output
    assert scores["score_name"] == f"score by {judge}"
    assert set(scores["generated"]) == set(scores["real"]) == set(NAMES)
    assert (scores["n_generated"], scores["n_test"]) == (150, 150)
    assert scores["versions"]["keras"]


def test_scores_need_a_judge_that_takes_the_examples(fitted_rows, tmp_path):
    score = ["score-samples", *fitted_rows, "--out", tmp_path / "s.json"]
    error = run(*score, "--judge", "inception", code=2).stderr
    assert "images for Inception. Received: rows" in error
    error = run(*score, "--judge", tmp_path / "none.keras", code=2).stderr
    assert "none.keras" in error
    few = run(*score, "--judge", fitted_rows[0], "--count", 99, code=2).stderr
    assert "--count" in few
    assert "100" in few
    assert not (tmp_path / "s.json").exists()


def test_samples_of_rows_are_a_table(fitted_rows, tmp_path):
    sample = "sample", fitted_rows[0], "--out", tmp_path / "s.csv"
    assert run(*sample, "--count", 1).stdout.endswith(", 1 example\n")
    run(*sample)
    with (tmp_path / "s.csv").open() as file:
        assert np.loadtxt(file, delimiter=",").shape == (64, 4)


def test_a_generator_is_asked_for_first(tmp_path, monkeypatch):
    """Before the data, of which there may be too few for a test part."""
    none = SSGANClassifier()
    none.model_, none.recipe_ = None, TINY
    monkeypatch.setattr(sample_commands, "load_model", lambda _: none)
    score = ["score-samples", tmp_path, tmp_path / "none.npz", "--judge", tmp_path]
    assert "Expected a model with a generator" in run(*score, code=2).stderr


def test_scores_on_other_data_are_not_replaced_in_silence(fitted_rows, tmp_path):
    folder, source = fitted_rows
    score = ["score-samples", folder, source, "--judge", folder, "--count", 100]
    score += ["--out", tmp_path / "s.json"]
    for held, said in (('{"dataset": "wine"}', True), ('{"dataset": "own"}', False)):
        (tmp_path / "s.json").write_text(held)
        assert ("s.json held scores on wine. They are" in run(*score).stderr) == said
    assert MIN_SCORED == LEAST


def test_paths_are_drawn_in_rows(fitted_digits, tmp_path):
    paths = tmp_path / "paths.png"
    sample = ["sample", fitted_digits[0], "--interpolate", "--count", 3]
    assert "3 paths" in run(*sample, "--out", paths).output
    assert Image.open(paths).size == (8 * (10 * 9 - 1), 8 * (3 * 9 - 1))
