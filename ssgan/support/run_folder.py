"""The folder of one training is always new, in training, or finished.

- New: it holds no ``run.json``.
- In training: it holds ``checkpoints/run.json``, whatever else it holds.
- Finished: it holds ``run.json``, and none in ``checkpoints``.

The file ``run.json`` says what decides the result. It is put into ``checkpoints`` when
the training begins, and moved up when every result is on disk. Both are one atomic
rename, so that a kill at any moment leaves one of the three states.
"""

import contextlib
import json
import os
import re
import shutil
from pathlib import Path

from ssgan.errors import InputError, as_input_error, expect, some, warn
from ssgan.support.files import read_json, sweep, write_json

CHECKPOINTS, RUN, MODEL = "checkpoints", "run.json", "model.keras"
# What a training writes into ``checkpoints``; "fold-..." are from short trainings that
# leave out labels: answers, and checkpoints.
OWN = re.compile(
    r"member-\d+\.(keras|unfinished\.npz|jsonl|\d+\.npy)|steps\.json"
    r"|fold-\d+-[a-z-]+(\.json)?|\.lock"
)
# Bytes. A smaller disk would be full before the first checkpoint.
ROOM = 2**26
SHOWN = 3
WIDTH = 60


class OtherTraining(InputError):
    """The folder holds another training than the one to resume."""


def state(folder):
    """Return "new", "in training" or "finished"."""
    if (Path(folder) / CHECKPOINTS / RUN).exists():
        return "in training"
    return "finished" if (Path(folder) / RUN).exists() else "new"


def begin(folder, run, resume=False, overwrite=False):
    """Make the folder ready for a training, and return its state.

    Call it, and all that follows, in `ssgan.support.locks.locked`.

    Parameters
    ----------
    folder : path
    run : dict
        Everything that decides the result, as JSON values.
    resume, overwrite : bool, default=False
        Continue the training in the folder, or begin anew whatever it holds.

    Returns
    -------
    str
        "in training", or "finished" if a finished training was to be resumed.

    Raises
    ------
    InputError
        If the folder holds a training and neither `resume` nor `overwrite` is given, if
        it holds another training than `run` is to resume, or if there is no room.
    """
    folder = Path(folder)
    checkpoints = folder / CHECKPOINTS
    with as_input_error(f"{folder} to be a folder that can be written"):
        expect(not checkpoints.is_symlink(), "a folder", f"{checkpoints}, a link")
        sweep(checkpoints)
        free = shutil.disk_usage(folder).free
    held = expect_free(folder, resume, overwrite)
    found = state(folder)
    if resume and held:
        _expect_same(folder, run)
        if found == "finished":
            _clear(checkpoints)
            return found
    room = f"{ROOM >> 20} MiB of room in {folder}"
    expect(free > ROOM, room, f"{free >> 20} MiB")
    if not (resume and held):
        _clear(checkpoints)
        write_json(checkpoints / RUN, run)
    return "in training"


def expect_free(folder, resume=False, overwrite=False):
    """Raise InputError if a training is there and neither of the options is given.

    Returns
    -------
    list of str
        What the folder holds of a training.
    """
    folder = Path(folder)
    checkpoints = folder / CHECKPOINTS
    with as_input_error(f"{folder} to be a folder that can be written"):
        own = [p.name for p in _files(checkpoints) if OWN.fullmatch(p.name)]
        held = [n for n in (RUN, MODEL) if (folder / n).exists()]
    found = state(folder)
    if found == "in training" or (own and found == "new"):
        held.append(CHECKPOINTS)
    expect(
        resume or overwrite or not held,
        "an --out without a training in it, --resume or --overwrite",
        f"{folder}, which holds {' and '.join(held)}",
    )
    return held


def finish(folder):
    """Enter the state "finished". Everything else must be on disk already."""
    checkpoints = Path(folder) / CHECKPOINTS
    os.replace(checkpoints / RUN, Path(folder) / RUN)
    _clear(checkpoints)


def abandon(folder, answers=True):
    """Go back to the state before `begin`, if nothing worth keeping was written since.

    That is a checkpoint, or, with `answers`, what a method said of left-out labels.
    """
    checkpoints = Path(folder) / CHECKPOINTS
    saved = {".keras", ".npz"}
    made = [*checkpoints.glob("member-*"), *checkpoints.glob("fold-*/member-*")]
    answered = answers and any(checkpoints.glob("fold-*.json"))
    if not answered and not any(path.suffix in saved for path in made):
        _clear(checkpoints)


def _expect_same(folder, run):
    """Raise OtherTraining, with what differs, unless the folder holds this run."""
    inside = folder / CHECKPOINTS / RUN
    path = inside if inside.exists() else folder / RUN
    if not path.exists():
        raise OtherTraining(
            f"Expected {RUN} in {folder}, to resume. Received: a training without it"
        )
    old, new = _flat(read_json(path)), _flat(json.loads(json.dumps(run)))
    missing = object()
    keys = [
        key for key in {**old, **new} if old.get(key, missing) != new.get(key, missing)
    ]

    def told(values):
        said = [f"{key} {str(values.get(key, 'unknown'))[:WIDTH]}" for key in keys]
        more = [f"{len(keys) - SHOWN} more"] if len(keys) > SHOWN else []
        return " and ".join(said[:SHOWN] + more)

    if keys:
        raise OtherTraining(
            f"Expected the training in {folder} to resume, with {told(old)}. "
            f"Received: {told(new)}"
        )


def _flat(run):
    """Return a dictionary without the one inside: of the recipe's numbers."""
    flat = {}
    for key, value in run.items():
        flat |= value if isinstance(value, dict) and key == "recipe" else {key: value}
    return flat


def _clear(checkpoints):
    """Remove what a training wrote into a folder, and the folder if it is then empty.

    ``run.json`` is last: until then, the training can be resumed.
    """
    files = [path for path in _files(checkpoints) if OWN.fullmatch(path.name)]
    for path in [*files, checkpoints / RUN]:
        with contextlib.suppress(OSError):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    with contextlib.suppress(OSError):
        checkpoints.rmdir()
    rest = sorted(path.name for path in _files(checkpoints))
    if rest:
        warn(
            f"{checkpoints} holds what no training wrote. It stays there: {some(rest)}"
        )


def _files(folder):
    """Return all paths in a folder; none if there is no such folder."""
    return list(folder.iterdir()) if folder.is_dir() else []
