"""The page of one training."""

import dataclasses
from typing import NamedTuple

import numpy as np

from ssgan.data.examples import Data
from ssgan.data.labels import is_labeled
from ssgan.estimator import SSGANClassifier
from ssgan.evaluation.answer_text import name_of, unknown
from ssgan.evaluation.evaluate import Evaluation
from ssgan.evaluation.unlabeled import shares_sentence
from ssgan.game.ensemble import members_of
from ssgan.pages.error_sections import by_class, calibration, confusion, hard_examples
from ssgan.pages.page import rate, seconds_in_words, write_page
from ssgan.pages.training_sections import curves, generated
from ssgan.stats.conformal import least_rate
from ssgan.stats.intervals import binomial_interval

# Of the files that could not be read, at most so many are named.
UNREADABLE = 50
# The part of wrong answers that is recommended, where labels are enough for it.
ABSTAIN = 0.05


class FitResult(NamedTuple):
    """Everything that came of one training.

    Parameters
    ----------
    data : ssgan.data.examples.Data
    y : ndarray of shape (n,)
        The labels that were learned from, -1 for others.
    classifier : ssgan.SSGANClassifier
        Fitted.
    evaluation : ssgan.evaluation.evaluate.Evaluation
    result : dict
        What ``result.json`` says.
    log, snapshots
        What `ssgan.training.training_log` keeps of the first member.
    """

    data: Data
    y: np.ndarray
    classifier: SSGANClassifier
    evaluation: Evaluation
    result: dict
    log: list
    snapshots: list


def write_fit(path, run, command=None):
    """Write the page of one training.

    Parameters
    ----------
    path : path
        The ``.html`` file.
    run : FitResult
    command : str or None, default=None
        The command that makes the result again.
    """
    result, evaluation = run.result, run.evaluation
    raw_range = run.classifier.raw_range_
    names = [run.data.class_name(c) for c in result["classes"]]
    test_error = evaluation.error if evaluation.part == "test" else None
    context = {
        "verdict": _verdict(result, evaluation),
        "beside": result["label_spreading"],
        "answer": _answer(result["expected"]),
        "key_figures": _key_figures(result, evaluation, run.data),
        "generated": generated(run.snapshots, run.data, raw_range),
        "diversity": run.log[-1].get("diversity") if run.log else None,
        "n_members": result["n_members"],
        "curves": curves(run.log, run.classifier, test_error),
        "part": evaluation.part,
        "n": len(evaluation.true),
        "steps": result["steps"],
        "by_class": by_class(run.data, run.y, evaluation),
        "shares": shares_sentence(result, names),
        "class_names": names,
        "confusion": confusion(run.data, evaluation),
        "calibration": calibration(evaluation),
        "hard": hard_examples(run.data, evaluation, raw_range),
        "unlabeled": result["unlabeled"],
        "unreadable": _unreadable(run.data),
        "recipe": _recipe(run.classifier, result),
        "about_data": _about_data(run.data, result, raw_range),
    }
    title = f"ssgan fit {result['split']}"
    write_page(path, "fit.html", title, command, result, context)


def _verdict(result, evaluation):
    if evaluation.part == "left-out":
        return result["expected"]["headline"].replace(" %", "\N{NO-BREAK SPACE}%")
    n = len(evaluation.true)
    error = rate(evaluation.error, n)
    seconds = seconds_in_words(result["seconds"])
    learned = f"learned from {result['n_labels']:,} labels in {seconds}"
    if evaluation.part == "labeled" and result["left_out"]:
        wrong, n = result["left_out"]
        low, high = binomial_interval(wrong, n)
        return (
            f"A comparison left out {n:,} labels, and {rate(wrong / n, n)} of them "
            f"were answered wrongly (95\N{NO-BREAK SPACE}% binomial interval "
            f"{rate(low, n, sign='')} to {rate(high, n)}); {learned}."
        )
    if evaluation.part == "labeled":
        return (
            f"No test part and no validation part: {error} of the {n:,} labeled "
            "examples themselves are wrong, which says little about new examples; "
            f"{learned}. {unknown(result)}"
        )
    low, high = evaluation.interval
    is_test = evaluation.part == "test"
    name = "Test error" if is_test else "Validation error"
    note = "" if is_test else ", labels held out; there is no test part"
    return (
        f"{name} {error} (95\N{NO-BREAK SPACE}% binomial interval "
        f"{rate(low, n, sign='')} to {rate(high, n)}) on {n:,} examples{note}, "
        f"{learned}."
    )


