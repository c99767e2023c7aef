"""Wait for what other processes do."""

import time


def wait_until(fulfilled, seconds=20):
    end = time.monotonic() + seconds
    while not fulfilled():
        assert time.monotonic() < end
        time.sleep(0.05)
