"""What learns beside the page: when it is asked to, and what it brings."""

import os
import threading
import time

import numpy as np
import pytest
from images import gray, save, save_digits
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression

from ssgan.support.processes import is_alive
from ssgan.web.labeled_sources import open_source
from ssgan.web.labeling import Labeling
from ssgan.web.learner import Learner, Task, learned_features

DIGITS = load_digits()


class Recorder:
    """Stands for a learner: it remembers what it was asked, and may be busy."""

    def __init__(self):
        self.asked, self.busy, self.status = [], False, "ready"

    def train(self, labels):
        self.asked.append(labels)
        return not self.busy


def test_decisions_start_a_training_if_none_runs(tmp_path):
    labeling = Labeling(open_source(save_digits(tmp_path / "digits", 20)))
    labeling.learner = learner = Recorder()
    labeling.label(3, "a")
    labeling.refresh()
    assert learner.asked == []  # One class teaches nothing.
    labeling.label(4, "b")
    learner.busy = True
    labeling.refresh()
    labeling.label(5, "b")
    learner.busy = False
    for _ in range(3):
        labeling.refresh()
    # It was asked again after it was busy, with all labels, and not without new ones.
    assert learner.asked == [{3: "a", 4: "b"}, {3: "a", 4: "b", 5: "b"}]
    labeling.undo()
    labeling.refresh()
    assert learner.asked[2:] == [{3: "a", 4: "b"}]


@pytest.mark.slow
def test_learner_reads_and_trains_in_another_process(tmp_path):
    folder = save_digits(tmp_path / "digits", 120)
    (folder / "007.png").write_bytes(b"no picture")
    files = tuple(open_source(folder).keys)
    got, unreadable, news = [], [], threading.Event()

    def take(indices, features, learned_from):
        got.append((indices, features, learned_from))
        news.set()

    learner = Learner(Task(folder, files), take, unreadable.extend)
    try:
        assert news.wait(120)
        indices, features, learned_from = got[0]
        assert (len(indices), learned_from, unreadable) == (119, 0, [7])
        assert sorted([*indices, 7]) == list(range(120))
        assert np.mean(np.sum(features**2, axis=1)) == pytest.approx(
            features.shape[1], rel=1e-3
        )
        while learner.status != "ready":
            news.wait(0.1)
        # The one picture of the second class cannot be read: that is not the end.
        assert learner.train({0: "a", 7: "b"})
        while learner.status == "training":
            time.sleep(0.1)
        assert learner.status == "ready"
        labels = {i: str(DIGITS.target[i]) for i in range(40) if i != 7}
        assert learner.train(labels)
        assert learner.status == "training"
        assert not learner.train(labels)
        process = learner._process.pid
        assert os.getpriority(os.PRIO_PROCESS, process) >= 10
    finally:
        learner.close()
    assert not is_alive(process)


@pytest.mark.slow
def test_learner_warns_as_the_command_line_does(tmp_path, capfd):
    save(tmp_path / "pets" / "large.png", gray(9, 100, 100))
    save(tmp_path / "pets" / "small.png", gray(99))
    read = threading.Event()
    files = ("large.png", "small.png")
    task = Task(tmp_path / "pets", files)
    learner = Learner(task, lambda *_: read.set(), lambda *_: None)
    assert read.wait(120)
    learner.close()
    said = capfd.readouterr().err.splitlines()
    assert [line[:30] for line in said if "100 pixels" in line] == [
        "ssgan: Images of up to 100 pix"
    ]
    assert not any(".py" in line for line in said)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_nothing_is_said_if_the_page_has_ended(tmp_path, capfd):
    """A killed page closes the connection a moment before its learner ends."""
    folder = save_digits(tmp_path / "digits", 20)
    files = tuple(open_source(folder).keys)
    learner = Learner(Task(folder, files), lambda *_: None, lambda *_: None)
    learner._connection.close()
    learner._process.join(60)
    assert learner._process.exitcode == 0
    assert "Traceback" not in capfd.readouterr().err


@pytest.mark.slow
def test_learned_features_tell_classes_apart(tmp_path):
    """Pictures that could not be read leave a gap in the numbers."""
    kept = np.delete(np.arange(401), 7)
    x, y = DIGITS.images[kept], DIGITS.target[kept]
    labels = {int(i): str(DIGITS.target[i]) for i in kept[:100]}
    features = learned_features(Task(tmp_path, None, steps=1000), x, kept, labels)
    assert len(features) == 400
    assert np.mean(np.sum(features**2, axis=1)) == pytest.approx(
        features.shape[1], rel=1e-3
    )
    regression = LogisticRegression().fit(features[:100], y[:100])
    assert regression.score(features[100:], y[100:]) > 0.8
