"""Notice when the game goes wrong, and show how it goes."""

import math
import warnings

import keras
import numpy as np

# A generator whose examples differ from each other by less than this fraction of what
# real ones do has collapsed. At the start every generator is like that.
COLLAPSED = 0.005
# An unsupervised loss below this: the discriminator takes next to no fake for real.
SATURATED = 0.005
PATIENCE = 3


class WentWrong(Exception):
    """Training cannot sensibly go on from here."""


class Monitor(keras.callbacks.Callback):
    """Stop a run that has gone wrong, and keep the state in which it was last well.

    A loss or a weight that is not finite stops the run; so does a generator that makes
    the same example again and again, `PATIENCE` epochs long, although it was diverse
    before. A discriminator that cannot be fooled at all gives a warning.

    Raises
    ------
    WentWrong
        From `fit`; `restore` brings the model back.
    """

    def __init__(self):
        super().__init__()
        self._state = None
        self._was_diverse = False
        self._collapsed = 0
        self._saturated = 0

    def on_train_begin(self, logs=None):
        if self._state is None:
            self._keep()

    def on_train_batch_end(self, batch, logs=None):
        if not math.isfinite(logs["loss"]):
            raise WentWrong(f"The loss is no longer finite: {logs['loss']}.")

    def on_epoch_end(self, epoch, logs=None):
        if "diversity" in logs:
            self._watch_game(logs)
        if not self._collapsed:
            self._keep()

    def _keep(self):
        state = [v.numpy() for v in self._variables()]
        # The loss need not show it: of the averaged weights, or behind a ReLU.
        if not all(np.isfinite(value).all() for value in state):
            raise WentWrong("A weight is no longer finite.")
        self._state = state

    def _watch_game(self, logs):
        self._was_diverse |= logs["diversity"] > 10 * COLLAPSED
        collapsed = self._was_diverse and logs["diversity"] < COLLAPSED
        self._collapsed = self._collapsed + 1 if collapsed else 0
        if self._collapsed == PATIENCE:
            self._collapsed = 0
            raise WentWrong(
                "The generator has collapsed: its examples are all but the same."
            )
        saturated = logs["unsupervised_loss"] < SATURATED
        self._saturated = self._saturated + 1 if saturated else 0
        if self._saturated == PATIENCE:
            warnings.warn(
                "The discriminator is saturated: it tells every generated example from "
                "a real one, so the game teaches it little. A lower learning rate, or "
                "more noise in the discriminator, makes the players more equal.",
                stacklevel=2,
            )

    def restore(self):
        """Bring the model, and optimizers of the same kind, back to a good state."""
        for variable, value in zip(self._variables(), self._state, strict=True):
            variable.assign(value)

    def _variables(self):
        optimizers = [self.model.optimizer]
        optimizers.append(getattr(self.model, "generator_optimizer", None))
        rest = [v for o in optimizers if o is not None for v in o.variables]
        # A learning rate that is a number is a variable too; ours are schedules.
        return [*self.model.variables, *rest]
