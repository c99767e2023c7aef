import gzip

import pytest
from images import gray, save


@pytest.fixture
def folders(tmp_path):
    """A folder of two classes and some images without a label, in gray."""
    folder = tmp_path / "pets"
    for i, name in enumerate(
        ["cat/b.png", "cat/a.png", "dog/more/c.PNG", "unlabeled/d.png", "e.png"]
    ):
        save(folder / name, gray(10 * i))
    (folder / "notes.txt").write_text("no image")
    (folder / ".hidden.png").write_text("no image")
    return folder


@pytest.fixture
def table(tmp_path):
    """A function that writes text to a file and returns its path."""

    def write(text, name="own.csv", encoding="utf-8"):
        path = tmp_path / name
        opened = gzip.open if name.lower().endswith(".gz") else open
        with opened(path, "wt", encoding=encoding) as file:
            file.write(text)
        return path

    return write
