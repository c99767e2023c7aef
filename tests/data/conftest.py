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
