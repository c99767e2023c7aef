"""The page of a training that left out labels, from answers that are made by hand."""

import types

import numpy as np
import pytest
from read_page import Page

from ssgan.data.columns import Column, Columns
from ssgan.data.examples import Data
from ssgan.evaluation.answer import Answer
from ssgan.evaluation.left_out import LeftOut
from ssgan.pages.fit_page import FitResult, write_fit

METHOD = "random-forest"


@pytest.fixture
def page_of(tmp_path):
    """Return a function that writes a page, of n labels left out, and reads it."""

    def write(n, wrong, shape=(2,), k=2, **options):
        codes = np.arange(n) % k
        said = np.where(np.arange(n) < wrong, (codes + 1) % k, codes)
        p = np.where(np.eye(k)[said] == 1, 0.8, 0.2 / (k - 1))
        # Of every three rows, the last has a label.
        indices, y = 2 + 3 * np.arange(n), np.full(3 * n, -1)
        y[indices] = codes
        classes, alone = np.arange(k), np.array([])
        of_methods = {METHOD: p}, {METHOD: 1.0}
        folds = np.arange(n) % 4
        answer = Answer(LeftOut(indices, codes, folds, classes, *of_methods, alone))
        x = np.arange(3.0 * n * np.prod(shape)).reshape(-1, *shape)
        data = Data("toy", x, y, **options)
        none = ("label_spreading", "unlabeled", "left_out", "continued_from", "minutes")
        result = dict.fromkeys(none) | {
            "classes": [*range(k)],
            "expected": answer.as_json(data.class_name),
            "n_labels": n,
            "n_members": 1,
            "n_test": 0,
            "n_validation_labels": 0,
            "seconds": 1.0,
            "split": "toy",
            "steps": 0,
            "versions": {},
            "machine": {"platform": "Linux", "cpus": 2, "gpus": []},
        }
        classifier = types.SimpleNamespace(
            raw_range_=None if len(shape) == 1 else (0, x.max()),
            model_=types.SimpleNamespace(info={"peer": METHOD}),
            recipe_=types.SimpleNamespace(name=METHOD),
        )
        evaluation = answer.evaluation(data)
        write_fit(
            tmp_path / "report.html",
            FitResult(data, y, classifier, evaluation, result, [], []),
        )
        text = Page(tmp_path / "report.html").text
        return " ".join(text.split())

    return write


def test_rows_have_the_numbers_that_predict_gives_them(page_of):
    columns = Columns((Column("mass"), Column("length")))
    said = page_of(12, 2, columns=columns)
    # The first two answers are wrong: rows 2 and 5, from 0 on.
    rows = "truemasslength 2180.0 %045 5080.0 %11011"
    assert rows in said.partition("Most confidently wrong")[2]
    assert "counted from 0, as ssgan predict counts them" in said


def test_files_are_named(page_of):
    files = tuple(f"{i:02}.png" for i in range(36))
    said = page_of(12, 2, shape=(3, 3), files_train=files)
    assert "1 80.0 %true: 002.png 0 80.0 %true: 105.png Most uncertain" in said
    assert "counted from 0" not in said
    said = page_of(12, 2, shape=(3, 3))
    assert "1 80.0 %true: 0index 2 0 80.0 %true: 1index 5 Most uncertain" in said
    assert "counted from 0" in said


def test_expected_error_is_that_of_the_headline(page_of):
    said = page_of(24, 0)
    assert "Expect hardly more than 14 % errors" in said
    assert "expected errorhardly more than 14 % labels" in said
    assert "expected errorabout 12 % labels" in page_of(24, 3)


def test_confusions_of_many_classes_are_a_table_only_if_there_are_any(page_of):
    title = "Most frequent confusions "
    assert f"{title}truepredictedtimes 011" in page_of(84, 1, k=21)
    assert f"{title}There are none." in page_of(84, 0, k=21)


def test_rate_that_is_recommended_is_possible(page_of):
    assert "predict --abstain 0.08 leaves" in (said := page_of(12, 2))
    assert "so that about 8 % of all, or fewer, get" in said
    assert "predict --abstain 0.05 leaves" in page_of(60, 2)


def test_of_a_random_forest_only_what_it_has_is_said(page_of):
    said = page_of(12, 2)
    # Cross-validation chooses none of its numbers.
    assert "names of scikit-learn. methodrandom forest" in said
    assert "steps0" not in said


def test_where_a_temperature_does_not_clearly_help_the_page_says_so(
    page_of, monkeypatch
):
    doubt = "24 labels do not tell for sure that this helps"
    for brier, error, doubted in (
        (0.13, 0.06, False),
        (0.144, 0.06, True),
        (0.13, 0.1, True),
    ):
        before = {"brier_score": 0.143, "calibration_error": 0.08}
        after = {"brier_score": brier, "calibration_error": error}
        both = {"before": before, "after": after}
        monkeypatch.setattr(Answer, "_reliability", lambda self, both=both: both)
        said = page_of(24, 12)
        assert f"and is {brier:.3f} now" in said
        assert (doubt in said) == doubted
