"""The package is a house: rooms import from rooms below them, and stay small."""

import ast
import graphlib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "ssgan"
# A room may import from itself, and from those before it.
ROOMS = [
    *("errors", "support", "stats", "metrics", "data", "suggestions", "recipes"),
    *("nn", "game", "training", "estimator"),
    *("evaluation", "export", "pages", "train_to_folder", "web", "cli"),
]
MODULES_AT_THE_TOP = 8
LONGER = "Longer than 300 lines because"


def modules(package):
    """Return the syntax tree of each module of a package, a dict by its name."""
    trees = {}
    for path in sorted(package.rglob("*.py")):
        parts = path.relative_to(package.parent).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        trees[name] = ast.parse(path.read_text(encoding="utf-8"))
    return trees


def imports(trees):
    """Return which modules of the package each of its modules imports, anywhere."""
    [top] = {name.partition(".")[0] for name in trees}
    found = {}
    for name, tree in trees.items():
        names = set()
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{name} has a relative import"
                # The name of a module, or else a name in one.
                inner = [f"{node.module}.{alias.name}" for alias in node.names]
                inner = [n for n in inner if n != f"{top}.__version__"]
                names |= {n if n in trees else node.module for n in inner}
        found[name] = {n for n in names if n.partition(".")[0] == top}
        unknown = found[name] - trees.keys()
        assert not unknown, f"{name} imports {unknown}, which does not exist"
    return found


def upward(found):
    """Return the imports that lead to a room above, as text."""
    arrows = []
    for name, others in found.items():
        for other in sorted(others):
            if name == other.partition(".")[0]:  # From the package's own __init__.
                arrows.append(f"{name} -> {other}")
                continue
            room, other_room = (n.split(".")[1:2] for n in (name, other))
            if not other_room or ROOMS.index(*room) < ROOMS.index(*other_room):
                arrows.append(f"{name} -> {other}")
    return arrows


def circle(found):
    """Return a circle of modules that import each other, a list; None if none do."""
    try:
        graphlib.TopologicalSorter(found).prepare()
    except graphlib.CycleError as error:
        return error.args[1]
    return None


def test_no_room_imports_from_a_room_above():
    assert upward(imports(modules(PACKAGE))) == []


def test_modules_import_each_other_in_no_circle():
    assert circle(imports(modules(PACKAGE))) is None


def test_package_itself_imports_no_room():
    assert imports(modules(PACKAGE))["ssgan"] == set()


def test_few_modules_lie_at_the_top():
    files = [path.name for path in PACKAGE.glob("*.py")]
    assert len(files) <= MODULES_AT_THE_TOP, files
    names = {path.stem for path in PACKAGE.iterdir() if path.name[0] not in "_."}
    assert names == set(ROOMS)


@pytest.fixture
def write(tmp_path):
    """Return a function that writes a package of some modules and reads its imports."""

    def write(sources):
        package = tmp_path / "ssgan"
        for path in ("", "nn", "data", "training"):
            (package / path).mkdir()
            (package / path / "__init__.py").touch()
        for name, source in sources.items():
            (package / name).with_suffix(".py").write_text(source)
        return imports(modules(package))

    return write


@pytest.mark.parametrize(
    "source",
    [
        "from ssgan.training import loop",
        "from ssgan.training.loop import train",
        "import ssgan.training.loop",
        "import numpy, ssgan.training.loop as loop",
        "def late():\n    from ssgan.training.loop import train",
    ],
)
def test_upward_import_is_noticed(source, write):
    found = write({"nn/losses": source, "training/loop": "from ssgan.nn import losses"})
    assert upward(found) == ["ssgan.nn.losses -> ssgan.training.loop"]


def test_import_from_a_package_above_is_noticed(write):
    found = write({"data/tables": "from ssgan.nn import GaussianNoise"})
    assert upward(found) == ["ssgan.data.tables -> ssgan.nn"]


def test_import_of_all_rooms_is_noticed(write):
    found = write(
        {
            "data/tables": "from ssgan import load, __version__",
            "data/splits": "from ssgan import __version__",
        }
    )
    assert upward(found) == ["ssgan.data.tables -> ssgan"]


def test_import_in_the_package_itself_is_noticed(write):
    assert upward(write({"__init__": "import ssgan.nn"})) == ["ssgan -> ssgan.nn"]


def test_circle_is_noticed(write):
    found = write(
        {
            "nn/losses": "from ssgan.nn.layers import a",
            "nn/layers": "from ssgan.nn import terms, other",
            "nn/terms": "def late():\n    import ssgan.nn.losses",
            "nn/other": "from ssgan.data import tables",
            "data/tables": "import numpy",
        }
    )
    assert upward(found) == []
    names = {"ssgan.nn.losses", "ssgan.nn.layers", "ssgan.nn.terms"}
    assert set(circle(found)) == names


def test_without_a_circle_there_is_none(write):
    found = write(
        {"nn/losses": "from ssgan.nn.layers import a", "nn/layers": "import ssgan.data"}
    )
    assert circle(found) is None
    assert upward(found) == []


def too_long(path, most):
    """Return whether a file has more lines, and its docstring does not say why."""
    text = path.read_text(encoding="utf-8")
    reason = " ".join((ast.get_docstring(ast.parse(text)) or "").split())
    return len(text.splitlines()) > most and LONGER not in reason


@pytest.mark.parametrize(
    ("folder", "most"), [("ssgan", 300), ("benchmarks", 300), ("tests", 350)]
)
def test_files_are_short(folder, most):
    files = sorted((ROOT / folder).rglob("*.py"))
    assert files
    assert [str(file) for file in files if too_long(file, most)] == []


@pytest.mark.parametrize(
    ("lines", "docstring", "expected"),
    [
        (300, "Short.", False),
        (301, "Long.", True),
        (301, "Long.\n\nLonger than 300\nlines because it must be.", False),
    ],
)
def test_long_file_is_noticed(lines, docstring, expected, tmp_path):
    head = f'"""{docstring}"""\n'
    rest = "x = 1\n" * (lines - len(head.splitlines()))
    (tmp_path / "a.py").write_text(head + rest)
    assert too_long(tmp_path / "a.py", 300) == expected


def annotated(tree):
    """Return the functions of a module that have type annotations, by name."""
    names = []
    for node in ast.walk(tree):
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        a = node.args
        arguments = [*a.posonlyargs, *a.args, *a.kwonlyargs, a.vararg, a.kwarg]
        notes = [argument.annotation for argument in arguments if argument]
        # A class inside a function may have annotated fields.
        notes += [n for n in node.body if isinstance(n, ast.AnnAssign)]
        if node.returns or any(notes):
            names.append(node.name)
    return names


def test_functions_have_docstrings_instead_of_annotations():
    found = {
        name: annotated(tree)
        for name, tree in modules(PACKAGE).items()
        # Typer makes options of the annotations of commands.
        if not name.startswith("ssgan.cli")
    }
    assert {name: names for name, names in found.items() if names} == {}


def test_annotation_is_noticed():
    source = """
class Fields:
    x: int = 3

    def plain(self, x, *y, z=1, **more):
        pass

    def argument(self, x: int):
        pass

def result() -> int:
    def inner(*, x: int = 3):
        pass

def variable():
    x: int = 3

async def rest(*x: int):
    pass
"""
    assert sorted(annotated(ast.parse(source))) == [
        "argument",
        "inner",
        "rest",
        "result",
        "variable",
    ]
