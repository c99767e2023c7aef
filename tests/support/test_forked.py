"""A fork of a process that has computed says so, in place of waiting forever."""

import contextlib
import multiprocessing
import os

import numpy as np
import pytest
import tensorflow as tf
from tiny import TINY

from ssgan import InputError, SSGANClassifier
from ssgan.game.prediction import in_batches
from ssgan.support import forked
from ssgan.support.parallel import run_all

ROWS = np.arange(3.0)[:, None]


def double(x=ROWS):
    return in_batches(tf.function(lambda rows: 2 * rows), x)


def told(pipe):
    """Send what predicting and fitting say."""
    for use in (double, lambda: SSGANClassifier().fit(ROWS, [0, 1, -1])):
        try:
            use()
        except InputError as error:
            pipe.send(str(error))
        else:
            pipe.send("nothing")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="There are no forks.")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_fork_is_told_and_other_processes_go_on():
    double()
    receiving, sending = multiprocessing.Pipe()
    context = multiprocessing.get_context("fork")
    fork = context.Process(target=told, args=(sending,))
    fork.start()
    for _ in range(2):
        assert receiving.poll(60)
        assert (
            'get_context("spawn"), or by joblib. Received: a fork' in receiving.recv()
        )
    fork.join()
    np.testing.assert_array_equal(double(), 2 * ROWS)
    for _, doubled in run_all(double, [(ROWS,), (ROWS,)], n_jobs=2):
        np.testing.assert_array_equal(doubled, 2 * ROWS)


def test_loading_counts_as_computing(tmp_path, monkeypatch):
    path = tmp_path / "a.keras"
    SSGANClassifier(TINY.supervised(), steps=1).fit([*ROWS] * 2, [0, 1] * 3).save(path)
    for was, raises in (
        (False, contextlib.nullcontext()),
        (True, pytest.raises(InputError)),
    ):
        monkeypatch.setattr(forked, "_forked", was)
        monkeypatch.setattr(forked, "_computed", False)
        with raises:
            SSGANClassifier.load(path)
        assert forked._computed != was
