"""Measures of samples, against transcriptions and cases with a known answer."""

import numpy as np
import pytest
import scipy.linalg
import sklearn
from scipy.spatial.distance import cdist

from ssgan import metrics
from ssgan.errors import InputError


@pytest.fixture
def clouds(rng):
    """Two clouds of points that overlap, of 60 and 45 points in 4 dimensions."""
    real = rng.normal(size=(60, 4))
    fake = 0.8 * rng.normal(size=(45, 4)) @ rng.normal(size=(4, 4)) + 0.3
    return real, fake


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch):
    """Several blocks, the last one smaller, as with many examples."""
    monkeypatch.setattr(metrics, "SIDE", 13)
    with sklearn.config_context(working_memory=60 * 20 * 8 / 2**20):
        yield


def test_score_of_sure_and_even_guesses_is_the_number_of_classes():
    assert metrics.inception_score(np.tile(np.eye(5), (8, 1)), 4) == (
        pytest.approx(5),
        pytest.approx(0),
    )


@pytest.mark.parametrize("p", [np.eye(3)[[1, 1, 1]], np.full((3, 3), 1 / 3)])
def test_score_of_one_class_or_of_no_class_is_one(p):
    assert metrics.inception_score(p, 1)[0] == pytest.approx(1)


def test_score_is_the_formula(rng):
    p = rng.dirichlet(np.ones(6), size=40)
    scores = []
    for part in (p[:20], p[20:]):
        marginal = part.mean(axis=0)
        kl = [(row * (np.log(row) - np.log(marginal))).sum() for row in part]
        scores.append(np.exp(np.mean(kl)))
    mean, std = metrics.inception_score(p.astype("float32"), 2)
    assert mean == pytest.approx(np.mean(scores), rel=1e-5)
    assert std == pytest.approx(np.std(scores), rel=1e-3)


def test_frechet_distance_is_the_formula(clouds):
    real, fake = clouds
    c, d = np.cov(real.T), np.cov(fake.T)
    root = scipy.linalg.sqrtm(c @ d).real
    means = ((real.mean(axis=0) - fake.mean(axis=0)) ** 2).sum()
    expected = means + np.trace(c + d - 2 * root)
    assert metrics.frechet_distance(real, fake) == pytest.approx(expected)


def test_frechet_distance_of_shifted_and_scaled_points(rng):
    x = rng.normal(size=(500, 3))
    assert metrics.frechet_distance(x, x) == pytest.approx(0, abs=1e-12)
    assert metrics.frechet_distance(x, x + [3, 4, 0]) == pytest.approx(25)
    # The root of the covariance doubles: the trace of (2 s - s)^2.
    doubled = 2 * (x - x.mean(axis=0)) + x.mean(axis=0)
    expected = np.trace(np.cov(x.T))
    assert metrics.frechet_distance(x, doubled) == pytest.approx(expected)


def test_frechet_distance_of_fewer_examples_than_features(rng):
    few = rng.normal(size=(5, 20))
    assert metrics.frechet_distance(few, few + 1) == pytest.approx(20, rel=1e-5)


def test_kernel_distance_is_the_formula(clouds):
    real, fake = clouds

    def k(x, y):
        return (x @ y / 4 + 1) ** 3

    def mean_of_pairs(x):
        n = len(x)
        pairs = [(i, j) for i in range(n) for j in range(n) if i != j]
        return np.mean([k(x[i], x[j]) for i, j in pairs])

    mixed = np.mean([k(x, y) for x in real for y in fake])
    expected = mean_of_pairs(real) + mean_of_pairs(fake) - 2 * mixed
    assert metrics.kernel_distance(real, fake) == pytest.approx(expected)


def test_kernel_distance_has_no_bias(rng):
    """Over many draws of one distribution, its mean is 0, however few examples."""
    draws = rng.normal(size=(400, 2, 10, 3))
    distances = [metrics.kernel_distance(*pair) for pair in draws]
    error = np.std(distances) / np.sqrt(len(draws))
    assert abs(np.mean(distances)) < 3 * error
    assert min(distances) < 0


def test_precision_and_coverage_are_the_formulas(clouds):
    real, fake = clouds
    among_real, between = np.sort(cdist(real, real)), cdist(real, fake)
    inside = between <= among_real[:, [3]]
    assert metrics.precision(real, fake) == pytest.approx(inside.any(axis=0).mean())
    covered = between.min(axis=1) <= among_real[:, 5]
    assert metrics.coverage(real, fake) == pytest.approx(covered.mean())
    assert 0 < covered.mean() < 1
    assert 0 < inside.any(axis=0).mean() < 1


def test_a_generator_of_one_mode_has_precision_but_no_coverage(rng):
    real = rng.normal(size=(80, 2)) + [[0, 0], [50, 50]] * 40
    one_mode = rng.normal(size=(80, 2)) / 2
    assert metrics.precision(real, one_mode) > 0.95
    assert metrics.coverage(real, one_mode) < 0.55
    assert metrics.precision(real, one_mode + 1000) == 0
    assert metrics.coverage(real, one_mode + 1000) == 0


