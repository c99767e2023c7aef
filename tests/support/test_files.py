"""A file is written whole, or not at all."""

import errno
import json
import tempfile

import numpy as np
import pytest

from ssgan.errors import InputError
from ssgan.support.files import atomic_write, write_json


def test_file_appears_when_it_is_whole(tmp_path):
    path = tmp_path / "new" / "file.txt"
    with atomic_write(path) as temporary:
        temporary.write_text("half")
        assert not path.exists()
        temporary.write_text("whole")
    assert path.read_text() == "whole"
    assert list(path.parent.iterdir()) == [path]


def test_folder_appears_when_it_is_whole(tmp_path):
    path = tmp_path / "folder"
    with atomic_write(path) as temporary:
        temporary.mkdir()
        (temporary / "a").write_text("a")
    assert (path / "a").read_text() == "a"


def test_folder_that_cannot_be_written_is_named(tmp_path, monkeypatch):
    def refuse(prefix, dir):
        raise OSError(errno.EROFS, "Read-only file system", f"{dir}/{prefix}a")

    monkeypatch.setattr(tempfile, "mkdtemp", refuse)
    message = rf"Read-only file system: '{tmp_path}'\)$"
    with pytest.raises(InputError, match=message), atomic_write(tmp_path / "file.txt"):
        pass


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_interrupted_write_leaves_the_old_file(tmp_path, error):
    path = tmp_path / "file.txt"
    path.write_text("old")
    expected = InputError if error is ValueError else KeyboardInterrupt
    with pytest.raises(expected), atomic_write(path) as temporary:
        temporary.write_text("half")
        raise error
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_numpy_numbers_become_json(tmp_path):
    write_json(tmp_path / "a.json", {"n": np.int64(3), "error": np.float32(0.5)})
    assert json.loads((tmp_path / "a.json").read_text()) == {"n": 3, "error": 0.5}
