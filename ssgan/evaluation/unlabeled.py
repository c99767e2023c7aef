"""What a model makes of the unlabeled examples."""

import numpy as np

from ssgan.data.labels import is_labeled
from ssgan.data.storage import take
from ssgan.stats.percent import interval_of, percent

# A random sample of so many is predicted.
SAMPLE = 2000
# A foreign share of at most this is no other reading of shares that differ.
FEW = 0.1


def guesses(classifier, data, y):
    """Return what the unlabeled examples are taken for, beside the labels.

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
        JSON values: "n", the number of unlabeled examples, and "sample", how many were
        predicted, at most 2,000. For each class, in the order of `classes_`: "labels",
        its share of the labels; "taken", its share of the sample; "shares", its mean
        probability; and "confidence", that of the examples taken for it, None without
        any. Last "differ", whether the shares were found to differ before the training,
        see `ssgan.estimator.class_shares`; None if that was not asked. Without
        unlabeled examples it is None.
    """
    others = np.flatnonzero(~is_labeled(y))
    if not len(others):
        return None
    some = np.sort(np.random.default_rng(0).permutation(others)[:SAMPLE])
    said = classifier.predictions(data.named(take(data.x_train, some)))
    classes = said.classes
    of_class = [said.confidence[said.labels == c] for c in classes]
    counts = np.array([np.count_nonzero(y == c) for c in classes])
    before = classifier.class_shares_
    return {
        "n": len(others),
        "sample": len(some),
        "labels": (counts / counts.sum()).tolist(),
        "taken": [len(sure) / len(some) for sure in of_class],
        "shares": said.probabilities.mean(axis=0).tolist(),
        "confidence": [float(sure.mean()) if len(sure) else None for sure in of_class],
        "differ": before and before.differ,
    }


def shares_sentence(result, names):
    """Say that the shares seem to differ; empty if not, or if it is not known.

    Where some unlabeled examples are of no class that has a label, it is not known.
    Unless labels that were left out tell that hardly any can be, both readings are
    told.

    Parameters
    ----------
    result : dict
        See `ssgan.train_to_folder.train_to_folder`.
    names : sequence of str
        Of the classes.
    """
    guesses, expected = result["unlabeled"], result["expected"]
    foreign = expected and expected["foreign"]
    if (foreign and foreign["found"]) or not (guesses and guesses["differ"]):
        return ""
    labels, shares = guesses["labels"], guesses["shares"]
    i = int(np.abs(np.subtract(shares, labels)).argmax())
    labeled, taken = percent(labels[i]), percent(shares[i])
    if foreign and foreign["high"] <= FEW:
        return (
            "The classes seem not to be as frequent among the unlabeled examples as "
            f"among the labels: {names[i]}, say, is {labeled} of the labels, and the "
            f"model takes about {taken} of the unlabeled for it. The training took "
            "that into account."
        )
    share = ""
    if foreign and foreign["low"] > 0:
        interval = interval_of(foreign["low"], foreign["high"])
        share = f" (about {percent(foreign['share'])}, {interval})"
    return (
        f"The model takes about {taken} of the unlabeled examples for {names[i]}, say, "
        f"which is {labeled} of the labels: either the classes are not as frequent "
        "among them as among the labels, or some are of no class that has a "
        f"label{share}. The training took the first into account."
    )