def test_nearest_neighbors_are_those_of_all_pairs(clouds):
    real, fake = clouds
    indices, distances = metrics.nearest_neighbors(fake, real.astype("float32"))
    all_pairs = cdist(fake, real.astype("float32"))
    np.testing.assert_array_equal(indices, all_pairs.argmin(axis=1))
    np.testing.assert_allclose(distances, all_pairs.min(axis=1), rtol=1e-6)


def test_copies_are_told_from_new_examples(rng):
    train, test, new = rng.normal(size=(3, 100, 8))
    copies = train[:50] + 1e-3 * rng.normal(size=(50, 8))

    def copying(fake):
        of_test, of_fake = (
            metrics.nearest_neighbors(x, train)[1] for x in (test, fake)
        )
        return metrics.copying(of_test, of_fake)

    assert copying(test) == pytest.approx(0.5)
    assert copying(new) == pytest.approx(0.5, abs=0.15)
    assert copying(copies) > 0.99
    assert copying(new + 10) == 0


def test_copying_counts_pairs_and_half_of_ties():
    assert metrics.copying([3, 1], [1, 2]) == pytest.approx((0.5 + 1 + 0 + 1) / 4)


X = np.arange(12.0).reshape(6, 2)


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: metrics.inception_score(X), "whose rows sum to 1. Received: other"),
        (lambda: metrics.inception_score([[1.5, -0.5]]), "probabilities from 0"),
        (lambda: metrics.inception_score(np.eye(3)), "from 1 to 3. Received: splits=1"),
        (lambda: metrics.inception_score([]), "probabilities of shape"),
        (
            lambda: metrics.frechet_distance(X, X[:, :1]),
            r"equally many .* \(6, 2\) and",
        ),
        (lambda: metrics.frechet_distance(X, X[:1]), "2 or more rows"),
        (lambda: metrics.kernel_distance(X[0], X), r"features_real of shape \(n, d\)"),
        (lambda: metrics.kernel_distance(X, X / 0), "finite features_fake"),
        (lambda: metrics.kernel_distance(X, [["a", "b"]]), "dtype <U1"),
        (lambda: metrics.precision(X, X, neighbors=6), "from 1 to 5. .* neighbors=6"),
        (lambda: metrics.coverage(X, X, neighbors=2.5), "neighbors=2.5"),
        (lambda: metrics.copying(X, X[:, 0]), r"distances_test of shape \(n,\)"),
        (lambda: metrics.copying([0.1, np.nan], X[:, 0]), "finite distances_test"),
        (lambda: metrics.precision(X, X * 1e60), "finite features_fake.* too large"),
        (lambda: metrics.precision(X, [[1, 2], [3]]), "features_fake of shape"),
        (lambda: metrics.precision(X, np.ma.array(X, mask=X[0] == X)), "masked"),
        (lambda: metrics.nearest_neighbors(X, X[:, :1]), "in among and x"),
    ],
)
@pytest.mark.filterwarnings("ignore:divide by zero", "ignore:invalid value")
def test_bad_input_is_answered_by_one_sentence(call, sentence):
    with pytest.raises(InputError, match=f"^Expected .*{sentence}"):
        call()


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize("scale", [1, 300, 1e20])
@pytest.mark.parametrize("name", ["frechet_distance", "kernel_distance"])
def test_large_numbers_do_not_overflow(name, scale, dtype, rng):
    if dtype == "float16" and scale > 300:
        pytest.skip("float16 holds no such numbers")
    real, fake = (scale * rng.normal(size=(2, 60, 4))).astype(dtype)
    values = np.ravel(getattr(metrics, name)(real, fake))
    exact = np.ravel(getattr(metrics, name)(real.astype(float), fake.astype(float)))
    np.testing.assert_allclose(values, exact, rtol=1e-3)
    assert np.isfinite(values).all()


def test_float64_stays_so(rng):
    real, fake = rng.normal(size=(2, 60, 4))
    exact, rounded = (
        metrics.frechet_distance(real.astype(kind), fake.astype(kind))
        for kind in ("float64", "float32")
    )
    assert exact != rounded
    assert exact == pytest.approx(rounded)


def test_one_example_has_a_nearest_one():
    indices, distances = metrics.nearest_neighbors([[1.0]], [[3.0], [2.0]])
    assert (indices.tolist(), distances.tolist()) == ([1], [1.0])


def test_neighbors_are_found_far_from_0(rng):
    x = rng.normal(size=(300, 4))
    indices, distances = metrics.nearest_neighbors(x[:9] + 1e8, x + 1e8)
    assert indices.tolist() == [*range(9)]
    np.testing.assert_allclose(distances, 0, atol=1e-6)
