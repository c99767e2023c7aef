"""Tables on the command line."""

import numpy as np
import pandas as pd
import pytest
from command_line import run

pytestmark = pytest.mark.usefixtures("small_networks")


def test_columns_of_a_table_are_found_by_name(rng, tmp_path):
    """In whatever order another table has them, and beside others."""
    y = np.arange(60) % 2
    table = pd.DataFrame(rng.normal(size=(60, 3)) + 3 * y[:, None], columns=[*"abc"])
    table["b"] *= 100
    other = table[["c", "b", "a"]].assign(id=range(60))
    table.assign(label=y).to_csv(tmp_path / "own.csv", index=False)
    other.to_parquet(tmp_path / "other.parquet")
    other.drop(columns="b").to_csv(tmp_path / "less.csv", index=False)
    model = tmp_path / "out" / "model.keras"
    fit = ["fit", tmp_path / "own.csv", "--labels", 10, "--steps", 20, "--quick"]
    run(*fit, "--out", tmp_path / "out")
    run("evaluate", model, tmp_path / "own.csv")
    run("predict", model, tmp_path / "own.csv", "--out", tmp_path / "p.csv")
    more = run(
        "predict", model, tmp_path / "other.parquet", "--out", tmp_path / "q.csv"
    )
    assert "not use them: id" in " ".join(more.stderr.split())
    pair = [pd.read_csv(tmp_path / name) for name in ("p.csv", "q.csv")]
    assert pair[1]["id"].tolist() == list(range(60))
    pd.testing.assert_frame_equal(pair[0], pair[1].drop(columns="id"))
    less = run(
        *("predict", model, tmp_path / "less.csv", "--out", tmp_path / "r.csv"), code=2
    )
    assert "Received: c, a, id, without b" in " ".join(less.stderr.split())
    run("sample", model, "--count", 3, "--out", tmp_path / "s.csv")
    assert pd.read_csv(tmp_path / "s.csv").columns.tolist() == ["a", "b", "c"]


def test_a_table_as_people_have_it(rng, tmp_path):
    """Semicolons, decimal commas, text, empty fields, a label of another name."""
    kind = np.arange(90) % 3
    table = pd.DataFrame({"nr": np.arange(90), "long": rng.normal(size=90) + 3 * kind})
    table["place"] = np.array(["X", "Y", None], object)[kind]
    table.loc[::9, "long"] = None
    table["kind"] = np.array([*"uvw"])[kind]
    table.to_csv(tmp_path / "new.csv", index=False)
    table.loc[15:, "kind"] = None
    own = tmp_path / "own.csv"
    table.to_csv(own, sep=";", decimal=",", index=False)
    out = tmp_path / "out"
    said = run("fit", own, "--steps", 20, "--quick", "--out", out).stderr
    said = " ".join(said.split())
    assert "The labels are taken from kind" in said
    assert "not learned from: nr (another whole number in each row)" in said
    run("fit", own, "--continue-from", out, "--steps", 5, "--out", tmp_path / "more")
    shown = " ".join(run("info", tmp_path / "more").stdout.split())
    assert "long, place (2 values)" in shown
    assert "column of labels │ kind" in shown
    for model in ([], ["--model", out]):
        named = ["--label-column", "kind", *model]
        chosen = run("suggest", own, *named, "--drop", "nr", "-n", 2).stdout
        assert all(int(row) >= 15 for row in chosen.splitlines()[:2])
    run("evaluate", out / "model.keras", tmp_path / "new.csv")
    new = [out / "model.keras", tmp_path / "new.csv"]
    run("predict", *new, own, "--out", tmp_path / "p.csv")
    predicted = pd.read_csv(tmp_path / "p.csv")
    assert predicted["nr"].tolist() == 2 * list(range(90))
    run("predict", out, own, "--part", "unlabeled", "--out", tmp_path / "u.csv")
    assert pd.read_csv(tmp_path / "u.csv")["nr"].tolist() == list(range(15, 90))
    run("sample", out / "model.keras", "--count", 4, "--out", tmp_path / "s.csv")
    assert set(pd.read_csv(tmp_path / "s.csv")["place"]) <= {"X", "Y"}
    compared = ["--methods", "self-training", "--splits", 1, "--jobs", 1]
    run(
        *("compare", tmp_path / "new.csv", "--label-column", "kind", "--labels", 9),
        *(*compared, "--out", tmp_path / "compared"),
    )
