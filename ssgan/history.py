"""How a training went, kept on disk as it goes: an interruption loses nothing."""

import json
import time
from pathlib import Path

import keras
import numpy as np

from ssgan.records import draft

PICTURES, POINTS = 12, 120
MOMENTS = 7


class History(keras.callbacks.Callback):
    """Append each epoch's logs to ``STEM.jsonl``, and at times what is generated.

    An epoch is a report interval of `ssgan.training`. A line is a dictionary: "update",
    how many there were by then, "seconds" of training until then, and the logs' means
    over the epoch. The same latent
    vectors are generated from before the first epoch and after some of the others, and
    written to ``STEM.UPDATE.npy``. Where a training goes on from an earlier update, all
    that is later is taken back.

    Parameters
    ----------
    stem : path
        Such as ``checkpoints/member-0``.
    """

    def __init__(self, stem):
        super().__init__()
        self.stem = Path(stem)

    def on_train_begin(self, logs=None):
        if not self._writes():
            return
        done = self._update()
        lines = [line for line in read(self.stem) if line["update"] <= done]
        with draft(_lines(self.stem)) as part:
            part.write_text("".join(json.dumps(line) + "\n" for line in lines))
        self._start = time.perf_counter() - (lines[-1]["seconds"] if lines else 0)
        for update, path in _album(self.stem):
            if update > done:
                path.unlink()
        if done == 0:
            self._picture(done)

    def on_epoch_end(self, epoch, logs=None):
        if not self._writes():
            return
        seconds = round(time.perf_counter() - self._start, 2)
        line = {"update": self._update(), "seconds": seconds}
        line |= {name: float(f"{value:.6g}") for name, value in logs.items()}
        with _lines(self.stem).open("a") as file:
            file.write(json.dumps(line) + "\n")
        if epoch + 1 in moments(self.params["epochs"]):
            self._picture(self._update())

    def _picture(self, update):
        x = generated(self.model)
        if x is not None:
            np.save(f"{self.stem}.{update}.npy", x)

    def _update(self):
        return int(self.model.updates.numpy())

    def _writes(self):
        # Of several workers the first one.
        return self.model.distribute_strategy.extended.should_checkpoint


def moments(epochs):
    """Return the epochs, from 1, after which to look: closest at the beginning."""
    parts = np.arange(1, MOMENTS + 1) / MOMENTS
    return set(np.ceil(epochs * parts**2).astype(int).tolist())


def generated(model):
    """Return a few examples from latent vectors that are always the same, or None.

    Returns
    -------
    ndarray of shape (n, ...) or None
        12 images or 120 rows, raw; None for a model without a generator.
    """
    if getattr(model, "generator", None) is None:
        return None
    rows = len(model.generator.output_shape) == 2
    return np.asarray(model.sample(POINTS if rows else PICTURES, seed=0))


def read(stem):
    """Return what `History` wrote, a list of dictionaries; at worst an empty one."""
    path = _lines(stem)
    text = path.read_text() if path.exists() else ""
    # Half a line is what an interruption may have left last.
    return [json.loads(line) for line in text[: text.rfind("\n") + 1].splitlines()]


def album(stem):
    """Return the examples that `History` kept: a list of (update, ndarray)."""
    return [(update, np.load(path)) for update, path in _album(stem)]


def _album(stem):
    paths = Path(stem).parent.glob(f"{Path(stem).name}.*.npy")
    return sorted((int(path.suffixes[-2][1:]), path) for path in paths)


def _lines(stem):
    return Path(f"{stem}.jsonl")
