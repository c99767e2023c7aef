"""Log a training for TensorBoard."""

import tempfile
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from ssgan.data import image_grid
from ssgan.errors import as_input_error
from ssgan.training.snapshots import fixed_samples, snapshot_epochs
from ssgan.training.training_log import member_stem


class TensorBoard(keras.callbacks.TensorBoard):
    """Keras's callback, with images that the generator makes.

    Its steps are epochs: report intervals of `ssgan.training.loop`. Each member of an
    ensemble has its own folder: ``member-0`` and so on.

    Parameters
    ----------
    folder : path

    Raises
    ------
    InputError
        If the package tensorboard is not installed, or the folder cannot be written.
    """

    def __init__(self, folder):
        with as_input_error(
            "the package tensorboard: pip install 'ssgan[tensorboard]'"
        ):
            import tensorboard  # noqa: F401
        super().__init__(write_graph=False)
        self.folder = Path(folder)
        with as_input_error(f"{folder} to be a folder that can be written"):
            self.folder.mkdir(parents=True, exist_ok=True)
            tempfile.TemporaryFile(dir=self.folder).close()
        self._seen = []
        self._images = None

    def set_model(self, model):
        # The same model comes again if a training restarts.
        if model not in self._seen:
            self._seen.append(model)
        self.log_dir = str(member_stem(self.folder, self._seen.index(model)))
        super().set_model(model)

    def on_epoch_end(self, epoch, logs=None):
        super().on_epoch_end(epoch, logs)
        if epoch + 1 not in snapshot_epochs(self.params["epochs"]):
            return
        x = fixed_samples(self.model)
        if x is None or not image_grid.can_show(x):
            return
        preprocessor = self.model.preprocessor
        grid = image_grid.grid(x, preprocessor and preprocessor.raw_range)
        image = np.atleast_3d(np.asarray(grid))[None]
        # In a folder of its own: TensorBoard reads one file of a folder at a time.
        if self._images is None:
            folder = f"{self.log_dir}/generated"
            self._images = tf.summary.create_file_writer(folder)
        with self._images.as_default():
            tf.summary.image("generated", image, step=epoch)

    def on_train_end(self, logs=None):
        super().on_train_end(logs)
        if self._images is not None:
            self._images.close()
            self._images = None
