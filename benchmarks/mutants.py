"""Mutants: small changes to the code, each of which a quick test should notice.

    pip install -e '.[mutants]'
    python benchmarks/mutants.py named               # those of named_mutants.py
    python benchmarks/mutants.py stats               # every place of a room
    python benchmarks/mutants.py training -n 40      # some of them
    python benchmarks/mutants.py training --again    # those that have survived
    python benchmarks/mutants.py training --again --tests tests/training
    python benchmarks/mutants.py --show              # the score

cosmic-ray makes the mutants: an operator, a comparison, a number or a condition is
replaced. Each runs in a process of its own, in a copy of the code, with the tests of
its room, or with those of its module where the room's take minutes. Of the several
replacements at one place, one is drawn at random (--seed 0). Left out are operators for
bits, which fail at once on a number with a fraction, ``is`` for ``==``, and removed
decorators.

Each mutant is a line in ``results/mutants.jsonl`` the moment it has been tried. The
newest line of a mutant counts. The score is of the code as it is: what was tried before
a module changed is not in it.
"""

import argparse
import contextlib
import difflib
import os
import re
import resource
import shlex
import shutil
import sys
import tempfile
from pathlib import Path

import numpy as np
from cosmic_ray.commands.init import _all_work_items
from cosmic_ray.mutating import use_mutation
from cosmic_ray.plugins import get_operator
from named_mutants import NAMED

from ssgan.support.json_lines import append_line, drop_half_line, read_json_lines
from ssgan.support.provenance import checksum, commit, versions

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks" / "results" / "mutants.jsonl"
LEFT_OUT = re.compile(r"Bit|Shift|_Is|RemoveDecorator")
# Of each room, its modules, and its tests: the quickest come first.
ROOMS = {
    "stats": ("ssgan/stats/*.py", "tests/stats"),
    "metrics": ("ssgan/metrics.py", "tests/test_metrics.py"),
    "losses": ("ssgan/nn/losses.py", "tests/nn/test_losses.py"),
    "terms": ("ssgan/nn/terms/*.py", "tests/nn/terms"),
    "training": ("ssgan/training/*.py", "tests/training"),
    "estimator": ("ssgan/estimator/*.py", "tests/estimator"),
}
# The tests of these take minutes: those of the module first, if it has a file of tests.
SLOW = ("training", "estimator")
# Without these, which take longest.
LONG = "contract or search or cross_validation or keeps_its_steps or steps_fill"
# Of other modules, and besides.
TESTS_OF = {
    "classifier": "tests/estimator/test_classifier.py tests/estimator/test_inputs.py",
    "snapshots": "tests/training/test_training_log.py",
}
# Seconds of processor time more than three times those of the code as it is.
PATIENCE = 20
IDENTITY = ("module", "code", "operator", "occurrence")


def mutants(room, seed=0):
    """Return a mutant for each place in a room, in random order: dictionaries."""
    if room == "named":
        return [_named(*one) for one in NAMED]
    found = {}
    items = list(_all_work_items(sorted(ROOT.glob(ROOMS[room][0])), {}))
    for index in np.random.default_rng(seed).permutation(len(items)):
        [mutation] = items[index].mutations
        name = mutation.operator_name.partition("/")[2]
        if LEFT_OUT.search(name):
            continue
        path = Path(mutation.module_path)
        mutant = {
            "room": room,
            "module": path.relative_to(ROOT).as_posix(),
            "code": _code(path),
            "operator": name,
            "occurrence": mutation.occurrence,
            "line": mutation.start_pos[0],
            "tests": _tests_of(room, path.stem),
        }
        place = mutation.start_pos, mutation.end_pos
        found.setdefault((path, name.partition("_")[0], place), mutant)
    return list(found.values())


def _tests_of(room, module):
    tests = ROOMS[room][1]
    own = TESTS_OF.get(module, f"{tests}/test_{module}.py")
    exists = all((ROOT / name).exists() for name in own.split())
    return f"{own} -k 'not ({LONG})'" if room in SLOW and exists else tests


def _named(module, was, became, tests):
    text = (ROOT / module).read_text(encoding="utf-8")
    assert text.count(was) == 1, f"{module}: {was}"
    return {
        "room": "named",
        "module": module,
        "code": _code(ROOT / module),
        "operator": became,
        "occurrence": 0,
        "line": text[: text.index(was)].count("\n") + 1,
        "tests": tests,
        "replaced": was,
    }


def _code(path):
    return checksum(np.frombuffer(path.read_bytes(), "uint8"))


def identity(mutant):
    """Return what makes a mutant another one."""
    return tuple(mutant[name] for name in IDENTITY)


def newest(room=None):
    """Return the newest row of each mutant, a dictionary by its identity."""
    rows = read_json_lines(RESULTS, IDENTITY) if RESULTS.exists() else []
    return {identity(row): row for row in rows if room in (None, row["room"])}


