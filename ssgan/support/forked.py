"""Refuse to compute in a process that is a fork of one that has computed."""

import os

from ssgan.errors import expect

_computed, _forked = False, False


def expect_not_forked():
    """Raise InputError where TensorFlow would wait forever.

    It does in a fork of a process in which it has computed: its threads are not there.
    """
    global _computed
    spawned = (
        "a process that was not forked from one that has used a model: start it with "
        'multiprocessing.get_context("spawn"), or by joblib'
    )
    expect(not _forked, spawned, "a fork")
    _computed = True


def _after_fork():
    global _forked
    _forked = _computed


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
