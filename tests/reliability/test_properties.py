"""What holds for all splits, tables, folders and saved forms, not for some alone."""

import dataclasses
import json
import string
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from images import gray, save
from typer.testing import CliRunner

from ssgan import InputError, LabelSplit, label_split, load, recipes
from ssgan.cli.app import app
from ssgan.data.labels import is_labeled, read_labels
from ssgan.recipes import RECIPES, Part, from_dict

pytestmark = pytest.mark.slow
many = settings(max_examples=300, deadline=None)
some = settings(max_examples=100, deadline=None)

# Any text that is a class, as README says: not a word for "unlabeled", not a number.
NAMES = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Z"]),
    min_size=1,
    max_size=8,
)
WORDS = {
    "",
    "unlabeled",
    "unlabelled",
    "-1",
    "nan",
    "na",
    "n/a",
    "<na>",
    "nat",
    "none",
    "null",
}


def is_class(text):
    try:
        float(text)
    except ValueError:
        return text == text.strip() and text.lower() not in WORDS
    return False


labels = st.lists(st.integers(-1, 4), min_size=1, max_size=60)


@many
@given(labels, st.integers(0, 70), st.integers(0, 2**32 - 1), st.booleans())
def test_split(y, n, seed, balanced):
    y = np.array(y)
    given, sizes = np.unique(y[y >= 0], return_counts=True)
    try:
        split = label_split(y, n, seed, balanced=balanced)
    except InputError:
        short = balanced and len(sizes) and sizes.min() < -(-n // len(sizes))
        assert len(given) < 2 or not len(given) <= n <= sizes.sum() or short
        return
    assert len(set(split.indices.tolist())) == n == split.n_labels
    kept = split.apply(y)
    assert is_labeled(kept).sum() == n
    np.testing.assert_array_equal(kept[split.indices], y[split.indices])
    classes, counts = np.unique(kept[kept >= 0], return_counts=True)
    np.testing.assert_array_equal(classes, given)
    if balanced:
        assert counts.max() - counts.min() <= 1
    else:
        assert (counts <= sizes).all()
        # The largest-remainder method, but that every class has a label.
        assert (np.abs(counts - n * sizes / sizes.sum()) < 1).all() or counts.min() == 1
    again = label_split(y, n, seed, balanced=balanced)
    np.testing.assert_array_equal(split.indices, again.indices)
    with tempfile.TemporaryDirectory() as folder:
        split.save(Path(folder, "split.json"))
        loaded = LabelSplit.load(Path(folder, "split.json"))
    np.testing.assert_array_equal(loaded.indices, split.indices)
    assert (loaded.name, loaded.seed) == (split.name, split.seed)


@many
@given(
    st.lists(
        st.one_of(
            NAMES.filter(is_class), st.sampled_from(["", None, -1, "-1", "unlabeled"])
        ),
        min_size=1,
        max_size=20,
    )
)
def test_labels_are_read_alike(y):
    """From a list, an object array and a pandas column."""
    expected = [
        label if isinstance(label, str) and is_class(label) else -1 for label in y
    ]
    assume(any(label != -1 for label in expected))
    for form in (y, np.array(y, dtype=object), pd.Series(y, dtype=object)):
        assert read_labels(form).tolist() == expected


finite = st.floats(-1e6, 1e6, width=32)
tables = st.integers(1, 4).flatmap(
    lambda width: st.lists(
        st.tuples(
            st.lists(finite, min_size=width, max_size=width),
            st.one_of(st.none(), NAMES.filter(is_class)),
        ),
        min_size=1,
        max_size=12,
    )
)


@some
@given(tables, st.sampled_from(["csv", "parquet"]), st.randoms(use_true_random=False))
@example([([0.5], "a,\"b'\n"), ([1.5], None)], "csv", None)
def test_table(rows, kind, random):
    """What pandas writes is read: the numbers, the labels, and the columns by name."""
    columns = [f"c {i}" for i in range(len(rows[0][0]))]
    table = pd.DataFrame([x for x, _ in rows], columns=columns, dtype="float32")
    table["label"] = pd.Series([label for _, label in rows], dtype=object)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"own.{kind}")
        table.to_csv(path, index=False) if kind == "csv" else table.to_parquet(path)
        order = columns[::-1]
        data, other = load(path), load(path, columns=order)
    np.testing.assert_array_equal(data.x_train, table[columns].to_numpy("float32"))
    np.testing.assert_array_equal(other.x_train, data.x_train[:, ::-1])
    assert data.columns.names == tuple(columns)
    expected = [-1 if label is None else label.strip() for _, label in rows]
    assert data.y_train.tolist() == expected


# Names of folders on all systems: no separators, and not hidden.
SAFE = st.text(string.ascii_letters + "éß日 -_()", min_size=1, max_size=8)
folders = st.dictionaries(
    SAFE.map(str.strip).filter(
        lambda name: is_class(name) and name.lower() not in ("train", "test")
    ),
    st.integers(1, 3),
    min_size=1,
    max_size=4,
)


