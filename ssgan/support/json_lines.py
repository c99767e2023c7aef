"""Files that grow by one line of JSON at a time."""

import json
import os
from pathlib import Path

from ssgan.errors import as_input_error, expect
from ssgan.support.files import check_regular


def read_json_lines(path, keys=(), *, whole=True):
    """Return the dictionaries in a file that has one in each line, as JSON.

    Parameters
    ----------
    path : path
    keys : sequence of str, default=()
        What every line must hold.
    whole : bool, default=True
        Whether the last line must be whole. Otherwise half a line, which an
        interruption may have left, is ignored.

    Returns
    -------
    list of dict

    Raises
    ------
    InputError
        If the file cannot be read. If a line is damaged, the message has its number.
    """
    with as_input_error(f"{path} to be a file that can be read"):
        check_regular(path)
        text = Path(path).read_bytes()
    if not whole:
        text = text[: text.rfind(b"\n") + 1]
    values = []
    for number, line in enumerate(text.splitlines(), 1):
        with as_input_error(f"a row of JSON in each line of {path}, here {number}"):
            value = json.loads(line)
        is_row = isinstance(value, dict)
        lacking = [key for key in keys if is_row and key not in value]
        received = f"none of {', '.join(lacking)}" if is_row else type(value).__name__
        expected = f"a JSON object in line {number} of {path}"
        if keys:
            expected += f" that has {', '.join(keys)}"
        expect(is_row and not lacking, expected, received)
        values.append(value)
    return values


def drop_half_line(path):
    """Make a file ready for more lines: drop half a line that an interruption left.

    A whole last line gets the line break that an editor may have left out. The file and
    its folder are made if they do not exist.
    """
    path = Path(path)
    with as_input_error(f"{path} to be a file that can be written"):
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists():
            check_regular(path)
        with path.open("a+b") as file:
            file.seek(0)
            text = file.read()
            end = text.rfind(b"\n") + 1
            if _is_whole(text[end:]):
                file.write(b"\n")
            else:
                file.truncate(end)


def _is_whole(line):
    try:
        return isinstance(json.loads(line), dict)
    except ValueError:
        return False


def append_line(path, value):
    """Append a value as a line of JSON, all of it or nothing, and wait for the disk.

    Raises
    ------
    InputError
        If it cannot be written. The file is then as before.
    """
    line = f"{json.dumps(value)}\n".encode()
    with (
        as_input_error(f"{path} to be a file that a line can be added to"),
        Path(path).open("ab", buffering=0) as file,
    ):
        before = file.tell()
        try:
            if file.write(line) < len(line):
                raise OSError("the disk is full")
            os.fsync(file.fileno())
        except OSError:
            file.truncate(before)
            raise
