"""Letters are drawn from fonts."""

from pathlib import Path

import matplotlib
import numpy as np
from scripts import script


def test_letters_of_the_fonts_that_matplotlib_brings(tmp_path, monkeypatch, capsys):
    letters = script("letters")
    monkeypatch.setattr(letters, "TEST", 1)
    fonts, out = tmp_path / "fonts", tmp_path / "letters.npz"
    brought = matplotlib.get_data_path() + "/fonts/ttf"
    for family, name in (
        ("a", "DejaVuSans"),
        ("a", "DejaVuSerif"),
        ("b", "STIXGeneral"),
    ):
        (fonts / family).mkdir(parents=True, exist_ok=True)
        data = Path(brought, f"{name}.ttf").read_bytes()
        (fonts / family / f"{name}.ttf").write_bytes(data)
        (fonts / family / f"{name}-again.ttf").write_bytes(data)
    (fonts / "b" / "damaged.otf").write_bytes(b"no font")
    letters.main([str(fonts), str(out)])
    arrays = np.load(out)
    n = {part: len(arrays[f"x_{part}"]) // 10 for part in ("train", "test")}
    # A family is in one part, and what looks the same is there once.
    assert {*n.values()} == {1, 2}
    said = capsys.readouterr().out
    assert f"{n['train']} fonts to train on, {n['test']} to test on" in said
    x, y = arrays["x_train"], arrays["y_train"]
    assert x.shape[1:] == (28, 28)
    assert np.bincount(y).tolist() == 10 * [n["train"]]
    # Nothing is in the margin, and each letter reaches its inner edge.
    assert not x[:, :2].any()
    assert x[:, 2:26].max(axis=2).any(axis=1).all()
