"""Run commands of ssgan in processes of their own, and kill them.

The processes are forked from a server that has imported everything, so that a command
costs a second or two and not ten. `multiprocessing` imports this module there by name.
"""

import contextlib
import multiprocessing
import os
import signal
import sys
import traceback
from pathlib import Path

# What commands import late. None of it computes anything when it is imported: only so
# can TensorFlow be forked.
IMPORTED = [
    "reliability.commands",
    "sklearn.datasets",
    "ssgan.cli.app",
    "ssgan.evaluation.kept_peer",
    "ssgan.evaluation.learning_curve",
    "ssgan.pages.comparison_page",
    "ssgan.pages.fit_page",
    "ssgan.pages.learning_curve_figure",
    "ssgan.train_to_folder",
]
# What Python reports before it changes something in a folder.
CHANGES = {"os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.truncate"}
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND

forks = multiprocessing.get_context("forkserver")
forks.set_forkserver_preload(IMPORTED)


def run(folder, *arguments, kill_at=None, seconds=None):
    """Run a command to its end, or kill it before.

    Parameters
    ----------
    folder : Path
        What the command writes to. Its output is appended to the file ``said`` beside.
    *arguments
        Those of the command line; "tiny" and "tiny-guesses" are recipes there.
    kill_at : int or None, default=None
        The process is killed right before so many changes in the folder, from 0.
    seconds : float or None, default=None
        The process is killed after so many seconds.

    Returns
    -------
    int
        The exit code; -9 if it was killed.
    """
    arguments = [str(argument) for argument in arguments]
    process = forks.Process(target=_run, args=(folder, arguments, kill_at))
    process.start()
    process.join(seconds)
    if process.is_alive():
        process.kill()
        process.join()
    return process.exitcode


def said(folder):
    """Return what all commands on a folder have said."""
    return folder.with_name("said").read_text()


def changes(folder):
    """Return how many changes in the folder the last command that ended has made."""
    return int(folder.with_name("changes").read_text())


def _run(folder, arguments, kill_at):
    from tiny import TINY_GUESSES, TINY_IMAGES

    from ssgan import recipes
    from ssgan.cli.app import app

    recipes.RECIPES |= {"tiny": TINY_IMAGES, "tiny-guesses": TINY_GUESSES}
    _pretend_pace(folder)
    with (
        folder.with_name("said").open("a") as file,
        contextlib.redirect_stderr(file),
        contextlib.redirect_stdout(file),
    ):
        counted = _count_changes(folder, kill_at)
        try:
            app(arguments)
        except Exception:
            traceback.print_exc()
            raise
        finally:
            folder.with_name("changes").write_text(str(counted[0]))


def _pretend_pace(folder):
    """Make the pace of this machine one that is known, but another the second time."""
    from ssgan import train_to_folder
    from ssgan.estimator import classifier, members
    from ssgan.evaluation import expected_time
    from ssgan.training import budget
    from ssgan.training.budget import Pace

    def pace(*_):
        slower = (folder / "checkpoints" / "steps.json").exists()
        return Pace(0.0, 0.5 if slower else 0.1)

    members.measure_pace = expected_time.measure_pace = pace
    # What was done before takes no time.
    for module in (train_to_folder, classifier, budget):
        module.perf_counter = lambda: 0.0


def _count_changes(folder, kill_at):
    """Count changes in a folder, a list of one number; kill this process before one."""
    counted = [0]

    def hook(event, arguments):
        if event == "open":
            _, mode, flags = arguments
            if not (set(mode or "") & set("wax+") or (flags or 0) & WRITES):
                return
        elif event not in CHANGES:
            return
        # shutil.rmtree names files relative to a folder that it has opened.
        relative = event in ("os.remove", "os.rmdir") and arguments[-1] >= 0
        if relative or any(_is_in(path, folder) for path in arguments[:2]):
            if counted[0] == kill_at:
                os.kill(os.getpid(), signal.SIGKILL)
            counted[0] += 1

    sys.addaudithook(hook)
    return counted


def _is_in(path, folder):
    return isinstance(path, (str, Path)) and str(path).startswith(str(folder))
