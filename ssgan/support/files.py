"""Atomic file writes: a file is written whole, or not at all."""

import contextlib
import json
import os
import shutil
from pathlib import Path

from ssgan.errors import as_input_error


@contextlib.contextmanager
def atomic_write(path):
    """Yield a temporary path; the file or folder written there then becomes `path`.

    Raises
    ------
    InputError
        If it cannot be written. Nothing is left behind then.
    """
    path = Path(path)
    temporary = path.with_name(f".{os.getpid()}.{path.name}")
    try:
        with as_input_error(f"{path} to be a file that can be written"):
            path.parent.mkdir(parents=True, exist_ok=True)
            yield temporary
            os.replace(temporary, path)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)  # If it is a folder.
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


def write_json(path, value):
    """Write a JSON file atomically. NumPy numbers become Python numbers."""
    with atomic_write(path) as temporary:
        text = json.dumps(value, indent=1, default=lambda number: number.item())
        temporary.write_text(text + "\n")
