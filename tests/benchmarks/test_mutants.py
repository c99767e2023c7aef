"""The score of the mutants is that of the code as it is."""

import sys
from unittest.mock import MagicMock

import pytest
from scripts import script


@pytest.fixture
def mutants(monkeypatch):
    """The script without cosmic-ray, which makes the mutants."""
    for name in ("commands.init", "mutating", "plugins"):
        monkeypatch.setitem(sys.modules, f"cosmic_ray.{name}", MagicMock())
    yield script("mutants")
    del sys.modules["mutants"]


def mutant(occurrence, code="today's"):
    same = {"module": "metrics.py", "operator": "Number", "line": 1}
    return {**same, "code": code, "occurrence": occurrence}


def row(occurrence, outcome, code="today's"):
    about = {"outcome": outcome, "was": "1", "became": "2", "room": "stats"}
    return mutant(occurrence, code) | about


def test_what_was_tried_on_older_code_does_not_count(mutants, monkeypatch, capsys):
    rows = [row(0, "killed", "older"), row(1, "survived", "older")]
    rows += [row(0, "killed"), row(2, "survived")]
    places = [mutant(i) for i in range(4)]
    monkeypatch.setattr(mutants, "ROOMS", ["stats"])
    monkeypatch.setattr(
        mutants, "mutants", lambda room: places if room == "stats" else []
    )
    monkeypatch.setattr(
        mutants,
        "newest",
        lambda room: {mutants.identity(r): r for r in rows if r["room"] == room},
    )
    mutants.show()
    lines = capsys.readouterr().out.splitlines()
    assert "| stats | 4 | 2 | 1 | 1 |" in lines
    assert sum(line.startswith("metrics.py") for line in lines) == 1
