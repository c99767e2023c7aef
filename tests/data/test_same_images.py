"""Images that are in a folder more than once."""

import numpy as np
import pytest
from images import gray, save
from warned import no_warnings

from ssgan.data.sources import load


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ("dog/c.png", "one has another label: cat/a.png and dog/c.png"),
        ("cat/c.png", "left-out labels would be too low: cat/a.png and cat/c.png"),
    ],
)
def test_one_labeled_image_twice(tmp_path, other, said):
    for file in ("cat/a.png", other, "unlabeled/d.png"):
        save(tmp_path / file, gray(102))
    save(tmp_path / "dog" / "b.png", gray(103))
    with pytest.warns(UserWarning, match=rf"{said} \(1 in ") as caught:
        load(tmp_path)
    assert len(caught) == 1
    assert caught[0].filename == __file__


def test_one_image_in_both_parts(tmp_path):
    save(tmp_path / "train" / "cat" / "a.png", gray(101))
    save(tmp_path / "train" / "unlabeled" / "b.png", gray(102))
    save(tmp_path / "test" / "cat" / "c.png", gray(102))
    save(tmp_path / "test" / "cat" / "d.png", gray(103))
    said = r"test error would be too low: train/unlabeled/b.png and test/cat/c.png \(1"
    with pytest.warns(UserWarning, match=said):
        load(tmp_path)


def test_unlabeled_images_may_be_the_same(tmp_path):
    save(tmp_path / "cat" / "a.png", gray(101))
    save(tmp_path / "unlabeled" / "b.png", gray(101))
    save(tmp_path / "unlabeled" / "c.png", np.roll(gray(101), 1))
    with no_warnings():
        load(tmp_path)
