import pytest
from starlette.testclient import TestClient

from ssgan.web.guard import Guard

ORIGIN = "http://127.0.0.1:8000"


@pytest.fixture
def visit():
    """Return a function that opens an app's page in a browser, and its guard."""

    def visit(app, enter=True):
        guard = Guard(app, ORIGIN)
        client = TestClient(guard, ORIGIN, headers={"origin": ORIGIN})
        if enter:
            assert client.get(guard.address).status_code == 200
        return client, guard

    return visit
