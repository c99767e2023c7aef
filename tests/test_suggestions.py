"""Examples to label next: typical or uncertain ones, as another package has them."""

import dataclasses
import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.cluster import KMeans
from sklearn.linear_model import LogisticRegression

from ssgan import suggestions
from ssgan.errors import InputError
from ssgan.suggestions import suggest


@dataclasses.dataclass
class Model:
    """A logistic regression that has features too: the rows themselves."""

    regression: LogisticRegression

    def predict_proba(self, x):
        return self.regression.predict_proba(x)

    def transform(self, x):
        return x


@pytest.fixture
def clouds():
    """Six clouds of 40 points each, of three classes."""
    rng = np.random.default_rng(0)
    cloud = np.arange(240) % 6
    centers = 10 * np.array([[0, 0], [1, 0], [0, 1], [1, 1], [2, 0], [0, 2]])
    return centers[cloud] + rng.normal(size=(240, 2)), cloud % 3, cloud


def test_typical_examples_are_those_of_scikit_activeml(clouds):
    from skactiveml.pool import TypiClust

    x, y, _ = clouds
    other = TypiClust(k=20, random_state=0, cluster_algo_dict={"n_init": 10})
    none = suggest(x, 6, features=x)
    assert {*none} == {*other.query(x, np.full(240, np.nan), batch_size=6)}
    labels = np.where(np.isin(np.arange(240), none[:4]), y, -1)
    chosen = suggest(x, 2, labels, features=x)
    missing = np.where(labels == -1, np.nan, labels)
    assert {*chosen} == {*other.query(x, missing, batch_size=2)} == {*none[4:]}


def test_uncertain_examples_are_those_of_scikit_activeml(clouds):
    from skactiveml.classifier import SklearnClassifier
    from skactiveml.pool import UncertaintySampling

    x, y, _ = clouds
    labels = np.where(np.arange(240) < 12, y, -1)
    model = Model(LogisticRegression().fit(x[:12], y[:12]))
    missing = np.where(labels == -1, np.nan, labels)
    margins = UncertaintySampling(method="margin_sampling", random_state=0)
    peer = SklearnClassifier(LogisticRegression(), classes=[0, 1, 2])
    _, utilities = margins.query(
        x, missing, clf=peer, batch_size=1, return_utilities=True
    )
    ranked = np.argsort(-np.nan_to_num(utilities[0], nan=-np.inf))
    # Of one cluster, the least margin of all.
    assert suggest(x, 1, labels, model=model) == ranked[:1]
    # Of several, the least margin of each.
    chosen = suggest(x, 4, labels, model=model)
    assert chosen[0] == ranked[0]
    assert {*chosen} < {*ranked[:40]}
    assert utilities[0][chosen].tolist() == sorted(utilities[0][chosen])[::-1]


def test_typical_examples_come_until_every_class_has_two_labels(clouds):
    x, y, _ = clouds
    model = Model(LogisticRegression().fit(x[:12], y[:12]))
    labels = np.full(240, -1)
    labels[:5] = [0, 0, 1, 1, 2]
    typical = suggest(x, 6, labels)
    assert suggest(x, 6, labels, model=model).tolist() == typical.tolist()
    labels[5] = 2
    uncertain = suggest(x, 6, labels, model=model)
    assert {*uncertain}.isdisjoint(typical)
    margins = np.diff(np.sort(model.predict_proba(x), axis=1)[:, -2:])[:, 0]
    assert margins[uncertain].max() < margins[typical].min()


def test_a_model_warns_once():
    """Of the examples that it is unsure of, and of all, it would say other numbers."""

    class Doubting(Model):
        def predict_proba(self, x):
            warnings.warn(f"up to {x.max()}", stacklevel=1)
            return super().predict_proba(x)

        def transform(self, x):
            warnings.warn(f"up to {x.max()}", stacklevel=1)
            return x

    model = Doubting(LogisticRegression().fit([[-3], [3]], [0, 1]))
    with pytest.warns(UserWarning, match="up to 9.0") as caught:
        suggest(np.linspace(-9, 9, 41)[:, None], 2, model=model)
    assert len(caught) == 1


