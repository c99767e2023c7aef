"""Semi-supervised baselines of scikit-learn.

Each function takes examples, labels (-1 for unlabeled examples) and a seed. It returns
a function from examples to labels.
"""

import warnings

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.semi_supervised import LabelSpreading, SelfTrainingClassifier

from ssgan.data import components
from ssgan.data.examples import is_labeled
from ssgan.nn import ColumnEncoder

# Label spreading keeps every row, and searches all of them for neighbors.
SPREADING_ROWS = 20_000
# Every number of each baseline, for its result rows.
NUMBERS = {
    "self-training": {
        "components": components.COMPONENTS,
        "pca_numbers": components.PCA_NUMBERS,
        "max_iter": 1000,
    },
    "label-spreading": {
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


def self_training(x, y, seed):
    """Train a logistic regression on principal components and on its own guesses."""
    # Fitted up to ten times: with 64 components that takes less than two minutes on
    # 60,000 images of 784 pixels.
    compress = components.principal_components(x, seed)
    classes, codes = _codes(y)
    model = SelfTrainingClassifier(
        LogisticRegression(max_iter=NUMBERS["self-training"]["max_iter"])
    )
    with warnings.catch_warnings():
        # With wrong labels among its guesses, a regression may not converge.
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(compress(x), codes)
    return lambda x: classes[model.predict(compress(x))]


def label_spreading(x, y, seed):
    """Spread the labels to the seven nearest neighbors of each example."""
    keep = is_labeled(y)
    others = np.flatnonzero(~keep)
    if len(others) > SPREADING_ROWS:
        rng = np.random.default_rng(seed)
        others = rng.choice(others, SPREADING_ROWS, replace=False)
    keep[others] = True
    scale = components.scaler(x)
    classes, codes = _codes(y[keep])
    model = LabelSpreading(**NUMBERS["label-spreading"]["options"])

    # A row that no label reaches has probabilities 0 / 0, and gets the first class.
    @np.errstate(invalid="ignore")
    def predict(x):
        return classes[model.predict(scale(x))]

    with np.errstate(invalid="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(scale(x[keep]), codes)
    return predict


BASELINES = {"self-training": self_training, "label-spreading": label_spreading}


def _codes(y):
    """Return the classes (K,), and the labels as indices among them or -1."""
    labeled = is_labeled(y)
    codes = np.full(len(y), -1)
    classes, codes[labeled] = np.unique(y[labeled], return_inverse=True)
    return classes, codes
