"""Which examples to label next."""

import itertools
import warnings

import numpy as np
from sklearn.cluster import KMeans, MiniBatchKMeans
from sklearn.neighbors import NearestNeighbors
from sklearn.utils import check_array

from ssgan.data.labels import read_labels
from ssgan.data.storage import take
from ssgan.data.unlearned_features import unlearned_features
from ssgan.errors import as_input_error, expect, expect_unmasked, expect_whole
from ssgan.support.quiet import without_advice

# Of more unlabeled examples than this, a random part is looked at.
CANDIDATES = 20_000
# At most this many clusters, and twice as many labeled examples to compare with.
CLUSTERS = 2000
# The numbers of TypiClust: neighbors for the density, the least size of a cluster, and
# the number of clusters from which mini-batches find them.
NEIGHBORS = 20
SMALLEST = 5
FEW_CLUSTERS = 50
# So many times as many uncertain examples as are asked for are clustered; those that
# are suggested come from different clusters.
UNCERTAIN = 10


def suggest(x, n, y=None, *, model=None, features=None, seed=0):
    """Return the examples whose labels would help most, the most helpful first.

    Without a model, they are typical examples of clusters that hold no label yet
    (TypiClust): k-means finds as many clusters as there will be labels, and in each of
    the n largest without a label the example in the densest place is taken. With a
    model, and once every class of y has two labels, they are the examples between whose
    two most probable classes the model decides by the smallest margin, one from each of
    n clusters, so that they are no near-duplicates. A class with a single label is a
    sign that there are classes without any (Good 1953): a model cannot be unsure of
    them.

    They are no random sample. Class shares or errors that are estimated from them are
    biased.

    Parameters
    ----------
    x : array-like of shape (m, d), (m, h, w) or (m, h, w, c)
        Rows of numbers or images. Of more than 20,000 unlabeled examples, a random
        20,000 are looked at.
    n : int
        How many examples to suggest.
    y : array-like of shape (m,) or None, default=None
        Labels so far, in any form that `ssgan.data.labels.read_labels` takes; -1
        means unlabeled. None means that no example is labeled; with a model, that every
        class has two labels.
    model : SSGANClassifier or None, default=None
        Fitted on examples of this form. Any object will do that has `predict_proba` and
        `transform`.
    features : array-like of shape (m, f) or None, default=None
        Where to look for clusters. By default, the model's features; for typical
        examples, `ssgan.data.unlearned_features`.
    seed : int, default=0

    Returns
    -------
    integer ndarray of shape (n,)
        Indices of unlabeled examples of x.

    Raises
    ------
    InputError
        If there are fewer than n unlabeled examples, or arguments do not fit together.

    References
    ----------
    Hacohen, Dekel and Weinshall 2022, "Active Learning on a Budget: Opposite Strategies
    Suit High and Low Budgets", section 3, arXiv:2202.02794.

    Good 1953, "The population frequencies of species and the estimation of population
    parameters", Biometrika 40.

    Zhdanov 2019, "Diverse mini-batch Active Learning", section 3, arXiv:1901.05954.

    Examples
    --------
    >>> x = [[0.0], [0.1], [0.2], [5.0], [5.1], [5.2]]
    >>> sorted(suggest(x, 2).tolist())
    [1, 4]
    >>> suggest(x, 1, y=[-1, "a", -1, -1, -1, -1]).tolist()
    [4]
    """
    x, y, features = _checked(x, n, y, model, features)
    with as_input_error("a whole number from 0 as the seed"):
        rng = np.random.default_rng(seed)
    labeled = y != -1
    some = _some(~labeled, max(n, CANDIDATES), rng)

    def learned(where):
        if features is not None:
            return features[where]
        return np.asarray(model.transform(_part(x, where)))

    if model is None or _is_class_missing(y[labeled]):
        both = np.concatenate([some, _some(labeled, 2 * CLUSTERS, rng)])
        if features is not None or _is_table(x):
            rows = learned(both)
        else:
            examples = take(x, both)
            rows = unlearned_features(examples, _seed(rng))(examples)
        return both[_typical(rows, len(some), n, rng)]
    probabilities = np.sort(model.predict_proba(_part(x, some)), axis=1)
    margins = probabilities[:, -1] - probabilities[:, -2]
    few = np.argsort(margins, kind="stable")[: UNCERTAIN * n]
    some, margins = some[few], margins[few]
    with warnings.catch_warnings():
        # What is to be said of these, `predict_proba` has said of all.
        warnings.simplefilter("ignore")
        rows = learned(some)
    return some[_uncertain(rows, margins, n, rng)]


