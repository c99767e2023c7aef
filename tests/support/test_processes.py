"""Processes that were started for tasks end with the one that started them."""

import os
import signal
import subprocess
import sys
import threading

import pytest
from waiting import wait_until

from ssgan.support.processes import NICE, give_way, is_alive

PARENT = """
import os, sys, time
from ssgan.support import parallel

def work(path, seconds):
    open(f"{path}/{os.getpid()}", "w").close()
    time.sleep(seconds)

if __name__ == "__main__":
    list(parallel.run_all(work, [(sys.argv[1], 60)] * 2, 2))
"""


@pytest.mark.slow
def test_workers_of_a_killed_process_end(tmp_path):
    script, pids = tmp_path / "parent.py", tmp_path / "pids"
    script.write_text(PARENT)
    pids.mkdir()
    # Workers import TensorFlow, which takes seconds and has no part in this.
    stand_in = "from unittest.mock import MagicMock\nconfig = MagicMock()\n"
    (tmp_path / "tensorflow.py").write_text(stand_in)
    path = os.pathsep.join([str(tmp_path), *sys.path])
    command = [sys.executable, script, str(pids)]
    with subprocess.Popen(command, env=os.environ | {"PYTHONPATH": path}) as parent:
        wait_until(lambda: len(list(pids.iterdir())) == 2, 120)
        workers = [int(path.name) for path in pids.iterdir()]
        assert all(map(is_alive, workers))
        parent.send_signal(signal.SIGKILL)
    wait_until(lambda: not any(map(is_running, workers)))


def is_running(pid):
    """Whether a process is there and no zombie: nobody may wait for orphans here."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return os.name != "posix" and is_alive(pid)


@pytest.mark.skipif(sys.platform != "linux", reason="only there, for one thread alone")
def test_one_thread_gives_way():
    def niceness():
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    def work():
        give_way(thread=True)
        seen.append(niceness())

    before, seen = niceness(), []
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [min(before + NICE, 19)]
    assert niceness() == before
