"""A file of lines loses half a line of an interruption, and nothing else."""

import pytest

from ssgan.support.json_lines import append_line, drop_half_line, read_json_lines


@pytest.mark.parametrize(
    ("end", "expected"),
    [("", []), ('{"a": 2}', [2]), ('{"a": ', []), ('{"a": 2}\n', [2]), ("2", [])],
)
def test_whole_lines_stay(end, expected, tmp_path):
    path = tmp_path / "lines.jsonl"
    path.write_text('{"a": 1}\n' + end)
    drop_half_line(path)
    append_line(path, {"a": 3})
    assert [line["a"] for line in read_json_lines(path)] == [1, *expected, 3]
