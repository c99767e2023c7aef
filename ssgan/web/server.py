"""Serve a page to the browser of this machine, at a random port."""

import contextlib
import ipaddress
import socket
import threading
import time

import uvicorn

from ssgan.errors import as_input_error, expect, warn
from ssgan.web.guard import Guard

LOOPBACK = "127.0.0.1"
START_SECONDS = 10


@contextlib.contextmanager
def serving(app, host=None, say=print):
    """Serve an app in this context; see `ssgan.web.guard.Guard` for who may use it.

    The server runs in a thread of its own, so that signals reach the caller.

    Parameters
    ----------
    app : ASGI application
    host : str or None, default=None
        Another address of this machine to serve at, such as "192.168.1.20", for a phone
        in the same house. A warning says what that means. By default, only programs on
        this machine can reach the server.
    say : callable, default=print
        Called with the sentences that say which address to open.

    Yields
    ------
    Guard
        Its `address` is the one to open.

    Raises
    ------
    InputError
        If the server cannot be started there.
    """
    address = _address(host)
    family = socket.AF_INET6 if address.version == 6 else socket.AF_INET
    with socket.socket(family) as bound:
        with as_input_error(f"--host to be an address of this machine, not {host}"):
            bound.bind((str(address), 0))
        port = bound.getsockname()[1]
        name = f"[{address}]" if address.version == 6 else address
        guard = Guard(
            app,
            f"http://{name}:{port}",
            lambda address: say(f"Opened. For another browser: {address}"),
        )
        server = uvicorn.Server(
            uvicorn.Config(
                guard,
                http="h11",
                ws="none",
                lifespan="off",
                log_config=None,
                log_level="critical",
                access_log=False,
                server_header=False,
                # What a browser says of itself is not to be believed.
                proxy_headers=False,
                timeout_graceful_shutdown=1,
            )
        )
        thread = threading.Thread(target=server.run, args=([bound],), daemon=True)
        thread.start()
        try:
            _wait_until_started(server, thread)
            say(f"Open this address in a browser: {guard.address}")
            yield guard
        finally:
            server.should_exit = True
            thread.join(START_SECONDS)


def wait(done):
    """Wait for an event; Ctrl-C ends it on every system."""
    while not done.wait(0.2):
        pass


def _address(host):
    """Return the IP address to serve at. Warn if other machines can reach it."""
    expected = "--host to be one IP address of this machine, such as 192.168.1.20"
    with as_input_error(expected):
        address = ipaddress.ip_address(host or LOOPBACK)
    expect(not address.is_unspecified, expected, f"{host}, which means all of them")
    if not address.is_loopback:
        warn(
            f"Everybody in the network of {address} can reach this page, and whoever "
            "listens there can read along: it is not encrypted. Only a browser that "
            "opens the address below first can use it."
        )
    return address


def _wait_until_started(server, thread):
    end = time.monotonic() + START_SECONDS
    while not server.started:
        expect(
            thread.is_alive() and time.monotonic() < end,
            "a server that starts",
            "none, or too slow a one",
        )
        time.sleep(0.01)
