"""Where a result comes from: commit, data, machine and versions."""

import functools
import hashlib
import importlib.metadata
import json
import platform
import subprocess
from pathlib import Path

import joblib
import numpy as np

from ssgan import __version__

# Hexadecimal digits of a fingerprint: 64 bits.
DIGITS = 16


def environment():
    """Return where a result was made.

    Returns
    -------
    dict
        "commit" and "clean" (see `commit`), "machine" (platform, number of CPUs,
        processor, GPUs) and "versions" (of ssgan, its main packages and Python).
    """
    import tensorflow as tf

    gpus = tf.config.list_physical_devices("GPU")
    details = [tf.config.experimental.get_device_details(gpu) for gpu in gpus]
    revision, clean = commit()
    return {
        "commit": revision,
        "clean": clean,
        "machine": {
            "platform": f"{platform.system()} {platform.machine()}",
            # What this process may use: a container or taskset may allow fewer.
            "cpus": joblib.cpu_count(),
            "processor": _processor(),
            "gpus": [d.get("device_name", "unknown") for d in details],
        },
        "versions": versions(),
    }


def versions():
    """Return the versions of ssgan, its main packages and Python, a dict of str."""
    packages = ("tensorflow", "keras", "scikit-learn", "numpy")
    return {
        "ssgan": __version__,
        **{name: importlib.metadata.version(name) for name in packages},
        "python": platform.python_version(),
    }


@functools.cache
def commit():
    """Return the git commit that this package runs from, and whether it is unchanged.

    Read once, when it is first needed: later edits do not change the code in memory.

    Returns
    -------
    revision : str or None
        None if ssgan is installed without its git repository.
    clean : bool or None
        Whether the package has no uncommitted changes.
    """
    package = Path(__file__).parents[1]

    def git(*arguments):
        command = ["git", "-C", package, *arguments]
        return subprocess.run(
            command, check=True, capture_output=True, text=True, timeout=20
        ).stdout.strip()

    try:
        # An installed package may lie inside another project's repository.
        if Path(git("rev-parse", "--show-toplevel")) != package.parent.resolve():
            return None, None
        return git("rev-parse", "HEAD"), git("status", "--porcelain", ".") == ""
    except (OSError, subprocess.SubprocessError):
        return None, None


def fingerprint(value):
    """Return a short hash of a JSON value, whatever the order of its keys."""
    text = json.dumps(value, sort_keys=True, default=lambda number: number.item())
    return hashlib.sha256(text.encode()).hexdigest()[:DIGITS]


def checksum(*arrays):
    """Return a short hash of the types, shapes and values of arrays."""
    digest = hashlib.sha256()
    for array in arrays:
        array = np.asarray(array)
        digest.update(f"{array.dtype.str}{array.shape}".encode())
        if array.dtype.hasobject:
            digest.update(repr(array.tolist()).encode())
        else:
            digest.update(np.ascontiguousarray(array))
    return digest.hexdigest()[:DIGITS]


def checksums(x, dtype=None):
    """Return a short hash of each example of an array of shape (n, ...), uint64.

    64 bits: two of a million examples have the same one with a chance of 3e-8. They are
    hashed as numbers of `dtype`; None means as they are.
    """
    rows = np.ascontiguousarray(x).reshape(len(x), -1)
    rows = (row.astype(dtype or row.dtype, copy=False) for row in rows)
    hashes = (hashlib.blake2b(row.data, digest_size=8).digest() for row in rows)
    return np.frombuffer(b"".join(hashes), "<u8")


def _processor():
    """Return the processor's model and its widest vector instructions, if known.

    Sums in another order give other last digits, so that a run can be repeated exactly
    only on a processor of the same kind.
    """
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or "unknown"
    fields = dict(line.split(":", 1) for line in lines if ":" in line)
    fields = {key.strip(): value.strip() for key, value in fields.items()}
    flags = fields.get("flags", "").split()
    vectors = next((name for name in ("avx512f", "avx2", "avx") if name in flags), "")
    return f"{fields.get('model name', 'unknown')} {vectors}".strip()
