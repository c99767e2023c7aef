"""What is found in the data before a training: labels that spread, class shares."""

from typing import NamedTuple

from ssgan.errors import warn
from ssgan.estimator.class_shares import ClassShares, suited
from ssgan.estimator.spread_labels import SpreadLabels, short_form, spread_for
from ssgan.recipes import Recipe


class Findings(NamedTuple):
    """What a training begins with.

    Parameters
    ----------
    recipe : ssgan.recipes.Recipe
        The one that was asked for, suited to the data.
    shares : ssgan.estimator.class_shares.ClassShares or None
    spread : ssgan.estimator.spread_labels.SpreadLabels or None
    shares_found : bool
        Whether the recipe got bounds of the shares that the given one does not have.
    """

    recipe: Recipe
    shares: ClassShares | None
    spread: SpreadLabels | None
    shares_found: bool

    @property
    def first(self):
        """Examples and classes of the first steps, a pair, or None."""
        return self.spread and (self.spread.x, self.spread.codes)

    @property
    def short_form(self):
        """See `ssgan.estimator.spread_labels.short_form`."""
        return short_form(self.recipe, self.spread)


def find(recipe, data, seed):
    """Return the `Findings` about a training set.

    Parameters
    ----------
    recipe : ssgan.recipes.Recipe
    data : ssgan.estimator.training_set.TrainingSet
    seed : int
    """
    known = data.x_labeled, data.codes, data.unlabeled
    spread = spread_for(recipe, *known, seed)
    if recipe.spread_steps and not (spread or recipe.terms):
        warn(
            "No labels spread to other images, which are too few, or seldom of the "
            "class of their neighbors. The network learns from the labels alone."
        )
    found, shares = suited(recipe, *known, seed, spread)
    return Findings(found, shares, spread, found is not recipe)
