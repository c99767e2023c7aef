"""What a recipe needs is counted from its networks."""

import dataclasses

import pytest
from scripts import script
from tiny import TECHNIQUES, TINY, TINY_GAME

from ssgan.recipes import IMAGENET, Part


def test_multiply_adds_are_those_of_the_step_counted_by_hand():
    estimate = script("estimate")
    # 3 numbers, 8 units, 2 classes; from 3 latents over 8 units to 3 numbers.
    d, g = (3 * 8, 8 * 2), (3 * 8, 8 * 3)
    real, fake = 4 + 8, 8
    # Forward, to the weights, and to the inputs of all layers but the first; and once
    # more through the features back to the generator.
    expected = (real + fake) * (3 * sum(d) - d[0]) + fake * (3 * sum(g) - g[0] + d[0])
    assert estimate.estimate(TINY_GAME, (3,), 2, 1)[0] == expected
    # A reference batch of 100 goes with each through the hidden layer.
    virtual = Part("mlp_generator", {"units": (8,), "normalization": "virtual"})
    longer = dataclasses.replace(TINY_GAME, generator=virtual)
    more = estimate.estimate(longer, (3,), 2, 1)[0] - expected
    assert more == 100 * 2 * g[0]
    by_term = estimate.estimate(TINY_GAME.with_term("PseudoLabels"), (3,), 2, 1)[0]
    assert by_term - expected == fake * sum(d)


def test_without_a_generator_one_network_is_counted():
    estimate = script("estimate").estimate
    d, labeled = (3 * 8, 8 * 2), TINY.labeled_size
    # Guesses about nine; of each three, one is trained on.
    recipe = dataclasses.replace(TINY, unlabeled_size=9)
    recipe = recipe.with_term("PseudoLabels", candidates=3)
    counted, memory = estimate(recipe, (3,), 2, 1)
    assert counted == (labeled + 3) * (3 * sum(d) - d[0]) + 9 * sum(d)
    assert 0 < memory < estimate(TINY_GAME, (3,), 2, 1)[1]


def test_a_kernel_is_applied_at_each_place_of_the_smaller_map():
    reference, networks = script("reference_step"), script("estimate").build_networks
    d, g, _ = networks(IMAGENET, (128, 128, 3), 10)
    down, up = reference.layers_of(d, 2)[2], reference.layers_of(g, 2)[1]
    assert down.multiply_adds == 2 * 64 * 64 * 9 * 32 * 32
    # With the reference batch.
    assert up.multiply_adds == 102 * 4 * 4 * 25 * 512 * 256


def test_devices_share_time_and_memory():
    estimate = script("estimate").estimate
    alone, shared = (estimate(TECHNIQUES, (3,), 2, devices) for devices in (1, 4))
    assert shared[0] < alone[0]
    assert shared[1] < alone[1]


@pytest.mark.parametrize("devices", ["1", "4"])
def test_estimate_is_printed(devices, capsys, monkeypatch):
    command = ["estimate.py", "mnist", "--shape", "28", "28", "1", "--devices", devices]
    monkeypatch.setattr("sys.argv", command)
    script("estimate").main()
    said = capsys.readouterr().out
    assert said.startswith(f"mnist, {devices} device(s), each: ")
    assert "180,000 steps: " in said
