"""What a method says of labels that it was trained without, and of unlabeled ones."""

import time

import numpy as np

from ssgan.data.labels import is_labeled
from ssgan.estimator import SSGANClassifier, foreign
from ssgan.estimator.foreign import FLOAT
from ssgan.estimator.validation import codes_of
from ssgan.evaluation.baselines import BASELINES, encoded, fit_peer, probabilities
from ssgan.support.base64_arrays import from_base64, to_base64

# Labels spread over so many unlabeled images in seconds.
SPREADING_IMAGES = 10_000


def fold_answer(
    method,
    recipe,
    data,
    classes,
    *,
    seed,
    class_weight,
    checkpoints,
    shown,
    features,
    some,
):
    """Train a method; return what it says of its test part, a dict of JSON values.

    Parameters
    ----------
    method : str
    recipe : ssgan.recipes.Recipe or None
        Of a network.
    data : ssgan.data.examples.Data
        The labels that it may know; its test part has those that were left out.
    classes : ndarray of shape (K,)
        Of all labels.
    seed, class_weight
        See `ssgan.SSGANClassifier`.
    checkpoints : path or None
    shown : Keras callback or None
        Shows the progress of a network.
    features : callable
        Returns those of all images that labels spread by.
    some : array-like of shape (m, ...)
        See `looked_at`.

    Returns
    -------
    dict
        "probabilities", of shape (n, K); "distances", of shape (n,), or None: see
        `ssgan.estimator.foreign.distances`; "guesses", a network's probabilities of
        `some`, as text; and "seconds".
    """
    start = time.perf_counter()
    far, guesses = None, ""
    if method in BASELINES:
        x, asked = encoded(data)
        known = {}
        if x.ndim > 2:
            known = {"features": features(), "rows": SPREADING_IMAGES}
        there, pipeline = fit_peer(method, x, data.y_train, seed, **known)
        given = np.zeros((len(asked), len(classes)))
        given[:, codes_of(there, classes, len(there))] = probabilities(pipeline, asked)
    else:
        both = method == "supervised" and recipe.semi_supervised
        classifier = SSGANClassifier(
            recipe.supervised() if both else recipe,
            class_weight=class_weight,
            random_state=seed,
            callbacks=[shown] if shown else (),
        )
        x = data.named(data.x_train)
        classifier.fit(x, data.y_train, checkpoints=checkpoints)
        asked = data.named(data.x_test)
        given = classifier.predict_proba(asked)
        if known := classifier.model_.info.get("reference"):
            far = foreign.distances(known, classifier.transform(asked))
        if len(some):
            guesses = to_base64(classifier.predict_proba(some).astype(FLOAT))
    return {
        "probabilities": given.tolist(),
        "distances": None if far is None else far.tolist(),
        "guesses": guesses,
        "seconds": round(time.perf_counter() - start, 2),
    }


def guesses_of(answer, k):
    """Return the "guesses" of an answer, of shape (m, k)."""
    return from_base64(answer["guesses"], FLOAT).reshape(-1, k)


def looked_at(data, y, seed):
    """Return unlabeled examples that networks are asked about, too, at most 1,000."""
    unlabeled = ~is_labeled(y)
    return data.named(foreign.some_unlabeled(data.x_train, unlabeled, seed))
