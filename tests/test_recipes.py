"""Recipes hold every number."""

import dataclasses
import json

import numpy as np
import pytest
from tiny import TECHNIQUES, TINY

from ssgan import recipes
from ssgan.errors import InputError
from ssgan.recipes import RECIPES, Part
from ssgan.training.parts import recipe_numbers


@pytest.mark.parametrize("recipe", RECIPES.values(), ids=RECIPES)
def test_recipe_survives_json(recipe):
    text = json.dumps(dataclasses.asdict(recipe))
    assert recipes.from_dict(json.loads(text)) == recipe
    supervised = recipe.supervised()
    assert supervised.generator is None
    assert supervised.terms == ()
    assert supervised.steps == recipe.steps


def test_a_near_name_is_suggested():
    with pytest.raises(InputError, match="Received: 'image'; did you mean 'images'"):
        recipes.get("image")


def test_other_steps_keep_the_schedules_proportion():
    longer = dataclasses.replace(TINY, steps=100, constant_steps=25).with_steps(200)
    assert (longer.steps, longer.constant_steps) == (200, 50)


@pytest.mark.parametrize(
    ("shape", "name", "steps"),
    [
        ((28, 28, 1), "images", 10_000),
        ((28, 28), "images", 10_000),
        ((32, 32, 3), "photos", 2000),
        ((32, 32, 4), "photos", 2000),
        ((32, 32, 2), "images", 10_000),
        ((6, 32, 3), "images", 10_000),  # Too small to be halved three times.
        ((4,), "vectors", 600),
    ],
)
def test_auto_suits_the_examples(shape, name, steps):
    recipe = recipes.resolve("auto", shape=shape)
    assert (recipe.name, recipe.steps) == (name, steps)
    assert recipes.resolve("auto", 70, shape=shape).steps == 70
    # What is trained are whole calls of the compiled step.
    assert recipes.resolve("auto", 61, shape=shape).steps == 70


def test_guesses_are_the_default_without_its_generator():
    base, recipe = RECIPES["images"], RECIPES["guesses"]
    assert recipe.generator is None
    (guesses,) = recipe.terms
    assert guesses.options == base.terms[-1].options | {"candidates": 3}
    assert recipe.unlabeled_size == 3 * base.unlabeled_size
    same = dict.fromkeys(("name", "summary", "generator", "terms", "unlabeled_size"))
    one, other = (dataclasses.asdict(r) | same for r in (base, recipe))
    assert one == other


@pytest.mark.parametrize(
    ("field", "right", "wrong"),
    [
        ("learning_rate", [1, np.float32(0.1)], [0.0, -1e-3, np.inf, "0.001", True]),
        ("beta_1", [0, 0.9], [-0.1, 1.0, np.nan]),
        ("beta_2", [0.999], [2.0, None]),
        ("epsilon", [1e-8], [0, -1]),
        ("averaging_step", [1], [0, -0.1, 2]),
        ("supervised_weight", [0, 2.0], [-1.0, np.nan]),
        ("constant_steps", [0, np.int64(5), 10**9], [-5, 2.5]),
        ("labeled_size", [1], [0, 2.5, np.nan]),
        ("unlabeled_size", [1], [0, "64"]),
    ],
)
def test_numbers_of_a_recipe_are_checked(field, right, wrong):
    for value in right:
        assert getattr(dataclasses.replace(TINY, **{field: value}), field) == value
    for value in wrong:
        with pytest.raises(InputError, match=f"Received: {field}="):
            dataclasses.replace(TINY, **{field: value})


def test_papers_recipes_number_for_number():
    assert RECIPES["mnist"].steps == 300 * 60_000 // 100
    assert RECIPES["cifar10"].steps == 1200 * 50_000 // 100
    assert RECIPES["svhn"].steps == 900 * (73_257 // 100)
    assert RECIPES["imagenet"].steps == 25 * (1_281_167 // 256)
    for name, norm, rate in (
        ("mnist", "l2", 0.003),
        ("cifar10", "l1", 0.0003),
        ("svhn", "l1", 0.0003),
    ):
        recipe = RECIPES[name]
        assert recipe.learning_rate == rate
        assert (recipe.beta_1, recipe.beta_2, recipe.alternating) == (0.5, 0.999, True)
        assert (recipe.labeled_size, recipe.unlabeled_size) == (100, 100)
        assert recipe.latents == Part("UniformLatents", {"dim": 100})
        assert recipe.averaging_step == 1e-4
        assert recipe.augmentation == ()
        # With every default: the weights are 1, and no other term is there.
        assert recipe_numbers(recipe)["terms"] == [
            ["RealOrFake", {"weight": 1.0}],
            ["FeatureMatching", {"weight": 1.0, "norm": norm}],
        ]


SAMPLES = [name for name in RECIPES if name.endswith("-samples")]


@pytest.mark.parametrize("name", SAMPLES)
def test_recipes_for_samples_play_and_make_classes(name):
    recipe = RECIPES[name]
    terms = {part.name for part in recipe.terms}
    assert {"RealOrFake", "NonSaturating", "AuxiliaryClassifier"} <= terms
    assert recipe.latents.name == "ClassLatents"
    # Generated images would learn a random change of real images alone.
    assert recipe.augmentation == ()


def test_mirror_images_can_be_left_out():
    mirroring = [recipe for recipe in RECIPES.values() if recipe.mirrors]
    assert mirroring == [RECIPES["photos"]]
    plain = RECIPES["photos"].without_flip()
    assert mirroring[0].mirrored_prediction > plain.mirrored_prediction
    assert plain.name == "photos-no-flip"
    assert not plain.mirrors
    affine, *rest = RECIPES["photos"].augmentation
    kept = {k: v for k, v in affine.options.items() if k != "flip"}
    assert plain.augmentation == (Part("RandomAffine", kept), *rest)
    with pytest.raises(InputError, match="a recipe that mirrors images"):
        RECIPES["images"].without_flip()


def test_options_of_a_term_are_changed_in_place():
    recipe = RECIPES["images"]
    changed = recipe.with_term("PseudoLabels", weight=1.0)
    assert [part.name for part in changed.terms] == [
        "RealOrFake",
        "FeatureMatching",
        "PseudoLabels",
    ]
    expected = {"weight": 1.0, "confidence": 0.9, "aligned": True}
    assert changed.terms[-1] == Part("PseudoLabels", expected)
    more = recipe.with_term("MeanTeacher", weight=0.5)
    assert more.terms == (*recipe.terms, Part("MeanTeacher", {"weight": 0.5}))
    assert more.without_term("MeanTeacher") == recipe
    with pytest.raises(InputError, match="one term HistoricalAveraging .*: 2"):
        TECHNIQUES.with_term("HistoricalAveraging", weight=0.2)