@some
@given(folders, st.integers(0, 3), st.booleans())
def test_folder(classes, unlabeled, in_two_parts):
    with tempfile.TemporaryDirectory() as folder:
        parts = ["train", "test"] if in_two_parts else [""]
        for part in parts:
            for k, (name, n) in enumerate(classes.items()):
                for i in range(n):
                    save(Path(folder, part, name, f"{i}.png"), gray(20 * k))
        for i in range(unlabeled):
            save(Path(folder, parts[0], "unlabeled", f"{i}.png"), gray(255))
        data = load(folder)
    sizes = dict(
        zip(
            *np.unique(
                data.y_train[is_labeled(data.y_train)].astype(str), return_counts=True
            ),
            strict=True,
        )
    )
    assert sizes == classes
    assert len(data.y_train) == sum(classes.values()) + unlabeled
    for k, name in enumerate(classes):
        assert (data.x_train[data.y_train == name] == 20 * k).all()
    assert (data.x_train[~is_labeled(data.y_train)] == 255).all()
    for file, label in zip(data.files_train, data.y_train, strict=True):
        assert Path(file).parent.name == (label if label != -1 else "unlabeled")
    if in_two_parts:
        assert sorted(data.y_test) == sorted(
            n for n, m in classes.items() for _ in range(m)
        )


numbers = st.floats(1e-6, 10) | st.integers(1, 1000)
options = st.dictionaries(
    st.sampled_from(["units", "weight", "norm", "filters"]),
    st.one_of(
        numbers,
        st.text(max_size=5),
        st.lists(st.integers(1, 9)).map(tuple),
        st.booleans(),
    ),
    max_size=3,
)
parts = st.builds(Part, st.text(string.ascii_letters, min_size=1, max_size=9), options)
recipe_changes = st.fixed_dictionaries(
    {},
    optional={
        "generator": st.none() | parts,
        "discriminator": parts,
        "value_range": st.none() | st.tuples(st.floats(-9, 0), st.floats(1, 9)),
        "steps": st.integers(1, 10**6),
        "learning_rate": st.floats(1e-9, 1),
        "alternating": st.booleans(),
        "augmentation": st.lists(parts, max_size=2).map(tuple),
        "terms": st.lists(parts, max_size=3).map(tuple),
        "supervised_weight": st.floats(0, 9),
    },
)


@many
@given(st.sampled_from(list(RECIPES.values())), recipe_changes)
def test_saved_recipe(recipe, changes):
    recipe = dataclasses.replace(recipe, **changes)
    written = json.loads(json.dumps(dataclasses.asdict(recipe)))
    assert from_dict(written) == recipe


@many
@given(st.sampled_from(list(RECIPES.values())), st.integers(1, 10**6))
def test_steps_of_a_recipe(recipe, steps):
    shape = (4,) if recipe.value_range is None else (28, 28, 1)
    shorter = recipes.resolve(recipe, steps, shape=shape)
    assert shorter.steps == steps
    assert 0 <= shorter.constant_steps <= steps
    before = recipe.constant_steps / recipe.steps
    assert abs(shorter.constant_steps / steps - before) <= 0.5 / steps + 1e-9


whole = st.integers(-2, 12).map(str) | st.sampled_from(
    ["4294967295", "4294967296", "1e3", "", "x"]
)
fits_of = st.fixed_dictionaries(
    {"--out": st.just("out"), "--labels": whole},
    optional={
        "--seed": whole,
        "--steps": whole,
        "--members": whole,
        "--weights-seed": whole,
        "--validation": st.sampled_from(["0", "0.5", "0.91", "-1", "nan", "half"]),
        "--class-weight": st.sampled_from(["balanced", "even"]),
        "--recipe": st.sampled_from([*RECIPES, "auto", "none"]),
        "--size": whole,
    },
)
LEAST = {"--labels": 1, "--seed": 0, "--steps": 1, "--members": 1, "--weights-seed": 0}


def is_right(option, text):
    """Whether an option takes a value, for images of the digits."""
    if option in LEAST:
        most = 2**32 - 1 if "seed" in option else np.inf
        return text.isdecimal() and LEAST[option] <= int(text) <= most
    right = {
        "--validation": ["0", "0.5"],
        "--class-weight": ["balanced"],
        "--recipe": [*RECIPES, "auto"],
        "--size": [],  # Digits are no files to resize.
        "--out": ["out"],
    }
    return text in right[option]


@many
@given(fits_of)
def test_arguments_arrive_or_are_refused(options):
    """What `ssgan fit` is given reaches the training, or one sentence says why not."""
    from ssgan import train_to_folder as module

    called = []

    def train(out, data, split, *, recipe, steps, **rest):
        recipes.resolve(recipe, steps, shape=(8, 8))
        called.append({"steps": steps, "n_labels": split.n_labels, **rest})
        return {"error": 0.5, "n_test": 500}

    arguments = [text for pair in options.items() for text in pair]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "train_to_folder", train)
        result = CliRunner().invoke(app, ["fit", "digits", *arguments])
    labels = options["--labels"]
    right = all(is_right(*pair) for pair in options.items()) and 10 <= int(labels) <= 99
    right = right and options.get("--recipe") != "vectors"
    assert result.exit_code == (0 if right else 2), (result.output, result.exception)
    assert len(called) == right
    if not right:
        last = result.stderr.strip().splitlines()
        assert last[-1].startswith(("ssgan: Expected", "\u2570")), result.stderr
        return
    names = {"steps": "--steps", "n_labels": "--labels", "n_members": "--members"}
    names |= {"weights_seed": "--weights-seed"}
    for name, option in names.items():
        default = 1 if name == "n_members" else None
        given = options.get(option)
        assert called[0][name] == (default if given is None else int(given))
