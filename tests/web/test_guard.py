"""Attacks on a local page."""

import pytest
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from ssgan.web.guard import LONGEST_BODY, Guard

ORIGIN = "http://127.0.0.1:8000"


async def read(request):
    return JSONResponse("secret")


async def write(request):
    return JSONResponse(await request.json())


@pytest.fixture
def app():
    routes = [Route("/", read), Route("/write", write, methods=["POST"])]
    return Starlette(routes=routes)


def test_token_opens_the_page_once(app):
    said = []
    guard = Guard(app, ORIGIN, said.append)
    first = guard.address
    client = TestClient(guard, ORIGIN, follow_redirects=False)
    entered = client.get(first)
    # The token does not stay in the browser's history.
    assert (entered.status_code, entered.headers["location"]) == (303, "/")
    cookie = entered.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "path=/" in cookie
    assert client.get("/").json() == "secret"
    # Whoever sees the address later is too late; the browser itself may reload it.
    assert client.get(first).status_code == 303
    thief = TestClient(guard, ORIGIN, follow_redirects=False)
    assert thief.get(first).status_code == 403
    assert said == [guard.address]
    assert thief.get(guard.address).status_code == 303


@pytest.mark.parametrize("token", ["", "x", "%00", "é" * 40, "&token="])
def test_wrong_token_is_refused(token, app, visit):
    client, guard = visit(app, enter=False)
    response = client.get(f"/?token={token}")
    assert response.status_code == 403
    assert "secret" not in response.text
    assert not response.cookies
    assert client.get(guard.address).status_code == 200


@pytest.mark.parametrize("cookie", ["", "x", "\xff", "x; ssgan-8000=y"])
def test_wrong_cookie_is_refused(cookie, app, visit):
    client, guard = visit(app, enter=False)
    header = {"cookie": f"{guard.cookie}={cookie}".encode("latin-1")}
    assert client.get("/", headers=header).status_code == 403
    response = client.post("/write", json={}, headers=header)
    assert response.status_code == 403


@pytest.mark.parametrize(
    "host",
    [
        *("evil.example", "evil.example:8000", "127.0.0.1", "127.0.0.1:8001"),
        *("localhost:8000", "127.0.0.1:8000.evil.example", "", "127.0.0.1:8000 "),
    ],
)
def test_other_host_is_refused(host, app, visit):
    client, guard = visit(app)
    for address in ("/", guard.address):
        response = client.get(address, headers={"host": host})
        assert response.status_code == 421
        assert "secret" not in response.text
    assert client.post("/write", json={}, headers={"host": host}).status_code == 421


@pytest.mark.parametrize(
    "origin",
    ["null", "", "http://evil.example", "https://127.0.0.1:8000", f"{ORIGIN}.evil"],
)
def test_foreign_origin_may_not_write(origin, app, visit):
    client, _ = visit(app)
    response = client.post("/write", json={}, headers={"origin": origin})
    assert response.status_code == 403
    del client.headers["origin"]
    assert client.post("/write", json={}).status_code == 403
    client.headers["origin"] = ORIGIN
    assert client.post("/write", json={"a": 1}).json() == {"a": 1}


def test_forms_and_long_bodies_are_refused(app, visit):
    client, _ = visit(app)
    form = client.post("/write", data={"a": 1})
    plain = client.post("/write", content="{}", headers={"content-type": "text/plain"})
    assert (form.status_code, plain.status_code) == (415, 415)
    assert client.post("/write", json="x" * LONGEST_BODY).status_code == 413
    kind = {"content-type": "application/json"}
    endless = client.post("/write", content=iter([b"{}"]), headers=kind)
    assert endless.status_code == 411
    for method in ("PUT", "DELETE", "OPTIONS", "PATCH"):
        assert client.request(method, "/").status_code == 405


def test_every_answer_has_the_headers(app, visit):
    client, guard = visit(app)
    asked = {"origin": "http://evil.example", "access-control-request-method": "GET"}
    answers = [
        client.get("/"),
        client.get("/nothing"),
        client.get("/", headers={"host": "evil.example"}),
        client.options("/", headers=asked),
    ]
    for answer in answers:
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'")
        assert "unsafe" not in policy
        assert "http" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"
        assert not [name for name in answer.headers if "access-control" in name]
