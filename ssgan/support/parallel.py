"""Run independent trainings one after another, or several at a time."""

import contextlib
import os

import joblib

from ssgan.errors import expect, is_whole
from ssgan.support.processes import end_with_parent
from ssgan.support.quiet import import_tensorflow


def run_all(function, tasks, n_jobs=None):
    """Call a function once for each task, and yield ``(index, result)`` as they finish.

    Processes that were started for the tasks end with this one, even if it is killed.

    Parameters
    ----------
    function : callable
    tasks : sequence of tuple
        The arguments of each call.
    n_jobs : int or None, default=None
        Number of processes; -1 uses all cores. None means one task at a time in this
        process, unless ``joblib.parallel_config`` says otherwise: its backend "dask"
        sends the tasks to a cluster.

    Raises
    ------
    InputError
        If `n_jobs` is 0 or not a whole number.
    """
    effective_jobs(n_jobs)
    parallel = joblib.Parallel(n_jobs=n_jobs, return_as="generator_unordered")
    yield from parallel(
        joblib.delayed(_call)(_QuietImport(), os.getpid(), index, function, task)
        for index, task in enumerate(tasks)
    )


def effective_jobs(n_jobs=None):
    """Return how many tasks `run_all` runs at a time."""
    whole = n_jobs is None or is_whole(n_jobs)
    expect(whole and n_jobs != 0, "n_jobs of 1 or more, -1 for all, or None", n_jobs)
    return joblib.effective_n_jobs(n_jobs)


class _QuietImport:
    """Import TensorFlow quietly in the process that unpickles this.

    It is the first argument, so that it is unpickled before the arguments that need
    TensorFlow.
    """

    def __reduce__(self):
        return import_tensorflow, ()


def _call(_, caller, index, function, task):
    end_with_parent(caller)
    _limit_threads()
    return index, function(*task)


def _limit_threads():
    """Use no more threads than the process that started this one allows.

    joblib and Dask set OMP_NUM_THREADS in the processes that they start. Without
    this limit, each of several trainings would use all cores and slow down the others.
    """
    threads = os.environ.get("OMP_NUM_THREADS", "")
    if threads.isdigit():
        import tensorflow as tf

        # TensorFlow raises if it has already computed something.
        with contextlib.suppress(RuntimeError):
            tf.config.threading.set_intra_op_parallelism_threads(int(threads))
            tf.config.threading.set_inter_op_parallelism_threads(int(threads))
