"""Figures on the pages are those of the recorded rows."""

import re
import statistics
from pathlib import Path

import pytest
from scripts import BENCHMARKS, script

from ssgan.evaluation.comparison import Comparison
from ssgan.evaluation.result_rows import read_rows

RESULTS = BENCHMARKS / "results"
PAGES = {path: path.read_text() for path in sorted(BENCHMARKS.glob("pages/*.md"))}
PAGE = "\n".join(PAGES.values())
README = (BENCHMARKS.parent / "README.md").read_text()
# Names of settings in rows of earlier versions.
OLDER = {
    "alternating": "in turn",
    "half of it unresampled": "half of it sharp",
}


def rows_of(folder):
    return read_rows(RESULTS / folder / "rows.jsonl")


def newest(rows):
    """Return the last row of each method and split, if any not of earlier versions."""
    rows = [row for row in rows if "schema" in row] or rows
    return [*{(row["method"], row["split"]): row for row in rows}.values()]


@pytest.mark.parametrize("name", ["mnist", "cifar10"])
def test_the_papers_tables(name):
    tables, rows = script("tables"), rows_of(f"table-{name}")
    assert tables.markdown(name, rows) in PAGE
    earlier = tables.markdown(name, rows, earlier=True)
    assert "formerly" in earlier
    assert earlier in PAGE
    said = [*tables.verdicts(name, rows), *tables.gains(name, rows)]
    assert "\n".join(said) in PAGE


def test_the_table_of_rows():
    assert script("rows").markdown(rows_of("table-rows")) in PAGE


def test_the_first_table_of_the_readme():
    tables = script("tables")
    rows = rows_of("table-mnist")
    lines = tables.lines_of(rows) | tables.lines_of(rows, earlier=True)
    for shown, line in {
        r"\*\*ssgan\*\*, default recipe": "images, 10,000 steps",
        "ssgan, `--recipe guesses`": "guesses, 10,000 steps",
        "the same network, trained on the labels alone": (
            "images-supervised, 10,000 steps"
        ),
        "ssgan, an earlier form of the recipe": (
            "images, 10,000 steps, formerly (a570f680)"
        ),
    }.items():
        [cells] = re.findall(rf"^\| {shown}[^|]*\| (.+) \|$", README, re.MULTILINE)
        expected = []
        for n_labels in (20, 50, 100, 200):
            if n_labels not in lines[line]:
                expected.append("-")
                continue
            mean, std, n = tables.summarize(lines[line][n_labels], 10_000)
            spread = "" if std is None else f" ± {std:.1f}"
            expected.append(f"{mean:.0f}{spread} (n = {n})")
        assert cells.split(" | ") == expected


def test_the_forms_of_the_default_recipe():
    text = PAGE.partition("| form |")[2].partition("\n\n")[0]
    shown = {}
    for line in text.splitlines()[2:]:
        form, _, _, errors = line.strip("| ").split(" | ")
        shown[form] = [int(n) for n in errors.split(", ")]
    recorded = {}
    for row in rows_of("table-mnist"):
        if (row["recipe"], row["n_labels"]) == ("images", 20):
            splits = recorded.setdefault(row["fingerprint"][:4], {})
            splits[row["seed"]] = round(10_000 * row["error"])
    expected = [
        [splits[seed] for seed in sorted(splits)] for splits in recorded.values()
    ]
    assert [*shown.values()] == expected
    assert [*recorded][:-1] == [*shown][:-1]
    assert [*shown][-1] == "today's"


def latest(rows, method, recipe, data):
    """Return the rows of a setting, in its last form, on some data."""
    rows = [
        row
        for row in rows
        if (row["method"], row["recipe"]) == (method, recipe) and row["dataset"] == data
    ]
    return [row for row in rows if row["fingerprint"] == rows[-1]["fingerprint"]]


