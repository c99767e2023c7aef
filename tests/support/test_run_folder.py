"""A folder is new, in training or finished, whenever the process is killed."""

import os
import shutil
from collections import namedtuple

import pytest
from warned import no_warnings

from ssgan.errors import InputError
from ssgan.support import run_folder
from ssgan.support.run_folder import abandon, begin, expect_free, finish, state

RUN = {"data": "abc", "recipe": {"steps": 20, "rate": 0.1}, "members": 1}
OPERATIONS = ("replace", "rename", "unlink", "rmdir", "mkdir", "open")


def train(folder):
    for name in ("member-0.keras", "member-0.jsonl", "member-0.10.npy"):
        (folder / "checkpoints" / name).write_text(name)


def whole(folder, **options):
    """Begin, train and finish, as `ssgan fit` does."""
    if begin(folder, RUN, **options) == "finished":
        return
    train(folder)
    (folder / "model.keras").write_text("model")
    finish(folder)


def killed_at(operation, function):
    """Run a function in a process that is killed before its n-th file operation.

    Return False if it came to its end before.
    """
    pid = os.fork()
    if pid == 0:
        left = [operation]

        def counted(original):
            def call(*arguments, **options):
                if left[0] == 0:
                    os._exit(9)
                left[0] -= 1
                return original(*arguments, **options)

            return call

        for name in OPERATIONS:
            setattr(os, name, counted(getattr(os, name)))
        try:
            function()
        finally:
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 9


def finished(folder):
    names = {path.name for path in folder.iterdir()}
    return names == {"run.json", "model.keras"} and state(folder) == "finished"


@pytest.mark.parametrize(
    ("overwrite", "before"),
    [
        (True, "in training"),
        *(
            pytest.param(overwrite, before, marks=pytest.mark.slow)
            for overwrite in (False, True)
            for before in ("new", "in training", "finished")
            if (overwrite, before) != (True, "in training")
        ),
    ],
)
def test_kill_at_any_moment(overwrite, before, tmp_path):
    operation, states = 0, set()
    while True:
        folder = tmp_path / str(operation)
        folder.mkdir()
        if before != "new":
            begin(folder, RUN)
            train(folder)
        if before == "finished":
            (folder / "model.keras").write_text("model")
            finish(folder)
        options = {"overwrite": overwrite, "resume": not overwrite}
        died = killed_at(operation, lambda: whole(folder, **options))  # noqa: B023
        states.add(state(folder))
        if state(folder) == "in training":
            assert (folder / "checkpoints" / "run.json").read_text().endswith("}\n")
        whole(folder, resume=True)
        assert finished(folder), sorted(folder.rglob("*"))
        if not died:
            break
        operation += 1
    assert operation > (1 if before == "finished" and not overwrite else 4)
    assert states >= {before, "finished"}


def test_what_differs_is_named(tmp_path):
    begin(tmp_path, RUN)
    other = {**RUN, "recipe": {**RUN["recipe"], "steps": 40}, "members": 2}
    expected = "steps 20 and members 1. Received: steps 40 and members 2$"
    with pytest.raises(InputError, match=expected):
        begin(tmp_path, other, resume=True)
    train(tmp_path)
    finish(tmp_path)
    with pytest.raises(InputError, match=expected):
        begin(tmp_path, other, resume=True)
    assert begin(tmp_path, RUN, resume=True) == "finished"


@pytest.mark.parametrize("then", [begin, train, finish])
def test_held_folder_needs_a_word(then, tmp_path):
    begin(tmp_path, RUN)
    if then is not begin:
        then(tmp_path)
    with pytest.raises(InputError, match="--resume or --overwrite"):
        begin(tmp_path, RUN)


def test_foreign_files_stay(tmp_path):
    begin(tmp_path, RUN)
    train(tmp_path)
    foreign = tmp_path / "checkpoints" / "notes.txt"
    foreign.write_text("mine")
    with pytest.warns(UserWarning, match="stays there: notes.txt"):
        begin(tmp_path, RUN, overwrite=True)
    assert sorted(p.name for p in foreign.parent.iterdir()) == ["notes.txt", "run.json"]
    with pytest.warns(UserWarning, match="stays there: notes.txt"):
        finish(tmp_path)
    assert list(foreign.parent.iterdir()) == [foreign]
    assert foreign.read_text() == "mine"


def test_the_lock_of_a_killed_training_is_no_foreign_file(tmp_path):
    begin(tmp_path, RUN)
    (tmp_path / "checkpoints" / ".lock").write_text("1\n")
    with no_warnings():
        whole(tmp_path, overwrite=True)
    assert not (tmp_path / "checkpoints").exists()


def test_only_a_training_without_checkpoint_is_abandoned(tmp_path):
    begin(tmp_path, RUN)
    abandon(tmp_path)
    assert list(tmp_path.iterdir()) == []
    begin(tmp_path, RUN)
    train(tmp_path)
    abandon(tmp_path)
    assert state(tmp_path) == "in training"


@pytest.mark.parametrize(("answers", "after"), [(True, "in training"), (False, "new")])
def test_answers_on_left_out_labels_are_kept_where_they_are_of_use(
    tmp_path, answers, after
):
    begin(tmp_path, RUN)
    (tmp_path / "checkpoints" / "fold-0-self-training.json").write_text("{}")
    abandon(tmp_path, answers=answers)
    assert state(tmp_path) == after
    assert expect_free(tmp_path, resume=True) == ["checkpoints"] * (after != "new")


def test_link_in_place_of_checkpoints_is_refused(tmp_path):
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "member-0.keras").write_text("mine")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "checkpoints").symlink_to(tmp_path / "other")
    with pytest.raises(InputError, match="a link"):
        begin(tmp_path / "out", RUN, overwrite=True)
    assert (tmp_path / "other" / "member-0.keras").read_text() == "mine"


def test_full_disk_is_noticed_first(tmp_path, monkeypatch):
    usage = namedtuple("usage", "free")(2**20)
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: usage)
    with pytest.raises(InputError, match="64 MiB of room .* Received: 1 MiB"):
        begin(tmp_path, RUN)
    assert state(tmp_path) == "new"
    assert run_folder.ROOM == 2**26


@pytest.mark.parametrize("text", ["{", "[]", '{"data": 3}', "\xff"])
def test_damaged_run_is_one_sentence(text, tmp_path):
    begin(tmp_path, RUN)
    (tmp_path / "checkpoints" / "run.json").write_text(text, encoding="latin-1")
    with pytest.raises(InputError, match="^Expected .*Received: [^\n]*$"):
        begin(tmp_path, RUN, resume=True)
