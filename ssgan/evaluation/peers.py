"""Strong methods of scikit-learn for rows of numbers.

Cross-validation over the labels chooses C of a logistic regression or a number of
neighbors, and standardized columns or rows of unit length, which suit embeddings. A
random forest and gradient boosting have fixed settings.
"""

import functools

import numpy as np
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_score
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import Normalizer, StandardScaler
from sklearn.semi_supervised import LabelSpreading, SelfTrainingClassifier

from ssgan.support.quiet import without_advice

FOLDS = 5
# Values to choose from; at a tie, the first one is taken.
C = (1.0, 0.1, 10.0)
NEIGHBORS = (1, 3, 5, 9)
SPREADING_NEIGHBORS = (7, 3, 15)
TREES = 100
ITERATIONS = 1000
# Unlabeled rows with which the number of neighbors for label spreading is chosen.
CHOOSING_ROWS = 500
# Every number of each method, for its result rows.
_FORMS = {"forms": ["standardized", "unit length"], "folds": FOLDS}
NUMBERS = {
    "logistic-regression": {**_FORMS, "C": list(C), "max_iter": ITERATIONS},
    "random-forest": {"n_estimators": TREES},
    "gradient-boosting": {"max_features": "sqrt"},
    "nearest-neighbors": {
        **_FORMS,
        "n_neighbors": list(NEIGHBORS),
        "weights": "distance",
    },
}
SPREADING = {
    **_FORMS,
    "n_neighbors": list(SPREADING_NEIGHBORS),
    "choosing_rows": CHOOSING_ROWS,
    "options": {"kernel": "knn", "max_iter": 100},
}


def classify(method, x, codes, seed, *, self_training=False):
    """Train a method.

    Parameters
    ----------
    method : str
        A key of `NUMBERS`.
    x : ndarray of shape (n, d)
        Rows without empty fields.
    codes : integer ndarray of shape (n,)
        Classes, 0 to K-1, or -1 for unlabeled rows. They give the scale of the columns.
    seed : int
    self_training : bool, default=False
        Whether the method, once chosen, also learns from its own confident guesses.

    Returns
    -------
    sklearn.pipeline.Pipeline
        Fitted: the form of the rows, and the method.
    """
    labeled = codes >= 0
    forms = _forms(x)
    candidates = _candidates(method, forms, codes[labeled], seed)
    folds = _folds(codes[labeled], seed)

    def score(candidate):
        form, model = candidate
        rows = form.transform(x[labeled])
        return cross_val_score(model, rows, codes[labeled], cv=folds).mean()

    form, model = _best(candidates, score) if folds else candidates[0]
    if self_training:
        model = SelfTrainingClassifier(model)
    with without_advice():
        known = slice(None) if self_training else labeled
        model.fit(form.transform(x[known]), codes[known])
    return make_pipeline(form, model)


def spread_labels(x, codes, seed):
    """Spread labels to near rows; see `classify`."""
    labeled = np.flatnonzero(codes >= 0)
    others = np.random.default_rng(seed).permutation(np.flatnonzero(codes < 0))
    few = np.concatenate([labeled, others[:CHOOSING_ROWS]])
    folds = _folds(codes[labeled], seed)
    # Of fewer rows than the least number, all are neighbors.
    numbers = [n for n in SPREADING_NEIGHBORS if n < len(few)] or [len(few)]
    candidates = [
        (form, LabelSpreading(n_neighbors=n, **SPREADING["options"]))
        for n in numbers
        for form in _forms(x)
    ]

    def score(candidate):
        form, model = candidate
        rows, right = form.transform(x[few]), []
        for _, hidden in folds.split(labeled, codes[labeled]):
            known = codes[few]
            known[hidden] = -1  # The labeled rows come first.
            model.fit(rows, known)
            right.append(model.transduction_[hidden] == codes[labeled[hidden]])
        return np.concatenate(right).mean()

    with without_advice():
        form, model = _best(candidates, score) if folds else candidates[0]
        model.fit(form.transform(x), codes)
    return make_pipeline(form, model)


def _forms(x):
    """Return transformers of rows: standardized as in x, and of unit length."""
    return [StandardScaler().fit(x), Normalizer().fit(x)]


def _candidates(method, forms, codes, seed):
    """Return what to choose from: pairs of a form and an estimator."""
    if method == "logistic-regression":
        regression = functools.partial(LogisticRegression, max_iter=ITERATIONS)
        return [(form, regression(C=c)) for c in C for form in forms]
    if method == "nearest-neighbors":
        # So many rows are left without any fold.
        most = len(codes) // 2
        return [
            (form, KNeighborsClassifier(n, weights="distance"))
            for n in NEIGHBORS
            for form in forms
            if n <= max(1, most)
        ]
    if method == "random-forest":
        return [(forms[0], RandomForestClassifier(TREES, random_state=seed))]
    options = NUMBERS["gradient-boosting"]
    return [(forms[0], GradientBoostingClassifier(random_state=seed, **options))]


def _folds(codes, seed):
    """Return the folds of a cross-validation; None if a class has one label."""
    n = min(FOLDS, int(np.bincount(codes).min()))
    return StratifiedKFold(n, shuffle=True, random_state=seed) if n > 1 else None


def _best(candidates, score):
    """Return the candidate with the highest score, the first one at a tie."""
    if len(candidates) == 1:
        return candidates[0]
    with without_advice():
        scores = [score(candidate) for candidate in candidates]
    return candidates[int(np.argmax(scores))]
