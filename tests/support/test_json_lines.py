"""A file of lines loses half a line of an interruption, and nothing else."""

import pytest

from ssgan.errors import InputError
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


def test_a_line_that_is_not_json_is_refused(tmp_path):
    (tmp_path / "rows.jsonl").write_text("no row\n")
    with pytest.raises(InputError, match="JSON in each line"):
        read_json_lines(tmp_path / "rows.jsonl")
