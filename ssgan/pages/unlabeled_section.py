"""The section of the fit page about the unlabeled examples."""

import numpy as np

from ssgan.data.examples import is_labeled
from ssgan.data.storage import take

# A random sample of so many is predicted.
SAMPLE = 2000


def unlabeled(data, y, classifier, seed=0):
    """Return what the unlabeled examples are taken for, or None if there are none.

    Parameters
    ----------
    data : ssgan.data.examples.Data
    y : ndarray of shape (n,)
        The labels that were learned from, -1 for others.
    classifier : SSGANClassifier
        Fitted.
    seed : int, default=0
        Seed of the sample.

    Returns
    -------
    dict or None
        "n", the number of unlabeled examples, "sample", how many were predicted, and
        "rows": the name of each class, how many were taken for it, which share of the
        sample that is, its share of the labels, and the mean probability.
    """
    chosen = ~is_labeled(y)
    n = np.count_nonzero(chosen)
    if not n:
        return None
    where = np.flatnonzero(chosen)
    if n > SAMPLE:
        rng = np.random.default_rng(seed)
        where = np.sort(rng.choice(where, SAMPLE, replace=False))
    predictions = classifier.predictions(data.named(take(data.x_train, where)))
    rows = []
    for label in predictions.classes.tolist():
        taken = predictions.labels == label
        sure = float(predictions.confidence[taken].mean()) if taken.any() else None
        of_labels = float((y[is_labeled(y)] == label).mean())
        count = np.count_nonzero(taken)
        rows.append((data.class_name(label), count, taken.mean(), of_labels, sure))
    return {"n": n, "sample": len(where), "rows": rows}
