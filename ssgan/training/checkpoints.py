"""Save models, also during training, and load them."""

import re
from pathlib import Path

import keras

from ssgan.errors import InputError, as_input_error, expect
from ssgan.game.averaged_classifier import Predictor
from ssgan.support.files import atomic_write
from ssgan.support.forked import expect_not_forked
from ssgan.support.interruption import Interruption
from ssgan.support.model_files import find_model
from ssgan.training.unfinished import Unfinished

# What Keras says of a class or function of users' own that is not registered.
UNKNOWN = re.compile(r"(?<=Could not locate )(class|function) '[^']+'")


class Checkpoint(keras.callbacks.Callback):
    """Save the whole model after each report interval, replacing the last file.

    Keras does not save the states of random generators. They are saved in the model's
    info, so that training continues as if it had not been interrupted; see `resume`.

    While `interruption` is entered, Ctrl-C and SIGTERM wait until what was done since
    is saved, unless several devices train; see `ssgan.training.unfinished`. Nothing is
    saved while it looks as if the training fails: that is repeated from the last good
    state.

    Parameters
    ----------
    path : path
    monitor : ssgan.training.monitor.Monitor
    """

    def __init__(self, path, monitor):
        super().__init__()
        self.path = Path(path)
        self.monitor = monitor
        self.unfinished = Unfinished(self.path)
        self.interruption = Interruption()

    def on_train_batch_end(self, batch, logs=None):
        replicas = self.model.distribute_strategy.num_replicas_in_sync
        self.interruption.unsaved = replicas == 1
        if self.interruption.requested and not self._interval_ends():
            if self.monitor.is_content:
                self.unfinished.write()
            self.interruption.deliver()

    def on_epoch_end(self, epoch, logs=None):
        if self.monitor.is_content:
            self.save()
        self.interruption.unsaved = False
        self.interruption.deliver()

    def save(self):
        """Save the model as it is now."""
        # Only the first of several workers writes.
        if self.model.distribute_strategy.extended.should_checkpoint:
            self.model.info["random_states"] = self.model.random_states
            self.model.info["monitor"] = self.monitor.memory
            save(self.model, self.path)
            self.unfinished.path.unlink(missing_ok=True)

    def _interval_ends(self):
        """Return whether the whole model will be saved now; the last may be shorter."""
        whole = int(self.model.steps_done.numpy()) % self.params["steps"] == 0
        return whole or self.model.stop_training


def save(model, path):
    """Write a model to a ``.keras`` file atomically."""
    with atomic_write(path) as temporary:
        model.save(temporary)


def resume(path):
    """Return the model of a `Checkpoint`, in exactly the state that it was saved in."""
    model = load(path)
    with as_input_error(f"{path} to be a checkpoint of this version of ssgan"):
        model.random_states = model.info.pop("random_states")
    return model


def load(path):
    """Return the model in a file that `save` wrote, or in the folder of a training.

    Raises
    ------
    InputError
        If the file is missing, damaged, or not a model of this version of ssgan.
    """
    path = find_model(path)
    expect_not_forked()
    try:
        with as_input_error(f"{path} to be a model that this version of ssgan wrote"):
            model = keras.saving.load_model(path)
    except InputError as error:
        # Keras says it last, behind all that is in the file.
        unknown = UNKNOWN.search(str(error.__cause__))
        expect(
            not unknown,
            f"{path} to be a model that this version of ssgan wrote, and your own "
            "layers and functions in it to be known: import the module that registers "
            "them first",
            f"an unknown {unknown and unknown[0]}",
        )
        raise
    ours = isinstance(model, Predictor)
    expect(ours, "a model that ssgan wrote", f"{path}, a {type(model).__name__}")
    return model
