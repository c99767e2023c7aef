"""What is loaded is a model of ssgan."""

import keras
import numpy as np
import pytest
from tiny import TINY

from ssgan.errors import InputError
from ssgan.training.build import build
from ssgan.training.checkpoints import load, save


def test_load_refuses_what_is_not_ours(tmp_path):
    path = tmp_path / "model.keras"
    keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)]).save(path)
    with pytest.raises(InputError, match="Expected a model that ssgan wrote"):
        load(path)


def test_a_layer_that_is_not_imported_is_named(tmp_path, monkeypatch):
    @keras.saving.register_keras_serializable("tests")
    class Unimported(keras.layers.ReLU):
        pass

    def network(shape, n_classes):
        parts = [keras.Input(shape), keras.layers.Dense(4), Unimported()]
        return keras.Sequential([*parts, keras.layers.Dense(n_classes)])

    x, path = np.eye(4, dtype="float32"), tmp_path / "model.keras"
    save(build(TINY.supervised(), x, 2, discriminator=network), path)
    load(path)
    monkeypatch.delitem(keras.saving.get_custom_objects(), "tests>Unimported")
    said = "import the module that registers them first. Received: an unknown class '"
    with pytest.raises(InputError, match=f"{said}Unimported'$"):
        load(path)
