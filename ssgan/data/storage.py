"""Arrays that may be larger than memory. Large ones are kept in temporary files."""

import contextlib
import math
import os
import shutil
import tempfile
import weakref
from pathlib import Path

import numpy as np

from ssgan.errors import expect
from ssgan.support.processes import is_alive

# Bytes. A larger array is kept in a file, and is not copied into memory.
IN_MEMORY = 2**30
# Bytes to copy at a time.
PIECE = 2**26
# Begins the names of temporary files, where the system needs names. The number of the
# process follows.
PREFIX = "ssgan-examples-"


def empty(shape, dtype=np.uint8):
    """Return an array to be filled.

    An array of more than 1 GiB is a file mapped into memory. The file goes together
    with the array or the process, even if the process is killed.

    Parameters
    ----------
    shape : tuple of int
    dtype : dtype, default=np.uint8

    Returns
    -------
    ndarray of shape `shape`
        An `np.memmap` if the array is kept in a file.

    Raises
    ------
    InputError
        If there is not enough disk space for the file.
    """
    size = math.prod(shape) * np.dtype(dtype).itemsize
    if size <= IN_MEMORY:
        return np.empty(shape, dtype)
    folder = tempfile.gettempdir()
    free = shutil.disk_usage(folder).free
    room = f"{size / 2**30:.1f} GiB of room in {folder} (TMPDIR) for the examples"
    expect(free > size, room, f"{free / 2**30:.1f} GiB")
    file, path = _temporary_file(folder)
    file.truncate(size)
    x = np.memmap(path, dtype, "r+", shape=shape)
    weakref.finalize(x, _release, file, path)
    return x


def take(x, where):
    """Return a copy of some of the examples.

    Parameters
    ----------
    x : ndarray of shape (n, ...)
        Examples.
    where : integer ndarray of shape (m,), or boolean ndarray of shape (n,)
        Indices or a mask of the examples to copy.

    Returns
    -------
    ndarray of shape (m, ...)
        In memory or in a file, as from `empty`.

    Raises
    ------
    InputError
        If there is not enough disk space for a temporary file.
    """
    indices = np.arange(len(x))[where]
    taken = empty((len(indices), *x.shape[1:]), x.dtype)
    step = max(1, PIECE // max(1, x[:1].nbytes))
    for i in range(0, len(indices), step):
        taken[i : i + step] = x[indices[i : i + step]]
    return taken


def join(*parts):
    """Concatenate arrays of examples.

    Parameters
    ----------
    *parts : ndarray of shape (n_i, ...)
        Their shapes differ only in n_i.

    Returns
    -------
    ndarray of shape (sum of n_i, ...)
        In memory or in a file, as from `empty`. Its dtype is the one that NumPy
        promotes the dtypes of the parts to.

    Raises
    ------
    InputError
        If there is not enough disk space for a temporary file.
    """
    shape = (sum(map(len, parts)), *parts[0].shape[1:])
    return np.concatenate(parts, out=empty(shape, np.result_type(*parts)))


def _temporary_file(folder):
    """Return an open file, and a path by which other processes can open it."""
    file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115
    # Linux opens a file that has no name by this path, as long as it is open here.
    path = f"/proc/{os.getpid()}/fd/{file.fileno()}"
    if os.path.exists(path):
        return file, path
    file.close()
    # Elsewhere, a killed process leaves its file to the next one.
    for old in Path(folder).glob(f"{PREFIX}*"):
        pid = old.name.removeprefix(PREFIX).partition("-")[0]
        if pid.isdecimal() and not is_alive(int(pid)):
            _remove(old)
    prefix = f"{PREFIX}{os.getpid()}-"
    file = tempfile.NamedTemporaryFile(  # noqa: SIM115
        prefix=prefix, dir=folder, delete=False
    )
    return file, file.name


def _release(file, path):
    file.close()
    if not path.startswith("/proc/"):
        _remove(path)


def _remove(path):
    with contextlib.suppress(OSError):
        os.unlink(path)
