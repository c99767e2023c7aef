"""Baselines of scikit-learn, most of them semi-supervised.

`fit_peer` trains them. Each function in `BASELINES` takes the same arguments, without
the method's name, and returns a function from examples to labels. Images become
features that need no learning; see `ssgan.data.unlearned_features`.
"""

import functools

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.semi_supervised import LabelSpreading, SelfTrainingClassifier

from ssgan.data.labels import is_labeled
from ssgan.data.unlearned_features import COMPONENTS, PCA_EXAMPLES, unlearned_features
from ssgan.evaluation import peers
from ssgan.nn import ColumnEncoder
from ssgan.support.quiet import without_advice

# Label spreading keeps every row, and searches all of them for neighbors.
SPREADING_ROWS = 20_000
# Every number of each baseline for images. Those for rows are in `peers`.
NUMBERS = {
    "self-training": {
        "features": "orientations, pixels",
        "components": COMPONENTS,
        "pca_examples": PCA_EXAMPLES,
        "max_iter": 1000,
    },
    "label-spreading": {
        "features": "orientations, pixels",
        "components": COMPONENTS,
        "pca_examples": PCA_EXAMPLES,
        "rows": SPREADING_ROWS,
        "options": {"kernel": "knn", "n_neighbors": 7, "max_iter": 100},
    },
}


def encoder_of(data):
    """Return the `ssgan.nn.ColumnEncoder` of a table's training rows; else None."""
    if data.columns is None:
        return None
    return ColumnEncoder.for_examples(data.x_train, data.columns.n_categories)


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
    encoder = encoder_of(data)
    if encoder is None:
        return data.x_train, data.x_test
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


def _spread_over(y, seed, rows):
    """Return which examples labels are spread over, a boolean array (n,)."""
    keep = is_labeled(y)
    others = np.flatnonzero(~keep)
    if len(others) > rows:
        rng = np.random.default_rng(seed)
        others = rng.choice(others, rows, replace=False)
    keep[others] = True
    return keep


def fit_peer(method, x, y, seed, *, features=None, rows=SPREADING_ROWS):
    """Train a method, and return it fitted.

    Parameters
    ----------
    method : str
        A key of `BASELINES`; of images, one of `NUMBERS`.
    x : ndarray of shape (n, ...)
        Images, or rows as `encoded` returns them.
    y : ndarray of shape (n,)
        Labels, -1 for unlabeled.
    seed : int
    features : ssgan.data.unlearned_features.UnlearnedFeatures or None, default=None
        Of images, what makes their features, if it is known.
    rows : int, default=20000
        Label spreading looks at no more unlabeled examples than these.

    Returns
    -------
    classes : ndarray of shape (K,)
    pipeline : sklearn.pipeline.Pipeline
        Fitted. It predicts indices of `classes`.
    """
    spreads, images = method == "label-spreading", x.ndim > 2
    if images:
        features = features or unlearned_features(x, seed)
    if spreads:
        keep = _spread_over(y, seed, rows)
        x, y = x[keep], y[keep]
    classes, codes = _codes(y)
    if images:
        return classes, _fit_to_features(method, features, x, codes)
    if spreads:
        return classes, peers.spread_labels(x, codes, seed)
    around = AROUND.get(method)
    pipeline = peers.classify(
        around or method, x, codes, seed, self_training=around is not None
    )
    return classes, pipeline


def _fit_to_features(method, features, x, codes):
    """Train a method for images on features that need no learning."""
    if method == "label-spreading":
        options = NUMBERS[method]["options"]
        neighbors = min(options["n_neighbors"], len(x))
        model = LabelSpreading(**options | {"n_neighbors": neighbors})
    else:
        # Fitted up to ten times: with 64 components that takes less than two minutes on
        # 60,000 images of 784 pixels.
        model = SelfTrainingClassifier(
            LogisticRegression(max_iter=NUMBERS[method]["max_iter"])
        )
    pipeline = make_pipeline(FunctionTransformer(features), model)
    with without_advice():
        return pipeline.fit(x, codes)


def probabilities(pipeline, x):
    """Return what a pipeline of `fit_peer` makes of examples, of shape (n, K).

    Label spreading says nothing of one that no label reaches: there all classes are
    equally likely.
    """
    with np.errstate(invalid="ignore"):
        said = pipeline.predict_proba(x)
    return np.where(np.isnan(said), 1 / said.shape[1], said)


def _peer(method, x, y, seed, **options):
    classes, pipeline = fit_peer(method, x, y, seed, **options)
    return lambda x: classes[probabilities(pipeline, x).argmax(axis=1)]


# What self-training is around.
AROUND = {
    "self-training": "logistic-regression",
    "self-training-forest": "random-forest",
    "self-training-boosting": "gradient-boosting",
    "self-training-neighbors": "nearest-neighbors",
}
# For rows of numbers alone.
ROWS_ONLY = (*peers.NUMBERS, *list(AROUND)[1:])
BASELINES = {
    method: functools.partial(_peer, method) for method in (*NUMBERS, *ROWS_ONLY)
}


def _codes(y):
    """Return the classes (K,), and the labels as indices among them or -1."""
    labeled = is_labeled(y)
    codes = np.full(len(y), -1)
    classes, codes[labeled] = np.unique(y[labeled], return_inverse=True)
    return classes, codes
