"""Files that are made to hang, to fill the memory or to mislead."""

import operator
import os
import signal
import struct
import subprocess
import sys
import zlib

import numpy as np
import pytest
from images import gray, save

from ssgan.data import image_files, storage
from ssgan.data.folders import load_folder
from ssgan.data.sources import catalog, load
from ssgan.data.splits import LabelSplit
from ssgan.errors import InputError
from ssgan.support import parallel


@pytest.fixture(autouse=True)
def soon():
    """Fail instead of hanging."""
    signal.alarm(60)
    yield
    signal.alarm(0)


def pipe(path):
    os.mkfifo(path)


def device(path):
    path.symlink_to("/dev/zero")


def socket_(path):
    import socket

    os.chdir(path.parent)  # The name of a socket must be short.
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(path.name)


@pytest.mark.parametrize("make", [pipe, device, socket_])
@pytest.mark.parametrize("name", ["a.npz", "a.csv", "a.parquet", "labels.csv"])
def test_source_is_a_regular_file(name, make, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    save(tmp_path / "a.png", gray(1))
    make(tmp_path / name)
    source = tmp_path if name == "labels.csv" else tmp_path / name
    with pytest.raises(InputError, match="not a regular file"):
        load(source)


@pytest.mark.parametrize("make", [pipe, device])
def test_other_files_are_regular(make, tmp_path):
    make(tmp_path / "split.json")
    with pytest.raises(InputError, match="not a regular file"):
        LabelSplit.load(tmp_path / "split.json")
    save(tmp_path / "a.png", gray(1))
    make(tmp_path / "b.png")
    with pytest.warns(UserWarning, match=r"b.png \(not a regular file\)"):
        assert load(tmp_path).files_train == ("a.png",)


def bomb(path, side):
    """Write a small PNG file of black pixels."""

    def chunk(kind, content):
        check = zlib.crc32(kind + content)
        return (
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)
        )

    header = struct.pack(">IIBBBBB", side, side, 8, 6, 0, 0, 0)
    packer = zlib.compressobj(9)
    row = bytes(1 + 4 * side)
    content = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", content)
        + chunk(b"IEND", b"")
    )


PEAK = """
import resource, sys
from pathlib import Path
from ssgan.data import image_files
paths = sorted(Path(sys.argv[1]).iterdir())
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
image_files.common_shape(paths)
x, reasons, _ = image_files.read(paths, (8, 8, 3))
print(len(x), (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 2**20)
"""


@pytest.mark.slow  # The bound itself is in the next test.
def test_memory_is_bounded_for_large_images(tmp_path):
    """Four images just below the bound, with transparency, and two above it."""
    bomb(tmp_path / "0.png", 8000)
    for i in range(1, 4):
        (tmp_path / f"{i}.png").write_bytes((tmp_path / "0.png").read_bytes())
    bomb(tmp_path / "4.png", 8001)
    bomb(tmp_path / "5.png", 12_000)
    command = [sys.executable, "-c", PEAK, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    n, gib = done.stdout.split()
    assert n == "4"
    assert float(gib) < 2


def test_bound_of_pixels_is_said(tmp_path):
    save(tmp_path / "a.png", gray(1))
    bomb(tmp_path / "b.png", 8001)
    with pytest.warns(UserWarning, match="64,016,001 pixels, more than 64,000,000"):
        load(tmp_path)


def test_bound_of_bytes_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr(image_files, "MAX_BYTES", 5000)
    save(tmp_path / "a.png", gray(1))
    save(tmp_path / "b.png", np.random.default_rng(0).integers(256, size=(99, 99)))
    with pytest.warns(UserWarning, match=r"b.png \([\d,]+ bytes, more than 5,000"):
        load(tmp_path)


@pytest.mark.parametrize(
    "source",
    [
        "~nobody123/x",
        "~nobody123/x.csv",
        "x" * 5000,
        f"{'x/' * 3000}a.npz",
        "x" * 300 + ".csv",
        "a\0b",
        "a\0b.npz",
    ],
    ids=lambda source: source[:20],
)
def test_path_that_cannot_be(source, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match="^Expected .*Received: [^\n]*$"):
        load(source)


def test_home_of_tfds_is_unknown(monkeypatch):
    monkeypatch.setenv("TFDS_DATA_DIR", "~nobody123/x")
    with pytest.raises(InputError, match="TFDS_DATA_DIR"):
        catalog()


def test_closed_folder(tmp_path, monkeypatch):
    """Root may read every folder, so the system's answer is put in its place."""

    def closed(*_, **__):
        raise PermissionError(13, "Permission denied")

    save(tmp_path / "cat" / "a.png", gray(1))
    for name in ("scandir", "stat"):
        with monkeypatch.context() as patch:
            patch.setattr(os, name, closed)
            patch.setattr(type(tmp_path), "is_dir", lambda path: True)
            with pytest.raises(InputError, match="PermissionError"):
                load_folder(tmp_path)


LARGE = """
import os, sys, time
from ssgan.data import storage
storage.IN_MEMORY = 10
storage.tempfile.tempdir = sys.argv[1]
x = storage.empty((1000, 1000))
x[:] = 1
print("ready", flush=True)
time.sleep(60)
"""


def test_temporary_file_goes_with_a_killed_process(tmp_path):
    command = [sys.executable, "-c", LARGE, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "ready\n"
        process.kill()
    assert list(tmp_path.iterdir()) == []


def test_temporary_file_with_a_name_is_left_to_the_next(dead, tmp_path, monkeypatch):
    """As on systems whose files need a name."""
    monkeypatch.setattr(storage.os.path, "exists", lambda path: False)
    monkeypatch.setattr(storage.tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(storage, "IN_MEMORY", 10)
    (tmp_path / f"ssgan-examples-{dead}-abc").write_text("old")
    x = storage.empty((5, 5))
    x[:] = 3
    (path,) = tmp_path.iterdir()
    assert path.name.startswith(f"ssgan-examples-{os.getpid()}-")
    del x
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow  # Two processes begin.
def test_workers_read_the_temporary_file(monkeypatch):
    monkeypatch.setattr(storage, "IN_MEMORY", 10)
    x = storage.empty((4, 300))
    x[:] = 2
    arrays = [(x,), (x[1:],)]
    assert dict(parallel.run_all(np.sum, arrays, 2)) == {0: 2400, 1: 1800}
    names = dict(parallel.run_all(operator.attrgetter("filename"), arrays, 2))
    assert names[0] == x.filename
