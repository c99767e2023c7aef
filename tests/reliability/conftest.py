import numpy as np
import pandas as pd
import pytest
from images import gray, save
from reliability.damage import SEED
from tiny import TINY, TINY_GAME, TINY_IMAGES

from ssgan import SSGANClassifier, label_split, load, recipes


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    """A folder of files that are right: sources, splits and models, by suffix."""
    folder = tmp_path_factory.mktemp("good")
    rng = np.random.default_rng(SEED)
    y = np.arange(40) % 2
    x = rng.normal(size=(40, 3)) + 3 * y[:, None]
    np.savez(folder / "own.npz", x_train=x, y_train=y, x_test=x[:9], y_test=y[:9])
    table = pd.DataFrame(x, columns=[*"abc"]).assign(label=np.where(y, "yes", "no"))
    table.to_csv(folder / "own.csv", index=False)
    table.to_parquet(folder / "own.parquet")
    for i in range(24):
        place = "unlabeled" if i % 3 == 2 else "ab"[i % 3]
        save(folder / "pets" / place / f"{i}.png", gray(i, 4, 4))
    label_split(y, 6, name="own").save(folder / "split.json")
    SSGANClassifier(TINY_GAME, random_state=0).fit(x, y).save(folder / "rows.keras")
    images = load(folder / "pets")
    classifier = SSGANClassifier(TINY_IMAGES, steps=10, random_state=0)
    classifier.fit(images.x_train, images.y_train).save(folder / "images.keras")
    return folder


@pytest.fixture
def small_networks(monkeypatch, tmp_path):
    """Whatever is trained, is trained in a moment."""
    monkeypatch.setattr(recipes, "VECTORS", TINY.supervised().with_steps(1))
    monkeypatch.setattr(recipes, "IMAGES", TINY_IMAGES.supervised().with_steps(1))
    monkeypatch.chdir(tmp_path)
