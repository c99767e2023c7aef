"""Images as the features of a frozen network, through the command line."""

import json

import numpy as np
import pandas as pd
import pytest
from backbones import save_network
from command_line import run
from images import save
from sklearn.datasets import load_digits

import ssgan

NAMES = "zero", "one", "two"


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    """A folder of pictures, and a network of smaller ones in color."""
    folder = tmp_path_factory.mktemp("own")
    save_network(folder / "net.keras", (12, 12, 3))
    x, y = load_digits(n_class=3, return_X_y=True)
    for i, (pixels, target) in enumerate(zip(x[:90], y, strict=False)):
        place = "unlabeled" if 30 <= i < 60 else NAMES[target]
        part = "train" if i < 60 else "test"
        image = np.kron(pixels.reshape(8, 8) * 255 / 16, np.ones((3, 4)))
        save(folder / "pets" / part / place / f"{i:03}.png", image)
    return folder


def test_embed(own, tmp_path):
    out = tmp_path / "features.npz"
    command = "embed", own / "pets", "--backbone", own / "net.keras", "--out", out
    said = run(*command).stdout
    assert said == f"Written: {out}, 90 examples with 5 features each\n"
    data = ssgan.load(out)
    assert data.x_train.shape == (60, 5)
    assert data.x_test.shape == (30, 5)
    assert (data.y_train == -1).sum() == 30
    assert {*data.y_test} == {*NAMES}
    # Whatever is made of the features says which picture it means.
    chosen, *_ = run("suggest", out, "-n", 1).stdout.splitlines()
    assert chosen in data.files_train
    assert chosen.startswith("train/unlabeled/")
    said = run(*command).stdout
    assert "features of these images by net.keras already: nothing is comp" in said
    assert f"Unchanged: {out}" in said


def test_fit_leaves_a_model_of_images(own, tmp_path, small_networks):
    pets, out = own / "pets", tmp_path / "model"
    fit = "fit", pets, "--backbone", own / "net.keras", "--out", out
    run(*fit, "--method", "supervised", "--steps", 10)
    result = json.loads((out / "result.json").read_text())
    assert (result["backbone"], result["n_test"]) == ("net.keras", 30)
    page = (out / "report.html").read_text()
    assert "features by" in page
    assert "data:image/png" in page
    assert "net.keras" in run("info", out).stdout
    # The saved model answers to pictures what the training answered to features.
    table, one = tmp_path / "new.csv", sorted((pets / "train" / "one").iterdir())[0]
    run("predict", out, pets, one, "--out", table)
    rows = pd.read_csv(table)
    true = rows["file"].str.split("/").str[-2]
    wrong = (rows["class"] != true)[:30].mean()
    assert result["error"] == pytest.approx(wrong)
    assert rows["file"][30] == str(one)
    # A folder that holds a training is refused before anything is written there.
    features = (out / "features.npz").read_bytes()
    one.unlink()
    assert "--resume or --overwrite" in run(*fit, code=2).stderr
    assert (out / "features.npz").read_bytes() == features


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("embed {pets} --backbone {net} --out a.csv", "--out to end in .npz"),
        ("embed own.npz --backbone {net} --out own.npz", "another file than those"),
        ("embed own.npz --backbone {net} --out a.npz", "Received: rows of 4 numbers"),
        ("embed {pets} --backbone {pets} --out a.npz", "without a model.keras"),
        ("embed none --backbone {net} --out a.npz", "no such folder or file"),
        ("fit {pets} --weights {net} --out a", "Expected --backbone for --weights"),
        ("fit {pets} --backbone {net} --continue-from a --out b", "or --continue-from"),
        ("fit {pets} --backbone {net} --drop a --out b", "images for --backbone"),
        (
            "fit {pets} --backbone {net} --recipe photos --out a",
            "Expected images, of shape",
        ),
    ],
)
def test_what_makes_no_sense(command, message, own, npz, monkeypatch):
    monkeypatch.chdir(npz.parent)
    words = command.format(pets=own / "pets", net=own / "net.keras").split()
    result = run(*words, code=2)
    assert message in result.stderr
    assert result.stderr.count("\n") == 1
