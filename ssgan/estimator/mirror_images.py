"""Test whether mirrored images are recognized less well, as text and digits are."""

import dataclasses

import numpy as np
from scipy.stats import binomtest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from ssgan.data.folds import place_in_class
from ssgan.data.labels import is_labeled
from ssgan.data.storage import take
from ssgan.data.unlearned_features import unlearned_features
from ssgan.errors import warn
from ssgan.estimator.validation import encode
from ssgan.support.quiet import without_advice

# Images that give the features, and at most so many labeled ones that are asked about.
FEATURE_IMAGES, MOST_ASKED = 2500, 500
FOLDS = 5
SIGNIFICANCE = 0.01


@dataclasses.dataclass(frozen=True)
class MirrorImages:
    """How many labeled images are recognized in one form alone.

    Parameters
    ----------
    asked : int
        Labeled images that were left out, and asked about in both forms.
    as_they_are : int
        Recognized as they are, and not mirrored.
    mirrored : int
        Recognized mirrored, and not as they are.
    """

    asked: int
    as_they_are: int
    mirrored: int

    @property
    def mislead(self):
        """Whether mirrored images are recognized less well, by the sign test at 1 %."""
        differ = self.as_they_are + self.mirrored
        if not differ:
            return False
        test = binomtest(self.as_they_are, differ, alternative="greater")
        return bool(test.pvalue < SIGNIFICANCE)


def mirror_images(x, y, seed=0):
    """Compare how well images are recognized as they are and mirrored left to right.

    Where left and right tell the class, mirrored images are recognized less well. A
    logistic regression on unlearned features learns from a part of the labels and is
    asked about the others, in both forms. It takes some seconds.

    Parameters
    ----------
    x : ndarray of shape (n, height, width) or (n, height, width, channels)
        Images. At most 2,500 of them, drawn by the seed, give the features.
    y : ndarray of shape (n,)
        Their labels, -1 for unlabeled. At most 500 labeled images, of classes with two
        labels or more, are asked about.
    seed : int, default=0

    Returns
    -------
    MirrorImages or None
        None if fewer than two classes have two labels.
    """
    rng = np.random.default_rng(seed)
    labeled = rng.permutation(np.flatnonzero(is_labeled(y)))
    _, codes = encode(y[labeled])
    place = place_in_class(codes)
    # Two of each class come first, then two more of those that have them.
    asked = np.lexsort((codes, place // 2))
    asked = asked[np.bincount(codes)[codes[asked]] > 1][:MOST_ASKED]
    asked = asked[np.bincount(codes[asked])[codes[asked]] > 1]
    own, codes = take(x, labeled[asked]), codes[asked]
    if len(np.unique(codes)) < 2:
        return None
    some = take(x, np.sort(rng.permutation(len(x))[:FEATURE_IMAGES]))
    # Fitted on both forms, or the features would suit images as they are better.
    features = unlearned_features(np.concatenate([some, some[:, :, ::-1]]), seed)
    forms = features(own), features(own[:, :, ::-1])
    right = np.zeros((2, len(own)), bool)
    folds = min(FOLDS, np.bincount(codes)[codes].min())
    parts = StratifiedKFold(folds, shuffle=True, random_state=seed)
    with without_advice():
        for learned, left_out in parts.split(own, codes):
            model = LogisticRegression(max_iter=300)
            model.fit(forms[0][learned], codes[learned])
            for i, rows in enumerate(forms):
                right[i, left_out] = model.predict(rows[left_out]) == codes[left_out]
    alone = right & ~right[::-1]
    return MirrorImages(len(own), *np.count_nonzero(alone, axis=1).tolist())


def without_misleading(recipe, x, y, seed=0):
    """Return a recipe without mirrored images where they mislead; else the same.

    Then a warning says so.

    Parameters
    ----------
    recipe : ssgan.recipes.Recipe
    x, y, seed
        See `mirror_images`. Rows of numbers have no mirror image.
    """
    found = mirror_images(x, y, seed) if recipe.mirrors and x.ndim > 2 else None
    if found is None or not found.mislead:
        return recipe
    warn(
        "Training and prediction do without mirrored images: of "
        f"{found.asked} labeled images that were left out, {found.as_they_are} are "
        f"recognized only as they are, and {found.mirrored} only mirrored."
    )
    return recipe.without_flip()
