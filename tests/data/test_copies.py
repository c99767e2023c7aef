"""Examples that are there more than once."""

import numpy as np
import pytest
from images import gray, save
from warned import no_warnings

from ssgan.data.choose_split import choose_split
from ssgan.data.copies import (
    first_of_same,
    said_of_copies,
    warn_of_nothing_new,
    with_unlabeled,
)
from ssgan.data.examples import Data
from ssgan.data.folds import label_folds
from ssgan.data.labels import is_labeled
from ssgan.data.sources import load
from ssgan.evaluation.draws import draw
from ssgan.evaluation.fit_plan import plan_fit


def test_one_image_with_two_labels(tmp_path):
    for file in ("cat/a.png", "dog/c.png", "unlabeled/d.png"):
        save(tmp_path / file, gray(102))
    save(tmp_path / "dog" / "b.png", gray(103))
    said = r"one has another label: cat/a.png and dog/c.png \(1 in "
    with pytest.warns(UserWarning, match=said) as caught:
        load(tmp_path)
    assert len(caught) == 1
    assert caught[0].filename == __file__


def test_one_image_in_both_parts(tmp_path):
    save(tmp_path / "train" / "cat" / "a.png", gray(101))
    save(tmp_path / "train" / "unlabeled" / "b.png", gray(102))
    save(tmp_path / "test" / "cat" / "c.png", gray(102))
    save(tmp_path / "test" / "cat" / "d.png", gray(103))
    said = r"test error would be too low: train/unlabeled/b.png and test/cat/c.png \(1"
    with pytest.warns(UserWarning, match=said):
        load(tmp_path)


def test_unlabeled_images_may_be_the_same(tmp_path):
    save(tmp_path / "cat" / "a.png", gray(101))
    save(tmp_path / "unlabeled" / "b.png", gray(101))
    save(tmp_path / "unlabeled" / "c.png", np.roll(gray(101), 1))
    with no_warnings():
        load(tmp_path)


@pytest.mark.parametrize("shape", [(5,), (3, 3)])
def test_training_examples_among_those_to_test(shape, tmp_path, rng):
    x, y = rng.normal(size=(20, *shape)).astype("float32"), np.arange(20) % 2
    arrays = {"x_train": x[:15], "y_train": y[:15], "y_test": y[15:]}
    with no_warnings():
        load(saved(tmp_path, x_test=x[15:], **arrays))
    tests = np.concatenate([x[15:17], x[3:6]]).astype("float64")
    with pytest.warns(UserWarning, match="Of 5 test examples, 3 have the same values"):
        load(saved(tmp_path, x_test=tests, **arrays))


def test_rows_of_few_values_may_be_in_both_parts(tmp_path, rng):
    x, y = rng.integers(3, size=(60, 2)), np.arange(60) % 2
    with no_warnings():
        load(
            saved(
                tmp_path, x_train=x[:40], y_train=y[:40], x_test=x[40:], y_test=y[40:]
            )
        )


def saved(folder, **arrays):
    np.savez(folder / "own.npz", **arrays)
    return folder / "own.npz"


@pytest.fixture
def thrice(rng):
    """Return 20 rows of noise, three times labeled and once not, and others."""
    x, y = rng.normal(size=(20, 5)), np.arange(20) % 2
    return Data(
        "thrice",
        np.concatenate([x, x, x, rng.normal(size=(20, 5)), x]),
        np.concatenate([y, y, np.full(40, -1), y]),
    )


@pytest.mark.parametrize("names", [(0, 1), ("a", "b")])
def test_a_copy_has_the_same_values_and_the_same_label(names, rng):
    images = rng.integers(255, size=(4, 2, 2), dtype=np.uint8)[[0, 1, 0, 1, 0, 2, 3, 3]]
    y = np.full(8, -1, object if names[0] == "a" else int)
    y[:6] = [names[i] for i in (0, 0, 0, 1, 0, 1)]
    first = first_of_same(images, y)
    assert first.tolist() == [0, 1, 0, 3, 0, 5, 6, 7]
    assert said_of_copies(first, y) == (
        "Of 6 labeled examples, 2 have the same values and label as another. Such "
        "copies are left out together, and count once."
    )
    said = said_of_copies(first, y, [*"abcdefgh"])
    assert "2 have the same values and label as another (a and c, a and e). S" in said
    assert said_of_copies(np.arange(8), y) == ""
    assert first_of_same(images, np.full(8, -1)).tolist() == [*range(8)]


