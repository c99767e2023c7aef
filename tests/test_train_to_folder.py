"""A training is written to its folder, whatever interrupts it."""

import json

import numpy as np
import pytest
from read_page import Page
from tiny import TINY_GAME

from ssgan.data.choose_split import choose_split
from ssgan.data.examples import Data
from ssgan.train_to_folder import train_to_folder
from ssgan.training.progress import Progress
from ssgan.training.training_log import read_log


def interrupted(*_):
    """A progress that is stopped in the third of four epochs."""

    class Stop(Progress):
        def on_epoch_end(self, epoch, logs=None):
            if epoch == 2:
                raise KeyboardInterrupt

    return Stop()


@pytest.mark.slow
def test_log_survives_an_interruption(tmp_path, rng):
    names = np.array([f"kind {i:02}" for i in range(25)], dtype=object)
    y = np.tile(names, 8)
    x = rng.normal(size=(200, 3)) + 3 * np.tile(np.arange(25), 8)[:, None]
    data = Data("toy", x[:150], y[:150], x[150:], y[150:])
    arguments = (tmp_path / "out", data, choose_split(data, 25))
    with pytest.raises(KeyboardInterrupt):
        train_to_folder(
            *arguments, recipe=TINY_GAME.with_steps(40), progress=interrupted
        )
    stem = tmp_path / "out" / "checkpoints" / "member-0"
    before = read_log(stem)
    assert [line["step"] for line in before] == [10, 20]
    # As if it had been stopped between the log and the checkpoint.
    late = json.dumps({**before[-1], "step": 30, "loss": -1.0})
    stem.with_suffix(".jsonl").open("a").write(f'{late}\n{{"ste')
    np.save(f"{stem}.30.npy", np.full((1, 3), np.nan))

    result = train_to_folder(*arguments, recipe=TINY_GAME.with_steps(40), resume=True)
    lines = (tmp_path / "out" / "log.jsonl").read_text().splitlines()
    lines = [json.loads(line) for line in lines]
    assert [line["step"] for line in lines] == [10, 20, 30, 40]
    assert lines[:2] == [{"member": 0, **line} for line in before]
    assert all(line["loss"] > 0 for line in lines)
    seconds = [line["seconds"] for line in lines]
    assert seconds == sorted(seconds)
    assert result["seconds"] >= seconds[-1] - 0.01
    page = Page(tmp_path / "out" / "report.html")
    assert "Most frequent confusions" in page.text  # Too many classes for a matrix.
    assert "called from Python" in page.text
    assert page.pictures == 0
    assert page.figures == 6 + 4 + 1  # Snapshots of the training, as scatter plots.
