"""Notice when training fails."""

import math
import warnings

import keras
import numpy as np

# A generator has collapsed if its examples differ from each other by less than this
# fraction of what real examples do. At the start every generator is like that.
COLLAPSED = 0.005
# Below this real-or-fake loss, the discriminator is fooled by almost no fake.
SATURATED = 0.005
PATIENCE = 3


class TrainingFailed(Exception):
    """Training cannot sensibly continue from here."""


class Monitor(keras.callbacks.Callback):
    """Stop training when it fails, and keep the last good state.

    Training fails if the loss or a weight is not finite, or if a generator that was
    diverse makes almost the same example again and again for `PATIENCE` epochs. If the
    discriminator is hardly ever fooled for as long, there is a warning.

    Raises
    ------
    TrainingFailed
        From `fit`. Then `restore` brings the last good state back.
    """

    def __init__(self):
        super().__init__()
        self._state = None
        self._random_states = None
        self._was_diverse = False
        self._collapsed = 0
        self._saturated = 0

    def on_train_begin(self, logs=None):
        if self._state is None:
            self._keep()

    def on_train_batch_end(self, batch, logs=None):
        if not math.isfinite(logs["loss"]):
            raise TrainingFailed(f"The loss is no longer finite: {logs['loss']}.")

    def on_epoch_end(self, epoch, logs=None):
        if "diversity" in logs:
            self._watch_game(logs)
        if not self._collapsed:
            self._keep()

    def _keep(self):
        state = [v.numpy() for v in self._variables()]
        # The loss does not show all: averaged weights, or weights behind a ReLU.
        if not all(np.isfinite(value).all() for value in state):
            raise TrainingFailed("A weight is no longer finite.")
        self._state = state
        self._random_states = self.model.random_states

    def _watch_game(self, logs):
        self._was_diverse |= logs["diversity"] > 10 * COLLAPSED
        collapsed = self._was_diverse and logs["diversity"] < COLLAPSED
        self._collapsed = self._collapsed + 1 if collapsed else 0
        if self._collapsed == PATIENCE:
            self._collapsed = 0
            raise TrainingFailed(
                "The generator has collapsed: its examples are almost all the same."
            )
        saturated = logs.get("real_or_fake", SATURATED) < SATURATED
        self._saturated = self._saturated + 1 if saturated else 0
        if self._saturated == PATIENCE:
            warnings.warn(
                "The discriminator is saturated: it tells every generated example from "
                "a real one, so the game teaches it little. A lower learning rate, or "
                "more noise in the discriminator, balances the players.",
                stacklevel=2,
            )

    def restore(self):
        """Set the model and its optimizers back to the last good state."""
        for variable, value in zip(self._variables(), self._state, strict=True):
            variable.assign(value)
        self.model.random_states = self._random_states

    def _variables(self):
        optimizers = [self.model.optimizer]
        optimizers.append(getattr(self.model, "generator_optimizer", None))
        rest = [v for o in optimizers if o is not None for v in o.variables]
        # A constant learning rate would be a variable too, but ours are schedules.
        return [*self.model.variables, *rest]
