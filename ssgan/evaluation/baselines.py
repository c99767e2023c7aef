"""Semi-supervised baselines of scikit-learn.

Each function takes examples, labels (-1 for unlabeled examples) and a seed. It returns
a function from examples to labels.
"""

import warnings

import numpy as np
from sklearn.decomposition import PCA
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler
from sklearn.semi_supervised import LabelSpreading, SelfTrainingClassifier

from ssgan.data.examples import is_labeled

# Label spreading keeps every row, and searches all of them for neighbors.
SPREADING_ROWS = 20_000
# Self-training fits up to ten times. With this many components it takes less than two
# minutes on 60,000 images of 784 pixels.
COMPONENTS = 64
# The components are computed from at most this many numbers: 43,690 color images of
# 32 x 32 pixels.
PCA_NUMBERS = 2**27
# Rows to compress at a time.
PIECE = 1000
# Every number of each baseline, for its result rows.
NUMBERS = {
    "self-training": {
        "components": COMPONENTS,
        "pca_numbers": PCA_NUMBERS,
        "max_iter": 1000,
    },
    "label-spreading": {
        "rows": SPREADING_ROWS,
        "options": {"kernel": "knn", "n_neighbors": 7, "max_iter": 100},
    },
}


def self_training(x, y, seed):
    """Train a logistic regression on principal components and on its own guesses."""
    scale = _scaler(x)
    some = np.random.default_rng(seed).permutation(len(x))[: PCA_NUMBERS // x[0].size]
    rows = scale(x[np.sort(some)])
    components = PCA(min(COMPONENTS, *rows.shape), random_state=seed).fit(rows)

    def compress(x):
        pieces = [x[i : i + PIECE] for i in range(0, len(x), PIECE)]
        return np.concatenate([components.transform(scale(p)) for p in pieces])

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
    scale = _scaler(x)
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


def _scaler(x):
    """Return a function to rows: pixels in [0, 1], or standardized columns."""
    if x.ndim == 2:
        return StandardScaler().fit(x).transform
    low, high = float(x.min()), float(x.max())

    def scale(x):
        return (x.reshape(len(x), -1).astype("float32") - low) / ((high - low) or 1.0)

    return scale


def _codes(y):
    """Return the classes (K,), and the labels as indices among them or -1."""
    labeled = is_labeled(y)
    codes = np.full(len(y), -1)
    classes, codes[labeled] = np.unique(y[labeled], return_inverse=True)
    return classes, codes
