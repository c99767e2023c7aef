"""Measure how quickly `ssgan label` answers, while it reads, learns and trains.

    python benchmarks/label_page.py --pictures 100000 --answers 400

Makes a folder of small pictures (digits of scikit-learn, or of MNIST with --source
tfds:mnist, each with noise of its own), starts the command on it, and labels like a
person who always knows: asks for what the page asks for, and answers every --pause
seconds. An answer takes from the click until its decision is on disk and the next
question is there. The second half of the answers waits until all pictures are read, two
minutes at most; from then on trainings follow each other. A row is appended to
results/label-page.jsonl: for each thing that the background was busy with, the number
of answers, and the median, the 95 % quantile and the longest of their times; the peak
memory of the server and of the background process; and the load of the machine, which
is the number of processes that wanted to run in the last minutes.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.request
from http.cookiejar import CookieJar
from pathlib import Path

import numpy as np
from engine import RESULTS, parser
from PIL import Image

from ssgan import load
from ssgan.support.json_lines import append_line
from ssgan.support.provenance import environment

COMMAND = [sys.executable, "-c", "from ssgan.cli import main; main()"]
NOISE = 0.08
PER_FOLDER = 1000
WAIT_SECONDS = 120


def make_pictures(folder, source, n):
    """Write noisy pictures, and return the label of each, in the order of their names.

    The folders' names are numbers, but no classes: all pictures are in one more folder,
    called "unlabeled".
    """
    data = load(source)
    x = data.x_train.reshape(len(data.x_train), *data.x_train.shape[1:3])
    rng, top = np.random.default_rng(0), float(x.max())
    some = rng.integers(len(x), size=n)
    for start in range(0, n, PER_FOLDER):
        part = x[some[start : start + PER_FOLDER]] / top
        part = np.clip(part + rng.normal(0, NOISE, part.shape), 0, 1)
        inner = folder / "unlabeled" / f"{start // PER_FOLDER:04}"
        inner.mkdir(parents=True)
        for i, image in enumerate((255 * part).astype("uint8")):
            Image.fromarray(image).save(inner / f"{i:04}.png", compress_level=1)
    return data.y_train[some]


class Browser:
    """Asks for what the page asks for."""

    def __init__(self, address):
        self._origin = address.partition("/?")[0]
        jar = urllib.request.HTTPCookieProcessor(CookieJar())
        self._opener = urllib.request.build_opener(jar)
        self.get(address.removeprefix(self._origin))

    def get(self, path):
        with self._opener.open(self._origin + path) as answer:
            return answer.read()

    def state(self):
        return json.loads(self.get("/state"))

    def label(self, index, name):
        request = urllib.request.Request(
            f"{self._origin}/label",
            json.dumps({"index": index, "name": name}).encode(),
            {"Content-Type": "application/json", "Origin": self._origin},
        )
        with self._opener.open(request) as answer:
            return json.load(answer)

    def show(self, state):
        """Get the pictures that a question shows, and the one after it."""
        for kind, index in (
            ("picture", state["question"]),
            *(("small", neighbor["index"]) for neighbor in state["neighbors"]),
            ("picture", state["following"]),
        ):
            if index is not None:
                self.get(f"/{kind}/{index}")


def peak_mib(pid):
    """Return the peak memory of a process so far, in MiB, where Linux tells."""
    status = Path(f"/proc/{pid}/status")
    found = (
        re.search(r"VmHWM:\s+(\d+) kB", status.read_text()) if status.exists() else 0
    )
    return int(found[1]) / 2**10 if found else None


def children(pid):
    """Return the processes that a process has started, where Linux tells."""
    path = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in path.read_text().split()] if path.exists() else []


def wait_until_read(browser, n):
    """Return the state when all pictures are read, or when that takes too long."""
    end = time.monotonic() + WAIT_SECONDS
    while True:
        state = browser.state()
        if state["read"] == n or time.monotonic() > end:
            return state
        time.sleep(1)


def measure(folder, labels, answers, pause):
    """Start the command, label, and return the row."""
    start = time.perf_counter()
    process = subprocess.Popen(
        [*COMMAND, "label", folder], stdout=subprocess.PIPE, text=True
    )
    try:
        address = re.search(r"http://\S+", process.stdout.readline())[0]
        browser = Browser(address)
        state = browser.state()
        browser.get(f"/picture/{state['question']}")
        row = {"seconds_to_first_picture": time.perf_counter() - start, "times": {}}
        times = {}
        for i in range(answers):
            if i == answers // 2:
                state = wait_until_read(browser, len(labels))
            busy = state["learner"] or "starting"
            name = str(labels[state["question"]])
            clicked = time.perf_counter()
            state = browser.label(state["question"], name)
            times.setdefault(busy, []).append(1000 * (time.perf_counter() - clicked))
            browser.show(state)
            time.sleep(pause)
        row["seconds"] = time.perf_counter() - start
        row["read"], row["learned_from"] = state["read"], state["learned_from"]
        row["server_peak_mib"] = peak_mib(process.pid)
        peaks = [peak_mib(child) or 0 for child in children(process.pid)]
        row["learner_peak_mib"] = max(peaks, default=None)
    finally:
        process.kill()
    for busy, some in times.items():
        median, most = np.percentile(some, [50, 95])
        row["times"][busy] = {"n": len(some), "median_ms": median, "q95_ms": most}
        row["times"][busy]["longest_ms"] = max(some)
    return row


def main():
    """Measure, write the row and print it."""
    options = parser(__doc__, ())
    options.add_argument("--source", default="digits")
    options.add_argument("--pictures", type=int, default=100_000)
    options.add_argument("--answers", type=int, default=400)
    options.add_argument("--pause", type=float, default=0.2)
    parsed = options.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "pictures"
        labels = make_pictures(folder, parsed.source, parsed.pictures)
        row = measure(folder, labels, parsed.answers, parsed.pause)
    load_average = os.getloadavg() if hasattr(os, "getloadavg") else None
    row = {**vars(parsed), **row, "load_average": load_average, **environment()}
    append_line(RESULTS / "label-page.jsonl", row)
    print(json.dumps({k: row[k] for k in [*vars(parsed), *row] if k != "versions"}))


if __name__ == "__main__":
    main()
