"""Whatever the API is given, it works or says in one sentence why not.

Input i is made from the seeds (SEED + 1, i) alone, so that one can be made again:
``pytest -m slow -s tests/reliability/test_fuzz_calls.py -k "[3]"`` repeats block 3.
"""

import shutil
import warnings

import numpy as np
import pandas as pd
import pytest
import tensorflow as tf
from reliability.damage import BLOCK, SEED, STRANGE, damaged
from tiny import TINY

from ssgan import InputError, LabelSplit, SSGANClassifier, label_split, load
from ssgan.data.examples import Data

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore"),
    pytest.mark.usefixtures("small_networks"),
]
CALLS = 600
DTYPES = [
    "float32",
    "float64",
    "float16",
    "uint8",
    "int8",
    "int64",
    "bool",
    "complex64",
]
DTYPES += ["object", "U3", "datetime64[s]", "float32"]


def array(rng, n=None):
    """Return an array of examples of a random kind, most of them nearly right."""
    shapes = [(3,), (3,), (1,), (0,), (2, 2), (4, 4, 1), (4, 4, 3), (), (2, 2, 2, 2)]
    n = int(rng.choice([12, 12, 12, 1, 0, 2])) if n is None else n
    x = 3 * rng.normal(size=(n, *shapes[rng.integers(len(shapes))]))
    if rng.random() < 0.3:
        x = x.astype(str(rng.choice(DTYPES)))
    if x.size and x.dtype.kind in "fO" and rng.random() < 0.3:
        strange = [np.nan, np.inf, -np.inf, 1e30, 1e300, 0.0, None]
        value = strange[rng.integers(7 if x.dtype.kind == "O" else 6)]
        with np.errstate(over="ignore"):
            x[..., rng.integers(x.shape[-1])] = value
    wraps = [np.asarray] * 6 + [
        np.ma.asarray,
        list,
        pd.DataFrame,
        tf.constant,
        np.matrix,
    ]
    wrap = wraps[rng.integers(len(wraps))]
    try:
        return wrap(x)
    except Exception:  # It is none that this wrap takes.
        return x


def targets(rng, n=12):
    """Return labels of a random kind, most of them nearly right."""
    y = [0, 1] * 6
    kinds = [
        *(y, [*"ab"] * 6, [0, 1] * 3 + [-1] * 6, ["a", "b", None] * 4, y[:5], [], None),
        *(
            [0.5] * 12,
            [-2, 1] * 6,
            [0] * 12,
            [-1] * 12,
            ["nan", "a", "b"] * 4,
            [[0, 1]] * 6,
        ),
        *([1e300, 1] * 6, [True, False] * 6, [b"a", b"b"] * 6, ["a", 1] * 6, "ab", 3),
        *([2**70, 1] * 6, [0, 1, np.nan] * 4, [object()] * 12, [1j, 2] * 6),
    ]
    chosen = kinds[rng.integers(len(kinds)) if rng.random() < 0.6 else 0]
    wraps = [list] * 3 + [np.array, pd.Series, pd.Categorical, np.ma.array, tuple]
    try:
        return wraps[rng.integers(len(wraps))](chosen)
    except Exception:  # It is none that this wrap takes.
        return chosen


def call(rng, good, folder):
    """Return a random call of the API: a function without arguments."""

    def pick(*values):
        return values[rng.integers(len(values))]

    whole = pick(1, 1, 2, 0, -1, 1.5, None, "1", True, 2**40, np.int64(1))
    x, y, unlabeled = array(rng), targets(rng), array(rng, 12)
    kind = rng.integers(8)
    if kind <= 2:
        options = {
            "n_members": whole if whole != 2**40 else 1,
            "steps": pick(1, whole if whole != 2**40 else 1),
            "recipe": pick(
                "auto",
                "auto",
                "vectors",
                "images",
                "no",
                None,
                3,
                TINY.supervised(),
            ),
            "class_weight": pick(
                None, "balanced", {0: 1}, {0: 1, 1: np.nan}, "x", 3, [1]
            ),
            "image_shape": pick(None, (2, 2), (3,), (0,), "ab", 3, (1, 3, 1)),
            "random_state": pick(0, None, -1, 2**32, "a", np.random.default_rng(0)),
        }
        chosen = rng.permutation([*options])[: rng.integers(3)]
        classifier = SSGANClassifier(**{key: options[key] for key in chosen})
        more = {"unlabeled": pick(None, unlabeled)} if rng.random() < 0.3 else {}
        if rng.random() < 0.2:
            more["validation"] = pick((x, y), (unlabeled, y), (x,), None, 3)
        return lambda: classifier.fit(x, y, **more).predict(pick(x, unlabeled))
    if kind == 3:
        model = SSGANClassifier.load(good / pick("rows.keras", "images.keras"))
        use = pick(model.predict, model.predict_proba, model.transform, model.score)
        n = pick(whole, 3)
        if use == model.score:
            return lambda: use(x, y)
        if rng.random() < 0.3 and n != 2**40:
            return lambda: model.sample(
                n, pick(0, None, "a", -1), classes=pick(None, y)
            )
        return lambda: use(x)
    if kind == 4:
        seed, name = pick(0, whole), pick("data", 3, None, "\udce9")
        return lambda: label_split(y, pick(4, whole), seed, name=name).apply(
            targets(rng)
        )
    if kind == 5:
        path = good / pick("own.npz", "own.csv", "own.parquet", "pets", "split.json")
        source = pick(damaged(rng, path, folder), path, pick(*STRANGE), None, 3, b"x")
        more = pick({}, {"size": whole}, {"shape": pick((3,), (4, 4), "ab", 3)})
        more = pick(more, {"columns": pick([*"abc"], ["a"], "abc", 3, [1])})
        return lambda: load(source, **more)
    if kind == 6:
        path = damaged(rng, good / pick("rows.keras", "images.keras"), folder)
        return lambda: SSGANClassifier.load(path).predict(x)
    both = pick((x, y), (x, None), (None, y), (None, None))
    if rng.random() < 0.3:
        path = damaged(rng, good / "split.json", folder)
        return lambda: LabelSplit.load(path).apply(y)
    return lambda: Data(pick("own", 3), x, y, *both).with_test_part()


@pytest.mark.parametrize("block", range(CALLS // BLOCK))
def test_calls(block, good, tmp_path):
    """A call of the API works, or raises InputError of one sentence."""
    worked = refused = 0
    for i in range(BLOCK * block, BLOCK * (block + 1)):
        rng, folder = np.random.default_rng([SEED + 1, i]), tmp_path / str(i)
        folder.mkdir()
        function = call(rng, good, folder)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                function()
            worked += 1
        except InputError as error:
            said = str(error)
            assert said.startswith("Expected ") or "feature names" in said, (i, said)  # noqa: PT017
            refused += 1
        except Exception as error:
            raise AssertionError(f"call {i}") from error
        shutil.rmtree(folder)
    print(f"\nblock {block}: {worked} worked, {refused} refused")
