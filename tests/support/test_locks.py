"""One training or command at a time works in a folder; the dead block nobody."""

import errno
import os
import signal
import subprocess
import sys

import pytest

from ssgan.errors import InputError
from ssgan.support.locks import locked

HOLD = """
import sys, time
from ssgan.support.locks import locked
with locked(sys.argv[1]):
    print("locked", flush=True)
    time.sleep(60)
"""


def test_second_process_is_told_who_is_at_work(tmp_path):
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout.readline() == "locked\n"
        with (
            pytest.raises(InputError, match=f"process {holder.pid}$"),
            locked(tmp_path),
        ):
            pass
        holder.send_signal(signal.SIGKILL)
        holder.wait()
        with locked(tmp_path):
            assert (tmp_path / ".lock").read_text() == f"{os.getpid()}\n"
    assert list(tmp_path.iterdir()) == []


def test_second_thread_of_one_process_is_kept_out(tmp_path):
    with locked(tmp_path / "new"), pytest.raises(InputError, match="of this process"):
        locked(tmp_path / "new").__enter__()
    with locked(tmp_path / "new"):
        pass


def test_link_is_not_followed(tmp_path):
    victim = tmp_path / "victim"
    victim.write_text("mine")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / ".lock").symlink_to(victim)
    with pytest.raises(InputError, match="can be written"):
        locked(tmp_path / "out").__enter__()
    assert victim.read_text() == "mine"


def test_drafts_of_the_killed_are_swept(dead, tmp_path):
    (tmp_path / f".ssgan-{dead}-abc").mkdir()
    with locked(tmp_path):
        assert [path.name for path in tmp_path.iterdir()] == [".lock"]


def test_full_disk_leaves_no_lock(tmp_path, monkeypatch):
    def write(handle, text):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "write", write)
    with pytest.raises(InputError, match="can be written. .*No space left"):
        locked(tmp_path).__enter__()
    monkeypatch.undo()
    with locked(tmp_path):
        pass