def run_tests(folder, tests, limit=None):
    """Run some tests in a copy of the code.

    Returns
    -------
    code : int
        0 if all pass; below 0 if the process was ended, as after `limit` seconds.
    seconds : float
        Of processor time.
    """
    pid = os.fork()
    if pid == 0:
        with contextlib.suppress(BaseException):
            if limit is not None:
                resource.setrlimit(resource.RLIMIT_CPU, (limit, limit))
            os.chdir(folder)
            output = os.open(folder / "output", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
            os.dup2(output, 1)
            os.dup2(output, 2)
            for name in [n for n in sys.modules if n.partition(".")[0] == "ssgan"]:
                del sys.modules[name]
            sys.dont_write_bytecode = True
            sys.path.insert(0, str(folder))
            os.environ["PYTHONPATH"] = str(folder)
            os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
            os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
            import pytest

            options = "-q -x -p no:cacheprovider -o addopts= --import-mode=importlib"
            os._exit(
                pytest.main([*options.split(), "-m", "not slow", *shlex.split(tests)])
            )
        os._exit(1)
    _, status, used = os.wait4(pid, 0)
    return os.waitstatus_to_exitcode(status), used.ru_utime + used.ru_stime


def attempt(mutant, folder, limit):
    """Try a mutant, and return its row."""
    path = folder / mutant["module"]
    if "replaced" in mutant:
        context = _replaced(path, mutant["replaced"], mutant["operator"])
    else:
        operator = get_operator(f"core/{mutant['operator']}")()
        context = use_mutation(path, operator, mutant["occurrence"])
    with context as (old, new):
        code, seconds = run_tests(folder, mutant["tests"], limit)
    lines = list(difflib.ndiff(old.splitlines(), new.splitlines()))
    was, became = (
        " ".join(line[2:].strip() for line in lines if line.startswith(sign))
        for sign in "-+"
    )
    outcome = "survived" if code == 0 else "killed"
    return {**mutant, "was": was, "became": became, "outcome": outcome} | {
        "exit_code": code,
        "seconds": round(seconds, 1),
    }


@contextlib.contextmanager
def _replaced(path, was, became):
    old = path.read_text(encoding="utf-8")
    path.write_text(old.replace(was, became), encoding="utf-8")
    yield old, old.replace(was, became)
    path.write_text(old, encoding="utf-8")


def try_all(room, chosen):
    """Try mutants of a room, and record each."""
    # Once, and not in each process that is forked. Nothing is computed here.
    import pytest  # noqa: F401

    if room not in ("stats", "metrics"):
        import keras  # noqa: F401
        import tensorflow as tf  # noqa: F401
    drop_half_line(RESULTS)
    revision, clean = commit()
    about = {"commit": revision, "clean": clean, "versions": versions()}
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        for name in ("ssgan", "tests"):
            shutil.copytree(ROOT / name, folder / name)
        for name in ("setup.cfg", "README.md"):  # A test reads the README.
            shutil.copy(ROOT / name, folder)
        limits = {}
        for tests in {mutant["tests"] for mutant in chosen}:
            code, seconds = run_tests(folder, tests)
            said = (folder / "output").read_text()
            if code != 0:
                sys.exit(f"The tests fail without a mutant:\n{said}")
            limits[tests] = int(3 * seconds) + PATIENCE
        for mutant in chosen:
            row = attempt(mutant, folder, limits[mutant["tests"]])
            append_line(RESULTS, row | about)
            print(row["outcome"], row["module"], row["line"], row["became"], flush=True)


def show():
    """Print the score of each room, and what has survived."""
    print("| room | places | tried | killed | survived |\n|-|-|-|-|-|")
    survivors = []
    for room in ("named", *ROOMS):
        places = mutants(room)
        code = {(mutant["module"], mutant["code"]) for mutant in places}
        rows = newest(room).values()
        rows = [row for row in rows if (row["module"], row["code"]) in code]
        outcomes = [row["outcome"] for row in rows]
        killed, n = outcomes.count("killed"), len(outcomes)
        print(f"| {room} | {len(places)} | {n} | {killed} | {n - killed} |")
        survivors += [row for row in rows if row["outcome"] == "survived"]
    for row in survivors:
        print(f"{row['module']}:{row['line']}: {row['was']}\n    {row['became']}")


def main():
    """Try what the command line says."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("room", nargs="?", choices=["named", *ROOMS])
    options.add_argument("-n", type=int, help="how many, drawn at random")
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--again", action="store_true", help="those that survived")
    options.add_argument("--tests", help="other tests for these, such as the room's")
    options.add_argument("--show", action="store_true", help="print the score")
    options = options.parse_args()
    if options.show or options.room is None:
        return show()
    chosen, known = mutants(options.room, options.seed), newest(options.room)
    if options.again:
        places = {
            (row["module"], row["operator"], row["occurrence"])
            for row in known.values()
            if row["outcome"] == "survived"
        }
        chosen = [
            m | {"tests": options.tests or m["tests"]}
            for m in chosen
            if (m["module"], m["operator"], m["occurrence"]) in places
        ]
    else:
        chosen = [m for m in chosen[: options.n] if identity(m) not in known]
    try_all(options.room, chosen)


if __name__ == "__main__":
    main()
