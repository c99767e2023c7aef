"""Check whether a process is alive, yield to others, and end with the parent."""

import os
import sys
import threading
import time

POLL_SECONDS = 1.0
# On a busy machine, a process of this niceness gets a tenth of the time of others.
NICE = 10


def is_alive(pid):
    """Return whether a process with this number is running on this machine."""
    if os.name == "nt":  # There, signal 0 is not a question.
        return True
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:  # It is that of another user.
        return True
    return True


def give_way(*, thread=False):
    """Let other processes go first, from now on.

    Parameters
    ----------
    thread : bool, default=False
        Whether this is about the calling thread alone; nothing is done where that is
        not possible.
    """
    # On Linux, a thread has a niceness of its own, and those it starts inherit it.
    if hasattr(os, "nice") and (sys.platform == "linux" or not thread):
        os.nice(NICE)


def end_with_parent(pid):
    """End this process soon after its parent, even if that was killed.

    Parameters
    ----------
    pid : int
        Number of the parent. If the parent is another process, as on a cluster, nothing
        is done.
    """
    if os.getppid() == pid and pid not in _watched:
        _watched.add(pid)
        threading.Thread(target=_watch, args=(pid,), daemon=True).start()


_watched = set()


def _watch(pid):
    while os.getppid() == pid:
        time.sleep(POLL_SECONDS)
    os._exit(1)
