"""Adam in one operation a variable, and its learning rate as training goes."""

import keras
import tensorflow as tf
from keras import ops

from ssgan.layers import PACKAGE


@keras.saving.register_keras_serializable(package=PACKAGE)
class Adam(keras.optimizers.Adam):
    """Keras's Adam, with TensorFlow's fused update of a variable and its moments.

    A large matrix is read and written once instead of a dozen times. The arguments are
    those of `keras.optimizers.Adam`, but epsilon is added to the root of the corrected
    second moment, as in the paper; Keras adds it before the correction, which slows the
    first thousand updates of small gradients, such as a generator's, many times over.

    References
    ----------
    Kingma and Ba 2015, "Adam", algorithm 1, arXiv:1412.6980.

    Raises
    ------
    ValueError
        At the first update, with ``amsgrad=True``, which the fused one lacks.
    """

    def update_step(self, gradient, variable, learning_rate):
        if self.amsgrad:
            raise ValueError("Expected amsgrad=False. Received: amsgrad=True")
        index = self._get_variable_index(variable)
        step = ops.cast(self.iterations + 1, "float32")
        beta_2_power = ops.power(self.beta_2, step)
        tf.raw_ops.ResourceApplyAdam(
            var=_handle(variable),
            m=_handle(self._momentums[index]),
            v=_handle(self._velocities[index]),
            beta1_power=ops.power(self.beta_1, step),
            beta2_power=beta_2_power,
            lr=ops.cast(learning_rate, "float32"),
            beta1=self.beta_1,
            beta2=self.beta_2,
            epsilon=self.epsilon * ops.sqrt(1 - beta_2_power),
            grad=ops.cast(gradient, "float32"),
        )


def _handle(variable):
    variable = variable.value if isinstance(variable, keras.Variable) else variable
    return variable.handle


@keras.saving.register_keras_serializable(package=PACKAGE)
class HoldThenDecay(keras.optimizers.schedules.LearningRateSchedule):
    """Keep a learning rate, then let it fall linearly to zero.

    Parameters
    ----------
    rate : float
        The rate of the first `hold` updates.
    hold : int
        Updates at that rate.
    steps : int
        Update at which the rate is zero.

    References
    ----------
    Salimans et al. 2016, the authors' CIFAR-10 program: 800 and 1200 epochs.
    """

    def __init__(self, rate, hold, steps):
        self.rate = rate
        self.hold = hold
        self.steps = steps

    def __call__(self, step):
        left = (self.steps - ops.cast(step, "float32")) / max(self.steps - self.hold, 1)
        return self.rate * ops.clip(left, 0.0, 1.0)

    def get_config(self):
        return {"rate": self.rate, "hold": self.hold, "steps": self.steps}
