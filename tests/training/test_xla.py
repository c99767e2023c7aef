"""Every recipe trains under XLA, in float32 and in mixed precision.

Keras compiles with XLA on a GPU. There is none here, so that XLA compiles for the CPU.
"""

import keras
import numpy as np
import pytest

from ssgan.game.batches import batches
from ssgan.recipes import RECIPES
from ssgan.training.build import build

SHAPES = {"vectors": (6,), "mnist": (28, 28, 1), "images": (28, 28, 1)}


@pytest.mark.slow
@pytest.mark.parametrize("precision", ["float32", "mixed_float16", "mixed_bfloat16"])
@pytest.mark.parametrize("name", RECIPES)
def test_two_steps_under_xla(name, precision, set_policy, rng):
    set_policy(precision)
    recipe = RECIPES[name]
    shape = SHAPES.get(name, (32, 32, 3))
    x = rng.integers(0, 256, (200, *shape)).astype("uint8")
    if len(shape) == 1:
        x = x.astype("float32")
    model = build(recipe, x, 10)
    model.jit_compile = True
    # Ten steps in one call, as in training, would compile ten times as long.
    model.steps_per_execution = 1
    stream = batches(
        x,
        np.arange(200) % 10,
        x,
        labeled_size=recipe.labeled_size,
        unlabeled_size=recipe.unlabeled_size,
        alternating=recipe.alternating,
    )
    before = [w.numpy() for w in model.discriminator.trainable_variables]
    logs = model.fit(stream, steps_per_epoch=2, verbose=0, shuffle=False).history
    assert np.isfinite([*logs.values()]).all(), logs
    after = model.discriminator.trainable_variables
    # float16 may skip a step while its loss scale is still too large.
    if precision != "mixed_float16":
        moved = zip(before, after, strict=True)
        assert any(np.abs(a - b.numpy()).max() > 0 for a, b in moved)
    assert model.logits(keras.ops.convert_to_tensor(x[:3])).dtype == "float32"
