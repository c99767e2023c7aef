import math

import numpy as np
import pytest
import tensorflow as tf

from ssgan.nn.gaussian_noise import TABLE_COLUMNS, TABLE_ROWS, GaussianNoise


def noise_of(layer, shape, dynamic=False):
    signature = [tf.TensorSpec([None if dynamic else shape[0], *shape[1:]])]

    @tf.function(input_signature=signature)
    def noise(zeros):
        return layer(zeros, training=True)

    return noise(tf.zeros(shape)).numpy().ravel()


# From the table: in one piece, and in several; of unknown size, and on a GPU: drawn.
@pytest.mark.parametrize(
    ("shape", "dynamic", "gpus"),
    [
        ((500, 1001), False, []),
        ((3, TABLE_ROWS * TABLE_COLUMNS // 4 + 1), False, []),
        ((500, 1001), True, []),
        ((500, 1001), False, ["one"]),
    ],
)
def test_noise_is_gaussian_and_another_one_each_time(shape, dynamic, gpus, monkeypatch):
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind: gpus)
    layer = GaussianNoise(0.5, seed=1)
    one, other = (noise_of(layer, shape, dynamic) for _ in range(2))
    assert len(one) == math.prod(shape)
    for power, moment in ((1, 0), (2, 0.5**2), (3, 0), (4, 3 * 0.5**4)):
        assert np.mean(one**power) == pytest.approx(moment, abs=0.002)
    assert abs(np.corrcoef(one, other)[0, 1]) < 0.01
    again = noise_of(GaussianNoise(0.5, seed=1), shape, dynamic)
    np.testing.assert_array_equal(one, again)


def test_noise_is_of_training_alone_and_in_the_compute_type():
    x = np.ones((4, 5), "float32")
    np.testing.assert_array_equal(GaussianNoise(0.5)(x), x)
    np.testing.assert_array_equal(GaussianNoise(0.0)(x, training=True), x)
    noisy = GaussianNoise(0.5, dtype="mixed_float16")(x, training=True)
    assert noisy.dtype == "float16"
    with pytest.raises(ValueError, match="Received: stddev=-1"):
        GaussianNoise(-1)
