"""Examples and labels belong together."""

import numpy as np
import pytest

from ssgan.data.examples import Data
from ssgan.errors import InputError


@pytest.mark.parametrize(
    "half", [{"x_test": np.zeros((2, 4, 4))}, {"y_test": np.arange(2)}]
)
def test_half_a_test_set_is_refused(half):
    with pytest.raises(InputError, match="or neither"):
        Data("own", np.zeros((2, 4, 4)), np.arange(2), **half)
