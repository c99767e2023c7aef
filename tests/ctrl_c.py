"""Ctrl-C, pressed after a step."""

import os
import signal

import keras


class CtrlC(keras.callbacks.Callback):
    """Press Ctrl-C after a step; the fixture `ctrl_c` hears it."""

    def __init__(self, step):
        super().__init__()
        self.step = step

    def on_train_batch_end(self, batch, logs=None):
        if int(self.model.steps_done.numpy()) == self.step:
            os.kill(os.getpid(), signal.SIGINT)
