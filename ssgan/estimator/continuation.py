"""Continue from a trained model: what must match, and for how many steps."""

import dataclasses
from typing import Any

import numpy as np

from ssgan import recipes
from ssgan.errors import expect, is_whole, listed, warn
from ssgan.estimator.saved_form import joined
from ssgan.estimator.scales import warn_if_continued_elsewhere
from ssgan.estimator.validation import network_shape
from ssgan.game.backbone_classifier import BackboneClassifier
from ssgan.game.ensemble import members_of
from ssgan.support.provenance import checksum

# Steps of a continued training, as a fraction of those of a training from the start.
SHARE = 0.2


@dataclasses.dataclass(frozen=True)
class Earlier:
    """What the members of a new classifier take over; see `take_over`.

    Parameters
    ----------
    models : list of AveragedClassifier
        Member i continues from model i; if there are fewer, in turns.
    places : integer ndarray of shape (K_earlier,)
        Index of each earlier class among the new ones.
    checksum : str
        Of all weights, so that no other training is resumed.
    """

    models: list
    places: Any
    checksum: str


def earlier_of(classifier, earlier, X):
    """Return what a classifier that is being fitted takes over from a fitted one.

    Parameters
    ----------
    classifier : SSGANClassifier
        Its classes and the form of its examples are known.
    earlier : SSGANClassifier
    X : ndarray of shape (n, ...)
        The examples, as the networks see them.

    Returns
    -------
    Earlier

    Raises
    ------
    InputError
        If the examples are of another shape or type, if columns have other names, or if
        the new labels lack a class that the earlier model knows.
    """
    old, new = earlier.example_shape_, classifier.example_shape_
    expect(
        old == new, f"examples of shape {old}, as in the model to continue from", new
    )
    old, new = earlier.image_shape, classifier.image_shape
    expect(
        X.shape[1:] == network_shape(earlier.example_shape_, old),
        f"image_shape={old}, as in the model to continue from",
        f"image_shape={new}",
    )
    old, new, pixels = earlier.dtype_, classifier.dtype_, earlier.raw_range_
    known, given = f"examples of type {old}", new
    if pixels:
        known = f"pixels from {_range(*pixels)} (type {old})"
        given = f"{_range(X.min(), X.max())} (type {new})"
    expect(old == new, f"{known}, as in the model to continue from", given)
    old, new = (
        list(getattr(c, "feature_names_in_", ())) for c in (earlier, classifier)
    )
    expect(old == new, f"the columns {old} of the model to continue from", new)
    warn_if_continued_elsewhere(X, earlier)
    if classifier.recipe == "auto":
        warn_if_otherwise(earlier)
    classes = classifier.classes_.tolist()
    lacking = [c for c in earlier.classes_.tolist() if c not in classes]
    expect(
        not lacking,
        "labels of every class that the model to continue from knows; there may be new "
        "classes beside them",
        f"none of {', '.join(map(str, lacking[:5]))}",
    )
    models, n_members = members_of(earlier.model_), classifier.n_members
    if is_whole(n_members) and n_members < len(models):
        warn(
            f"Of the {len(models)} members of the model to continue from, "
            f"n_members={n_members} keeps {n_members}."
        )
    return Earlier(
        models,
        np.array([classes.index(c) for c in earlier.classes_.tolist()]),
        weights_checksum(earlier),
    )


def _range(low, high):
    return f"{low:.6g} to {high:.6g}"


def weights_checksum(classifier):
    """Return a checksum of all weights of a fitted classifier."""
    return checksum(*classifier.model_.get_weights())


def continued_recipe(recipe, steps, earlier, *, shape):
    """Return the recipe of a training that continues from an earlier one.

    Parameters
    ----------
    recipe : str or Recipe
        "auto" stands for the earlier recipe, or for the one of which it is a form,
        because the labels alone did better, or the training was short.
    steps : int or None
        None stands for a fifth of the steps of a training from the start.
    earlier : SSGANClassifier
        Fitted.
    shape : tuple of int
        See `ssgan.recipes.resolve`.

    Raises
    ------
    InputError
        If the earlier model has a backbone.
    """
    expect(
        not isinstance(earlier.model_, BackboneClassifier),
        "a model without a backbone to continue from",
        "one with a backbone, which is to be fitted anew",
    )
    name = earlier.recipe_.name
    expect(earlier.recipe_.steps, "a network, to train it further", name)
    if recipe == "auto":
        recipe = recipes.whole(earlier.recipe_)
        if any("shares" in part.options for part in recipe.terms):
            # Those of the earlier labels; they are compared anew.
            recipe = recipe.with_term("PseudoLabels", shares=None)
        recipe = recipe.with_steps(_whole_steps(earlier))
    recipe = recipes.resolve(recipe, shape=shape)
    # The networks know more by now than neighbors tell.
    recipe = dataclasses.replace(recipe, spread_steps=0)
    share = max(1, round(SHARE * recipe.steps))
    return recipes.resolve(recipe, share if steps is None else steps, shape=shape)


def warn_if_otherwise(earlier):
    """Warn if a classifier is continued by default with more than it learned from.

    Its recipe may be a form of another one; see `continued_recipe`.
    """
    old, new = earlier.recipe_, recipes.whole(earlier.recipe_)
    more = []
    if new.semi_supervised and not old.semi_supervised:
        more.append("takes unlabeled examples")
    if new.generator and not old.generator:
        more.append("has a generator, a new one")
    if more:
        warn(
            f"The recipe of the model to continue from is {old.name}. It is trained "
            f"further by the recipe {new.name}, which also {listed(more)}."
        )


def continued_info(classifier, earlier):
    """Return what the info of a model says of the one it continues from, as JSON.

    The examples that the earlier model had labels for count as labeled, too.
    """
    about = {
        "from": weights_checksum(earlier),
        "recipe": earlier.recipe_.name,
        "whole_steps": _whole_steps(earlier),
    }
    infos = classifier.model_.info, earlier.model_.info
    return {"continued": about, "labeled": joined(*infos)}


def _whole_steps(earlier):
    """Return the steps of a training from the start: that of the first model."""
    steps = recipes.whole(earlier.recipe_).steps
    return earlier.model_.info.get("continued", {}).get("whole_steps", steps)
