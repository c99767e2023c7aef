"""Without a test part, a training says what error to expect, also after a stop."""

import dataclasses
import json

import numpy as np
import pandas as pd
import pytest
from answers import fold_answer_of
from command_line import run
from read_page import Page
from tiny import TINY, TINY_GAME
from toy import toy

from ssgan import SSGANClassifier
from ssgan.data.choose_split import choose_split
from ssgan.data.examples import Data
from ssgan.errors import InputError
from ssgan.evaluation import answer, expected_time, left_out, peers
from ssgan.support import run_folder
from ssgan.train_to_folder import train_or_replace, train_to_folder
from ssgan.training.budget import Pace, TooFewMinutes


@pytest.fixture
def arguments(tmp_path):
    whole = toy()
    data = Data("toy", whole.x_train, whole.y_train)
    return tmp_path / "out", data, choose_split(data, 8)


@pytest.fixture
def short(monkeypatch):
    """Replace the short trainings; return the list of those that begin."""
    begun = []

    def answer_of(method, recipe, data, *_, some, **__):
        begun.append((method, recipe and recipe.steps))
        if len(begun) == 20:  # The quick methods are sixteen.
            raise KeyboardInterrupt
        said = np.arange(len(data.x_test)) % 2
        guesses = np.tile([0.6, 0.4], (len(some), 1))
        guesses = guesses if method in left_out.NETWORKS else None
        return fold_answer_of(0.8 * np.eye(2)[said] + 0.1, guesses)

    monkeypatch.setattr(left_out, "fold_answer", answer_of)
    monkeypatch.setattr(answer, "error_at_twice", lambda *_: (0.8, 0.7, 0.9))
    return begun


@pytest.mark.parametrize(
    "kept", ["ssgan", pytest.param("supervised", marks=pytest.mark.slow)]
)
def test_answer_survives_a_stop_and_decides_what_is_saved(
    kept, arguments, short, monkeypatch
):
    monkeypatch.setattr(answer.Answer, "better", kept)
    # Nine trainings with all of the steps, which are few, and nine starts, in a minute.
    # A second is for what is done before.
    monkeypatch.setattr(expected_time, "measure_pace", lambda *_: Pace(1, 0.05))
    out, options = arguments[0], {"recipe": TINY_GAME, "minutes": 1.02}
    with pytest.raises(KeyboardInterrupt):
        train_to_folder(*arguments, **options)
    assert run_folder.state(out) == "in training"
    monkeypatch.setattr(expected_time, "measure_pace", None)
    result = train_to_folder(*arguments, **options, resume=True)
    assert (result["minutes"], result["steps"]) == (1.02, 110)
    networks = {each for each in short if each[0] in left_out.NETWORKS}
    assert networks == {(method, 110) for method in left_out.NETWORKS}
    # Twenty-four, and the one that was stopped.
    assert len(short) == 25
    names = sorted(path.name for path in out.iterdir())
    assert [name for name in names if name.startswith("check")] == []
    expected = json.loads((out / "result.json").read_text())["expected"]
    assert expected == result["expected"]
    assert (expected["kept"], expected["n"]) == (kept, 8)
    model = SSGANClassifier.load(out / "model.keras")
    assert (model.recipe_.generator is None) == (kept == "supervised")
    # All eight answers are as sure, at 0.9, and half of them may be wrong.
    assert model.temperature_ == expected["temperature"]
    # Those trainings were as sure of all the unlabeled examples, at 0.6.
    before, after = expected["confidence"]
    odds = (0.6 / 0.4) ** (1 / model.temperature_)
    assert before == pytest.approx(odds / (1 + odds), rel=1e-6)
    _, data, split = arguments
    unlabeled = data.x_train[split.apply(data.y_train) == -1]
    assert after == pytest.approx(model.predictions(unlabeled).confidence.mean())
    told = expected["wrong"][kept] / 8
    gained = max(0, min((1 - told) * (after - before), told))
    assert gained > 0.01
    assert expected["gained"] == pytest.approx(gained)
    assert expected["error"] == pytest.approx(told - gained)
    page = Page(out / "report.html")
    assert expected["headline"].replace(" %", "\N{NO-BREAK SPACE}%") in page.text
    for sentence in expected["sentences"]:
        assert sentence in page.text
    assert expected["factor_at_twice_the_labels"] == [0.8, 0.7, 0.9]
    assert {"answer", "classes", "calibration"} <= set(page.ids)
    assert len(expected["scores"]) == 8
    np.savez(out / "new.npz", x=arguments[1].x_train)
    predict = ["predict", out, out / "new.npz", "--out", out / "p.csv", "--abstain"]
    said = run(*predict, 0.2).stdout
    written = pd.read_csv(out / "p.csv")["class"]
    assert f"{written.notna().sum()} of them have a class" in said
    assert (
        "for --abstain of at least 0.112, with 8 left-out"
        in run(*predict, 0.1, code=2).stderr
    )
    about = f"hardly more than {100 * expected['high']:.0f} %"
    assert about in " ".join(run("info", out).stdout.replace("│", " ").split())


