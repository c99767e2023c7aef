"""In what arithmetic a recipe is trained where the user names none."""

import pytest
import tensorflow as tf

from ssgan import recipes
from ssgan.nn import precision


@pytest.mark.parametrize(
    ("flags", "recipe", "expected"),
    [
        ("avx2 avx512_bf16 sse", recipes.PHOTOS, "mixed_bfloat16"),
        ("amx_bf16", recipes.PHOTOS.supervised(), "mixed_bfloat16"),
        ("amx_bf16", recipes.PHOTOS.without_flip().with_steps(50), "mixed_bfloat16"),
        ("amx_bf16", recipes.IMAGES, "float32"),
        ("avx2 avx512_vnni", recipes.PHOTOS, "float32"),
        (None, recipes.PHOTOS, "float32"),
    ],
)
def test_photos_are_trained_in_bfloat16_where_the_processor_has_it(
    flags, recipe, expected, tmp_path, monkeypatch
):
    processor = tmp_path / "cpuinfo"
    if flags is not None:
        processor.write_text(f"flags : {flags}\n")
    monkeypatch.setattr(precision, "PROCESSOR", processor)
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind: [])
    assert precision.fastest(recipe) == expected


def test_gpus_compute_in_float32(tmp_path, monkeypatch):
    (tmp_path / "cpuinfo").write_text("flags : amx_bf16")
    monkeypatch.setattr(precision, "PROCESSOR", tmp_path / "cpuinfo")
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind: ["a GPU"])
    assert precision.fastest(recipes.PHOTOS) == "float32"
