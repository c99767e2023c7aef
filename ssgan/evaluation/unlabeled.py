"""What a model makes of the unlabeled examples."""

import numpy as np

from ssgan.data.examples import is_labeled
from ssgan.data.storage import take

# Unlabeled examples that are looked at.
LOOKED_AT = 2000


def class_shares(classifier, data, y):
    """Return how frequent each class is, among labels and unlabeled examples.

    Parameters
    ----------
    classifier : ssgan.SSGANClassifier
        Fitted on the labels.
    data : ssgan.data.examples.Data
    y : ndarray of shape (n,)
        The labels that it learned from, -1 for others.

    Returns
    -------
    dict or None
        JSON values: "labels" and "unlabeled", shares in the order of `classes_`, the
        latter the mean probabilities of at most 2,000 unlabeled examples; and "differ",
        whether they were found to differ before the training, see
        `ssgan.estimator.class_shares`; None if that was not asked. Without unlabeled
        examples it is None.
    """
    others = np.flatnonzero(~is_labeled(y))
    if not len(others):
        return None
    some = np.random.default_rng(0).permutation(others)[:LOOKED_AT]
    x = data.named(take(data.x_train, np.sort(some)))
    counts = np.array([np.count_nonzero(y == c) for c in classifier.classes_])
    before = classifier.class_shares_
    return {
        "labels": (counts / counts.sum()).tolist(),
        "unlabeled": classifier.predict_proba(x).mean(axis=0).tolist(),
        "differ": before and before.differ,
    }


def shares_sentence(shares, names):
    """Say that the shares differ; empty if they do not, or it is not known.

    Parameters
    ----------
    shares : dict or None
        From `class_shares`.
    names : sequence of str
        Of the classes.
    """
    if not (shares and shares["differ"]):
        return ""
    gaps = np.subtract(shares["unlabeled"], shares["labels"])
    i = int(np.abs(gaps).argmax())
    return (
        "The classes are not as frequent among the unlabeled examples as among the "
        f"labels: {names[i]}, say, is {shares['labels'][i]:.0%} of the labels and "
        f"about {shares['unlabeled'][i]:.0%} of the unlabeled. The training took that "
        "into account."
    )
