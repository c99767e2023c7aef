"""How a training went, written to disk as it goes, so that nothing is lost."""

import json
import time
from pathlib import Path

import keras
import numpy as np

from ssgan.errors import as_input_error
from ssgan.support.files import atomic_write
from ssgan.support.json_lines import append_line, read_json_lines
from ssgan.training.snapshots import fixed_samples, snapshot_epochs


class TrainingLog(keras.callbacks.Callback):
    """Append each epoch's logs to ``STEM.jsonl``, and save snapshots.

    An epoch is a report interval of `ssgan.training.loop`. A line is a dictionary:
    "step", the number of steps done, "seconds" of training so far, and the means of the
    logs over the epoch. Snapshots (see `ssgan.training.snapshots`) are taken before the
    first epoch and after some others, and written to ``STEM.STEP.npy``. If training
    continues from an earlier step, everything later is removed.

    Parameters
    ----------
    stem : path
        See `member_stem`.
    """

    def __init__(self, stem):
        super().__init__()
        self.stem = Path(stem)

    def on_train_begin(self, logs=None):
        if not self._is_writer():
            return
        done = self._steps_done()
        lines = [line for line in read_log(self.stem) if line["step"] <= done]
        with atomic_write(_log_path(self.stem)) as temporary:
            temporary.write_text("".join(json.dumps(line) + "\n" for line in lines))
        self._start = time.perf_counter() - (lines[-1]["seconds"] if lines else 0)
        for step, path in _snapshot_paths(self.stem):
            if step > done:
                path.unlink()
        if done == 0:
            self._take_snapshot(done)

    def on_epoch_end(self, epoch, logs=None):
        if not self._is_writer():
            return
        seconds = round(time.perf_counter() - self._start, 2)
        line = {"step": self._steps_done(), "seconds": seconds}
        line |= {name: float(f"{value:.6g}") for name, value in logs.items()}
        path = _log_path(self.stem)
        append_line(path, line)  # The checkpoint that follows must not be ahead.
        if epoch + 1 in snapshot_epochs(self.params["epochs"]):
            self._take_snapshot(self._steps_done())

    def _take_snapshot(self, step):
        x = fixed_samples(self.model)
        if x is not None:
            with atomic_write(f"{self.stem}.{step}.npy") as temporary:
                np.save(temporary, x)

    def _steps_done(self):
        return int(self.model.steps_done.numpy())

    def _is_writer(self):
        # Only the first of several workers writes.
        return self.model.distribute_strategy.extended.should_checkpoint


def member_stem(folder, member):
    """Return the stem of the files of a member, counted from 0: log and checkpoint."""
    return Path(folder) / f"member-{member}"


def read_log(stem):
    """Return the lines that `TrainingLog` wrote, a list of dictionaries."""
    path = _log_path(stem)
    if not path.exists():
        return []
    return read_json_lines(path, ("step", "seconds"), whole=False)


def earlier_parts(folder, n_members):
    """Return the seconds and the steps of all members, as their logs tell them."""
    logs = [read_log(member_stem(folder, i)) for i in range(n_members)]
    last = [log[-1] for log in logs if log]
    return sum(line["seconds"] for line in last), sum(line["step"] for line in last)


def read_snapshots(stem):
    """Return the snapshots that `TrainingLog` saved, a list of (step, ndarray)."""
    with as_input_error(f"snapshots of this training at {stem}"):
        return [(step, np.load(path)) for step, path in _snapshot_paths(stem)]


def _snapshot_paths(stem):
    paths = Path(stem).parent.glob(f"{Path(stem).name}.*.npy")
    return sorted((int(path.suffixes[-2][1:]), path) for path in paths)


def _log_path(stem):
    return Path(f"{stem}.jsonl")
