"""Independent trainings, one after another or many at a time."""

import contextlib
import numbers
import os

import joblib

from ssgan.errors import expect
from ssgan.quiet import import_tensorflow


def each(function, tasks, n_jobs=None):
    """Call a function for each task; yield ``(place, result)`` as they come.

    Parameters
    ----------
    function : callable
    tasks : sequence of tuple
        Arguments of each call.
    n_jobs : int or None, default=None
        Processes at a time, -1 for as many as there are cores. None is one, in this
        process, unless ``joblib.parallel_config`` says otherwise: its backends "dask"
        and "ray" send the tasks to a cluster.

    Raises
    ------
    InputError
        If n_jobs is none of these.
    """
    at_a_time(n_jobs)
    parallel = joblib.Parallel(n_jobs=n_jobs, return_as="generator_unordered")
    yield from parallel(
        joblib.delayed(_call)(_Quiet(), place, function, task)
        for place, task in enumerate(tasks)
    )


def at_a_time(n_jobs=None):
    """Return how many tasks `each` will run at a time."""
    whole = n_jobs is None or isinstance(n_jobs, numbers.Integral)
    expect(whole and n_jobs != 0, "n_jobs of 1 or more, -1 for all, or None", n_jobs)
    return joblib.effective_n_jobs(n_jobs)


class _Quiet:
    """Import TensorFlow silently where this is unpickled: before what follows it."""

    def __reduce__(self):
        return import_tensorflow, ()


def _call(_, place, function, task):
    _share_cores()
    return place, function(*task)


def _share_cores():
    """Let TensorFlow use as many threads as the one who started this process means.

    joblib, Dask and Ray say so, to processes of their own, in this variable. Without it
    each of several trainings would take all cores, and wait for the others.
    """
    threads = os.environ.get("OMP_NUM_THREADS", "")
    if threads.isdigit():
        import tensorflow as tf

        # It is too late where TensorFlow has computed something already.
        with contextlib.suppress(RuntimeError):
            tf.config.threading.set_intra_op_parallelism_threads(int(threads))
            tf.config.threading.set_inter_op_parallelism_threads(int(threads))
