"""What is said where no labels can be chosen, in the words of the source."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from warned import no_warnings

from ssgan import InputError
from ssgan.data.choose_split import choose_split
from ssgan.data.examples import Data
from ssgan.estimator.frames import learn_columns

FILES = tuple("abcd")


def data_of(labels, **options):
    return Data("pets", np.zeros((len(labels), 2)), np.array(labels, object), **options)


@pytest.mark.parametrize(
    ("labels", "files", "said"),
    [
        (
            ["cat", "dog"] * 2,
            FILES,
            r"no label \(in a folder called unlabeled, or in no",
        ),
        (["cat", "dog"] * 2, None, "the label -1"),
        (["cat", "cat", -1, -1], FILES, "folder for each class .* one class, cat"),
        (["cat", "cat", -1, -1], None, "in pets. Received: one class, cat"),
        ([-1] * 4, FILES, "folder for each class .* Received: no label"),
    ],
)
def test_what_is_missing_is_named(labels, files, said):
    with pytest.raises(InputError, match=said):
        choose_split(data_of(labels, files_train=files))


def test_a_split_of_other_data_is_told(tmp_path):
    data = data_of(["cat", "dog", -1, -1])
    choose_split(data).save(tmp_path / "split.json")
    with no_warnings():
        choose_split(data, path=tmp_path / "split.json")
    other = dataclasses.replace(data, name="other")
    with pytest.warns(UserWarning, match="is a split of pets. If other holds other"):
        choose_split(other, path=tmp_path / "split.json")


def test_all_labels_are_kept_where_others_have_none():
    data = data_of(["cat", "dog", -1, -1])
    assert choose_split(data, seed=3).indices.tolist() == [0, 1]
    whole = dataclasses.replace(data, y_train=np.array(["cat", "dog"] * 2, object))
    assert choose_split(whole, "all").n_labels == 4
    assert choose_split(whole, 2).n_labels == 2


def numbers(labels):
    columns = learn_columns(pd.DataFrame({"a": np.arange(len(labels)) / 2}))
    x = np.zeros((len(labels), 1))
    return Data("prices", x, np.array(labels), columns=columns)


def test_a_number_to_predict_is_asked_about(rng):
    prices = numbers(rng.integers(8000, 9500, size=160))
    with pytest.warns(UserWarning, match="160 labels of prices are .* number to p"):
        choose_split(prices, "all")
    with no_warnings():  # Images with few labels of many classes.
        choose_split(dataclasses.replace(prices, columns=None), "all")


@pytest.mark.parametrize(
    "labels",
    [
        [*range(10), -1],
        [*range(26), -1],
        [*range(0, 2000, 10)] * 3,
        [*range(0, 200, 10), -1],
        [f"k{i}" for i in range(0, 2000, 10)],
    ],
)
def test_classes_are_no_number_to_predict(labels):
    with no_warnings():
        choose_split(numbers(labels), "all")
