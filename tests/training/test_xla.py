"""Every recipe trains under XLA, in float32 and in mixed precision.

Keras compiles with XLA on a GPU. There is none here, so that XLA compiles for the CPU.
"""

import dataclasses

import keras
import numpy as np
import pytest
from tiny import TECHNIQUES

from ssgan.game.batches import batches
from ssgan.recipes import RECIPES, Part
from ssgan.training.build import build

SHAPES = {
    "vectors": (6,),
    "mnist": (28, 28, 1),
    "images": (28, 28, 1),
    "imagenet": (33, 33, 3),
}


@pytest.mark.slow
@pytest.mark.parametrize("precision", ["float32", "mixed_float16", "mixed_bfloat16"])
@pytest.mark.parametrize("name", RECIPES)
def test_two_steps_under_xla(name, precision, set_policy, rng):
    set_policy(precision)
    train_two_steps(RECIPES[name], SHAPES.get(name, (32, 32, 3)), precision, rng)


@pytest.mark.slow
@pytest.mark.parametrize("precision", ["float32", "mixed_float16", "mixed_bfloat16"])
@pytest.mark.parametrize("name", ["mlp", "conv", "small"])
def test_two_steps_of_the_techniques_for_samples(name, precision, set_policy, rng):
    """With each discriminator: the gradient of a gradient is through its layers."""
    set_policy(precision)
    sizes = {
        "mlp": {"units": (8,)},
        "conv": {"filters": (4, 6)},
        "small": {"filters": (4, 6)},
    }
    options = {"minibatch_kernels": 5, **sizes[name]}
    pair = {
        "discriminator": Part(f"{name}_discriminator", options),
        "generator": Part(
            "conv_generator", {"filters": (4, 3), "normalization": "virtual"}
        ),
        "value_range": (-1.0, 1.0),
    }
    recipe = dataclasses.replace(TECHNIQUES, **pair)
    train_two_steps(recipe, (16, 16, 1), precision, rng)


def train_two_steps(recipe, shape, precision, rng):
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
