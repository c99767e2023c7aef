"""Files that are written whole or not at all, and what a result must say of itself."""

import contextlib
import importlib.metadata
import json
import os
import platform
import shutil
from pathlib import Path

import joblib

from ssgan import __version__
from ssgan.errors import errors_mean


class Book:
    """The rows that a folder keeps; without a folder, none."""

    def __init__(self, folder):
        self.folder = folder and Path(folder)
        self.rows = []
        if not folder:
            return
        self.path = self.folder / "rows.jsonl"
        with errors_mean(f"{folder} to be a folder that can be written"):
            self.folder.mkdir(parents=True, exist_ok=True)
            with self.path.open("a+b") as file:
                file.seek(0)
                text = file.read()
                # Half a row is what an interruption may have left last.
                text = text[: text.rfind(b"\n") + 1]
                file.truncate(len(text))
        with errors_mean(f"a row of JSON in each line of {self.path}"):
            self.rows = [json.loads(line) for line in text.splitlines()]

    def find(self, plan):
        """Return the row of an earlier call with that plan, or None."""
        found = (row for row in self.rows if plan.items() <= row.items())
        return next(found, None)

    def add(self, row):
        self.rows.append(row)
        if self.folder:
            with self.path.open("a") as file:
                file.write(json.dumps(row) + "\n")
                file.flush()
                os.fsync(file.fileno())

    def close(self, comparison):
        if self.folder:
            write_json(
                self.folder / "result.json",
                {
                    "verdict": comparison.verdict(),
                    "difference": comparison.difference(),
                    "summary": comparison.summary(),
                    "rows": comparison.rows,
                },
            )


def environment():
    """Return what a number was made on: ``{"machine": ..., "versions": ...}``."""
    import tensorflow as tf

    packages = ("tensorflow", "keras", "scikit-learn")
    gpus = tf.config.list_physical_devices("GPU")
    details = [tf.config.experimental.get_device_details(gpu) for gpu in gpus]
    return {
        "machine": {
            "platform": f"{platform.system()} {platform.machine()}",
            # Those that this process may use: a container or taskset may allow fewer.
            "cpus": joblib.cpu_count(),
            "gpus": [d.get("device_name", "unknown") for d in details],
        },
        "versions": {
            "ssgan": __version__,
            **{name: importlib.metadata.version(name) for name in packages},
            "python": platform.python_version(),
        },
    }


def put_aside(folder):
    """Rename the rows of a finished comparison, so that the next one starts afresh."""
    rows, result = Path(folder) / "rows.jsonl", Path(folder) / "result.json"
    if rows.exists() and result.exists():
        with errors_mean(f"{folder} to be a folder that can be written"):
            result.rename(result.with_name(f"result-{result.stat().st_mtime_ns}.json"))
            rows.rename(rows.with_name(f"rows-{rows.stat().st_mtime_ns}.jsonl"))


@contextlib.contextmanager
def draft(path):
    """Give a path to write to; the file or folder there in the end becomes `path`."""
    path = Path(path)
    part = path.with_name(f".{os.getpid()}.{path.name}")
    try:
        with errors_mean(f"{path} to be a file that can be written"):
            path.parent.mkdir(parents=True, exist_ok=True)
            yield part
            os.replace(part, path)
    finally:
        shutil.rmtree(part, ignore_errors=True)  # Where it is a folder.
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)


def write_json(path, value):
    """Write a JSON file, whole or not at all."""
    with draft(path) as part:
        part.write_text(json.dumps(value, indent=1, default=_plain) + "\n")


def _plain(value):
    """Return a NumPy number as Python's."""
    return value.item()
