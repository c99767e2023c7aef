import keras
import numpy as np
import pytest

from ssgan.nn import ColumnSwap


def swapped(layer, x):
    return np.asarray(layer(x, training=True))


def test_some_values_are_those_of_another_row_in_the_same_column():
    x = np.arange(4000.0, dtype="float32").reshape(200, 20)
    layer = ColumnSwap(0.3, seed=1)
    one, other = swapped(layer, x), swapped(layer, x)
    changed = one != x
    assert changed.mean() == pytest.approx(0.3, abs=0.03)
    # In units of rows: whole, and one and the same for the batch.
    offsets = (one - x)[changed] / 20 % 200
    assert len(np.unique(offsets)) == 1
    assert (one != other).any()
    np.testing.assert_array_equal(one, swapped(ColumnSwap(0.3, seed=1), x))


def test_each_column_keeps_its_values_if_all_are_swapped():
    x = np.random.default_rng(0).normal(size=(30, 3)).astype("float32")
    y = swapped(ColumnSwap(1.0), x)
    assert (y != x).all()
    np.testing.assert_array_equal(np.sort(y, axis=0), np.sort(x, axis=0))


def test_swaps_are_of_training_alone_and_one_row_stays():
    x = np.ones((4, 5), "float32") * np.arange(4, dtype="float32")[:, None]
    np.testing.assert_array_equal(ColumnSwap(1.0)(x), x)
    np.testing.assert_array_equal(swapped(ColumnSwap(0.0), x), x)
    np.testing.assert_array_equal(swapped(ColumnSwap(1.0), x[:1]), x[:1])


def test_layer_is_rebuilt_from_its_configuration():
    layer = keras.layers.deserialize(keras.layers.serialize(ColumnSwap(0.2, seed=3)))
    assert (layer.rate, layer.seed) == (0.2, 3)


def test_rate_is_a_share():
    with pytest.raises(ValueError, match="Received: rate=1.5"):
        ColumnSwap(1.5)
