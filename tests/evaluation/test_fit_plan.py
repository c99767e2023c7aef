"""What one training is asked to be."""

import dataclasses
from types import SimpleNamespace

import numpy as np
import pytest
from tiny import TINY_GAME
from toy import toy
from warned import no_warnings

from ssgan import InputError
from ssgan.data.choose_split import choose_split
from ssgan.evaluation.fit_plan import plan_fit
from ssgan.evaluation.left_out import FOR_ROWS
from ssgan.recipes import VECTORS


def plan(data=None, **options):
    data = data or dataclasses.replace(toy(), x_test=None, y_test=None)
    return plan_fit(data, choose_split(data, 12), **{"recipe": TINY_GAME} | options)


@pytest.mark.parametrize(
    ("options", "asks"),
    [
        ({}, True),
        ({"data": toy()}, False),  # Its test part tells the error.
        ({"quick": True}, False),
        ({"validation": 0.5}, False),
        ({"method": "supervised"}, True),
        ({"method": "supervised", "minutes": 1}, False),
        ({"method": "random-forest", "recipe": "auto"}, True),
    ],
)
def test_labels_are_left_out_where_nothing_else_tells_the_error(options, asks):
    made = plan(**options)
    assert made.asks == asks
    assert ("folds" in made.numbers()) == asks


@pytest.mark.parametrize(
    ("options", "tries"),
    [
        ({}, False),  # There is nothing to try it on.
        ({"data": toy()}, True),
        ({"data": toy(), "method": "supervised"}, True),
        ({"data": toy(), "quick": True}, False),
        ({"data": toy(), "method": "random-forest", "recipe": "auto"}, False),
    ],
)
def test_label_spreading_is_tried_on_a_test_part(options, tries):
    assert plan(**options).tries_spreading == tries


def test_the_methods_that_are_asked():
    assert plan().asked == FOR_ROWS
    alone = tuple(method for method in FOR_ROWS if method != "ssgan")
    assert plan(method="supervised").asked == alone
    assert plan(method="random-forest", recipe="auto").asked == ("random-forest",)


def test_a_method_decides_what_is_trained_and_kept():
    assert plan().recipe == TINY_GAME
    assert plan(method="supervised").recipe == TINY_GAME.supervised()
    assert plan(keep="ssgan").numbers()["keep"] == "ssgan"
    with pytest.raises(InputError, match="supervised or --keep ssgan. Received: both"):
        plan(keep="ssgan", method="supervised")


def test_what_goes_on_from_the_labels_alone_is_told():
    info = SimpleNamespace(info={})
    earlier = SimpleNamespace(recipe_=VECTORS.supervised(), model_=info)
    known = {"recipe": "auto", "continue_from": earlier}
    with pytest.warns(UserWarning, match="vectors, which also takes unlabeled ex"):
        assert plan(**known).recipe.name == "vectors"
    with no_warnings():
        assert plan(**known, method="supervised").recipe.name == "vectors-supervised"


@pytest.mark.parametrize("names", [None, [f"{i}.png" for i in range(50)]])
def test_what_is_held_out_keeps_its_place(names):
    data = dataclasses.replace(toy(), files_train=names and tuple(names))
    x, _, places = plan(data, validation=0.5).held_out
    if names:
        places = [names.index(file) for file in places]
    np.testing.assert_array_equal(x, data.x_train[places])


def test_numbers_tell_trainings_apart():
    numbers = plan().numbers()
    assert plan().numbers() == numbers
    assert numbers["weights_seed"] == 0
    for options in (
        {"n_members": 2},
        {"minutes": 3},
        {"recipe": TINY_GAME.with_steps(20)},
    ):
        assert plan(**options).numbers() != numbers


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"steps": 10, "minutes": 1}, "--steps or --minutes"),
        ({"method": "forest"}, "one of the methods"),
        ({"n_members": 0}, "members"),
    ],
)
def test_what_does_not_go_together_is_refused(options, said):
    with pytest.raises(InputError, match=said):
        plan(**options)
