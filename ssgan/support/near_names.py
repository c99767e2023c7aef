"""Say which path or name was probably meant."""

import difflib
import os
from pathlib import Path

from ssgan.errors import as_input_error, expect


def expect_exists(path, expected, names=()):
    """Raise InputError unless a path exists; the message suggests one that does.

    Parameters
    ----------
    path : str or path
    expected : str
        What was expected, for the message.
    names : sequence of str, default=()
        Names that the path may stand for instead.

    Raises
    ------
    InputError
        Also if the path is in a folder that cannot be read.
    """
    with as_input_error(expected):
        exists = Path(path).expanduser().exists()
    if not exists:
        near = _near(str(path), names)
        meant = f"; did you mean {near!r}?" if near else ""
        expect(False, expected, f"{str(path)!r}: no such folder or file{meant}")


def _near(text, names):
    """Return the name or existing path that is most like a text, or None."""
    found = difflib.get_close_matches(text, names, n=1)
    if found or not text:
        return found[0] if found else None
    path = Path(text)
    # The first part of the path that is not there may be the one that is mistyped.
    above = [path, *path.parents]
    missing = next(
        (p for p in reversed(above) if not p.expanduser().exists()), Path(text)
    )
    try:
        beside = os.listdir(missing.parent.expanduser())
    except OSError:
        return None
    found = difflib.get_close_matches(missing.name, beside, n=1)
    if not found:
        return None
    whole = missing.parent / found[0] / path.relative_to(missing)
    return str(whole if whole.expanduser().exists() else missing.parent / found[0])
