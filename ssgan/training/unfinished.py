"""The state within a report interval, where a training was interrupted.

The checkpoint at the start of the interval stays beside it: if the interval ends badly,
training restarts from there.
"""

import json

import keras
import numpy as np

from ssgan.errors import as_input_error
from ssgan.support.files import atomic_write


def training_state(model):
    """Return every variable that training changes, in a fixed order."""
    optimizers = [model.optimizer, getattr(model, "generator_optimizer", None)]
    # A constant learning rate would be a variable too, but ours are schedules.
    rest = [v for o in optimizers if o is not None for v in o.variables]
    return [*model.variables, *rest, *(g.state for g in model.seed_generators)]


class Unfinished(keras.callbacks.Callback):
    """Write the state within an interval, and continue from there.

    It comes before callbacks that may stop a training.

    Parameters
    ----------
    checkpoint : path
        The checkpoint at the start of the interval, such as ``member-0.keras``. The
        state is in ``member-0.unfinished.npz`` beside it.
    """

    def __init__(self, checkpoint):
        super().__init__()
        self.path = checkpoint.with_suffix(".unfinished.npz")
        self._found = self._rest = None

    def find(self, model):
        """Return how many steps an interrupted training went beyond the checkpoint.

        Parameters
        ----------
        model : AveragedClassifier or SSGAN
            That of the checkpoint, or a new one if there is none yet.
        """
        self._found = self._rest = None
        if not self.path.exists():
            return 0
        with as_input_error(f"{self.path} to be what an interrupted training left"):
            with np.load(self.path) as file:
                found = dict(file)
            about = json.loads(str(found.pop("about")))
            steps = about.pop("steps")
        if about != _start_of_interval(model):  # It is older than the checkpoint.
            return 0
        self._found = found, steps
        return steps

    def write(self):
        """Write the state of the model, at the end of a call."""
        model = self.model
        steps = int(model.steps_done.numpy()) - self._start["done"]
        about = self._start | {"steps": steps}
        variables = [*training_state(model), *model.metrics_variables]
        # As bytes: there are types that NumPy does not read back.
        values = [np.frombuffer(v.numpy().tobytes(), "uint8") for v in variables]
        with atomic_write(self.path) as temporary:
            np.savez(temporary, *values, about=json.dumps(about))

    def on_epoch_begin(self, epoch, logs=None):
        self._start = _start_of_interval(self.model)
        if self._found is None:
            return
        (values, steps), self._found = self._found, None
        self._rest = self.params["steps"] - steps
        # Means over the interval: Keras has just set them to 0.
        self.model.build_metrics()
        variables = [*training_state(self.model), *self.model.metrics_variables]
        with as_input_error(f"{self.path} to be of this version of ssgan"):
            for i, variable in enumerate(variables):
                old = variable.numpy()
                value = np.frombuffer(values.pop(f"arr_{i}").tobytes(), old.dtype)
                variable.assign(value.reshape(old.shape))

    def on_train_batch_end(self, batch, logs=None):
        if batch + 1 == self._rest:
            self.model.stop_training = True  # This interval, not the training.

    def on_epoch_end(self, epoch, logs=None):
        if self._rest is not None:
            self.model.stop_training, self._rest = False, None


def _start_of_interval(model):
    """Return what the state within an interval must have begun with, JSON values."""
    info = {key: model.info.get(key) for key in ("training", "restarts")}
    return json.loads(json.dumps({"done": int(model.steps_done.numpy()), **info}))
