"""Where a recipe is faster in bfloat16."""

import keras
import pytest
import tensorflow as tf

from ssgan import recipes
from ssgan.cli.options import Precision
from ssgan.cli.shown import set_precision
from ssgan.nn import precision


@pytest.mark.parametrize(
    ("flags", "recipe", "faster"),
    [
        ("avx2 avx512_bf16 sse", recipes.PHOTOS, True),
        ("amx_bf16", recipes.PHOTOS.supervised(), True),
        ("amx_bf16", recipes.PHOTOS.without_flip().with_steps(50), True),
        ("amx_bf16", recipes.IMAGES, False),
        ("avx2 avx512_vnni", recipes.PHOTOS, False),
        (None, recipes.PHOTOS, False),
    ],
)
def test_photos_are_faster_in_bfloat16_where_the_processor_has_it(
    flags, recipe, faster, tmp_path, monkeypatch, capsys
):
    processor = tmp_path / "cpuinfo"
    if flags is not None:
        processor.write_text(f"flags : {flags}\n")
    monkeypatch.setattr(precision, "PROCESSOR", processor)
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind: [])
    assert precision.is_faster_in_bfloat16(recipe) == faster
    for asked, known in ((Precision.mixed_bfloat16, recipe), (Precision.float32, None)):
        set_precision(asked, known)
        assert keras.config.dtype_policy().name == asked.value
        assert capsys.readouterr().out == ""
    set_precision(Precision.float32, recipe)
    assert ("--precision mixed_bfloat16" in capsys.readouterr().out) == faster
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind: ["a GPU"])
    assert not precision.is_faster_in_bfloat16(recipe)
