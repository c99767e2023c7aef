"""Drafts: nobody can guess their names, and those of dead processes are removed."""

import os

import pytest

from ssgan.errors import InputError
from ssgan.support.files import atomic_write, read_json, sweep
from ssgan.support.json_lines import read_json_lines


def test_planted_link_is_not_followed(tmp_path):
    victim = tmp_path / "victim"
    victim.write_text("mine")
    (tmp_path / f".{os.getpid()}.a.txt").symlink_to(victim)
    (tmp_path / "a.txt").symlink_to(victim)
    with atomic_write(tmp_path / "a.txt") as temporary:
        temporary.write_text("new")
    assert (tmp_path / "a.txt").read_text() == "new"
    assert victim.read_text() == "mine"


def test_names_differ(tmp_path):
    with atomic_write(tmp_path / "a") as first, atomic_write(tmp_path / "a") as second:
        assert first.parent != second.parent
        assert first.parent.stat().st_mode & 0o777 == 0o700
        first.write_text("1")
        second.write_text("2")


def test_error_that_is_not_about_the_file_stays_as_it_is(tmp_path):
    with (
        pytest.raises(InputError, match="^Expected a model"),
        atomic_write(tmp_path / "a"),
    ):
        raise InputError("Expected a model")
    assert list(tmp_path.iterdir()) == []


def test_drafts_of_the_dead_are_swept(dead, tmp_path):
    old = tmp_path / f".ssgan-{dead}-abc"
    alive = tmp_path / f".ssgan-{os.getppid()}-abc"
    foreign = tmp_path / ".ssgan-notes"
    for folder in (old, alive, foreign):
        folder.mkdir()
        (folder / "file").write_text("half")
    with atomic_write(tmp_path / "a") as own:
        sweep(tmp_path)
        own.write_text("whole")
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {"a", alive.name, foreign.name}


def test_pipe_is_not_replaced(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputError, match="not a regular file"):
        atomic_write(tmp_path / "pipe").__enter__()
    for read in (read_json, read_json_lines):
        with pytest.raises(InputError, match="not a regular file"):
            read(tmp_path / "pipe")


def test_file_is_on_disk_before_it_is_renamed(tmp_path, monkeypatch):
    done = []
    fsync, replace = os.fsync, os.replace
    monkeypatch.setattr(os, "fsync", lambda h: (done.append("fsync"), fsync(h))[1])
    monkeypatch.setattr(
        os, "replace", lambda *a: (done.append("replace"), replace(*a))[1]
    )
    with atomic_write(tmp_path / "a") as temporary:
        temporary.write_text("text")
    at = done.index("replace")
    assert done[:at]
    assert done[at + 1 :]
