import keras
import numpy as np
import pytest
import tensorflow as tf

from ssgan.nn import Adam, ConstantThenDecay


def test_schedule_is_constant_then_falls_to_zero():
    schedule = ConstantThenDecay(0.5, constant_steps=10, steps=30)
    rates = [float(schedule(step)) for step in (0, 10, 20, 30, 40)]
    np.testing.assert_allclose(rates, [0.5, 0.5, 0.25, 0, 0])
    again = ConstantThenDecay.from_config(schedule.get_config())
    assert float(again(20)) == 0.25


@pytest.mark.parametrize("compiled", [None, False, True])
def test_fused_adam_is_the_papers_algorithm(compiled, rng):
    # So small that epsilon counts, and that its place does.
    gradients = 1e-4 * rng.normal(size=(5, 2, 3)).astype("float32")
    variable = keras.Variable(np.ones((2, 3), "float32"))
    optimizer = Adam(ConstantThenDecay(0.1, 2, 6), 0.5, epsilon=1e-4)
    optimizer.build([variable])

    def update(gradient):
        optimizer.apply([gradient], [variable])

    if compiled is not None:
        update = tf.function(update, jit_compile=compiled)
    expected, m, v = np.ones((2, 3)), 0, 0
    # Kingma and Ba 2015, algorithm 1.
    for t, (gradient, rate) in enumerate(
        zip(gradients, 0.1 * np.array([1, 1, 1, 0.75, 0.5]), strict=True), start=1
    ):
        update(tf.constant(gradient))
        m = 0.5 * m + 0.5 * gradient
        v = 0.999 * v + 0.001 * gradient**2
        corrected = m / (1 - 0.5**t), v / (1 - 0.999**t)
        expected = expected - rate * corrected[0] / (np.sqrt(corrected[1]) + 1e-4)
        np.testing.assert_allclose(variable, expected, rtol=1e-4)


def test_fused_adam_refuses_what_it_lacks():
    variable = keras.Variable(1.0)
    with pytest.raises(ValueError, match="amsgrad=False"):
        Adam(amsgrad=True).apply([tf.constant(1.0)], [variable])
