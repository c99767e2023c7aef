import dataclasses
import json

import pytest
from tiny import TINY

from ssgan import recipes
from ssgan.recipes import RECIPES, Part


@pytest.mark.parametrize("recipe", RECIPES.values(), ids=RECIPES)
def test_recipe_survives_json(recipe):
    text = json.dumps(dataclasses.asdict(recipe))
    assert recipes.from_dict(json.loads(text)) == recipe
    supervised = recipe.supervised()
    assert supervised.generator is None
    assert supervised.terms == ()
    assert supervised.steps == recipe.steps


def test_lasting_keeps_the_schedules_proportion():
    longer = dataclasses.replace(TINY, steps=100, hold=25).with_steps(200)
    assert (longer.steps, longer.hold) == (200, 50)


def test_recipe_shows_what_is_not_default():
    """So that recorded rows keep their recipe's name when an option is added."""
    shown = repr(recipes.IMAGES)
    assert "learning_rate=0.003" in shown
    assert "alternating=False" in shown
    assert "strong_augmentation" not in shown
    assert "strong_augmentation" in repr(
        dataclasses.replace(recipes.IMAGES, strong_augmentation=(Part("RandomAffine"),))
    )


def test_papers_recipes_number_for_number():
    assert RECIPES["mnist"].steps == 300 * 60_000 // 100
    assert RECIPES["cifar10"].steps == 1200 * 50_000 // 100
    assert RECIPES["svhn"].steps == 900 * (73_257 // 100)
    for name, norm, rate in (
        ("mnist", "l2", 0.003),
        ("cifar10", "l1", 0.0003),
        ("svhn", "l1", 0.0003),
    ):
        recipe = RECIPES[name]
        assert (recipe.matching_norm, recipe.learning_rate) == (norm, rate)
        assert (recipe.beta_1, recipe.beta_2, recipe.alternating) == (0.5, 0.999, True)
        assert (recipe.labeled_size, recipe.unlabeled_size) == (100, 100)
        assert (recipe.latent_dim, recipe.averaging_step) == (100, 1e-4)
        assert recipe.augmentation == ()
        assert recipe.terms == ()
