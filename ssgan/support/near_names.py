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
        path = str(path)
        whole = Path(path).expanduser()
        for above in (whole, *whole.parents):
            if above.is_symlink() and not above.exists():
                broken = f"{str(above)!r}: a broken link, to {os.readlink(above)}"
                expect(False, expected, broken)
        near = _nearest(path, names) or (path and _near_path(Path(path)))
        expect(False, expected, f"{path!r}: no such folder or file{_meant(near)}")


def expect_known(name, names, expected):
    """Raise InputError unless a name is one of some; the message suggests a near one.

    Parameters
    ----------
    name : object
    names : collection of str
    expected : str
        What was expected, for the message.
    """
    is_text = isinstance(name, str)
    if not is_text or name not in names:
        near = is_text and _nearest(name, names)
        expect(False, f"{expected} {', '.join(names)}", f"{name!r}{_meant(near)}")


def _meant(near):
    return f"; did you mean {near!r}?" if near else ""


def _nearest(text, names):
    """Return the name that is most like a text, or None."""
    return next(iter(difflib.get_close_matches(text, names, n=1)), None)


def _near_path(path):
    """Return the existing path that is most like another one, or None."""
    # The first part of the path that is not there may be the one that is mistyped.
    above = [path, *path.parents]
    missing = next((p for p in reversed(above) if not p.expanduser().exists()), path)
    try:
        beside = os.listdir(missing.parent.expanduser())
    except OSError:
        return None
    # The same ending alone makes no names alike.
    stems = {}
    for name in beside:
        stems.setdefault(Path(name).stem, []).append(name)
    alike = difflib.get_close_matches(missing.stem, stems)
    found = _nearest(missing.name, [name for stem in alike for name in stems[stem]])
    if not found:
        return None
    whole = missing.parent / found / path.relative_to(missing)
    return str(whole if whole.expanduser().exists() else missing.parent / found)
