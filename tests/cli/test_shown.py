"""What a command says after a training."""

import pandas as pd
import pytest

from ssgan.cli.shown import (
    described,
    error_in_words,
    minutes_sentences,
    prediction_sentences,
)
from ssgan.recipes import IMAGES

MADE = {"minutes": 5.0, "steps": 1200, "seconds": 288, "continued_from": None}
TOOK = "5 minutes came to 1,200 steps in 4.8 minutes on this machine."
ON_SPREAD = (
    "In so short a time no generator is trained: the network learns from the labels "
    "that spread to neighboring images."
)
GUESSES = (
    "In so short a time no generator is trained: the network learns from its own "
    "guesses, and in the first half from the labels that spread to neighboring images."
)
SPREAD, NO_GENERATOR = IMAGES.on_spread_labels(), IMAGES.without_generator()


@pytest.mark.parametrize(
    ("recipe", "said"),
    [
        (IMAGES, [TOOK]),
        (SPREAD, [TOOK, ON_SPREAD]),
        (NO_GENERATOR, [TOOK, GUESSES]),
        # Those on the labels alone did better.
        (SPREAD.supervised(), [TOOK]),
        (NO_GENERATOR.supervised(), [TOOK]),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_what_minutes_came_to(recipe, said):
    assert minutes_sentences({**MADE, "recipe": recipe.name}) == said
    assert minutes_sentences({**MADE, "recipe": recipe.name, "minutes": None}) == []


def test_a_rate_is_promised_for_what_is_like_the_labeled_ones():
    table = pd.DataFrame({"class": ["a", "", "b"], "familiarity": [0.01, 0.5, 0.7]})
    usual = prediction_sentences(table, 0.05, False)
    assert usual[0] == (
        "2 of them have a class. If all are like the labeled examples, and of their "
        "classes, about 5 % of all, or fewer, get a wrong one."
    )
    assert usual[1].startswith("1 of them has a familiarity below 0.05")
    assert usual[1].endswith("no more than usual.")
    unusual = prediction_sentences(table, 0.05, True)
    assert unusual[0] == (
        "2 of them have a class. How many of these are wrong is unknown: more than "
        "usual are unfamiliar."
    )
    assert "Some may be of a class that has no label; or the model" in unusual[1]
    assert prediction_sentences(table[["class"]], None, False) == []


def test_what_did_not_happen_is_not_said():
    forest = {**MADE, "recipe": "random-forest", "steps": 0, "seconds": 0.1}
    assert minutes_sentences(forest) == []
    # It learns the labels from the start.
    continued = {**MADE, "recipe": NO_GENERATOR.name, "continued_from": "0123"}
    assert minutes_sentences(continued) == [TOOK]


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (
            0.25,
            "about 25 % or fewer expected, hardly more than 40 % (95 % interval 10 ",
        ),
        # As at the end of fit, which does not say "0 %" either.
        (0.003, "about 0.3 % or fewer expected, hardly more than 40 % (95 % interval"),
        (
            0,
            "hardly more than 40 % expected (95 % interval 10 to 40 %), from 30 labels",
        ),
    ],
)
def test_expected_error(error, said):
    expected = {"error": error, "low": 0.1, "high": 0.4, "n": 30}
    assert error_in_words({"expected": expected}).startswith(said)


def test_few_labels_have_no_decimals():
    held = {"validation_error": 0.0, "n_validation_labels": 6}
    said = "0 % of 6 labels held out (95 % interval 0 to 46 %)"
    assert error_in_words(held) == said


def test_one_example_is_no_examples():
    assert error_in_words({"error": 0.0, "n_test": 1}) == "0 % of 1 example"
    assert error_in_words({"error": 0.5, "n_test": 2000}) == "50.00 % of 2,000 examples"


@pytest.fixture
def about():
    return {
        "example_shape": [2],
        "dtype": "float32",
        "columns": None,
        "classes": ["a\nb", "c"],
        "labels": [2, 3],
        "unlabeled": 0,
        "recipe": {"name": "random-forest"},
        "peer": "random-forest: RandomForestClassifier()",
        "n_members": 1,
        "saved": "2026-01-01@10:00:00",
        "versions": {},
        "bytes": 23_456,
    }


def test_small_models_have_a_size_and_names_one_line(about):
    shown = described(about)
    assert shown["size"] == "23 kB"
    assert shown["classes (labels)"] == "a b (2), c (3)"
    assert described(about | {"bytes": 999_700})["size"] == "1.0 MB"


@pytest.mark.parametrize(
    ("method", "said"), [("random-forest", "without the "), ("self-training", "")]
)
def test_some_methods_learn_from_labels_alone(method, said, about):
    about |= {
        "unlabeled": 40,
        "recipe": {"name": method},
        "peer": f"{method}: 3 leaves",
    }
    trained_on = described(about)["trained on"]
    assert trained_on == f"unknown: 5 labels, {said}40 unlabeled examples"


@pytest.mark.parametrize(
    ("shape", "said"), [([2], "features made by"), ([8, 8], "backbone")]
)
def test_a_backbone_is_in_the_model_or_was_asked_before(shape, said, about):
    about |= {"example_shape": shape, "result": {"backbone": "net.keras"}}
    assert described(about)[said] == "net.keras"


def test_a_model_says_from_which_it_goes_on(about):
    about |= {"peer": None, "recipe": {"name": "vectors", "steps": 10}}
    assert described(about)["recipe"] == "vectors, 10 steps"
    assert "goes on from" not in described(about)
    shown = described(about | {"continued": {"from": "01ab", "whole_steps": 60}})
    assert shown["recipe"] == "vectors, 10 further steps"
    assert shown["goes on from"] == "another model (01ab)"