def test_a_method_of_scikit_learn_is_saved(arguments):
    out, data, split = arguments
    method = "logistic-regression"
    data = dataclasses.replace(data, x_test=data.x_train, y_test=data.y_train)
    result = train_to_folder(out, data, split, method=method)
    assert (result["expected"], result["recipe"]) == (None, method)
    assert (result["steps"], result["n_test"]) == (0, len(data.y_test))
    model = SSGANClassifier.load(out / "model.keras")
    wrong = model.predict(data.x_test) != data.y_test
    assert result["error"] == wrong.mean()
    page = Page(out / "report.html")
    assert "Test error" in page.text
    assert "LogisticRegression(" in page.text
    assert f"{method}: StandardScaler()," in run("info", out).stdout
    with pytest.raises(InputError, match="regression without --steps. Received: both"):
        train_to_folder(out, data, split, method=method, steps=9)
    with pytest.raises(InputError, match="random-forest without --members. Rec"):
        train_to_folder(out, data, split, method="random-forest", n_members=3)
    images = toy(images=True)
    with pytest.raises(InputError, match=f"for images. Received: {method}"):
        train_to_folder(out, images, choose_split(images, 8), method=method)


@pytest.mark.parametrize("images", [False, True])
def test_a_method_of_scikit_learn_says_what_to_expect(images, tmp_path, monkeypatch):
    monkeypatch.setattr(peers, "TREES", 5)
    data = dataclasses.replace(toy(images=images), x_test=None, y_test=None)
    out, split = tmp_path / "out", choose_split(data, 20)
    options = {"method": "label-spreading", "overwrite": True}
    result = train_to_folder(out, data, split, **options)
    expected = result["expected"]
    assert (expected["kept"], expected["n"]) == ("label-spreading", 20)
    assert expected["error"] == expected["wrong"]["label-spreading"] / 20
    assert expected["gain_by_unlabeled"] is None
    assert "unlabeled examples help" not in " ".join(expected["sentences"])
    page = Page(out / "report.html").text
    assert "hardly more than" in page
    assert "all labels. So it should do at least as well as the trainings" in page
    assert expected["error"] == 0
    assert "or fewer expected" not in run("info", out).stdout
    assert train_to_folder(out, data, split, quick=True, **options)["expected"] is None


@pytest.mark.slow
def test_the_labels_alone_say_what_to_expect(tmp_path, monkeypatch):
    monkeypatch.setattr(peers, "TREES", 5)
    data = dataclasses.replace(toy(), x_test=None, y_test=None)
    out, told = tmp_path / "out", []
    split = choose_split(data, 20)
    options = {"method": "supervised", "recipe": TINY, "on_start": told.append}
    result = train_to_folder(out, data, split, **options)
    expected = result["expected"]
    assert result["recipe"] == TINY.supervised().name
    assert (expected["kept"], expected["n"]) == ("supervised", 20)
    assert {"supervised", "random-forest"} < {*expected["wrong"]}
    assert "ssgan" not in expected["wrong"]
    assert told == [None]
    assert "hardly more than" in Page(out / "report.html").text


def test_time_is_told_unless_the_training_was_begun_before(arguments, short):
    told, options = [], {"recipe": TINY, "resume": True}
    with pytest.raises(KeyboardInterrupt):
        train_to_folder(*arguments, **options, on_start=told.append)
    assert told == [None]  # In a new folder there is nothing to resume.
    train_to_folder(*arguments, **options, on_start=told.append)
    assert told == [None]


def test_minutes_are_checked_before_anything_is_asked(arguments, short):
    with pytest.raises(
        InputError, match="a number of minutes above 0.01. Received: min"
    ):
        train_to_folder(*arguments, recipe=TINY, minutes=-1)
    assert short == []


@pytest.mark.slow
def test_too_few_minutes_go_without(arguments, short, monkeypatch):
    monkeypatch.setattr(expected_time, "measure_pace", lambda *_: Pace(20, 0.1))
    with pytest.warns(UserWarning, match="The error on new examples stays unknown"):
        result = train_to_folder(*arguments, recipe=TINY, minutes=1)
    assert result["expected"] is None
    assert {method for method, _ in short} == {*left_out.PEERS}
    assert 100 < result["steps"] < 400
    page = Page(arguments[0] / "report.html")
    assert "The error on new examples is unknown" in page.text


def test_minutes_too_few_for_any_training_leave_the_folder_as_it_was(
    arguments, short, monkeypatch
):
    monkeypatch.setattr(expected_time, "measure_pace", lambda *_: Pace(20, 1.0))
    with pytest.raises(TooFewMinutes, match="for 100 steps here"):
        train_to_folder(*arguments, recipe=TINY, minutes=1)
    assert {method for method, _ in short} == {*left_out.PEERS}
    assert run_folder.expect_free(arguments[0]) == []


def test_another_training_is_replaced_and_the_same_is_not(arguments):
    out, options = arguments[0], {"recipe": TINY.supervised(), "quick": True}

    def result(left_out, **more):
        train_or_replace(*arguments, left_out=left_out, **options, **more)
        return json.loads((out / "result.json").read_text())

    assert result((1, 8))["left_out"] == [1, 8]
    written = (out / "model.keras").stat().st_mtime_ns
    assert result((1, 8))["left_out"] == [1, 8]
    assert (out / "model.keras").stat().st_mtime_ns == written
    assert result((2, 8))["left_out"] == [2, 8]
    assert result((2, 8), steps=20)["steps"] == 20
    with pytest.raises(InputError, match="Received: members=0"):
        result((2, 8), n_members=0)
    assert run_folder.state(out) == "finished"


@pytest.mark.slow
def test_quick_goes_without(arguments, short):
    result = train_to_folder(*arguments, recipe=TINY, quick=True)
    assert result["expected"] is None
    assert short == []
    page = Page(arguments[0] / "report.html")
    assert "The error on new examples is unknown" in page.text
