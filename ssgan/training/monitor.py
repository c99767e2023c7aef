"""Notice when training fails."""

import math

import keras
import numpy as np

from ssgan.errors import as_input_error, warn
from ssgan.nn.terms import RealOrFake
from ssgan.training.unfinished import training_state

# A generator has collapsed if its examples differ from each other by less than this
# fraction of what real examples do. At the start every generator is like that.
COLLAPSED = 0.005
# Training has diverged if the loss is this many times that of the untrained model.
DIVERGED = 3.0
# Below this real-or-fake loss, the discriminator is fooled by almost no fake.
SATURATED = 0.005
PATIENCE = 3


class TrainingFailed(Exception):
    """Training cannot sensibly continue from here."""


class Monitor(keras.callbacks.Callback):
    """Stop training when it fails, and keep the last good state.

    Training fails

    - if the loss or a weight is not finite,
    - if the mean loss of an epoch, without optional terms, is more than three times
      that of the untrained model,
    - if, for `PATIENCE` epochs, the accuracy on the augmented labeled examples is
      closer to chance than to the best accuracy so far, which was good,
    - if a generator that was diverse makes almost the same example again and again for
      `PATIENCE` epochs,
    - if, for `PATIENCE` epochs, the discriminator is hardly ever fooled, where nothing
      but the game teaches it about unlabeled examples, and `restarts_left` is above 0.

    Where something else teaches it, or no restart is left, that is a warning. Another
    one says that the generator has not become diverse in a fifth of the training.

    Parameters
    ----------
    untrained_loss : float or None, default=None
        Loss of the untrained model; None does without this check.
    memory : list or None, default=None
        That of the monitor of an interrupted training, which this one continues.

    Raises
    ------
    TrainingFailed
        From `fit`. Then `restore` brings the last good state back.
    """

    def __init__(self, untrained_loss=None, memory=None):
        super().__init__()
        self.untrained_loss = untrained_loss
        self.restarts_left = 0
        self._state = None
        self._was_diverse = False
        self._never_diverse_is_said = False
        self._saturated = 0
        self._best_accuracy = 0.0
        if memory is not None:
            (
                self._was_diverse,
                self._never_diverse_is_said,
                self._saturated,
                self._best_accuracy,
            ) = memory
        self._collapsed = self._forgetting = 0

    @property
    def memory(self):
        """What it remembers of good epochs, a list of JSON values."""
        return [
            bool(self._was_diverse),
            self._never_diverse_is_said,
            self._saturated,
            float(self._best_accuracy),
        ]

    @property
    def is_content(self):
        """Whether the last epoch showed no sign that training fails."""
        return not (self._collapsed or self._forgetting or self._is_lost)

    @property
    def _is_lost(self):
        """Whether the last epoch taught nothing about unlabeled examples."""
        terms = getattr(self.model, "named_terms", {}).values()
        teaching = [t for t in terms if t.player == "discriminator" and t.weight]
        alone = all(isinstance(term, RealOrFake) for term in teaching)
        return bool(self._saturated and self.restarts_left and alone)

    def on_train_begin(self, logs=None):
        if self._state is None:
            with as_input_error("a model of finite weights to train"):
                self._keep()

    def on_train_batch_end(self, batch, logs=None):
        if not math.isfinite(logs["loss"]):
            raise TrainingFailed(f"The loss is no longer finite: {logs['loss']}.")

    def on_epoch_end(self, epoch, logs=None):
        self._watch_loss(logs)
        if "accuracy" in logs:
            self._watch_accuracy(logs["accuracy"])
        if "diversity" in logs:
            self._watch_game(epoch, logs)
        if self.is_content:
            self._keep()

    def _watch_loss(self, logs):
        if self.untrained_loss is None:
            return
        # Optional terms may be of any size.
        optional = sum(
            term.weight * logs[name]
            for name, term in getattr(self.model, "named_terms", {}).items()
            if term.player == "discriminator" and not isinstance(term, RealOrFake)
        )
        loss = logs["loss"] - optional
        if loss > DIVERGED * self.untrained_loss:
            raise TrainingFailed(
                f"Training has diverged: the loss is {loss:.3g}, and that of the "
                f"untrained model is {self.untrained_loss:.3g}."
            )

    def _watch_accuracy(self, accuracy):
        chance = 1 / self.model.discriminator.output_shape[-1]
        self._best_accuracy = max(self._best_accuracy, accuracy)
        # Only what was learned can be forgotten: more than half way from chance to 1.
        learned = self._best_accuracy > (chance + 1) / 2
        forgetting = learned and accuracy < (chance + self._best_accuracy) / 2
        self._forgetting = self._forgetting + 1 if forgetting else 0
        if self._forgetting == PATIENCE:
            raise TrainingFailed(
                f"The accuracy on the labeled examples has fallen from "
                f"{100 * self._best_accuracy:.0f} % to {100 * accuracy:.0f} %."
            )

    def _keep(self):
        state = [v.numpy() for v in training_state(self.model)]
        # The loss does not show all: averaged weights, or weights behind a ReLU.
        if not all(np.isfinite(value).all() for value in state):
            raise TrainingFailed("A weight is no longer finite.")
        self._state = state

    def _watch_game(self, epoch, logs):
        self._was_diverse |= logs["diversity"] > 10 * COLLAPSED
        late = epoch >= max(PATIENCE, (self.params or {}).get("epochs", 0) / 5)
        if late and not self._was_diverse and not self._never_diverse_is_said:
            self._never_diverse_is_said = True
            warn(
                "The generator makes almost the same example again and again since the "
                "start of the training, so the game teaches the discriminator little."
            )
        collapsed = self._was_diverse and logs["diversity"] < COLLAPSED
        self._collapsed = self._collapsed + 1 if collapsed else 0
        if self._collapsed == PATIENCE:
            raise TrainingFailed(
                "The generator has collapsed: its examples are almost all the same."
            )
        saturated = logs.get("real_or_fake", SATURATED) < SATURATED
        self._saturated = self._saturated + 1 if saturated else 0
        if self._saturated == PATIENCE:
            text = (
                "The discriminator is saturated: it tells every generated example from "
                "a real one, so the game teaches it little."
            )
            if self._is_lost:
                raise TrainingFailed(text)
            warn(
                f"{text} A lower learning rate, or more noise in the discriminator, "
                "balances the players."
            )

    def restore(self):
        """Set the model and its optimizers back to the last good state."""
        variables = training_state(self.model)
        for variable, value in zip(variables, self._state, strict=True):
            variable.assign(value)
        self._collapsed = self._forgetting = self._saturated = 0
