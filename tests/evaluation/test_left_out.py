"""Models answer for labels that they were trained without, and for no others."""

import dataclasses
import json

import numpy as np
import pandas as pd
import pytest
from answers import fold_answer_of
from tiny import TINY
from toy import toy

from ssgan import load
from ssgan.data.examples import Data
from ssgan.data.folds import label_folds
from ssgan.evaluation import comparison
from ssgan.evaluation import left_out as module
from ssgan.evaluation.fold_answer import looked_at
from ssgan.evaluation.fold_lengths import left_out_folds
from ssgan.evaluation.left_out import FOR_IMAGES, FOR_ROWS, leave_out


@pytest.fixture
def memory(monkeypatch):
    """Replace every method by one that knows what it has seen, and nothing else."""
    seen = []

    def answer(method, recipe, data, classes, *, some, **_):
        seen.append((method, recipe.steps))
        known = {x.tobytes() for x in data.x_train}
        said = [0 if x.tobytes() in known else 1 for x in data.x_test]
        guesses = np.repeat(some.reshape(len(some), -1)[:, :1], len(classes), axis=1)
        return fold_answer_of(np.eye(len(classes))[said], guesses)

    monkeypatch.setattr(module, "fold_answer", answer)
    return seen


def test_methods_are_those_that_compare_runs():
    assert {*FOR_IMAGES} < {*comparison.FOR_IMAGES}
    assert {*FOR_ROWS} < {*comparison.FOR_ROWS}


@pytest.mark.parametrize("names", [(0, 1), ("a", "b")])
def test_no_method_has_seen_what_it_answers(names, memory):
    data = toy(labels=names)
    y = data.y_train.copy()
    y[20:] = -1
    left_out = leave_out(data, y, TINY.with_steps(80), seed=2)
    assert left_out.indices.tolist() == list(range(20))
    assert left_out.classes[left_out.codes].tolist() == y[:20].tolist()
    assert (left_out.folds == label_folds(y, 4, 2)[:20]).all()
    for method in FOR_ROWS:
        assert left_out.said(method).tolist() == [1] * 20
        assert left_out.wrong(method).tolist() == (left_out.codes != 1).tolist()
    assert len(memory) == 4 * len(FOR_ROWS)
    assert {steps for _, steps in memory} == {80}
    assert left_out.seconds == dict.fromkeys(FOR_ROWS, 4.0)
    # All are asked about the same unlabeled examples, of two classes.
    some = looked_at(data, y, 2)
    assert {*map(bytes, some)} == {*map(bytes, data.x_train[20:])}
    (first, *_) = guesses = left_out.guesses["ssgan"]
    assert len(guesses) == 4
    assert first.shape == (30, 2)
    assert (first == some[:, :1].astype("float32")).all()
    assert all((each == first).all() for each in guesses)


def test_answers_of_an_earlier_version_are_asked_for_again(memory, tmp_path):
    data = toy()
    y = np.where(np.arange(50) < 20, data.y_train, -1)
    options = {"only": ["supervised"], "folder": tmp_path}
    leave_out(data, y, TINY, **options)
    file = tmp_path / "fold-2-supervised.json"
    answer = json.loads(file.read_text())
    file.write_text(json.dumps(answer).replace("guesses", "unlabeled"))
    leave_out(data, y, TINY, **options)
    assert len(memory) == 5
    assert json.loads(file.read_text()) == answer


@pytest.mark.parametrize(
    ("images", "steps", "each", "told"),
    [
        (0, 600, 600, None),  # The whole training.
        (0, 2000, 600, 600),
        (0, 4000, 700, 700),
        (1, 600, 100, 100),  # 0.7 of 600, in four parts: tens.
        (1, 10, 10, None),
    ],
)
def test_trainings_of_rows_are_long_enough(images, steps, each, told, memory):
    data = toy(images=bool(images))
    y = np.where(np.arange(50) < 20, data.y_train, -1)
    left_out = leave_out(data, y, TINY.with_steps(steps), only=["ssgan"])
    assert {steps for _, steps in memory} == {each}
    assert left_out.steps == told
    assert left_out.of_steps == (told and steps)


@pytest.mark.parametrize(
    ("labels", "images", "asked", "each"),
    [
        (400, 1, 400, 180),  # 0.7 of 1,000 steps, in tens, by four.
        (600, 1, 450, 230),
        (800, 1, 400, 350),
        (4000, 1, 1000, 700),
        (4000, 0, 4000, 600),
    ],
)
def test_of_images_no_more_folds_than_are_needed_are_trained(
    labels, images, asked, each, memory
):
    """Few trainings that are longer, where many labels are left out."""
    x = np.arange(labels + 2, dtype="float32").reshape(-1, 1)
    x = x.reshape(-1, 1, 1, 1) if images else x
    # Of the last class there is one label.
    y = np.append(np.arange(labels) % 10, [10, -1])
    only = ["label-spreading", "supervised", "ssgan"]
    left_out = leave_out(Data("own", x, y), y, TINY.with_steps(1000), only=only)
    assert len(left_out.codes) == asked
    assert {steps for _, steps in memory} == {each}
    assert len(memory) == 3 * (1 + left_out.folds.max())
    assert np.ptp(np.bincount(left_out.codes)) <= 1
    assert left_out.alone.tolist() == [10]
    assert (left_out.said("ssgan") == 1).all()  # None has been seen.


