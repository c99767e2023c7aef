"""The papers' small experiments run, and measure what they say."""

import numpy as np
import pytest
from scripts import script


def test_without_a_name_they_are_listed(capsys):
    script("toys").main([])
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in lines] == [*script("toys").TOYS]
    assert all(line.endswith(".") for line in lines)


@pytest.mark.parametrize(
    "name",
    [
        "historical-averaging",
        *(
            pytest.param(name, marks=pytest.mark.slow)
            for name in ("ring", "collapse", "labels")
        ),
    ],
)
def test_toy_draws_and_prints(name, tmp_path, capsys):
    toys = script("toys")
    assert name in toys.TOYS
    toys.main([name, "--seeds", "2", "--steps", "10", "--out", str(tmp_path)])
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) >= 2
    assert all("n = 2" in line for line in lines if "real" not in line)
    assert [path.name for path in tmp_path.iterdir()] == [f"toys-{name}.png"]


def test_historical_averaging_reaches_what_descent_orbits():
    toys = script("toys")
    start, orbit, reached = (
        np.linalg.norm(path[-1] - 1, axis=-1)
        for path in (
            toys.two_numbers(0.0, 1, range(3)),
            toys.two_numbers(0.0, 4000, range(3)),
            toys.two_numbers(0.2, 4000, range(3)),
        )
    )
    assert np.all(orbit > 0.3 * start)
    assert np.all(reached < 0.05 * start)


def test_only_what_is_near_a_mode_covers_it():
    games = script("toy_games")
    x = games.ring(2000, 0)
    assert games.covered(x) == games.MODES
    assert games.covered(x[x[:, 0] > 0.9]) == 1
    assert games.covered(0.5 * x) == 0
    few = np.concatenate([games.CENTERS[:3].repeat(300, axis=0), games.CENTERS])
    assert games.covered(few) == 3
