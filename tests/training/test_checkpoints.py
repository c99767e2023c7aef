"""What is loaded is a model of ssgan."""

import keras
import pytest

from ssgan.errors import InputError
from ssgan.training.checkpoints import load


def test_load_refuses_what_is_not_ours(tmp_path):
    path = tmp_path / "model.keras"
    keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)]).save(path)
    with pytest.raises(InputError, match="Expected a model that ssgan wrote"):
        load(path)
