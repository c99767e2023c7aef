"""Answers that no training gave."""

import numpy as np

from ssgan.estimator.foreign import FLOAT
from ssgan.evaluation.answer import Answer
from ssgan.evaluation.left_out import FOR_IMAGES, NETWORKS, LeftOut
from ssgan.support.base64_arrays import to_base64


def answer_of(
    n,
    keep="best",
    twice=None,
    sure=(0.9, 0.9),
    methods=FOR_IMAGES,
    foreign=None,
    alone=(),
    **wrong,
):
    """Return an answer in which each method is wrong for its first labels."""
    codes, probabilities = np.arange(n) % 3, {}
    networks = [method for method in NETWORKS if method in methods]
    given = [m for m in methods if m not in NETWORKS]
    sure = (*sure, *(0.9 for _ in given))
    for method, p in zip((*networks, *given), sure, strict=True):
        k = wrong.get(method.replace("-", "_"), n // 2)
        said = np.where(np.arange(n) < k, (codes + 1) % 3, codes)
        probabilities[method] = np.full((n, 3), (1 - p) / 2)
        probabilities[method][np.arange(n), said] = p
    left_out = LeftOut(
        np.arange(n),
        codes,
        np.arange(n) % 4,
        np.array(["cat", "dog", "owl"]),
        probabilities,
        dict.fromkeys(methods, 1.0),
        np.array(alone),
        foreign,
    )
    return Answer(left_out, keep, twice)


def fold_answer_of(probabilities, guesses=None):
    """Return what `ssgan.evaluation.fold_answer.fold_answer` would, after a second."""
    return {
        "probabilities": np.asarray(probabilities).tolist(),
        "distances": None,
        "guesses": "" if guesses is None else to_base64(guesses.astype(FLOAT)),
        "seconds": 1.0,
    }
