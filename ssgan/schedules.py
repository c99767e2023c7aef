"""The learning rate as training goes."""

import keras
from keras import ops

from ssgan.layers import PACKAGE


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