@pytest.mark.parametrize(
    ("page", "head", "folder", "data"),
    [
        ("parts", "| setting | 20 labels |", "tune-mnist-20", "mnist-held-out"),
        ("parts", "| setting | 100 labels |", "tune-mnist-100", "mnist-held-out"),
        ("parts", "| setting | 50 labels |", "tune-digits-50-parts", "digits-held-out"),
        ("parts", "| first form | 50 labels |", "tune-digits-50", "digits-held-out"),
        ("papers", "| images or photos |", "tune-cifar10", "cifar10-held-out"),
        (
            *("own_data", "| setting | 50 labels |"),
            *("tune-digits-50", "digits-held-out-imbalance-10"),
        ),
    ],
)
def test_what_each_part_is_worth(page, head, folder, data):
    tune, rows = script("tune"), rows_of(folder)
    text = PAGES[BENCHMARKS / "pages" / f"{page}.md"].partition(head)[2]
    table = text.strip().partition("\n\n")[0].splitlines()
    shown = [line for line in table if "(n = " in line]
    assert len(shown) >= (2 if "photos |" in head else 4)
    base = None
    for line in shown:
        setting, error, gap, seconds = line.strip("| ").replace("*", "").split(" | ")
        alone = setting == "labels alone"
        method = "supervised" if alone else "ssgan"
        recipe = OLDER.get(setting, "default-supervised" if alone else setting)
        runs = Comparison(latest(rows, method, recipe, data))
        errors = runs.errors(method)
        base = base or errors
        gaps = [errors[split] - base[split] for split in errors]
        n = len(errors)
        assert error == f"{tune.per_cent(errors.values())} (n = {n})", setting
        assert gap == ("-" if errors is base else tune.per_cent(gaps, "+")), setting
        mean = statistics.mean(row["seconds"] for row in runs.rows)
        assert seconds == f"{mean:.0f}", setting


def test_unequal_classes():
    """With labels that are equally many of each class."""
    tune, rows = script("tune"), rows_of("shares-digits")
    rows = [row for row in rows if not row["split"].endswith("stratified")]
    table = PAGE.partition("| setting | first class ten times the last |")[2]
    lines = table.partition("\n\n")[0].strip().splitlines()[2:]
    assert len(lines) == 3
    worlds = [f"digits-held-out-imbalance-{ratio}" for ratio in ("10", "0.1")]
    for line in lines:
        setting, *cells = line.strip("| ").split(" | ")
        alone = setting == "labels alone"
        method = "supervised" if alone else "ssgan"
        recipe = "default-supervised" if alone else setting
        for cell, world in zip(
            cells, [worlds[0]] * 2 if alone else worlds, strict=True
        ):
            runs = latest(rows, method, recipe, world)
            errors = [row["error"] for row in runs]
            assert cell == f"{tune.per_cent(errors)} (n = {len(errors)})", setting


# Which class is frequent, and what was trained.
WORLDS = [(r, method) for r in ("10", "0.1") for method in ("ssgan", "supervised")]


def test_unequal_classes_of_digits_today():
    tune, rows = script("tune"), rows_of("unequal-digits")
    head = "| labels | first class ten times the last | labels alone |"
    lines = PAGE.partition(head)[2].partition("\n\n")[0].splitlines()[2:]
    assert len(lines) == 4
    cells = {}
    for name, *shown in (line.strip("| ").split(" | ") for line in lines):
        n, _, kind = name.partition(", ")
        for cell, (ratio, method) in zip(shown, WORLDS, strict=True):
            errors = [
                row["error"]
                for row in rows
                if row["dataset"].endswith(f"-imbalance-{ratio}")
                and (row["n_labels"], row["method"]) == (int(n), method)
                and row["split"].endswith("stratified") == (kind == "in proportion")
            ]
            cells[name, ratio, method] = text = errors and tune.per_cent(errors)
            assert cell == (f"{text} (n = {len(errors)})" if errors else "-"), name
    first, alone, last, _ = (cells[("50, equally many", *w)] for w in WORLDS)
    readme = " ".join(README.split())
    assert f"it then makes {first} and {last} % errors on scikit-learn" in readme
    assert f"the labels alone {alone} (50 labels, n = 4)" in readme


