"""No row is lost silently, and what is damaged is named by its file and line."""

import json
import os
import re

import pytest

from ssgan.errors import InputError
from ssgan.evaluation.result_rows import IDENTITY, ResultRows, read_rows

KEYS = (*IDENTITY, "n_unlabeled")
ROW = {**dict.fromkeys(KEYS, 3), "schema": 2, "error": 0.25, "seconds": 1.5}
WHOLE = json.dumps(ROW)


def without(key):
    return json.dumps({k: v for k, v in ROW.items() if k != key})


@pytest.mark.parametrize(
    "line",
    [
        '{"split": "toy',
        "[]",
        "3",
        "null",
        "{}",
        "\xff",
        "",
        *(without(key) for key in (*KEYS, "error", "seconds") if key != "schema"),
        *(json.dumps({**ROW, "error": e}) for e in ("0.2", None, 1.5, -1, [])),
        json.dumps({**ROW, "error": float("nan")}),
        json.dumps({**ROW, "seconds": float("inf")}),
    ],
)
def test_damaged_line_is_named(line, tmp_path):
    path = tmp_path / "rows.jsonl"
    text = f"{WHOLE}\n{line}\n{WHOLE}\n"
    path.write_text(text, encoding="latin-1")
    for read in (read_rows, lambda path: ResultRows(path.parent)):
        with pytest.raises(InputError) as raised:
            read(path)
        said = str(raised.value)
        assert "\n" not in said
        assert str(path) in said
        assert re.search(r"\b(line|here) 2\b", said), said
    assert path.read_text(encoding="latin-1") == text


def test_row_survives_a_full_disk(tmp_path, monkeypatch):
    """As if the disk were full after some bytes: the row is said, and no half row."""
    rows = ResultRows(tmp_path)
    rows.add(ROW)

    def full(handle):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(InputError) as raised:
            rows.add({**ROW, "seed": 4})
    assert "No space left on device" in str(raised.value)
    said = str(raised.value).partition("here is the row: ")[2]
    assert json.loads(said) == {**ROW, "seed": 4}
    assert (tmp_path / "rows.jsonl").read_text() == WHOLE + "\n"
    rows.add({**ROW, "seed": 5})
    assert [row["seed"] for row in ResultRows(tmp_path).rows] == [3, 5]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="has no /dev/full")
def test_device_is_not_taken_for_rows(tmp_path):
    (tmp_path / "rows.jsonl").symlink_to("/dev/full")
    with pytest.raises(InputError, match="not a regular file"):
        ResultRows(tmp_path)
