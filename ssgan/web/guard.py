"""Who may use a local page: one browser, after it opened the printed address."""

import secrets
import threading

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse

HEADERS = {
    "content-security-policy": "default-src 'none'; script-src 'self'; "
    "style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "same-origin",
    "cache-control": "no-store",
}
# Bytes. No answer of a person is longer.
LONGEST_BODY = 2**16


class Guard:
    """ASGI application that answers nobody but the browsers that were let in.

    The printed address holds a token. The first browser to use it gets a cookie
    (HttpOnly, SameSite=Strict), and the token is then worthless. Every other request
    needs the cookie. The Host of all requests must be the server's own, so that no
    other name can be made to lead here (DNS rebinding). The Origin of every write must
    be the page itself. No header permits other origins to read anything.

    Parameters
    ----------
    app : ASGI application
        The pages.
    origin : str
        Where they are served, such as "http://127.0.0.1:40123".
    on_entry : callable, default=None
        Called with the next address, which is for another browser, whenever a token was
        used.
    """

    def __init__(self, app, origin, on_entry=None):
        self.app = app
        self.origin = origin
        self.on_entry = on_entry
        # Cookies are shared by all ports of a host.
        self.cookie = f"ssgan-{origin.rpartition(':')[2]}"
        self._token = secrets.token_urlsafe(32)
        self._sessions = []
        self._lock = threading.Lock()

    @property
    def address(self):
        """What the next browser opens: it can be used once."""
        return f"{self.origin}/?token={self._token}"

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http":  # There are no web sockets.
            raise ValueError(f"a request of type {scope['type']}")

        async def send_with_headers(message):
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
            await send(message)

        response = self._answer(Request(scope)) or self.app
        await response(scope, receive, send_with_headers)

    def _answer(self, request):
        """Return a refusal, or the answer to a token; None if the page may answer."""
        headers = request.headers
        if headers.getlist("host") != [self.origin.removeprefix("http://")]:
            return _refuse("This server has another name.", 421)
        if request.method not in ("GET", "HEAD", "POST"):
            return _refuse("Only GET and POST are answered.", 405)
        known = self._is_known(request.cookies.get(self.cookie, ""))
        token = request.query_params.get("token")
        if request.method == "GET" and request.url.path == "/" and token is not None:
            if known:
                return RedirectResponse("/", 303)
            return self._enter(token)
        if not known:
            return _refuse(
                "Open the address that the terminal shows. It can be used once.", 403
            )
        if request.method == "POST":
            if headers.getlist("origin") != [self.origin]:
                return _refuse("Only the page itself may write.", 403)
            if headers.get("content-type") != "application/json":
                return _refuse("Expected JSON.", 415)
            length = headers.get("content-length", "")
            if not length.isascii() or not length.isdecimal():
                return _refuse("Expected a body of known length.", 411)
            if len(length) > 9 or int(length) > LONGEST_BODY:
                return _refuse("Expected a shorter body.", 413)
        return None

    def _is_known(self, cookie):
        return any([_same(cookie, session) for session in self._sessions])

    def _enter(self, token):
        with self._lock:
            if not _same(token, self._token):
                return _refuse(
                    "This address is not valid, or was used already. "
                    "Open the latest one that the terminal shows.",
                    403,
                )
            self._token = secrets.token_urlsafe(32)
            session = secrets.token_urlsafe(32)
            self._sessions.append(session)
        response = RedirectResponse("/", 303)
        response.set_cookie(
            self.cookie, session, path="/", httponly=True, samesite="strict"
        )
        if self.on_entry is not None:
            self.on_entry(self.address)
        return response


def _same(a, b):
    """Compare secrets in constant time."""
    return secrets.compare_digest(a.encode(), b.encode())


def _refuse(sentence, status):
    return PlainTextResponse(sentence + "\n", status)
