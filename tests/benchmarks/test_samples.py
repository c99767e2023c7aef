"""The table of what each technique does to samples."""

import numpy as np
import pytest
from scripts import script

from ssgan.evaluation.result_rows import ResultRows
from ssgan.training.parts import recipe_numbers


def row(setting, seed, score, real=10.0, error=0.05, judge="runs/judge", **more):
    def measures(value):
        return {"score": {"value": value}, "coverage": {"value": 0.5}}

    scores = {"judge": judge, "score_name": f"score by {judge}", "n_generated": 5000}
    scores |= {"generated": measures(score)}
    return {
        "steps": 1000,
        "fingerprint": f"now, by {judge}",
        "judge_key": judge,
        "method": setting,
        "seed": seed,
        "error": error,
        "seconds": 90,
        "scores": {**scores, "real": measures(real)},
        **more,
    }


ROWS = [
    row("all techniques", 0, 1.0),
    row("all techniques", 0, 8.0),
    row("all techniques", 1, 9.0),
    row("no labels", 0, 7.0),
    row("no minibatch features", 0, 7.5),
    row("feature matching", 0, 5.0),
]


@pytest.mark.parametrize("published", [False, True])
def test_each_setting_differs_from_the_base_in_what_it_says(published):
    settings = script("settings")
    base = settings.samples_base(published)
    tried = settings.samples(base)
    numbers = {name: recipe_numbers(recipe) for name, recipe in tried.items()}

    def changed(name):
        own, all_of_them = numbers[name], numbers["all techniques"]
        keys = own.keys() | all_of_them.keys()
        return {key for key in keys if own.get(key) != all_of_them.get(key)}

    assert changed("all techniques") == set()
    assert changed("batch normalization for virtual") == {"generator"}
    labels = {"supervised_weight", "terms"}
    assert changed("historical averaging for labels") == labels
    assert changed("no label smoothing") == {"terms"}
    assert changed("no labels") == {"supervised_weight"}
    assert changed("no minibatch features") == {"discriminator"}
    assert changed("feature matching") == {"discriminator", "terms"}
    assert [*tried][:-1] == [*script("published").SAMPLES]
    steps = 600_000 if published else 1000
    assert numbers["all techniques"]["steps"] == steps


def test_ours_are_shown_beside_the_published(tmp_path):
    samples = script("samples")
    found = samples.latest(ROWS)
    lines = samples.markdown(found).splitlines()
    cells = {line.split("|")[1].strip(): line.split("|")[2:-1] for line in lines}
    cells = {name: [cell.strip() for cell in row] for name, row in cells.items()}
    assert cells["setting"][:2] == ["Inception score (published)", "score by judge"]
    assert cells["real images"][:3] == ["11.24", "10.00", "100"]
    assert cells["all techniques"][:3] == ["8.09 ± 0.07", "8.50 ± 0.71", "85 ± 7"]
    assert cells["all techniques"][-2:] == ["2", "1.5"]
    assert cells["no label smoothing"][1] == "not run"
    assert cells["feature matching"][:3] == ["-", "5.00", "50"]
    samples.show(ROWS, "mnist", tmp_path)
    assert (tmp_path / "figure.svg").read_text().startswith("<?xml")


def test_a_trial_has_a_table_of_its_own():
    samples = script("samples")
    trials = [
        row("all techniques", 0, 1.5, steps=10, fingerprint="short"),
        row("no labels", 0, 3.0, judge="other"),
    ]
    earlier = row("no labels", 1, 6.0, fingerprint="earlier")
    rows = [earlier, *ROWS, *trials]
    assert samples.asked_for(rows, 10, 5000) == trials[:1]
    assert samples.asked_for(rows, 1000, 5000) == trials[1:]
    assert samples.asked_for(rows, 1000, 200) == []
    asked = samples.asked_for(rows, 1000, 5000, "elsewhere/judge")
    assert asked == [earlier, *ROWS]
    assert samples.latest(asked) == samples.latest(ROWS)


@pytest.mark.parametrize("trial", [["--steps", "10"], ["--samples", "200"]])
def test_a_trial_leaves_the_figure_alone(trial):
    with pytest.raises(SystemExit, match="another figure"):
        script("samples").main(["mnist", "--judge", "judge", *trial])


def test_the_order_is_compared_with_the_published_one():
    samples = script("samples")
    said = samples.verdict(samples.latest(ROWS))
    order = "all techniques > no minibatch features > no labels."
    assert said.startswith(f"By score: {order}")
    assert "(Kendall): 0.33" in said


@pytest.mark.slow
@pytest.mark.realdata
def test_a_run_is_recorded_once(tmp_path, need, capsys):
    need("mnist")
    from ssgan import SSGANClassifier, load

    data = load("tfds:mnist")
    judge = SSGANClassifier(steps=20).fit(data.x_train[:500], data.y_train[:500])
    judge.save(tmp_path / "judge.keras")
    command = ["mnist", "--judge", tmp_path / "judge.keras", "--out", tmp_path / "out"]
    command += ["--settings", "no labels", "--seeds", 1, "--steps", 10]
    command += ["--samples", 200, "--checkpoints", tmp_path / "runs"]
    for _ in range(2):
        script("samples").main([*map(str, command)])
    [only] = ResultRows(tmp_path / "out").rows
    assert (only["method"], only["steps"]) == ("no labels", 10)
    assert 1 <= only["scores"]["generated"]["score"]["value"] <= 10
    assert np.isfinite(only["error"])
    assert not any((tmp_path / "runs").iterdir())
    assert "no labels" in capsys.readouterr().out
