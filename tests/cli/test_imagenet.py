"""The recipe for ImageNet, from the command line to samples, on TFDS's mock data."""

import csv
import dataclasses
import json
import os
import signal

import pytest
from command_line import run
from mock_tfds import mock_tfds
from PIL import Image

from ssgan import recipes
from ssgan.data import storage
from ssgan.recipes import IMAGENET
from ssgan.training import progress

pytest.importorskip("tensorflow_datasets")
SPLITS = ("train", "validation")


def narrow(filters, generated):
    """Return the recipe with other networks of its kind, and small batches."""

    def part(old, **options):
        return old._replace(options=old.options | options)

    return dataclasses.replace(
        IMAGENET,
        discriminator=part(
            IMAGENET.discriminator, filters=filters, minibatch_kernels=3
        ),
        generator=part(IMAGENET.generator, filters=generated),
        labeled_size=4,
        unlabeled_size=4,
    )


class CtrlC(progress.Progress):
    """Press Ctrl-C after step 20: the last checkpoint is that of step 10."""

    def on_train_batch_end(self, batch, logs=None):
        super().on_train_batch_end(batch, logs)
        if int(self.model.steps_done.numpy()) == 20:
            os.kill(os.getpid(), signal.SIGINT)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "size", "networks"),
    [
        ("imagenet_resized/16x16", 16, ((2, 4), (4, 2))),
        ("imagenet2012", 128, ((4, 8, 8, 16), (16, 16, 8, 8, 4))),
    ],
    ids=["small", "full size"],
)
def test_imagenet_from_fit_to_samples(name, size, networks, tmp_path, monkeypatch):
    monkeypatch.setitem(recipes.RECIPES, "imagenet", narrow(*networks))
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path / "tfds"))
    # Pixels are read from a file, as those of all of ImageNet.
    monkeypatch.setattr(storage, "IN_MEMORY", 10_000)
    source, model = f"tfds:{name}", tmp_path / "model"
    fit = ["fit", source, "--size", size, "--labels", "all", "--recipe", "imagenet"]
    fit += ["--steps", 30, "--out", model]
    with mock_tfds(name, SPLITS, 20, tmp_path / "tfds"):
        with monkeypatch.context() as patch:
            patch.setattr(progress, "Progress", CtrlC)
            run(*fit, code=130)
        run(*fit, "--resume")
        run("predict", model, source, "--out", tmp_path / "classes.csv")
    result = json.loads((model / "result.json").read_text())
    done = result["recipe"], result["n_labels"], result["resumed_from_step"]
    assert done == ("imagenet", 20, 10)
    with (tmp_path / "classes.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 20
    assert {row["class"] for row in rows} <= {*map(str, result["classes"])}
    run("sample", model, "--count", 4, "--out", tmp_path / "samples.png")
    assert min(Image.open(tmp_path / "samples.png").size) >= 2 * size
