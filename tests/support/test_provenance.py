"""Where a result comes from is recorded so that another one is noticed."""

import subprocess

import numpy as np
import pytest

from ssgan.support import provenance
from ssgan.support.provenance import checksum, commit, environment, fingerprint


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """A git repository whose package ``ssgan`` this module seems to be in."""
    git = ["git", "-C", tmp_path, "-c", "user.name=a", "-c", "user.email=a@b.c"]
    package = tmp_path / "ssgan"
    (package / "support").mkdir(parents=True)
    (package / "support" / "provenance.py").write_text("pass\n")

    def run(*arguments):
        done = subprocess.run(
            [*git, *arguments], check=True, capture_output=True, text=True
        )
        return done.stdout.strip()

    run("init", "--quiet")
    run("add", ".")
    run("commit", "--quiet", "--message", "first")
    monkeypatch.setattr(
        provenance, "__file__", str(package / "support" / "provenance.py")
    )
    # It is read once in each process: here anew for each test, and again afterwards.
    commit.cache_clear()
    yield tmp_path, run
    commit.cache_clear()


def test_commit_of_a_clean_repository(repository):
    folder, run = repository
    (folder / "notes.txt").write_text("Beside the package.")
    assert commit() == (run("rev-parse", "HEAD"), True)


@pytest.mark.parametrize("name", ["support/provenance.py", "new.py"])
def test_changed_package_is_not_clean(name, repository):
    folder, run = repository
    (folder / "ssgan" / name).write_text("changed\n")
    assert commit() == (run("rev-parse", "HEAD"), False)


def test_commit_is_read_once(repository):
    folder, run = repository
    before = commit()
    (folder / "ssgan" / "new.py").write_text("changed\n")
    assert commit() == before


@pytest.mark.parametrize("inside_another", [False, True])
def test_package_without_its_repository_has_no_commit(
    inside_another, repository, tmp_path_factory, monkeypatch
):
    folder = tmp_path_factory.mktemp("installed")
    if inside_another:
        folder = repository[0] / "site-packages"
    (folder / "ssgan" / "support").mkdir(parents=True)
    monkeypatch.setattr(
        provenance, "__file__", str(folder / "ssgan" / "support" / "provenance.py")
    )
    assert commit() == (None, None)


def test_environment_says_where():
    where = environment()
    assert where["machine"]["cpus"] > 0
    assert {"ssgan", "tensorflow", "keras", "python"} <= set(where["versions"])
    assert (where["commit"], where["clean"]) == commit()


def test_fingerprint_does_not_depend_on_the_order_of_keys():
    one = {"a": 1, "b": {"c": [1, 2.5], "d": None}}
    other = {"b": {"d": None, "c": (1, 2.5)}, "a": np.int64(1)}
    assert fingerprint(one) == fingerprint(other)
    assert len(fingerprint(one)) == 16
    for changed in ({**one, "a": 2}, {**one, "e": 0}, {"a": 1, "b": {"c": [2.5, 1]}}):
        assert fingerprint(changed) != fingerprint(one)


def test_checksum_depends_on_values_types_and_shapes():
    x = np.arange(6, dtype="int32")
    arrays = [
        x,
        x + 1,
        x[::-1],
        x.astype("int64"),
        x.astype("float32"),
        x.view("uint32"),
        x.reshape(2, 3),
        x.reshape(3, 2),
        np.array(["a", "b", -1], dtype=object),
        np.array(["a", "b", "-1"], dtype=object),
        np.array(["a", "b"]),
    ]
    assert len({checksum(array) for array in arrays}) == len(arrays)
    assert len({checksum(x, x), checksum(x), checksum(x, x[:3])}) == 3
    assert checksum(np.arange(12, dtype="int32")[::2]) == checksum(2 * x)
    assert checksum(np.asfortranarray(x.reshape(2, 3))) == checksum(x.reshape(2, 3))
