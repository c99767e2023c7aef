"""Other processes: whether one is alive, and how to end together with one."""

import os
import threading
import time

POLL_SECONDS = 1.0


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
