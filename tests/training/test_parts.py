"""Every number of a recipe tells its runs from others."""

import dataclasses
import json

import pytest
from tiny import TINY_GAME

from ssgan.recipes import RECIPES, Part
from ssgan.support.provenance import fingerprint
from ssgan.training.parts import NEUTRAL, recipe_numbers


def test_numbers_of_a_recipe_hold_every_default():
    numbers = recipe_numbers(TINY_GAME.with_term("PseudoLabels"))
    assert numbers["terms"] == [
        ["RealOrFake", {"weight": 1.0}],
        ["FeatureMatching", {"weight": 1.0, "norm": "l2"}],
        ["PseudoLabels", {"weight": 1.0, "confidence": 0.95, "aligned": False}],
    ]
    assert numbers["latents"] == ["UniformLatents", {"dim": 3}]
    assert numbers["discriminator"] == [
        "mlp_discriminator",
        {"units": [8], "input_noise": 0.3, "noise": 0.5},
    ]
    assert numbers["epsilon"] == 1e-4
    fields = {field.name for field in dataclasses.fields(TINY_GAME)}
    of_spread = {"spread_neighbors", "spread_pixels", "spread_cut"}
    assert numbers.keys() == fields - {"name", "summary", *of_spread, *NEUTRAL}
    numbers = recipe_numbers(dataclasses.replace(TINY_GAME, spread_steps=1))
    assert [numbers[key] for key in sorted(of_spread)] == [True, 8, 0.3]
    unused = dataclasses.replace(TINY_GAME, spread_most=9)
    assert recipe_numbers(unused) == recipe_numbers(TINY_GAME)


@pytest.mark.parametrize("recipe", RECIPES.values(), ids=RECIPES)
def test_numbers_of_every_recipe_are_json(recipe):
    for each in (recipe, recipe.supervised()):
        numbers = recipe_numbers(each)
        assert json.loads(json.dumps(numbers)) == numbers


def test_fingerprint_tells_recipes_apart():
    def fingerprint_with(**changes):
        return fingerprint(recipe_numbers(dataclasses.replace(TINY_GAME, **changes)))

    same = fingerprint_with()
    assert fingerprint_with(epsilon=1e-2) != same
    assert fingerprint_with(epsilon=1e-4) == same  # The default, written out.
    assert fingerprint_with(name="mine", summary="Another text.") == same
    written = (Part("RealOrFake", {"weight": 1.0}), Part("FeatureMatching"))
    assert fingerprint_with(terms=written) == same
    assert fingerprint_with(terms=written[::-1]) != same
    prints = {fingerprint(recipe_numbers(recipe)) for recipe in RECIPES.values()}
    assert len(prints) == len(RECIPES)


def test_option_that_came_later_leaves_recorded_runs_what_they_are():
    numbers = recipe_numbers(TINY_GAME)
    assert not NEUTRAL.keys() & {*numbers, *numbers["discriminator"][1]}
    assert numbers["generator"][1].keys() == {"units", "activation", "hidden"}
    assert numbers["terms"][0] == ["RealOrFake", {"weight": 1.0}]
    changed = recipe_numbers(
        dataclasses.replace(
            TINY_GAME.with_term("RealOrFake", real_target=0.9),
            discriminator=Part("mlp_discriminator", {"minibatch_kernels": 100}),
            generator=Part("mlp_generator", {"normalization": None}),
        )
    )
    assert changed["terms"][0] == ["RealOrFake", {"weight": 1.0, "real_target": 0.9}]
    assert changed["discriminator"][1]["minibatch_kernels"] == 100
    assert changed["generator"][1]["normalization"] is None
    without_labels = dataclasses.replace(TINY_GAME, supervised_weight=0.0)
    assert recipe_numbers(without_labels)["supervised_weight"] == 0
