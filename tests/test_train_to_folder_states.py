"""Whatever stops a training, its folder can be resumed, and only by the same one."""

import json

import numpy as np
import pytest
from read_page import Page
from tiny import TINY
from toy import toy

from ssgan import InputError, SSGANClassifier
from ssgan import train_to_folder as module
from ssgan.data.choose_split import choose_split
from ssgan.data.examples import Data
from ssgan.data.splits import LabelSplit
from ssgan.pages import fit_files, fit_page
from ssgan.support import run_folder
from ssgan.support.locks import locked
from ssgan.train_to_folder import train_to_folder
from ssgan.training.checkpoints import load

# A folder does not depend on the game.
RECIPE = TINY.supervised()
FILES = ["log.jsonl", "model.keras", "report.html", "result.json", "run.json"]


@pytest.fixture
def arguments(tmp_path):
    data = toy()
    return tmp_path / "out", data, choose_split(data, 6)


def stopped(*_, **__):
    raise KeyboardInterrupt


STOPS = {
    "before the first step": (SSGANClassifier, "fit"),
    "before the evaluation": (module, "evaluate"),
    "before the model is written": (SSGANClassifier, "save"),
    "before the result": (fit_files, "write_json"),
    "before the page": (fit_page, "write_fit"),
    "before the end": (run_folder, "finish"),
    "while it is tidied up": (run_folder, "_clear"),
}


# One of those that stop after the training, and before the folder is finished.
LIKE_THE_RESULT = {
    "before the evaluation",
    "before the model is written",
    "before the page",
    "before the end",
}


@pytest.mark.parametrize(
    "place",
    [
        pytest.param(
            place, id=name, marks=pytest.mark.slow if name in LIKE_THE_RESULT else ()
        )
        for name, place in STOPS.items()
    ],
)
def test_stop_and_resume(place, arguments, monkeypatch):
    out, data, _ = arguments
    # Stops while the folder is made ready are in tests/support/test_run_folder.py.
    monkeypatch.setattr(run_folder, "begin", begin_then(monkeypatch, place))
    with pytest.raises(KeyboardInterrupt):
        train_to_folder(*arguments, recipe=RECIPE, overwrite=True)
    monkeypatch.undo()
    late = place == STOPS["while it is tidied up"]
    assert run_folder.state(out) == ("finished" if late else "in training")
    with pytest.raises(InputError, match="--resume or --overwrite"):
        train_to_folder(*arguments, recipe=RECIPE)

    trained = place != STOPS["before the first step"]
    if trained:
        before = (out / "checkpoints" / "member-0.keras").read_bytes()
    result = train_to_folder(*arguments, recipe=RECIPE, resume=True)
    assert (result is None) == late
    assert late or result["resumed_from_step"] == (10 if trained else 0)
    assert sorted(p.name for p in out.iterdir()) == [*FILES, "split.json"]
    assert len((out / "log.jsonl").read_text().splitlines()) == 1
    assert run_folder.state(out) == "finished"
    model = SSGANClassifier.load(out / "model.keras")
    assert int(model.model_.steps_done.numpy()) == 10
    if trained:
        old = out / "old.keras"
        old.write_bytes(before)
        np.testing.assert_array_equal(
            model.model_.logits(data.x_test), load(old).logits(data.x_test)
        )


def begin_then(monkeypatch, place):
    """Return `begin`, after which a function stops the training when it is called."""
    begin = run_folder.begin

    def patched(*arguments):
        found = begin(*arguments)
        monkeypatch.setattr(*place, stopped)
        return found

    return patched


OTHER = {
    "steps 20": {"recipe": RECIPE.with_steps(20)},
    "members 2": {"n_members": 2},
    "class_weight balanced": {"class_weight": "balanced"},
    "weights_seed 7": {"weights_seed": 7},
    "mirrored True": {"mirrored": True},
    "validation 0.5": {"validation": 0.5},
}


def test_only_the_same_training_is_resumed(arguments):
    out, data, split = arguments
    train_to_folder(*arguments, recipe=RECIPE)
    assert train_to_folder(*arguments, recipe=RECIPE, resume=True) is None
    changed = Data("toy", data.x_train + 1, data.y_train, data.x_test, data.y_test)
    cases = [(said, data, split, options) for said, options in OTHER.items()]
    cases += [
        ("data ", changed, split, {}),
        ("split ", data, choose_split(data, 4), {}),
    ]
    for said, data, split, options in cases:  # noqa: PLW2901
        with pytest.raises(InputError, match=f"Received: .*{said}"):
            train_to_folder(
                out, data, split, **{"recipe": RECIPE, **options}, resume=True
            )


