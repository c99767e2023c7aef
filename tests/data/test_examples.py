"""Examples and labels belong together."""

import numpy as np
import pytest

from ssgan.data.examples import Data
from ssgan.data.labels import read_labels
from ssgan.errors import InputError


@pytest.mark.parametrize(
    "half", [{"x_test": np.zeros((2, 4, 4))}, {"y_test": np.arange(2)}]
)
def test_half_a_test_set_is_refused(half):
    with pytest.raises(InputError, match="or neither"):
        Data("own", np.zeros((2, 4, 4)), np.arange(2), **half)


@pytest.mark.parametrize("x", [[[1.0], [2.0]], "ab", None, 3])
def test_what_is_no_array_is_refused(x):
    message = "one label|numeric x in own, train. Received: x of dtype|or neither"
    with pytest.raises(InputError, match=message):
        Data("own", x, [0, 1], None, None)


@pytest.mark.parametrize("y", ["ab", 3, np.array("a"), b"a"])
def test_one_label_alone_is_refused(y):
    with pytest.raises(InputError, match="^Expected (a sequence of labels|labels)"):
        read_labels(y)


def test_of_a_test_part_without_labels_their_lack_is_said():
    x, y = np.zeros((2, 4, 4)), ["cat", "dog"]
    with pytest.raises(InputError, match="a label for every test .* 2 without one"):
        Data("own", x, y, x, ["", ""])
