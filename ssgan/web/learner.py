"""Learn in a process of its own, so that the page need not wait."""

import contextlib
import dataclasses
import multiprocessing
import os
import sys
import threading
import warnings
from pathlib import Path

import joblib
import numpy as np

from ssgan import recipes
from ssgan.data import image_files, storage
from ssgan.data.folders import as_gray
from ssgan.data.sources import load
from ssgan.errors import InputError
from ssgan.support.processes import end_with_parent, give_way
from ssgan.support.quiet import import_tensorflow
from ssgan.web.features import reduction

# Pictures to read at a time, and before the first features.
CHUNK = 200
FIRST = 1000
# A training meanwhile takes a tenth of the steps of the one at the end.
SHORTER = 10


@dataclasses.dataclass(frozen=True)
class Task:
    """What to learn from.

    Parameters
    ----------
    path : pathlib.Path
        The folder of the pictures, or their file.
    files : tuple of str or None
        The pictures in the folder; None for a file.
    size : int or None, default=None
        See `ssgan.load`.
    recipe : str, default="auto"
    steps : int or None, default=None
        Of the training at the end.
    seed : int, default=0
    """

    path: Path
    files: tuple | None
    size: int | None = None
    recipe: str = "auto"
    steps: int | None = None
    seed: int = 0


class Learner:
    """A process that reads all pictures, then trains whenever it is asked to.

    Parameters
    ----------
    task : Task
    on_features : callable
        Called with indices, features of shape (n, dims), and the number of labels that
        they were learned from: 0 for features that need no learning.
    on_unreadable : callable
        Called with the indices of pictures that cannot be read.

    Attributes
    ----------
    status : str
        "reading", "ready", "training", or "failed".
    """

    def __init__(self, task, on_features, on_unreadable):
        self._task = task
        self._on_features, self._on_unreadable = on_features, on_unreadable
        self._lock = threading.Lock()
        self.status = "reading"
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        self._process = context.Process(
            target=_work, args=(task, theirs, os.getpid()), daemon=True
        )
        self._process.start()
        theirs.close()
        threading.Thread(target=self._listen, daemon=True).start()

    def train(self, labels):
        """Start a training with these labels, unless one runs.

        Parameters
        ----------
        labels : dict of int to str
            Of two classes at least.

        Returns
        -------
        bool
            Whether it was started.
        """
        with self._lock:
            if self.status != "ready":
                return False
            self.status = "training"
        try:
            self._connection.send(labels)
        except OSError:
            self.status = "failed"
        return True

    def close(self):
        """End the process."""
        self._process.terminate()
        self._process.join(5)

    def _listen(self):
        try:
            while True:
                kind, *values = self._connection.recv()
                if kind == "features":
                    self._on_features(*values)
                elif kind == "unreadable":
                    self._on_unreadable(*values)
                else:
                    self.status = kind
        except (EOFError, OSError):
            self.status = "failed"


def _work(task, connection, parent):
    """Read, then train until the page has ended. Runs in the other process."""
    end_with_parent(parent)
    give_way()
    # As the command line shows them: without the line of code.
    warnings.showwarning = _show
    # The page may have ended, or was killed, before this process is.
    with contextlib.suppress(BrokenPipeError, ConnectionResetError, EOFError):
        _learn(task, connection)


def _show(message, *where):
    print(f"ssgan: {message}", file=sys.stderr)


def _learn(task, connection):
    x, kept = _read(task, connection)
    connection.send(("ready",))
    import_tensorflow()
    import tensorflow as tf

    # One core belongs to the page.
    cores = max(1, joblib.cpu_count() - 1)
    tf.config.threading.set_intra_op_parallelism_threads(cores)
    while True:
        labels = connection.recv()
        try:
            features = learned_features(task, x, kept, labels)
        except (InputError, FloatingPointError) as error:
            # Perhaps all labeled pictures that can be read are of one class. With more
            # labels it may work.
            print(f"The classifier has not learned from {len(labels)} labels: {error}")
        else:
            connection.send(("features", kept, features, len(labels)))
        connection.send(("ready",))


def _read(task, connection):
    """Return all examples, and which pictures they are; send features meanwhile."""
    if task.files is None:
        x = load(task.path).x_train
        kept = np.arange(len(x))
        some = kept[np.sort(np.random.default_rng(0).permutation(len(x))[:FIRST])]
        reduce = reduction(x[some])
        for start in range(0, len(x), FIRST):
            part = kept[start : start + FIRST]
            connection.send(("features", part, reduce(x[part]), 0))
        return x, kept
    paths = [task.path / file for file in task.files]
    # In random order, so that the first ones stand for all.
    order = np.random.default_rng(0).permutation(len(paths))
    shape = image_files.common_shape([paths[i] for i in order[:FIRST]], task.size)
    x, kept, sent, reduce = storage.empty((len(paths), *shape)), [], 0, None
    for start in range(0, len(order), CHUNK):
        part = order[start : start + CHUNK]
        read, failed, _ = image_files.read([paths[i] for i in part], shape, tells=False)
        good = [i for j, i in enumerate(part.tolist()) if j not in failed]
        if failed:
            connection.send(("unreadable", [int(part[j]) for j in failed]))
        x[len(kept) : len(kept) + len(good)] = read
        kept += good
        last = start + CHUNK >= len(order)
        if len(kept) > 1 and (reduce or len(kept) >= FIRST or last):
            reduce = reduce or reduction(x[: len(kept)])
            features = reduce(x[sent : len(kept)])
            connection.send(("features", np.array(kept[sent:]), features, 0))
            sent = len(kept)
    (x,) = as_gray(x[: len(kept)])
    return x, np.array(kept, int)


def learned_features(task, x, kept, labels):
    """Train with labels, and return features of all examples.

    Parameters
    ----------
    task : Task
    x : ndarray of shape (n, ...)
        Those of the pictures that could be read.
    kept : integer ndarray of shape (n,)
        Which pictures these are.
    labels : dict of int to str
        By picture.

    Returns
    -------
    float32 ndarray of shape (n, dims)
        See `ssgan.web.features.reduction`.
    """
    import keras

    from ssgan.estimator import SSGANClassifier

    keras.utils.clear_session()
    recipe = recipes.resolve(task.recipe, task.steps, shape=x.shape[1:])
    y = np.full(len(x), -1, object)
    place = {int(i): row for row, i in enumerate(kept)}
    for i, label in labels.items():
        if i in place:
            y[place[i]] = label
    classifier = SSGANClassifier(
        recipe.with_steps(max(1, recipe.steps // SHORTER)), random_state=task.seed
    )
    features = classifier.fit(x, y).transform(x)
    some = np.sort(np.random.default_rng(0).permutation(len(x))[: 2 * FIRST])
    return reduction(features[some])(features)
