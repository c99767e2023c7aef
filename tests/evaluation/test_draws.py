"""What a comparison trains and tests on."""

import numpy as np
import pytest

from ssgan.data.examples import Data
from ssgan.data.labels import is_labeled
from ssgan.errors import InputError
from ssgan.evaluation.draws import draw

# Three labels of class 0, seven of class 1, one of class 2.
Y = np.array([0] * 3 + [1] * 7 + [2] + [-1] * 20)
X = np.arange(len(Y), dtype=float)[:, None]
FILES = tuple(f"{i}.png" for i in range(len(Y)))


def test_each_label_is_left_out_once():
    draws = draw(Data("own", X, Y, files_train=FILES), splits=4)
    assert len(draws) == 4
    tested = np.concatenate([data.x_test[:, 0] for data, _ in draws])
    assert sorted(tested) == list(range(10))  # Not 10, which is alone in its class.
    for number, (data, split) in enumerate(draws):
        x_all = np.concatenate([data.x_train, data.x_test])[:, 0]
        assert sorted(x_all) == list(range(len(Y)))
        np.testing.assert_array_equal(data.y_train, Y[data.x_train[:, 0].astype(int)])
        np.testing.assert_array_equal(data.y_test, Y[data.x_test[:, 0].astype(int)])
        assert data.files_test == tuple(FILES[int(x)] for x in data.x_test[:, 0])
        kept = split.apply(data.y_train)
        np.testing.assert_array_equal(kept, data.y_train)
        assert split.name == f"own@{is_labeled(kept).sum()}-fold{number + 1}"
        assert {0, 1, 2} <= set(kept)


def test_a_test_part_of_its_own_is_what_counts():
    own = Data("own", X, Y, X[:4], Y[:4])
    for data, split in draw(own, splits=4):
        assert data is own
        assert split.n_labels in (8, 9)  # Of eleven, without two or three.


@pytest.mark.parametrize(
    ("data", "options", "message"),
    [
        (Data("all", X[:10], Y[:10]), {}, "a number of labels for all, where every"),
        (Data("own", X, Y), {"splits": 1}, "two splits or more, to leave out labels"),
        (Data("few", X[10:], Y[10:]), {}, "a class with two labels in few"),
        (Data("own", X, Y), {"splits": 0}, "a whole number from 1 to 1000"),
        (Data("own", X, Y), {"splits": 10**12}, "a whole number from 1 to 1000"),
    ],
)
def test_what_cannot_be_left_out(data, options, message):
    with pytest.raises(InputError, match=message):
        draw(data, **options)
