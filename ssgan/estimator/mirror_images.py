"""Find out whether the mirror image of an image may be of another class."""

import dataclasses
import warnings

import numpy as np
from scipy.stats import binomtest
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from ssgan.data.components import unlearned_features
from ssgan.data.storage import take

# Images that give the features, and labeled ones that are asked about.
LOOKED_AT, ASKED = 5000, 500
FOLDS = 5
# What chance brings about less often than this is believed.
SIGNIFICANT = 0.01


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
        """Whether mirror images are recognized less well, by the sign test at 1 %."""
        differ = self.as_they_are + self.mirrored
        if not differ:
            return False
        test = binomtest(self.as_they_are, differ, alternative="greater")
        return bool(test.pvalue < SIGNIFICANT)

    def __str__(self):
        return (
            f"Of {self.asked} labeled images that were left out, {self.as_they_are} "
            "are recognized as they are and not mirrored, "
            f"{self.mirrored} the other way round"
        )


def mirror_images(x, codes, unlabeled, seed=0):
    """Compare how well images are recognized as they are and mirrored left to right.

    Where left and right tell the class, as for text and digits, mirror images are
    recognized less well. A logistic regression on unlearned features answers, in some
    seconds: it learns from four fifths of the labels, and is asked about the others.

    Parameters
    ----------
    x : ndarray of shape (n, height, width) or (n, height, width, channels)
        Labeled images; at most 500 of them, drawn by the seed, are looked at.
    codes : integer ndarray of shape (n,)
        Their classes, 0 to K-1.
    unlabeled : ndarray of shape (m, ...)
        Images that give the features.
    seed : int, default=0

    Returns
    -------
    MirrorImages or None
        None if a class has a single label among those looked at, so that none can be
        left out.
    """
    rng = np.random.default_rng(seed)
    own = np.sort(rng.permutation(len(x))[:ASKED])
    x, codes = take(x, own), codes[own]
    counts = np.bincount(codes)
    folds = min(FOLDS, counts[counts > 0].min())
    if folds < 2 or len(counts) < 2:
        return None
    some = np.sort(rng.permutation(len(unlabeled))[:LOOKED_AT])
    some = take(unlabeled, some)
    # Of images that give the features, more is seen in these: so must be of the others.
    features = unlearned_features(np.concatenate([some, some[:, :, ::-1]]), seed)
    forms = features(x), features(x[:, :, ::-1])
    right = np.zeros((2, len(x)), bool)
    parts = StratifiedKFold(folds, shuffle=True, random_state=seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        for learned, left_out in parts.split(x, codes):
            model = LogisticRegression(max_iter=300)
            model.fit(forms[0][learned], codes[learned])
            for i, rows in enumerate(forms):
                right[i, left_out] = model.predict(rows[left_out]) == codes[left_out]
    alone = right & ~right[::-1]
    return MirrorImages(len(x), *np.count_nonzero(alone, axis=1).tolist())


def without_misleading(recipe, x, codes, unlabeled, seed=0):
    """Return a recipe without mirror images where they mislead; else the same.

    Then a warning says so. Streamed images are not looked at.

    Parameters
    ----------
    recipe : ssgan.recipes.Recipe
    x, codes, unlabeled, seed
        See `mirror_images`. `unlabeled` may also be a tf.data.Dataset.
    """
    if not (recipe.mirrors and isinstance(unlabeled, np.ndarray) and x.ndim > 2):
        return recipe
    found = mirror_images(x, codes, unlabeled, seed)
    if found is None or not found.mislead:
        return recipe
    warnings.warn(f"{found}: training does without mirror images.", stacklevel=2)
    return recipe.without_flip()
