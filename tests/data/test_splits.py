import json

import numpy as np
import pytest

from ssgan.data.splits import LabelSplit, hold_out, label_split
from ssgan.errors import InputError

TEXT = np.array(["cat", "dog", -1, "cat", "dog"], dtype=object)


def counts_of(split, y):
    return np.unique(np.asarray(y)[split.indices], return_counts=True)[1].tolist()


def make_split(indices, n_labels=None):
    indices = np.array(indices, dtype=np.int64)
    return LabelSplit("toy", indices, 0, n_labels or len(indices))


@pytest.mark.parametrize("n_labels", [10, 100, 250])
def test_balanced_split_takes_as_many_of_every_class(n_labels):
    y = np.random.default_rng(1).permutation(np.repeat(np.arange(10), 40))
    split = label_split(y, n_labels, seed=3, name="mnist")
    assert split.name == f"mnist@{n_labels}-seed3"
    assert (split.seed, split.n_labels) == (3, n_labels)
    assert split.indices.dtype == np.int64
    assert counts_of(split, y) == [n_labels // 10] * 10


def test_draw_depends_on_the_seed_alone():
    y = np.arange(200) % 4
    first, again = label_split(y, 20, seed=1), label_split(y, 20, seed=1)
    np.testing.assert_array_equal(first.indices, again.indices)
    other = label_split(y, 20, seed=2)
    assert set(first.indices) != set(other.indices)


def test_indices_stand_in_the_order_of_one_shuffle():
    y = np.arange(200) % 4
    order = np.random.default_rng(5).permutation(200)
    drawn = label_split(y, 40, seed=5).indices
    assert [i for i in order if i in set(drawn)] == drawn.tolist()
    for k in range(4):
        assert [i for i in order if y[i] == k][:10] == [i for i in drawn if y[i] == k]


def test_remainder_goes_to_classes_drawn_by_the_seed():
    y = np.arange(100) % 5
    draws = [tuple(counts_of(label_split(y, 12, seed), y)) for seed in range(10)]
    assert {tuple(sorted(draw)) for draw in draws} == {(2, 2, 2, 3, 3)}
    assert len(set(draws)) > 1


@pytest.mark.parametrize(
    ("sizes", "n_labels", "expected"),
    [
        ((60, 30, 10), 10, [6, 3, 1]),
        ((50, 31, 19), 10, [5, 3, 2]),  # 5, 3.1, 1.9
        ((98, 1, 1), 5, [3, 1, 1]),  # 4.9, 0.05, 0.05
        ((50, 47, 1, 1, 1), 5, [1, 1, 1, 1, 1]),
        ((60, 30, 10), 100, [60, 30, 10]),
    ],
)
def test_stratified_split_follows_the_frequencies(sizes, n_labels, expected):
    y = np.repeat(np.arange(len(sizes)), sizes)
    split = label_split(y, n_labels, seed=2, balanced=False, name="toy")
    assert split.name == f"toy@{n_labels}-seed2-stratified"
    assert counts_of(split, y) == expected


def test_unlabeled_examples_are_never_drawn():
    y = np.arange(60) % 3
    y[::2] = -1
    split = label_split(y, 30)
    assert sorted(split.indices) == list(range(1, 60, 2))


@pytest.mark.parametrize(
    ("y", "n_labels", "message"),
    [
        ([0, 1, 2, 0, 1, 2], 2, "n_labels from 3.* to 6. Received: n_labels=2"),
        ([0, 1, -1, -1], 3, "to 2. Received: n_labels=3"),
        ([4, 4, -1], 2, r"two classes. Received: classes=\[4\]"),
        ([-1, -1], 2, r"two classes. Received: classes=\[\]"),
        ([0, 0, 0, 1, 2], 5, "2 labels of each class.*: 1 of class [12]"),
        ([0, 0, 0, 0, 1, 2], 6, "2 labels of each.*: 1 of class 1, 1 of class 2"),
        (["a", "a", "a", "b"], 4, "each class, for 4 labels of 2 classes alike. Rec"),
        (["a", "a", "a", "b"], 4, "1 of class b. Draw fewer, or .*--stratified"),
        ([0.5, 1.5], 2, "integers or strings.*float64"),
        ([[0], [1]], 2, r"shape \(n,\).*\(2, 1\)"),
        (np.array([1, "a", -1], dtype=object), 2, "all text or all whole"),
        ([0, 1], 2.0, "whole number from 1. Received: n_labels=2.0"),
        ([0, 1], 0, "n_labels=0"),
        ([0, 1], True, "n_labels=True"),
    ],
)
def test_labels_that_cannot_be_drawn_are_refused(y, n_labels, message):
    with pytest.raises(InputError, match=message):
        label_split(y, n_labels)


@pytest.mark.parametrize("seed", [-1, 0.5, None, True, 2**32])
def test_seed_must_be_one_that_all_take(seed):
    with pytest.raises(InputError, match="from 0 to 4294967295. Received: seed="):
        label_split([0, 1], 2, seed)
    assert label_split([0, 1], 2, 2**32 - 1).seed == 2**32 - 1


@pytest.mark.parametrize("dtype", [np.uint8, np.int32, np.int64])
def test_apply_hides_all_other_integer_labels(dtype):
    y = np.array([3, 1, 2, 3], dtype=dtype)
    hidden = make_split([3, 1]).apply(y)
    assert hidden.dtype == np.int64
    assert hidden.tolist() == [-1, 1, -1, 3]
    assert y.tolist() == [3, 1, 2, 3]


@pytest.mark.parametrize("y", [TEXT, TEXT.astype(str)], ids=["object", "str"])
def test_apply_keeps_strings_beside_an_integer_minus_one(y):
    hidden = make_split([0, 4]).apply(y)
    assert hidden.dtype == object
    assert hidden.tolist() == ["cat", -1, -1, -1, "dog"]


@pytest.mark.parametrize(
    ("y", "message"),
    [
        ([0, 1, 2], "more than 3 labels.*Received: 3"),
        ([0, 1, -1, -1], r"none at \[3\]"),
        ([0.5, 1.0, 2.0, 3.0], "float64"),
    ],
)
def test_apply_refuses_labels_that_do_not_fit(y, message):
    with pytest.raises(InputError, match=message):
        make_split([1, 3]).apply(y)


def test_string_labels_are_drawn_and_applied():
    split = label_split(TEXT, 2, seed=0)
    hidden = split.apply(TEXT)
    assert sorted(label for label in hidden if label != -1) == ["cat", "dog"]


def test_saved_split_is_read_back(tmp_path):
    path = tmp_path / "split.json"
    path.write_text("an older file")
    split = label_split(np.arange(50) % 5, np.int64(10), seed=np.int64(7), name="toy")
    split.save(path)
    read = LabelSplit.load(path)
    assert (read.name, read.seed, read.n_labels) == ("toy@10-seed7", 7, 10)
    np.testing.assert_array_equal(read.indices, split.indices)
    assert read.indices.dtype == np.int64
    assert [p.name for p in tmp_path.iterdir()] == ["split.json"]


@pytest.mark.parametrize("place", ["file/split.json", "folder"])
def test_place_that_cannot_be_written_is_refused(tmp_path, place):
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    with pytest.raises(InputError, match="can be written. Received"):
        make_split([0, 1]).save(tmp_path / place)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["file", "folder"]


GOOD = {"name": "toy", "indices": [4, 2], "seed": 0, "n_labels": 2}


@pytest.mark.parametrize(
    "text",
    [
        "not JSON",
        "[1, 2]",
        '"text"',
        json.dumps({"name": "toy", "seed": 0, "n_labels": 2}),
        json.dumps(GOOD | {"extra": 1}),
        json.dumps(GOOD | {"name": 5}),
        json.dumps(GOOD | {"seed": -1}),
        json.dumps(GOOD | {"n_labels": 3}),
        json.dumps(GOOD | {"n_labels": "2"}),
        json.dumps(GOOD | {"indices": []}),
        json.dumps(GOOD | {"indices": [4, 4]}),
        json.dumps(GOOD | {"indices": [4, -1]}),
        json.dumps(GOOD | {"indices": [4.0, 2.5]}),
        json.dumps(GOOD | {"indices": [[4], [2, 3]]}),
        json.dumps(GOOD | {"indices": [4, 10**30]}),
        json.dumps(GOOD | {"indices": None}),
    ],
)
def test_file_that_holds_no_split_is_refused(tmp_path, text):
    path = tmp_path / "split.json"
    path.write_text(text)
    with pytest.raises(InputError, match=r"split.json to be a saved label split\. Rec"):
        LabelSplit.load(path)


def test_missing_file_is_refused(tmp_path):
    with pytest.raises(InputError, match="No such file"):
        LabelSplit.load(tmp_path / "none.json")


def test_a_class_of_one_example_has_none_to_hold_out():
    y = np.array(["x", "x", "x", "y", "y", "z", "z"], object)
    first = np.array([0, 1, 2, 3, 4, 5, 5])
    with pytest.raises(
        InputError, match="0.3 with two or more .*Received: one of class z$"
    ):
        hold_out(make_split(range(7)), y, 0.3, first)