def _checked(x, n, y, model, features):
    """Return the examples, labels and features that `suggest` takes, checked.

    With a model, a data frame stays one: the model finds its columns by their names,
    and takes text and empty fields. With features alone, nobody reads it.
    """
    expect_unmasked(x)
    form = "finite numbers, as rows or images of one size"
    if _is_table(x):
        form += " (a trained classifier's suggest takes text and empty fields, too)"
    if not _is_table(x) or (model is None and features is None):
        with as_input_error(form):
            types = [np.float32, np.uint8]  # As a classifier has them.
            x = check_array(x, dtype=types, allow_nd=True)
    m = len(x)
    y = np.full(m, -1) if y is None else read_labels(y)
    expect(y.shape == (m,), f"{m} labels, -1 for none", f"shape {y.shape}")
    expect_whole("n", n, 1)
    free = np.count_nonzero(y == -1)
    expect(free, "an example without a label", f"a label for each of {m}")
    expect(n <= free, f"n of at most {free}, the examples without a label", f"n={n}")
    if features is not None:
        with as_input_error(f"features of shape ({m}, f), finite numbers"):
            features = check_array(features)
        expect(len(features) == m, f"features of {m} examples", len(features))
    used = ["predict_proba", *(["transform"] if features is None else [])]
    able = model is None or all(hasattr(model, name) for name in used)
    expect(able, "a fitted classifier as the model", repr(model))
    return x, y, features


def _is_table(x):
    return hasattr(x, "iloc")


def _part(x, where):
    return x.iloc[where] if _is_table(x) else take(x, where)


def _some(which, most, rng):
    """Return the indices of at most so many of the examples that a mask names."""
    indices = np.flatnonzero(which)
    if len(indices) > most:
        indices = np.sort(rng.choice(indices, most, replace=False))
    return indices


def _is_class_missing(labels):
    """Return whether a class has one label only, so that there may be more classes."""
    return 1 in np.unique(labels, return_counts=True)[1]


def _seed(rng):
    return int(rng.integers(2**31))


def _typical(rows, n_unlabeled, n, rng):
    """Return n of the first, unlabeled rows: typical ones of clusters without a label.

    Clusters with the fewest labels come first; of these the largest, and those of fewer
    than five rows, which are no more than outliers, last.
    """
    k = min(len(rows) - n_unlabeled + n, CLUSTERS, len(rows))
    clusters = _clusters(rows, k, rng)
    sizes = np.bincount(clusters, minlength=k)
    labels = np.bincount(clusters[n_unlabeled:], minlength=k)

    def densest_first(cluster):
        members = np.flatnonzero(clusters == cluster)
        members = members[np.argsort(_mean_distance(rows[members]), kind="stable")]
        return members[members < n_unlabeled]

    order = np.lexsort((-sizes, sizes < SMALLEST, labels))
    return _in_turn(order, densest_first, n)


def _uncertain(rows, margins, n, rng):
    """Return n of the rows: those of the least margin in each of n clusters."""
    clusters = _clusters(rows, min(n, len(rows)), rng)
    order = dict.fromkeys(clusters[np.argsort(margins, kind="stable")])

    def least_first(cluster):
        members = np.flatnonzero(clusters == cluster)
        return members[np.argsort(margins[members], kind="stable")]

    return _in_turn(order, least_first, n)


def _clusters(rows, k, rng):
    """Return the cluster of each row, a number below k."""
    kind = MiniBatchKMeans if k > FEW_CLUSTERS else KMeans
    # There may be fewer distinct rows than clusters; some are empty then.
    with without_advice():
        return kind(k, n_init=1, random_state=_seed(rng)).fit_predict(rows)


def _mean_distance(rows):
    """Return the mean distance of each row to its nearest 20: less is more typical."""
    k = min(NEIGHBORS, len(rows) - 1)
    if k < 1:
        return np.zeros(len(rows))
    distances, _ = NearestNeighbors(n_neighbors=k).fit(rows).kneighbors()
    return distances.mean(axis=1)


def _in_turn(clusters, members_of, n):
    """Return n rows: the first of each cluster, then the second of each, and so on."""
    queues, chosen = {}, []
    for cluster in itertools.cycle(clusters):
        if cluster not in queues:
            queues[cluster] = iter(members_of(cluster))
        row = next(queues[cluster], None)
        if row is not None:
            chosen.append(row)
        if len(chosen) == n:
            return np.array(chosen)
