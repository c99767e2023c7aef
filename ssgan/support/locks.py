"""One training or command at a time works in a folder."""

import contextlib
import os
from pathlib import Path

from ssgan.errors import as_input_error, expect, warn
from ssgan.support.files import sweep

try:
    import fcntl
except ImportError:  # Windows: there, folders are not locked.
    fcntl = None

NAME = ".lock"


@contextlib.contextmanager
def locked(folder):
    """Make a folder, and keep everything else out of it in this context.

    Drafts that killed processes have left in it are removed. The lock is on the file
    ``.lock``, which holds the number of the process. The system releases it when the
    process ends, however it ends.

    Raises
    ------
    InputError
        If the folder is locked already, or cannot be written.
    """
    path = Path(folder) / NAME
    with as_input_error(f"{folder} to be a folder that can be written"):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = _open(path)
    expect(handle is not None, f"nothing else at work in {folder}", _owner(path))
    try:
        sweep(folder)
        yield
    finally:
        with contextlib.suppress(OSError):
            os.unlink(path)
        os.close(handle)


def _open(path):
    """Return the handle of the locked file, or None if it is locked already."""
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0))
        try:
            if fcntl is not None:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return None
        except OSError as error:  # Some network file systems have no locks.
            warn(
                f"{path.parent} cannot be locked ({error}): make sure that no other "
                "process uses it."
            )
        # The previous owner may have removed the file since it was opened.
        if _is_same(handle, path):
            try:
                os.ftruncate(handle, 0)
                os.write(handle, f"{os.getpid()}\n".encode())
            except OSError:  # The disk is full.
                os.unlink(path)
                os.close(handle)
                raise
            return handle
        os.close(handle)


def _owner(path):
    try:
        number = int(path.read_bytes())
    except (OSError, ValueError):
        return "another process"
    is_this_one = number == os.getpid()
    return "another training of this process" if is_this_one else f"process {number}"


def _is_same(handle, path):
    try:
        return os.path.samestat(os.fstat(handle), os.stat(path, follow_symlinks=False))
    except FileNotFoundError:
        return False