def test_of_images_copies_are_no_answers_and_no_class_is_lost():
    y = np.append(np.arange(1600) % 10, [10, 10, 11, 11, 12, 12, 13, 13, 14])
    fold_of = left_out_folds(y, 4, seed=0, images=True)
    assert fold_of.max() == 0
    assert {*y[fold_of == 0].tolist()} == {*range(14)}
    # With 200 different images of 1,600, all four folds are needed.
    first = np.append(np.arange(1600) % 200, np.arange(1600, 1609))
    assert left_out_folds(y, 4, seed=0, images=True, first=first).max() == 3


@pytest.mark.parametrize(
    ("images", "steps", "kept"), [(0, 5000, False), (0, 6000, True), (1, 100, True)]
)
def test_short_trainings_are_counted(images, steps, kept, tmp_path, monkeypatch):
    """Of rows, those of a few seconds leave no checkpoints."""
    said, folders = [], []

    def answer(method, *_, checkpoints, **__):
        folders.append(checkpoints)
        return fold_answer_of([[1.0, 0.0]] * 5)

    monkeypatch.setattr(module, "fold_answer", answer)
    data = toy(images=bool(images))
    y = np.where(np.arange(50) < 20, data.y_train, -1)
    only = ["label-spreading", "supervised", "ssgan"]
    options = {"folder": tmp_path, "progress": said.append, "only": only}
    leave_out(data, y, TINY.with_steps(steps), **options)
    assert len(said) == 8
    assert said[6] == "short training 7 of 8, supervised"
    assert folders[2] == (tmp_path / "fold-0-ssgan" if kept else None)


@pytest.mark.slow
def test_answers_are_in_the_order_of_the_labels(tmp_path):
    """Also when they are read again, from trainings that were stopped."""
    data = toy()
    y = data.y_train.copy()
    y[16:] = -1
    first = leave_out(data, y, TINY, seed=1, folder=tmp_path, folds=2)
    assert (first.wrong("label-spreading") == 0).all()  # Classes far apart.
    names = sorted(path.name for path in tmp_path.iterdir())
    assert len(names) == 2 * len(FOR_ROWS)
    (tmp_path / "fold-0-ssgan.json").unlink()
    answer = json.loads((tmp_path / "fold-1-ssgan.json").read_text())
    answer["probabilities"] = [p[::-1] for p in answer["probabilities"]]
    (tmp_path / "fold-1-ssgan.json").write_text(json.dumps(answer))
    second = leave_out(data, y, TINY, seed=1, folder=tmp_path, folds=2)
    expected = first.probabilities["ssgan"].copy()
    expected[first.folds == 1] = expected[first.folds == 1, ::-1]
    np.testing.assert_array_equal(second.probabilities["ssgan"], expected)


@pytest.mark.slow
def test_tables_with_text_and_empty_fields_are_left_out_too(rng, tmp_path):
    kind = np.arange(60) % 2
    table = pd.DataFrame({"long": rng.normal(size=60) + 4 * kind})
    table["place"] = np.array(["X", "Y"])[kind]
    table.loc[::7, "long"] = None
    table["label"] = np.where(np.arange(60) < 12, np.array([*"ab"])[kind], "")
    table.to_csv(tmp_path / "own.csv", index=False)
    data = load(tmp_path / "own.csv")
    left_out = leave_out(data, data.y_train, TINY.with_steps(200), folds=2)
    # Label spreading takes an empty field for the mean.
    assert max(left_out.wrong(method).sum() for method in FOR_ROWS) <= 2


def test_nothing_can_be_left_out_of_single_labels():
    y = np.array([0, 1, -1, -1])
    assert leave_out(Data("own", np.eye(4), y), y, TINY) is None


def test_copies_are_left_out_together_and_asked_about_once(memory):
    data = toy()
    y = data.y_train.copy()
    y[24:] = -1
    x = data.x_train.copy()
    x[8:24] = np.concatenate([x[:8], x[:8]])
    left_out = leave_out(dataclasses.replace(data, x_train=x), y, TINY.with_steps(80))
    assert left_out.indices.tolist() == list(range(8))
    assert left_out.said("ssgan").tolist() == [1] * 8  # None has been seen.
    assert left_out.copies.startswith("Of 24 labeled examples, 16 have the same")


def test_a_class_of_copies_is_alone_once(memory):
    x = np.random.default_rng(0).normal(size=(9, 6))
    x[1] = x[0]
    y = np.array([0, 0, 1, 1, 1, -1, -1, -1, -1])
    left_out = leave_out(Data("own", x, y), y, TINY.with_steps(80))
    assert left_out.indices.tolist() == [2, 3, 4]
    assert left_out.alone.tolist() == [0]
