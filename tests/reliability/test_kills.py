"""Whenever a command is killed, the same command ends with the same result.

Some kills are at random moments; others before each change that a command makes in its
folder, so that no window between two changes is left out. Show the counts with -s.
"""

import io
import json
import shutil
import time
import zipfile

import h5py
import numpy as np
import pytest
from reliability import commands

from ssgan.support.locks import NAME
from ssgan.support.run_folder import state

pytestmark = pytest.mark.slow
KILLED = -9
# What differs between two runs, and says nothing of their results.
CIRCUMSTANCES = {"seconds", "resumed_from_step"}
# A name begins with its command. "own" and "rows" have no test part, "earlier" is a
# model of the former.
COMMANDS = {
    "fit": "fit digits --labels 20 --recipe tiny --steps 40",
    "fit-guesses": (
        "fit digits --labels 20 --recipe tiny-guesses --steps 40 --members 2"
    ),
    "fit-minutes": "fit digits --labels 20 --recipe tiny --minutes 0.2",
    "fit-folds": "fit own.npz --recipe tiny --minutes 0.5",
    "fit-continued": (
        "fit own.npz --recipe tiny --steps 20 --continue-from earlier "
        "--precision mixed_bfloat16"
    ),
    "fit-peer": "fit rows.npz --method logistic-regression",
    "compare": (
        "compare digits --labels 20 --recipe tiny --steps 20 --splits 2 "
        "--methods self-training,supervised,ssgan"
    ),
    "compare-own": (
        "compare own.npz --recipe tiny --steps 10 --splits 2 --jobs 1 "
        "--methods supervised,ssgan"
    ),
    "learning-curve": (
        "learning-curve digits --labels 20,30,40 --recipe tiny --steps 10 --splits 1"
    ),
}
RANDOM_KILLS = dict.fromkeys(COMMANDS, 6) | {"fit": 30, "compare": 15}
WINDOWS = dict.fromkeys(COMMANDS, 12) | {"fit": None}
# All of them take long.
PARTS = 4


@pytest.fixture(scope="module", autouse=True)
def own(tmp_path_factory):
    """Make a folder of own images without a test part, and of a model; work there."""
    folder = tmp_path_factory.mktemp("own")
    rng = np.random.default_rng(0)
    y = np.arange(60) % 2
    x = (80 * y[:, None, None] + rng.integers(0, 150, (60, 4, 4))).astype("uint8")
    y = np.where(np.arange(60) < 12, y, -1)
    np.savez(folder / "own.npz", x=x, y=y)
    np.savez(folder / "rows.npz", x=x[:, 0], y=y)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        earlier = "fit own.npz --recipe tiny --quick --out"
        assert commands.run(folder / "earlier", *earlier.split(), "earlier") == 0
        yield


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """Return a function that runs a command without a kill.

    It returns what came of it, its number of changes, and its seconds.
    """
    known = {}

    def whole(name):
        if name not in known:
            out = tmp_path_factory.mktemp(name) / "out"
            # The first process is slower.
            for _ in range(2):
                shutil.rmtree(out, ignore_errors=True)
                start = time.monotonic()
                assert commands.run(out, *arguments(name, out)) == 0, commands.said(out)
                seconds = time.monotonic() - start
            known[name] = results(out), commands.changes(out), seconds
        return known[name]

    return whole


def arguments(name, out):
    return [*COMMANDS[name].split(), "--out", out]


def results(folder):
    """Return everything that a command wrote, without circumstances."""
    found = {}
    for path in sorted(folder.rglob("*")):
        key = path.relative_to(folder).as_posix()
        if path.suffix == ".keras":
            found[key] = weights(path)
        elif path.suffix == ".jsonl":
            lines = path.read_text().splitlines()
            found[key] = [without_circumstances(json.loads(line)) for line in lines]
        elif path.suffix == ".json":
            found[key] = without_circumstances(json.loads(path.read_text()))
        else:  # A page or figure: it shows seconds, too.
            found[key] = path.is_dir() or path.stat().st_size > 1000
    return found


def without_circumstances(value):
    if isinstance(value, dict):
        keys = value.keys() - CIRCUMSTANCES
        return {key: without_circumstances(value[key]) for key in keys}
    if isinstance(value, list):
        return [without_circumstances(item) for item in value]
    return value


def weights(path):
    """Return all numbers of a model's file, optimizers included: bytes by name."""
    found = {}

    def visit(name, item):
        if isinstance(item, h5py.Dataset):
            found[name] = np.asarray(item).tobytes()

    with zipfile.ZipFile(path) as archive:
        [name] = [n for n in archive.namelist() if n.endswith(".h5")]
        with h5py.File(io.BytesIO(archive.read(name))) as file:
            file.visititems(visit)
    assert found
    return found


def again(name, out):
    """Return the arguments that continue what was killed."""
    return [*arguments(name, out), *(["--resume"] if name.startswith("fit") else [])]


def check_state(name, out):
    """The folder of a fit is in one of its three states, and says so when asked."""
    if not name.startswith("fit") or not out.exists():
        return
    found = state(out)
    assert found in ("new", "in training", "finished")
    holds = [path for path in out.rglob("*") if path.name != NAME and path.is_file()]
    if found == "finished":
        assert {"model.keras", "result.json", "report.html"} <= {p.name for p in holds}


def finish(name, out, expected):
    """Run the command to its end; it must end with the same results."""
    assert commands.run(out, *again(name, out)) == 0, commands.said(out)
    assert "Traceback" not in commands.said(out)
    assert results(out) == expected
    shutil.rmtree(out)


@pytest.mark.parametrize("name", COMMANDS)
def test_random_moments(name, whole, tmp_path):
    expected, _, seconds = whole(name)
    rng, out, kills = np.random.default_rng(0), tmp_path / "out", 0
    while kills < RANDOM_KILLS[name]:
        after = rng.uniform(0, seconds)
        code = commands.run(out, *again(name, out), seconds=after)
        assert code in (0, KILLED), commands.said(out)
        kills += code == KILLED
        check_state(name, out)
        # Now and then it is killed again before it has come to its end.
        if code == 0 or rng.random() < 0.5:
            finish(name, out, expected)
    if out.exists():
        finish(name, out, expected)
    print(f"\n{name}: {kills} kills at random moments")


@pytest.mark.parametrize(
    ("name", "part"),
    [*(("fit", part) for part in range(1, PARTS)), *((name, 0) for name in COMMANDS)],
)
def test_every_window(name, part, whole, tmp_path):
    """Kill before each change of a fit; of the others before some and the last ones."""
    expected, changes, _ = whole(name)
    places = np.arange(changes)
    if WINDOWS[name] is not None:
        rng = np.random.default_rng(1)
        some = rng.choice(changes - 4, WINDOWS[name] - 4, replace=False)
        places = [*sorted(some), *places[-4:]]
    else:
        places = places[part::PARTS]
    out = tmp_path / "out"
    for place in places:
        code = commands.run(out, *again(name, out), kill_at=int(place))
        assert code == KILLED, (place, commands.said(out))
        check_state(name, out)
        finish(name, out, expected)
    print(f"\n{name}: {len(places)} kills before one of {changes} changes")
