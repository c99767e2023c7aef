"""Atomic file writes: a file is written whole, or not at all."""

import contextlib
import json
import os
import re
import shutil
import stat
import tempfile
from pathlib import Path

from ssgan.errors import InputError, as_input_error, expect
from ssgan.support.processes import is_alive

# A draft is a folder beside the file. Its name ends in random letters.
DRAFT = re.compile(r"\.ssgan-(\d+)-\w+")
_own_drafts = set()


@contextlib.contextmanager
def atomic_write(path, *, lasting=True):
    """Yield a temporary path; the file or folder written there then becomes `path`.

    If it is `lasting`, it is on disk, not only in the system's memory, before it
    replaces an older file. Otherwise the write is quicker, and loses nothing if the
    process is killed, but a power failure may bring the older file back, or leave an
    empty one. The temporary path is in a new folder that only this user can enter:
    nobody can put a link there.

    Raises
    ------
    InputError
        If it cannot be written. Nothing is left behind then.
    """
    path, draft, passed = Path(path), None, None
    try:
        with as_input_error(f"{path} to be a file that can be written"):
            path.parent.mkdir(parents=True, exist_ok=True)
            if path.exists() and not path.is_dir():
                check_regular(path)
            prefix = f".ssgan-{os.getpid()}-"
            try:
                draft = Path(tempfile.mkdtemp(prefix=prefix, dir=path.parent))
            except OSError as error:
                error.filename = str(path.parent)  # Nobody knows the draft's name.
                raise
            _own_drafts.add(draft.name)
            try:
                yield draft / path.name
            except InputError as error:
                passed = error  # It is not about the file.
            else:
                if lasting:
                    _sync(draft)
                os.replace(draft / path.name, path)
                if lasting:
                    _sync_folder(path.parent)
        if passed is not None:
            raise passed
    finally:
        if draft is not None:
            shutil.rmtree(draft, ignore_errors=True)
            _own_drafts.discard(draft.name)


def sweep(folder):
    """Remove the drafts that killed processes have left in a folder."""
    for path in Path(folder).glob(".ssgan-*"):
        match = DRAFT.fullmatch(path.name)
        if match is None or path.name in _own_drafts:
            continue
        # In a container, a new process may have the number of a dead one.
        if int(match[1]) == os.getpid() or not is_alive(int(match[1])):
            shutil.rmtree(path, ignore_errors=True)


def check_regular(path):
    """Raise OSError unless a path is a regular file: a pipe or device may never end."""
    if not stat.S_ISREG(os.stat(path).st_mode):
        raise OSError("not a regular file")


def open_regular(path, mode="r", **options):
    """Open a file as `open` does; OSError unless it is a regular file."""
    check_regular(path)
    return open(path, mode, **options)


def write_json(path, value):
    """Write a JSON file atomically. NumPy numbers become Python numbers."""
    with atomic_write(path) as temporary:
        text = json.dumps(value, indent=1, default=lambda number: number.item())
        temporary.write_text(text + "\n")


def read_json(path):
    """Return the dictionary in a JSON file; InputError if there is none."""
    with as_input_error(f"{path} to be a JSON file"):
        check_regular(path)
        value = json.loads(Path(path).read_text(encoding="utf-8"))
    expect(isinstance(value, dict), f"a JSON object in {path}", type(value).__name__)
    return value


def _sync(path):
    """Make sure that a folder is on disk, with all files in it."""
    for root, _, files in os.walk(path):
        for name in files:
            handle = os.open(Path(root) / name, os.O_RDWR)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
        _sync_folder(root)


def _sync_folder(path):
    # Some systems and file systems cannot do it.
    with contextlib.suppress(OSError):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
