"""Adam with a fused update, and its learning rate schedule."""

import keras
import tensorflow as tf
from keras import ops

from ssgan.nn import replicas
from ssgan.nn.registration import serializable


@serializable
class Adam(keras.optimizers.Adam):
    """Adam with TensorFlow's fused update of a variable and its moments.

    A large matrix is read and written once instead of a dozen times. The arguments are
    those of `keras.optimizers.Adam`, but epsilon is added to the square root of the
    bias-corrected second moment, as in the paper. Keras adds it before the correction,
    which slows the first thousand steps many times over where gradients are small, as
    in a generator.

    References
    ----------
    Kingma and Ba 2015, "Adam", algorithm 1, arXiv:1412.6980.

    Raises
    ------
    ValueError
        At the first step, if ``amsgrad=True``: the fused update does not have it.
    """

    def _all_reduce_sum_gradients(self, grads_and_vars):
        # One replica has nothing to sum. Keras would call a function with a gradient of
        # its own, which TensorFlow keeps for good, with the whole training graph.
        if replicas.count() == 1:
            return grads_and_vars
        return super()._all_reduce_sum_gradients(grads_and_vars)

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


@serializable
class ConstantThenDecay(keras.optimizers.schedules.LearningRateSchedule):
    """Keep the learning rate constant, then let it fall linearly to zero.

    Parameters
    ----------
    rate : float
        Learning rate of the first `constant_steps` steps.
    constant_steps : int
    steps : int
        Step at which the rate reaches zero.

    References
    ----------
    Salimans et al. 2016, the authors' CIFAR-10 program: 800 and 1200 epochs.
    """

    def __init__(self, rate, constant_steps, steps):
        self.rate = rate
        self.constant_steps = constant_steps
        self.steps = steps

    def __call__(self, step):
        decay_steps = max(self.steps - self.constant_steps, 1)
        left = (self.steps - ops.cast(step, "float32")) / decay_steps
        return self.rate * ops.clip(left, 0.0, 1.0)

    def get_config(self):
        return {
            "rate": self.rate,
            "constant_steps": self.constant_steps,
            "steps": self.steps,
        }
