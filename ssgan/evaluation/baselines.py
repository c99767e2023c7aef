"""Baselines of scikit-learn, most of them semi-supervised.

Each function takes examples, labels (-1 for unlabeled examples) and a seed. It returns
a function from examples to labels.
"""

import functools
import warnings

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.semi_supervised import LabelSpreading, SelfTrainingClassifier

from ssgan.data import components
from ssgan.data.examples import is_labeled
from ssgan.evaluation import peers
from ssgan.nn import ColumnEncoder

# Label spreading keeps every row, and searches all of them for neighbors.
SPREADING_ROWS = 20_000
# Every number of each baseline, for its result rows. Those for rows are in `peers`.
NUMBERS = {
    "self-training": {
        "features": "orientations, pixels",
        "components": components.COMPONENTS,
        "pca_examples": components.PCA_EXAMPLES,
        "max_iter": 1000,
    },
    "label-spreading": {
        "features": "orientations, pixels",
        "components": components.COMPONENTS,
        "pca_examples": components.PCA_EXAMPLES,
        "rows": SPREADING_ROWS,
        "options": {"kernel": "knn", "n_neighbors": 7, "max_iter": 100},
    },
}


def encoded(data):
    """Return the training and test examples as numbers without empty fields.

    Parameters
    ----------
    data : ssgan.data.examples.Data

    Returns
    -------
    x_train, x_test : ndarray of shape (n, ...)
        Tables as `ssgan.nn.ColumnEncoder` encodes them, others as they are. The second
        is None if there is no test part.
    """
    if data.columns is None:
        return data.x_train, data.x_test
    encoder = ColumnEncoder.for_examples(data.x_train, data.columns.n_categories)
    return tuple(
        None if x is None else np.asarray(encoder(x))
        for x in (data.x_train, data.x_test)
    )


def numbers(method, images):
    """Return every number of a baseline, a dict."""
    if images:
        return NUMBERS[method]
    if method == "label-spreading":
        return {"rows": SPREADING_ROWS, **peers.SPREADING}
    around = AROUND.get(method)
    if around is None:
        return peers.NUMBERS[method]
    return {"self_training_around": around, **peers.NUMBERS[around]}


def self_training(x, y, seed):
    """Train a logistic regression on unlearned features and on its own guesses.

    For rows of numbers, see `fit_peer`.
    """
    if x.ndim == 2:
        return _peer("self-training", x, y, seed)
    # Fitted up to ten times: with 64 components that takes less than two minutes on
    # 60,000 images of 784 pixels.
    compress = components.unlearned_features(x, seed)
    classes, codes = _codes(y)
    model = SelfTrainingClassifier(
        LogisticRegression(max_iter=NUMBERS["self-training"]["max_iter"])
    )
    with warnings.catch_warnings():
        # With wrong labels among its guesses, a regression may not converge.
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(compress(x), codes)
    return lambda x: classes[model.predict(compress(x))]


def label_spreading(x, y, seed, compress=None, rows=SPREADING_ROWS):
    """Spread the labels to the nearest neighbors of each example.

    For images, that are seven by their unlearned features, among at most `rows`
    unlabeled ones; `compress` makes the features, if they are known. For rows of
    numbers, see `fit_peer`.
    """
    if x.ndim == 2:
        return _peer("label-spreading", x, y, seed)
    keep = _spread_over(y, seed, rows)
    classes, codes = _codes(y[keep])
    compress = compress or components.unlearned_features(x, seed)
    options = NUMBERS["label-spreading"]["options"]
    neighbors = min(options["n_neighbors"], np.count_nonzero(keep))
    model = LabelSpreading(**options | {"n_neighbors": neighbors})

    # A row that no label reaches has probabilities 0 / 0, and gets the first class.
    @np.errstate(invalid="ignore")
    def predict(x):
        return classes[model.predict(compress(x))]

    with np.errstate(invalid="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(compress(x[keep]), codes)
    return predict


def _spread_over(y, seed, rows=SPREADING_ROWS):
    """Return which examples labels are spread over, a boolean array (n,)."""
    keep = is_labeled(y)
    others = np.flatnonzero(~keep)
    if len(others) > rows:
        rng = np.random.default_rng(seed)
        others = rng.choice(others, rows, replace=False)
    keep[others] = True
    return keep


def fit_peer(method, x, y, seed):
    """Train a method for rows of numbers; see `peers`.

    Returns
    -------
    classes : ndarray of shape (K,)
    pipeline : sklearn.pipeline.Pipeline
        Fitted. It predicts indices of `classes`.
    """
    classes, codes = _codes(y)
    if method == "label-spreading":
        keep = _spread_over(y, seed)
        return classes, peers.spread_labels(x[keep], codes[keep], seed)
    around = AROUND.get(method)
    pipeline = peers.classify(
        around or method, x, codes, seed, self_training=around is not None
    )
    return classes, pipeline


def probabilities(pipeline, x):
    """Return what a pipeline of `fit_peer` makes of rows, of shape (n, K).

    Label spreading says nothing of a row that no label reaches: there all classes are
    equally likely.
    """
    with np.errstate(invalid="ignore"):
        said = pipeline.predict_proba(x)
    return np.where(np.isnan(said), 1 / said.shape[1], said)


def _peer(method, x, y, seed):
    classes, pipeline = fit_peer(method, x, y, seed)
    return lambda x: classes[probabilities(pipeline, x).argmax(axis=1)]


# What self-training is around.
AROUND = {
    "self-training": "logistic-regression",
    "self-training-forest": "random-forest",
    "self-training-boosting": "gradient-boosting",
    "self-training-neighbors": "nearest-neighbors",
}
# For rows of numbers alone.
PEERS = (*peers.NUMBERS, *list(AROUND)[1:])
BASELINES = {
    "self-training": self_training,
    "label-spreading": label_spreading,
    **{method: functools.partial(_peer, method) for method in PEERS},
}


def _codes(y):
    """Return the classes (K,), and the labels as indices among them or -1."""
    labeled = is_labeled(y)
    codes = np.full(len(y), -1)
    classes, codes[labeled] = np.unique(y[labeled], return_inverse=True)
    return classes, codes