def test_unequal_and_foreign_classes_of_mnist():
    """What a few minutes train, beside the labels alone."""
    tune = script("tune")
    rows = rows_of("shares-mnist") + rows_of("foreign-mnist-spread")
    shown = {}
    for row in rows:
        method = "whole" if row["recipe"] == "default" else row["method"]
        key = row["dataset"].removeprefix("mnist-held-out"), method, row["n_labels"]
        shown.setdefault(key, []).append(row["error"])
    shown = {k: f"{tune.per_cent(v)} (n = {len(v)})" for k, v in shown.items()}
    for name, world, method in [
        ("first class ten times the last", "-imbalance-10", "ssgan"),
        ("last class ten times the first", "-imbalance-0.1", "ssgan"),
        ("labels alone", "", "supervised"),
    ]:
        few, more = (shown[world, method, n_labels] for n_labels in (20, 100))
        whole = " | ".join(shown.get((world, "whole", n), "-") for n in (20, 100))
        assert f"| {name} | {few} | {more} | {whole} |\n" in PAGE
    game, alone = (shown["-foreign-classes", m, 20] for m in ("ssgan", "supervised"))
    game = game.replace(" (", " % (")
    text = " ".join(PAGE.split())
    assert (
        f"what a few minutes train makes {game}, and the labels alone {alone}" in text
    )


@pytest.mark.parametrize(
    ("folder", "methods"),
    [
        (
            "digits-50",
            {
                "supervised": "the same network, trained on the 50 labels alone",
                "self-training": "self-training (scikit-learn)",
                "label-spreading": "label spreading (scikit-learn)",
                "ssgan": "**ssgan**",
                "ceiling": "the same network, trained on all 1,297 labels",
            },
        ),
        (
            "mnist-100",
            {
                "supervised": "supervised",
                "self-training": "self-training",
                "label-spreading": "label-spreading",
                "ssgan": "**ssgan**",
                "ceiling": "ceiling (60,000 labels)",
            },
        ),
        (
            "letters-100",
            {
                "supervised": "supervised",
                "self-training": "self-training",
                "label-spreading": "label-spreading",
                "ssgan": "**ssgan**",
            },
        ),
    ],
)
def test_comparisons(folder, methods):
    comparison = Comparison(newest(rows_of(folder)))
    heads = {"digits": "## Digits", "mnist": "## MNIST, 100", "letters": "## Letters"}
    section = PAGE.partition(heads[folder.partition("-")[0]])[2]
    for method, summary in comparison.summary().items():
        name = re.escape(methods[method])
        [line] = re.findall(rf"^\| {name} \| (.+) \|$", section, re.MULTILINE)[:1]
        error = f"{100 * summary['mean']:.2f}"
        if summary["std"] is not None:
            error += f" ± {100 * summary['std']:.2f}"
        assert f"{error} |" in line, method
        digits = 1 if folder == "digits-50" else 0
        assert line.endswith(f"{summary['seconds']:.{digits}f}"), method


def test_the_verdict_of_the_demo():
    d = Comparison(newest(rows_of("digits-50"))).difference()
    said = f"helped by {100 * d['mean']:.2f} points (95 % interval "
    said += f"{100 * d['low']:+.2f} to {100 * d['high']:+.2f} over 5 splits and"
    assert said in PAGE


def anchors(path):
    """Return the anchors of the headings on a page, as GitHub makes them."""
    text = re.sub(r"^```.*?^```", "", path.read_text(), flags=re.MULTILINE | re.DOTALL)
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", h).lower().replace(" ", "-") for h in headings}


def test_links_lead_somewhere():
    root = BENCHMARKS.parent
    for page in (*PAGES, BENCHMARKS / "README.md", *root.glob("*.md")):
        for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text()):
            file, _, anchor = link.partition("#")
            if not file.startswith("https:"):
                there = page.parent / file if file else page
                assert there.exists(), (page, link)
                assert not anchor or anchor in anchors(there), (page, link)


def test_commands_on_the_pages_exist():
    """Each script that a page names is there, and knows the options."""
    for page in (*PAGES.values(), README):
        for name, arguments in re.findall(
            r"^python benchmarks/(\w+)\.py(.*)$", page, re.MULTILINE
        ):
            text = Path(BENCHMARKS, f"{name}.py").read_text()
            text += Path(BENCHMARKS, "engine.py").read_text()
            for option in re.findall(r"--[a-z-]+", arguments):
                assert f'"{option}"' in text, (name, option)
