"""What the classifier thinks of every picture between trainings."""

import dataclasses
import functools

import numpy as np
from sklearn.linear_model import LogisticRegression

from ssgan.support.quiet import without_advice


@dataclasses.dataclass(frozen=True)
class Guesses:
    """Class probabilities of pictures. Those of all are computed when they are needed.

    Parameters
    ----------
    classes : list of str
    features : ndarray of shape (n_pictures, dims)
    known : boolean ndarray of shape (n_pictures,)
        Whose features are known.
    model : LogisticRegression
        From features to probabilities.
    """

    classes: list
    features: np.ndarray
    known: np.ndarray
    model: LogisticRegression

    @functools.cached_property
    def probabilities(self):
        """Of all pictures, of shape (n_pictures, n_classes)."""
        return self.model.predict_proba(self.features).astype(np.float32)

    def of(self, index):
        """Return the probability of each class, most probable first; or None."""
        if not self.known[index]:
            return None
        p = self.model.predict_proba(self.features[index : index + 1])[0]
        pairs = zip(self.classes, p.tolist(), strict=True)
        return sorted(pairs, key=lambda pair: -pair[1])

    def best(self, index):
        """Return the most probable class, or None."""
        ranked = self.of(index)
        return ranked and ranked[0][0]

    def grid(self, excluded, n):
        """Return the pictures of one class that are guessed with most confidence.

        Parameters
        ----------
        excluded : collection of int
            Pictures to leave out.
        n : int

        Returns
        -------
        list of tuple of (int, str, float)
            Picture, class and probability. The class is the one with most pictures to
            confirm among the n times as many that are most confident; if there are
            fewer than n of it, others follow.
        """
        open_ = self.known.copy()
        open_[list(excluded)] = False
        rows = np.flatnonzero(open_)
        best = self.probabilities[rows].argmax(axis=1)
        confidence = self.probabilities[rows].max(axis=1)
        top = np.argsort(-confidence, kind="stable")[: n * len(self.classes)]
        if not len(top):
            return []
        most = np.bincount(best[top]).argmax()
        chosen = sorted(top.tolist(), key=lambda i: best[i] != most)[:n]
        return [
            (int(rows[i]), self.classes[best[i]], float(confidence[i])) for i in chosen
        ]


def guess(features, known, labels):
    """Fit a logistic regression to features, for guesses of every picture.

    Parameters
    ----------
    features : ndarray of shape (n_pictures, dims)
    known : boolean ndarray of shape (n_pictures,)
        Whose features are known.
    labels : dict of int to str

    Returns
    -------
    Guesses or None
        None if fewer than two classes have a labeled picture with known features.
    """
    rows = [i for i in labels if known[i]]
    y = [labels[i] for i in rows]
    if len(set(y)) < 2:
        return None
    model = LogisticRegression(max_iter=200)
    with without_advice():
        model.fit(features[rows], y)
    return Guesses(model.classes_.tolist(), features, known.copy(), model)
