"""Compare how frequent classes are among labels and among unlabeled examples."""

import dataclasses

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict

from ssgan.data.storage import take
from ssgan.data.unlearned_features import unlearned_features
from ssgan.support.quiet import without_advice

# Unlabeled examples that are looked at.
LOOKED_AT = 5000
FOLDS, ROUNDS = 5, 3
# Without a difference, guesses with an error rate e are distributed otherwise than the
# labels by at most about this much, plus this part of e; see
# benchmarks/pages/own_data.md.
LEAST, PER_ERROR = 0.05, 0.25
# Where they differ, a share is between the two, or so much beyond. Labels that spread
# to neighbors tell it better.
BEYOND, BEYOND_SPREAD = 0.1, 0.02


@dataclasses.dataclass(frozen=True)
class ClassShares:
    """How frequent each class is, among the labels and among unlabeled examples.

    Parameters
    ----------
    labels : list of float
        Share of each class among the labels.
    guessed : list of float
        Among what a logistic regression, or the nearest labels, take the unlabeled
        examples for.
    error : float
        Their error rate on labels that were left out.
    beyond : float, default=0.1
        How far the bounds go beyond both, as a fraction.
    """

    labels: list
    guessed: list
    error: float
    beyond: float = BEYOND

    @property
    def distance(self):
        """Half the sum of the absolute differences, 0 to 1."""
        return float(np.abs(np.subtract(self.labels, self.guessed)).sum() / 2)

    @property
    def differ(self):
        """Whether they differ by more than errors explain."""
        return self.distance > LEAST + PER_ERROR * self.error

    @property
    def bounds(self):
        """The least and the greatest share of each class, two tuples of float."""
        both = np.array([self.labels, self.guessed])
        least = both.min(0) * (1 - self.beyond)
        greatest = both.max(0) * (1 + self.beyond)
        return tuple(least.tolist()), tuple(greatest.tolist())


def class_shares(x, codes, unlabeled, seed=0):
    """Compare the labels with guesses about the unlabeled examples.

    A logistic regression on unlearned features guesses: it takes a second, and is
    less sure than a network of what it gets wrong. Its mean probabilities are compared.

    Parameters
    ----------
    x : ndarray of shape (n, ...)
        Labeled examples.
    codes : integer ndarray of shape (n,)
        Their classes, 0 to K-1.
    unlabeled : ndarray of shape (m, ...)
        At most 5,000 of them, drawn by the seed, are looked at.
    seed : int, default=0

    Returns
    -------
    ClassShares or None
        None if a class has a single label, so that no error can be estimated.
    """
    counts = np.bincount(codes)
    folds = min(FOLDS, counts.min())
    if folds < 2:
        return None
    some = np.random.default_rng(seed).permutation(len(unlabeled))[:LOOKED_AT]
    some = take(unlabeled, np.sort(some))
    compress = unlearned_features(some, seed)
    rows, asked = compress(x), compress(some)
    model = LogisticRegression(C=10, max_iter=300)
    wrong = []
    with without_advice():
        for i in range(ROUNDS):
            parts = StratifiedKFold(folds, shuffle=True, random_state=i)
            wrong.append(cross_val_predict(model, rows, codes, cv=parts) != codes)
        guessed = model.fit(rows, codes).predict_proba(asked).mean(axis=0)
    return ClassShares(
        (counts / counts.sum()).tolist(), guessed.tolist(), float(np.mean(wrong))
    )


def suited(recipe, x, codes, unlabeled, seed=0, spread=None):
    """Return a recipe whose doubt about guesses suits the shares of the classes.

    `ssgan.nn.terms.PseudoLabels` can doubt guesses of a class that is guessed more
    often than it is labeled. Where the shares differ, or labels were spread to
    neighbors, it gets the bounds of the shares instead, unless the recipe has bounds
    already. That each class has as many labels is no sign that it has as many examples.

    Parameters
    ----------
    recipe : ssgan.recipes.Recipe
    x, codes, unlabeled, seed
        See `class_shares`. `unlabeled` may also be a tf.data.Dataset.
    spread : ssgan.estimator.spread_labels.SpreadLabels or None, default=None
        It tells the shares better than the logistic regression.

    Returns
    -------
    recipe : ssgan.recipes.Recipe
    shares : ClassShares or None
        None if no labels spread and the recipe does not doubt or has bounds, or if the
        shares cannot be compared: of streamed examples and tables, and where a class
        has a single label.
    """
    doubts = any(
        part.options.get("aligned") and part.options.get("shares") is None
        for part in recipe.terms
    )
    if spread is None:
        if not (doubts and isinstance(unlabeled, np.ndarray) and x.ndim > 2):
            return recipe, None
        shares = class_shares(x, codes, unlabeled, seed)
    else:
        labels = np.bincount(codes) / len(codes)
        shares = ClassShares(
            labels.tolist(), spread.shares, spread.error, BEYOND_SPREAD
        )
    if doubts and shares is not None and (shares.differ or spread is not None):
        recipe = recipe.with_term("PseudoLabels", shares=shares.bounds)
    return recipe, shares