def test_labels_held_out_stay_with_their_examples(arguments, monkeypatch):
    out, data, split = arguments
    seen = []

    def fit(classifier, x, y, validation, **options):
        seen.append((x, y, *validation))
        raise InputError("Stopped here")

    monkeypatch.setattr(SSGANClassifier, "fit", fit)
    with pytest.raises(InputError, match="Stopped here"):
        train_to_folder(*arguments, recipe=RECIPE, validation=0.5)
    [(x, y, x_held, y_held)] = seen
    places = [int(np.flatnonzero((data.x_train == x).all(axis=1))[0]) for x in x_held]
    assert len(places) == 3
    assert set(places) <= set(split.indices.tolist())
    assert y_held.tolist() == data.y_train[places].tolist()
    # What is held out is not learned from, also without its label; the others are.
    np.testing.assert_array_equal(x, np.delete(data.x_train, places, axis=0))
    expected = np.delete(split.apply(data.y_train), places)
    np.testing.assert_array_equal(y, expected)


def test_folder_at_work_is_refused(arguments):
    with locked(arguments[0]), pytest.raises(InputError, match="nothing else at work"):
        train_to_folder(*arguments, recipe=RECIPE)


@pytest.mark.parametrize(
    "options", [{"weights_seed": 2**32}, {"weights_seed": -1}, {"n_members": 0}]
)
def test_numbers_are_checked_first(options, arguments):
    with pytest.raises(InputError, match="whole number"):
        train_to_folder(*arguments, recipe=RECIPE, **options)
    assert not arguments[0].exists()


def test_recipe_for_columns_refuses_images(tmp_path):
    data = toy(images=True)
    with pytest.raises(InputError, match="a recipe for images"):
        train_to_folder(tmp_path / "out", data, choose_split(data, 6), recipe=RECIPE)
    assert not (tmp_path / "out").exists()


def test_crash_leaves_no_folder_that_is_refused(arguments, monkeypatch):
    def crash(*_, **__):
        raise RuntimeError("a defect")

    with monkeypatch.context() as patch:
        patch.setattr(SSGANClassifier, "fit", crash)
        with pytest.raises(RuntimeError):
            train_to_folder(*arguments, recipe=RECIPE)
    assert run_folder.state(arguments[0]) == "new"
    assert train_to_folder(*arguments, recipe=RECIPE)


def test_refused_labels_leave_no_folder_that_is_refused(tmp_path):
    data, options = toy(), {"method": "logistic-regression"}
    out, of_one_class = tmp_path / "out", np.flatnonzero(data.y_train == 0)[:4]
    split = LabelSplit("toy@4", of_one_class, seed=0, n_labels=4)
    with pytest.raises(InputError, match="two classes or more"):
        train_to_folder(out, data, split, **options)
    assert train_to_folder(out, data, choose_split(data, 6), **options)


def test_test_class_without_a_label_is_said_and_counts_as_wrong(tmp_path):
    data = toy(labels=("a", "b", "c"))
    y = np.where(data.y_train == "c", -1, data.y_train)
    data = Data("toy", data.x_train, y, data.x_test, data.y_test)
    split = choose_split(data, 6)
    with pytest.warns(UserWarning, match="test part: c. Their 3 examples count"):
        result = train_to_folder(tmp_path / "out", data, split, recipe=RECIPE)
    assert result["error"] >= 0.3
    page = Page(tmp_path / "out" / "report.html")
    assert "c" in page.text


def test_names_that_are_no_text(tmp_path):
    """As Python reads names of files in Latin-1 on a system that uses UTF-8."""
    data = toy(labels=("caf\udce9", "th\udce9"))
    data = Data("m\udcfcsli", data.x_train, data.y_train, data.x_test, data.y_test)
    out = tmp_path / "\udce9"
    train_to_folder(out, data, choose_split(data, 6), recipe=RECIPE)
    assert "caf\\udce9" in (out / "report.html").read_text()
    classifier = SSGANClassifier.load(out / "model.keras")
    assert classifier.classes_.tolist() == ["caf\udce9", "th\udce9"]
    assert json.loads((out / "result.json").read_text())["dataset"] == "m\udcfcsli"
