"""The speed benchmark, and the reference step that it compares with."""

import dataclasses
import json
import subprocess
import sys

import keras
import numpy as np
import pytest
import tensorflow as tf
from scripts import BENCHMARKS, script
from tiny import TINY_GAME

from ssgan.nn.optimizers import Adam
from ssgan.training.build import build


@pytest.mark.slow  # A measurement, which others at work disturb.
def test_speed_writes_a_row(tmp_path):
    out = tmp_path / "speed.jsonl"
    options = ["--cases", "mnist", "--rounds", "3", "--seconds", "0.1", "--out", out]
    command = [sys.executable, BENCHMARKS / "speed.py", *options]
    subprocess.run(command, check=True, timeout=240)
    [row] = [json.loads(line) for line in out.read_text().splitlines()]
    assert (row["case"], row["precision"]) == ("mnist", "float32")
    times = [row[f"{name}_ms"] for name in ("fit", "loop", "plain", "limit", "own")]
    assert min(times) > 0
    # Medians: noise may double one time, but work that is left out would show.
    assert row["limit_ms"] < min(row["fit_ms"], row["plain_ms"])
    assert row["predict_per_s"] > 0
    assert row["peak_mib"] > 100


def test_products_are_those_of_the_step(rng):
    """Of the paper's step and of one that shares passes, counted by hand."""
    reference = script("reference_step")
    x = rng.normal(size=(40, 3)).astype("float32")
    for alternating in (True, False):
        recipe = dataclasses.replace(TINY_GAME, alternating=alternating)
        model = build(recipe, x, 2, seed=1)
        d, g = (
            len(reference.layers_of(network, 1))
            for network in (model.discriminator, model.generator)
        )
        # Forward, to the weights, and to the inputs of all layers but the first.
        both = 3 * d - 1, 3 * g - 1
        turn = 3 * (d - 1) + both[1]  # Features alone: two forward, one back.
        paper = g + 3 * both[0] + turn
        own = g + 2 * both[0] + (turn if alternating else d - 1 + both[1] - g)
        assert len(reference.paper_products(model, recipe)) == paper
        assert len(reference.own_products(model, recipe)) == own


def without_noise(model):
    """Noise cannot be the same in two models."""
    for layer in model.discriminator.layers:
        if hasattr(layer, "stddev"):
            layer.stddev = 0.0
    return model


def test_reference_step_is_that_of_the_model(rng, monkeypatch):
    """From the same weights, examples and latents, both take the same step."""
    recipe = dataclasses.replace(TINY_GAME, alternating=True, averaging_step=1.0)
    x = rng.normal(size=(40, 3)).astype("float32")
    z = rng.uniform(size=(recipe.unlabeled_size, 3)).astype("float32")
    parts = {"labeled": 4, "unlabeled": 8, "matched": 8}
    batch = {k: x[rng.integers(40, size=n)] for k, n in parts.items()}
    y = np.array([0, 1, 0, 1])
    ours, theirs = (without_noise(build(recipe, x, 2, seed=1)) for _ in range(2))
    ours.draw_latents = lambda n, seed=None, classes=None: tf.constant(z)
    monkeypatch.setattr(keras.random, "uniform", lambda shape: tf.constant(z))
    # Keras's Adam adds epsilon at another place.
    monkeypatch.setattr(keras.optimizers, "Adam", Adam)

    before = theirs.classifier.get_weights()
    step = script("reference_step").plain_step(theirs, recipe, xla=False)
    loss, matching = step((batch, y))
    logs = ours.train_step((batch, y))
    assert float(loss) == pytest.approx(float(logs["loss"]), rel=1e-5)
    assert float(matching) == pytest.approx(float(logs["generator_loss"]), rel=1e-4)
    for player in ("classifier", "generator"):
        pairs = zip(
            getattr(ours, player).get_weights(),
            getattr(theirs, player).get_weights(),
            strict=True,
        )
        for weight, reference in pairs:
            np.testing.assert_allclose(weight, reference, atol=2e-5)
    moved = zip(before, theirs.classifier.get_weights(), strict=True)
    assert any(np.abs(a - b).max() > 1e-4 for a, b in moved)
