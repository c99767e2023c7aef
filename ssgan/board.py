"""What TensorBoard shows of a training."""

from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from ssgan import pictures
from ssgan.errors import errors_mean
from ssgan.history import generated, moments


class Board(keras.callbacks.TensorBoard):
    """Keras's callback for TensorBoard, and pictures of what the generator makes.

    Its steps are epochs: report intervals of `ssgan.training`. Each member of an
    ensemble has its own folder, ``member-0`` and so on.

    Parameters
    ----------
    folder : path
    recipe : ssgan.recipes.Recipe
        What is trained; it knows the pictures' range.

    Raises
    ------
    InputError
        If the package tensorboard is not installed.
    """

    def __init__(self, folder, recipe):
        with errors_mean("the package tensorboard: pip install 'ssgan[tensorboard]'"):
            import tensorboard  # noqa: F401
        super().__init__(write_graph=False)
        self.folder = Path(folder)
        self.recipe = recipe
        self._seen = []
        self._pictures = None

    def set_model(self, model):
        # The same model comes again where a training is taken up again.
        if model not in self._seen:
            self._seen.append(model)
        self.log_dir = str(self.folder / f"member-{self._seen.index(model)}")
        super().set_model(model)

    def on_epoch_end(self, epoch, logs=None):
        super().on_epoch_end(epoch, logs)
        if epoch + 1 not in moments(self.params["epochs"]):
            return
        x = generated(self.model)
        if x is None or not pictures.can_show(x):
            return
        grid = pictures.grid(x, pictures.limits(self.recipe, self.model))
        picture = np.atleast_3d(np.asarray(grid))[None]
        # A run of its own: TensorBoard reads one file of a run at a time.
        if self._pictures is None:
            folder = f"{self.log_dir}/generated"
            self._pictures = tf.summary.create_file_writer(folder)
        with self._pictures.as_default():
            tf.summary.image("generated", picture, step=epoch)

    def on_train_end(self, logs=None):
        super().on_train_end(logs)
        if self._pictures is not None:
            self._pictures.close()
            self._pictures = None
