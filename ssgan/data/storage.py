"""Arrays that may be larger than the memory: these lie in temporary files."""

from __future__ import annotations

import contextlib
import math
import os
import shutil
import tempfile
import weakref

import numpy as np

from ssgan.errors import expect

# An array of more bytes lies in a file, and is not copied into memory.
IN_MEMORY = 2**30
# Bytes to copy at a time.
PIECE = 2**26


def empty(shape: tuple[int, ...], dtype=np.uint8) -> np.ndarray:
    """Return an array to fill; if larger than 1 GiB it is a file mapped into memory.

    The file goes with the array or with the process.

    Raises
    ------
    InputError
        If there is no room for the file.
    """
    size = math.prod(shape) * np.dtype(dtype).itemsize
    if size <= IN_MEMORY:
        return np.empty(shape, dtype)
    folder = tempfile.gettempdir()
    free = shutil.disk_usage(folder).free
    room = f"{size / 2**30:.1f} GiB of room in {folder} (TMPDIR) for the examples"
    expect(free > size, room, f"{free / 2**30:.1f} GiB")
    handle, path = tempfile.mkstemp(".examples", "ssgan-")
    os.close(handle)
    x = np.memmap(path, dtype, "w+", shape=shape)
    # Not before: other processes open it by its name.
    weakref.finalize(x, _remove, path)
    return x


def take(x: np.ndarray, where: np.ndarray) -> np.ndarray:
    """Return a copy of the examples at places or in a mask, in `empty`'s memory."""
    places = np.arange(len(x))[where]
    taken = empty((len(places), *x.shape[1:]), x.dtype)
    step = max(1, PIECE // max(1, x[:1].nbytes))
    for i in range(0, len(places), step):
        taken[i : i + step] = x[places[i : i + step]]
    return taken


def join(*parts: np.ndarray) -> np.ndarray:
    """Return arrays of examples one after the other, in `empty`'s memory."""
    shape = (sum(map(len, parts)), *parts[0].shape[1:])
    return np.concatenate(parts, out=empty(shape, np.result_type(*parts)))


def _remove(path: str) -> None:
    with contextlib.suppress(OSError):
        os.unlink(path)
