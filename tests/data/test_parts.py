"""What `ssgan predict` reads: parts, several sources, files named one by one."""

import numpy as np
import pytest
from images import gray, save

from ssgan.data.parts import load_part
from ssgan.errors import InputError


@pytest.fixture
def pets(tmp_path):
    """Two cats and a dog to learn from, one image without a label, one to test on."""
    for i, file in enumerate(
        ["train/cat/a.png", "train/cat/b.png", "train/dog/c.png"]
        + ["train/unlabeled/d.png", "test/dog/e.png"]
    ):
        save(tmp_path / "pets" / file, gray(i))
    return tmp_path / "pets"


@pytest.mark.parametrize(
    ("part", "names", "index"),
    [
        (None, "e", [0]),
        ("test", "e", [0]),
        ("train", "abcd", [0, 1, 2, 3]),
        ("unlabeled", "d", [3]),
        ("all", "abcde", [0, 1, 2, 3, 4]),
    ],
)
def test_part_of_a_folder(pets, part, names, index):
    found = load_part([pets], part)
    assert [file[-5] for file in found.files] == [*names]
    assert found.index.tolist() == index
    assert found.x[:, 0, 0].tolist() == ["abcde".index(name) for name in names]


def test_several_sources_say_where_each_example_is(pets, tmp_path):
    save(tmp_path / "f.png", gray(5))
    np.savez(tmp_path / "g.npz", x=np.stack([gray(6), gray(7)]))
    files = [tmp_path / "f.png", pets / "train" / "cat" / "a.png"]
    found = load_part([*files, f"{pets}/", tmp_path / "g.npz"])
    names = [*map(str, files), f"{pets}/test/dog/e.png"]
    assert found.files == (*names, *[str(tmp_path / "g.npz")] * 2)
    assert found.x[:, 0, 0].tolist() == [5, 0, 4, 6, 7]
    assert found.index.tolist() == [0, 1, 0, 0, 1]


def test_image_that_cannot_be_read_is_named(pets, tmp_path):
    (tmp_path / "broken.png").write_text("no image")
    with pytest.warns(UserWarning, match=r"1 of 2 images .*broken.png"):
        found = load_part([tmp_path / "broken.png", pets / "test" / "dog" / "e.png"])
    assert found.x[:, 0, 0].tolist() == [4]
    with pytest.raises(InputError, match=r"an image that can be read.*broken.png"):
        load_part([tmp_path / "broken.png"])


def test_part_must_be_there(pets):
    with pytest.raises(InputError, match="a test part in cat. Received: none"):
        load_part([pets / "train" / "cat"], "test")
    with pytest.raises(InputError, match="without a label in digits"):
        load_part(["digits"], "unlabeled")
    with pytest.raises(InputError, match="sources whose examples are alike"):
        load_part(["digits", pets])