def _answer(expected):
    """Return the sentences of the answer and its methods: name, wrong, of, seconds."""
    if not expected:
        return None
    wrong = sorted(expected["wrong"].items(), key=lambda pair: pair[1])
    n = expected["n"]
    return {
        "sentences": expected["sentences"],
        "steps": expected["steps"],
        "temperature": expected["temperature"],
        "reliability": expected["reliability"],
        "abstain": max(ABSTAIN, least_rate(n, digits=2)),
        "methods": [
            (name_of(m), k, n, expected["seconds"][m], m == expected["kept"])
            for m, k in wrong
        ],
    }


def _key_figures(result, evaluation, data):
    name = {"test": "test error", "validation": "validation error"}
    name["left-out"] = "expected error"
    name = name.get(evaluation.part, "error on its own labels")
    expects = evaluation.part == "left-out"
    n = 0 if expects else len(evaluation.true)
    steps = "further steps" if result["continued_from"] else "steps"
    error, mean = (rate(e, n) for e in (evaluation.error, evaluation.balanced_error))
    unequal = evaluation.is_unequal and mean != error
    if expects:  # As the headline says it.
        expected = result["expected"]
        most = f"hardly more than {rate(expected['high'])}"
        error = f"about {rate(expected['error'])}" if expected["error"] else most
        unequal = unequal and not expected["gained"]
    return {
        name: error,
        **({"mean error of the classes": mean} if unequal else {}),
        "labels": f"{result['n_labels']:,}",
        "unlabeled": f"{len(data.x_train) - result['n_labels']:,}",
        **({steps: f"{result['steps']:,}"} if result["steps"] else {}),
        "training": seconds_in_words(result["seconds"]),
    }


def _unreadable(data):
    """Return the first files that could not be read, and how many more there are."""
    files = list((data.unreadable or {}).items())
    return {"files": files[:UNREADABLE], "more": max(0, len(files) - UNREADABLE)}


def _recipe(classifier, result):
    model = members_of(classifier.model_)[0]
    if peer := classifier.model_.info.get("peer"):
        return {"method": name_of(classifier.recipe_.name), "numbers": peer}
    numbers = {
        field.name: _value(getattr(classifier.recipe_, field.name))
        for field in dataclasses.fields(classifier.recipe_)
    }
    for player in ("discriminator", "generator"):
        if getattr(model, player, None) is not None:
            count = getattr(model, player).count_params()
            numbers[f"{player}'s parameters"] = f"{count:,}"
    if result["continued_from"]:
        earlier = classifier.model_.info["continued"]
        numbers["goes on from"] = (
            f"another model ({result['continued_from']}), whose recipe was "
            f"{earlier['recipe']}"
        )
    if result["minutes"] is not None:
        numbers["minutes"] = _value(result["minutes"])
    for name in ("n_members", "class_weight", "seed", "weights_seed"):
        numbers[name] = _value(result[name])
    return numbers


def _value(value):
    """Return a recipe's value as text, and a `Part` as a call in Python."""
    if hasattr(value, "_fields"):
        options = ", ".join(f"{k}={v!r}" for k, v in value.options.items())
        return f"{value.name}({options})"
    if isinstance(value, tuple):
        return ", ".join(_value(v) for v in value) or "none"
    if value is None:
        return "none"
    return f"{value:,}" if type(value) is int else str(value)


def _about_data(data, result, raw_range):
    kind = {2: "rows of numbers", 3: "gray images"}.get(data.x_train.ndim, "images")
    shape = " × ".join(str(side) for side in data.x_train.shape[1:])
    held = result["n_validation_labels"]  # They are no part of the data any more.
    about = {
        "data set": data.name,
        "examples": f"{kind}, {shape}, {data.x_train.dtype}",
        "training examples": f"{len(data.x_train):,}",
        "labels in the source": f"{held + int(is_labeled(data.y_train).sum()):,}",
        "label split": result["split"],
        "labels learned from": f"{result['n_labels']:,}",
        "labels held out": f"{held:,}",
        "test examples": f"{result['n_test']:,}",
        "classes": f"{len(result['classes']):,}",
    }
    if result.get("backbone") is not None:
        about["features by"] = result["backbone"]
    if raw_range is not None:
        about["range of pixels"] = f"{raw_range[0]:g} to {raw_range[1]:g}"
    return about