def test_near_duplicates_are_not_suggested_together():
    """Twenty copies of the least sure example give one suggestion."""
    x = np.concatenate([np.zeros((20, 1)), np.linspace(-3, 3, 41)[:, None]])
    model = Model(LogisticRegression().fit([[-3], [3]], [0, 1]))
    chosen = suggest(x, 4, model=model)
    assert np.count_nonzero(np.abs(x[chosen]) < 1e-6) == 1


def test_every_cluster_is_suggested_once_whatever_its_label(clouds):
    x, y, cloud = clouds
    assert sorted(cloud[suggest(x, 6)]) == [0, 1, 2, 3, 4, 5]
    labels = np.where(cloud < 3, y.astype(object), None)
    assert {*cloud[suggest(x, 3, labels)]} <= {3, 4, 5}


def test_suggestions_are_typical_and_in_order_of_cluster_size():
    """The first is of the largest cluster, and none is an outlier."""
    rng = np.random.default_rng(0)
    large, small = rng.normal(size=(60, 2)), rng.normal(size=(30, 2)) + 20
    outliers = np.array([[500.0, 0.0], [0.0, 500.0]])
    x = np.concatenate([outliers, small, large])
    first, second, *_ = suggest(x, 4, features=x)
    assert first >= 32
    assert 2 <= second < 32
    assert np.linalg.norm(x[first] - large.mean(0)) < 1


def test_images_and_rows_and_seeds(rng):
    x = rng.integers(0, 256, (50, 4, 4), dtype=np.uint8)
    chosen = suggest(x, 10, seed=1)
    assert len({*chosen}) == 10
    np.testing.assert_array_equal(chosen, suggest(x.copy(), 10, seed=1))
    assert suggest(x, 50).tolist() != list(range(50))
    assert sorted(suggest(x, 50)) == list(range(50))


def test_duplicates_do_not_stop_it():
    assert sorted(suggest(np.zeros((5, 2)), 5)) == [0, 1, 2, 3, 4]


def test_many_examples_are_sampled(monkeypatch, rng):
    """Clusters are made of a part of very many examples, labeled and unlabeled."""
    seen = []

    class Spy(KMeans):
        def fit_predict(self, rows):
            seen.append((len(rows), self.n_clusters))
            return super().fit_predict(rows)

    monkeypatch.setattr(suggestions, "KMeans", Spy)
    monkeypatch.setattr(suggestions, "CANDIDATES", 50)
    monkeypatch.setattr(suggestions, "CLUSTERS", 10)
    y = np.where(np.arange(300) < 100, 0, -1)
    chosen = suggest(rng.normal(size=(300, 3)), 5, y)
    assert seen == [(70, 10)]
    assert len({*chosen}) == 5
    assert min(chosen) >= 100


BAD = {
    "text": (lambda x: suggest([["a"], ["b"]], 1), "finite numbers"),
    "NaN": (lambda x: suggest(x * np.nan, 1), "finite numbers"),
    "NaN in a frame": (
        lambda x: suggest(pd.DataFrame(x.reshape(len(x), -1)) * np.nan, 1),
        r"suggest takes text and empty fields, too\). Received",
    ),
    "huge": (lambda x: suggest(1e300 * x, 1), "finite numbers"),
    "a seed below 0": (lambda x: suggest(x, 1, seed=-1), "a whole number from 0"),
    "no model": (lambda x: suggest(x, 1, model=3), "a fitted classifier.*3"),
    "masked": (lambda x: suggest(np.ma.array(x, mask=x > 0), 1), "masked"),
    "no suggestion": (lambda x: suggest(x, 0), "number from 1"),
    "half a suggestion": (lambda x: suggest(x, 1.5), "number from 1"),
    "too many": (lambda x: suggest(x, 9), "at most 8.*n=9"),
    "too many, some labeled": (
        lambda x: suggest(x, 8, [0] * 3 + [-1] * 5),
        "at most 5",
    ),
    "none without a label": (
        lambda x: suggest(x, 1, [0] * 8),
        "an example without a label. Received: a label for each of 8",
    ),
    "labels of others": (lambda x: suggest(x, 1, [0]), "8 labels"),
    "features of others": (lambda x: suggest(x, 1, features=x[:3]), "of 8 examples"),
    "features without rows": (lambda x: suggest(x, 1, features=x[0]), r"\(8, f\)"),
}


@pytest.mark.parametrize("what", BAD)
def test_bad_input(what, rng):
    call, message = BAD[what]
    with pytest.raises(InputError, match=message):
        call(rng.normal(size=(8, 2)))
