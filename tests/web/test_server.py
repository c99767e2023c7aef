import socket
import threading
import urllib.error
import urllib.request

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from ssgan import InputError
from ssgan.web.server import serving


@pytest.fixture
def app():
    async def page(request):
        return PlainTextResponse("hello")

    return Starlette(routes=[Route("/", page)])


def test_serves_this_machine_until_the_end(app):
    said, cookies = [], urllib.request.HTTPCookieProcessor()
    opener = urllib.request.build_opener(cookies)
    with serving(app, say=said.append) as guard:
        assert guard.origin.startswith("http://127.0.0.1:")
        assert said == [f"Open this address in a browser: {guard.address}"]
        with pytest.raises(urllib.error.HTTPError, match="403"):
            urllib.request.urlopen(guard.origin)
        with opener.open(guard.address) as answer:
            assert answer.read() == b"hello"
            assert "server" not in answer.headers
        assert said[1] == f"Opened. For another browser: {guard.address}"
        port = int(guard.origin.rpartition(":")[2])
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", port), 2)
    assert not [t for t in threading.enumerate() if "run" in t.name]


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "example.org", "-1"])
def test_other_hosts_are_refused(host, app):
    with pytest.raises(InputError, match="--host"), serving(app, host):
        pass


def test_host_that_others_can_reach_is_warned_about(app):
    with (
        pytest.warns(UserWarning, match="not encrypted"),
        pytest.raises(InputError, match="203"),  # No address of this machine.
        serving(app, "203.0.113.7"),
    ):
        pass