def test_rows_of_a_few_values_are_the_same_by_chance(rng):
    """Their likes are among new rows, too: to count them once would mislead."""
    x = rng.integers(3, size=(200, 4)).astype(float)
    x[:, 0] = np.where(x[:, 0], np.nan, 1)  # An empty field is a value, too.
    y = np.arange(200) % 2
    assert (first_of_same(x, y) == np.arange(200)).all()
    x = np.column_stack([x, rng.normal(size=(200, 2)).round(2)])
    x[100:] = x[:100]
    assert (first_of_same(x, y) == np.arange(200) % 100).all()


def test_copies_are_in_one_fold(thrice):
    y = thrice.y_train
    first = first_of_same(thrice.x_train, y)
    folds = label_folds(y, 4, first=first)
    assert (folds == folds[first]).all()
    assert np.bincount(folds[:20]).tolist() == [5] * 4
    alone = np.concatenate([[0, 0, 1, 1, 1], y[60:80]])
    first = np.array([0, 0, 2, 3, 3, *range(5, 25)])
    folds = label_folds(alone, 4, first=first)
    assert folds[:2].tolist() == [-1, -1]  # There is nothing else of their class.
    assert folds[3] == folds[4] != folds[2]


def test_copies_are_never_in_two_parts(thrice):
    """Of folds, a fifth, or what is held out; each part asks about one of them."""
    with pytest.warns(UserWarning, match="Of 60 labeled examples, 40 have the same"):
        draws = draw(thrice, splits=4)
    with pytest.warns(UserWarning, match="Of 60 labeled examples, 40 have the same"):
        fifth = thrice.with_test_part()
    with pytest.warns(UserWarning, match="Of 60 labeled examples, 40 have the same"):
        plan = plan_fit(thrice, choose_split(thrice), validation=0.25)
    parts = [(data.x_train, data.x_test, 5) for data, _ in draws]
    parts.append((fifth.x_train, fifth.x_test, 4))
    parts.append((plan.data.x_train, plan.held_out[0], 5))
    for x, asked, n in parts:
        known = {row.tobytes() for row in x}
        assert len({row.tobytes() for row in asked} - known) == len(asked) == n
        assert len(x) == 100 - 4 * n
    np.testing.assert_array_equal(is_labeled(plan.y), is_labeled(plan.data.y_train))


def test_unlabeled_copies_are_left_out_too(rng):
    """Someone labeled copies of pictures, and left the pictures in the heap."""
    x = rng.integers(255, size=(6, 2, 2), dtype=np.uint8)[[0, 1, 2, 0, 3, 1, 4, 5]]
    y = np.array([0, 1, 0, -1, -1, -1, -1, 1])
    first = with_unlabeled(first_of_same(x, y), x, y)
    assert first.tolist() == [0, 1, 2, 0, 4, 1, 6, 7]
    moved = Data("heap", x, y).moved_to_test(np.arange(8) == 0, first)
    assert moved.y_train.tolist() == [1, 0, -1, -1, -1, 1]
    alike = np.zeros((8, 2))  # Rows that chance makes the same.
    for of, labels in ((x, np.zeros(8, int)), (x, np.full(8, -1)), (alike, y)):
        assert with_unlabeled(np.arange(8), of, labels).tolist() == [*range(8)]


def test_unlabeled_examples_that_are_all_copies_teach_nothing(rng):
    images = rng.integers(255, size=(8, 2, 2), dtype=np.uint8)
    rows, chance = rng.normal(size=(8, 9)), np.zeros((8, 2))
    some = np.array([0, 1, 2, 3, 3, 0, 0])
    y = np.array([0, 1, 0, 1, -1, -1, -1])
    for x in (images, rows):
        data = Data("copies", x[some], y)
        with pytest.warns(
            UserWarning, match=r"Every unlabeled example \(3\) is a copy"
        ):
            plan_fit(data, choose_split(data))
    for x, labels in (
        (images[[*some[:6], 5]], y),  # One is new.
        (chance[some], y),  # Rows that chance makes the same.
        (images[some], abs(y)),  # None is unlabeled.
    ):
        with no_warnings():
            warn_of_nothing_new(x, labels)
