"""SIGTERM ends a command as Ctrl-C does: one sentence, and nothing lost."""

import json
import signal
import subprocess
import sys

import pytest
from command_line import run
from waiting import wait_until

from ssgan.evaluation.result_rows import ResultRows
from ssgan.support.processes import is_alive

COMMAND = [sys.executable, "-c", "from ssgan.cli import main; main()"]


def start(*arguments):
    command = [*COMMAND, *map(str, arguments)]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True)


def wait_for(process, path):
    def is_there():
        assert process.poll() is None, process.stderr.read()
        return path()

    wait_until(is_there, 120)


@pytest.mark.slow
def test_terminated_fit_goes_on(npz, tmp_path):
    out = tmp_path / "out"
    fit = ["fit", npz, "--labels", 12, "--steps", 1000, "--out", out]
    process = start(*fit)
    wait_for(process, (out / "checkpoints" / "member-0.keras").exists)
    # Meanwhile, a second one has no business here.
    second = run(*fit, "--resume", code=2)
    assert f"Received: process {process.pid}" in second.stderr
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 143
    assert said.splitlines()[-1].startswith("ssgan: terminated. ")
    assert "--resume" in said
    assert "Traceback" not in said
    assert [p.name for p in out.iterdir()] == ["checkpoints"]
    run(*fit, "--resume")
    result = json.loads((out / "result.json").read_text())
    assert 0 < result["resumed_from_step"] < 1000


@pytest.mark.slow
def test_terminated_comparison_takes_its_workers_along(npz, tmp_path):
    out = tmp_path / "out"
    options = ["--steps", 20_000, "--jobs", 2, "--methods", "self-training,ssgan"]
    process = start(
        "compare", npz, "--labels", 6, "--splits", 2, "--out", out, *options
    )
    rows = out / "rows.jsonl"
    wait_for(process, lambda: rows.exists() and rows.read_bytes().count(b"\n") == 2)
    workers = children(process.pid)
    assert workers
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 143
    assert "ssgan: terminated. The same command continues" in said
    assert "Traceback" not in said
    wait_until(lambda: not any(map(is_alive, workers)))
    assert len(ResultRows(out).rows) == 2
    assert sorted(p.name for p in out.iterdir()) == ["rows.jsonl"]


def children(pid):
    with open(f"/proc/{pid}/task/{pid}/children") as file:
        return [int(child) for child in file.read().split()]
