"""Whatever a command is given, it works or says in one sentence why not.

Input i is made from the seeds (SEED, i) alone, so that one can be made again:
``pytest -m slow -s tests/reliability/test_fuzz_commands.py -k "[3]"`` repeats block 3.
"""

import shutil

import numpy as np
import pytest
from reliability.damage import BLOCK, SEED, STRANGE, damaged
from typer.testing import CliRunner

from ssgan.cli.app import app

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore"),
    pytest.mark.usefixtures("small_networks"),
]
COMMANDS = 600


def command(rng, good, folder):
    """Return the arguments of a random command, of which most are nearly right."""
    sources = ["own.npz", "own.csv", "own.parquet", "pets"]
    models = ["rows.keras", "images.keras"]

    def pick(*values):
        return str(values[rng.integers(len(values))])

    def path(names):
        kind = rng.random()
        if kind < 0.1:
            return pick(*STRANGE)
        name = good / pick(*names)
        return str(damaged(rng, name, folder) if kind < 0.6 else name)

    def number(*usual):
        return pick(*usual, *usual, *usual, *STRANGE[:8], -3, 0, 2**32, 1.5)

    out = folder / "out"
    shutil.copy(good / "own.csv", folder)
    outs = [out] * 6 + [
        folder,
        folder / "no" / "where",
        "/proc/x",
        "",
        folder / "own.csv",
    ]
    name = pick(
        "fit", "evaluate", "predict", "export", "sample", "compare", "learning-curve"
    )
    if name in ("evaluate", "predict"):
        arguments = [path(models), path(sources)]
        if name == "evaluate":
            arguments += ["--json"] * rng.integers(2)
        else:
            arguments += ["--out", pick(out / "p.csv", out / "p.parquet", *outs)]
    elif name == "export":
        ends = {"keras": "m.keras", "savedmodel": "m", "tflite": "m.tflite"}
        format = pick("keras", "keras", "onnx", "none")
        arguments = [path(models), "--format", format]
        arguments += ["--out", pick(out / ends.get(format, "m.onnx"), *outs)]
    elif name == "sample":
        arguments = [path(models), "--out", pick(out / "s.png", out / "s.csv", *outs)]
        arguments += ["--count", number(3)] if rng.random() < 0.5 else []
        arguments += ["--classes", pick("a,b", "yes", *STRANGE)] * (rng.random() < 0.2)
    else:
        arguments = [path(sources), "--out", pick(*outs)]
        labels = number("2,3,4", "4,6,8") if name == "learning-curve" else number(4, 6)
        arguments += ["--labels", labels]
        options = {"--seed": number(1), "--steps": number(1), "--size": number(4)}
        if options["--steps"] == "999999999999":  # This works, but for years.
            options["--steps"] = "1"
        options["--recipe"] = pick("auto", "vectors", "images", *STRANGE)
        if name == "fit":
            options |= {"--members": number(1), "--weights-seed": number(3)}
            options |= {"--validation": number(0.25), "--class-weight": "balanced"}
            options |= {"--split": path(["split.json"])}
        else:
            options |= {"--splits": number(1), "--jobs": pick(1, 1, 0, "x")}
            options |= {"--methods": pick("self-training", "ssgan", *STRANGE)}
        for option in rng.permutation([*options])[: rng.integers(3)]:
            if not (option == "--methods" and name == "learning-curve"):
                arguments += [option, options[option]]
    if rng.random() < 0.1:
        arguments.insert(rng.integers(len(arguments) + 1), pick(*STRANGE))
    return [name, *arguments]


def is_sentence(text):
    """One line that says what was expected and what was received, or Typer's box."""
    lines = [line for line in text.strip().splitlines() if line]
    said = [line for line in lines if line.startswith("ssgan: ")]
    return bool(lines) and ("Usage:" in text or "Expected" in said[-1])


@pytest.mark.parametrize("block", range(COMMANDS // BLOCK))
def test_commands(block, good, tmp_path):
    before = {p: p.read_bytes() for p in good.rglob("*") if p.is_file()}
    codes = {}
    for i in range(BLOCK * block, BLOCK * (block + 1)):
        rng, folder = np.random.default_rng([SEED, i]), tmp_path / str(i)
        folder.mkdir()
        arguments = command(rng, good, folder)
        result = CliRunner().invoke(app, arguments)
        where = (i, arguments, result.output, result.exception)
        # 1 is for a training that failed after its restarts.
        assert result.exit_code in (0, 1, 2), where
        assert result.exception is None or isinstance(result.exception, SystemExit), (
            where
        )
        assert result.exit_code != 1 or "restarts" in result.stderr, where
        assert result.exit_code != 2 or is_sentence(result.stderr), where
        codes[result.exit_code] = codes.get(result.exit_code, 0) + 1
        shutil.rmtree(folder)
    assert before == {p: p.read_bytes() for p in good.rglob("*") if p.is_file()}
    print(f"\nblock {block}: exit codes {dict(sorted(codes.items()))}")
