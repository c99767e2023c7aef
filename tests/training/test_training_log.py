"""How a training went is written down as it goes."""

import json
from types import SimpleNamespace

import numpy as np
import pytest
import tensorflow as tf
from tiny import TINY, TINY_IMAGES

from ssgan import SSGANClassifier
from ssgan.training.snapshots import IMAGES
from ssgan.training.training_log import TrainingLog, read_log, read_snapshots


def test_generated_images_are_of_the_same_latents(tmp_path):
    x = np.random.default_rng(0).integers(0, 256, (40, 6, 6), dtype=np.uint8)
    classifier = SSGANClassifier(TINY_IMAGES, random_state=0)
    classifier.fit(x, np.arange(40) % 4 - 1, checkpoints=tmp_path)
    snapshots = read_snapshots(tmp_path / "member-0")
    assert [step for step, _ in snapshots] == [0, 10, 20, 30, 40]
    last = np.asarray(classifier.model_.sample(IMAGES, seed=0))
    np.testing.assert_allclose(snapshots[-1][1], last, atol=1e-3)
    assert classifier.raw_range_ == pytest.approx((0, 255))


@pytest.mark.slow  # Two trainings.
def test_members_are_told_apart(tmp_path):
    recipe = TINY.supervised().with_steps(40)
    y = np.arange(40) % 3 - 1
    x = np.random.default_rng(0).normal(size=(40, 2)) + 3 * y[:, None]
    classifier = SSGANClassifier(recipe, n_members=2, random_state=0)
    classifier.fit(x, y, checkpoints=tmp_path)
    first, second = (read_log(tmp_path / f"member-{i}") for i in range(2))
    assert len(first) == len(second) == 4
    assert first[0]["loss"] != second[0]["loss"]


def test_what_is_beyond_the_checkpoint_is_forgotten(tmp_path):
    stem = tmp_path / "member-0"
    lines = [json.dumps({"step": step, "seconds": 1.0}) for step in (10, 20, 30)]
    stem.with_suffix(".jsonl").write_text("".join(f"{line}\n" for line in lines))
    for step in (0, 20, 30):
        np.save(f"{stem}.{step}.npy", np.zeros(1))
    log = TrainingLog(stem)
    strategy = tf.distribute.get_strategy()
    at_20 = {"distribute_strategy": strategy, "steps_done": tf.Variable(20)}
    log.set_model(SimpleNamespace(**at_20))
    log.on_train_begin()
    assert [line["step"] for line in read_log(stem)] == [10, 20]
    assert [step for step, _ in read_snapshots(stem)] == [0, 20]
