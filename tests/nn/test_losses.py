import numpy as np
import pytest
import tensorflow as tf

from ssgan.nn import losses

# The paper's formulas in float64. p_model is a softmax over K+1 classes, of which the
# last, the fake class, has the logit 0.


def p_model(logits):
    logits = np.concatenate([logits, np.zeros((len(logits), 1))], axis=1)
    return np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)


def supervised(labels, logits):
    """-E log p_model(y | x, y < K + 1)."""
    p = p_model(logits)[:, :-1]
    p /= p.sum(axis=1, keepdims=True)
    return -np.log(p[np.arange(len(p)), labels]).mean()


def real(logits):
    """D(x) = 1 - p_model(y = K + 1 | x)."""
    return 1 - p_model(logits)[:, -1]


def unsupervised(logits_real, logits_fake):
    fake_is_fake = np.log(1 - real(logits_fake)).mean()
    return -0.5 * np.log(real(logits_real)).mean() - 0.5 * fake_is_fake


def log_partition(logits):
    """Z(x), without overflow."""
    return np.logaddexp.reduce(logits, axis=1)


@pytest.fixture(params=[0.1, 1, 3], ids="scale {}".format)
def logits(request, rng):
    return request.param * rng.normal(size=(2, 7, 5))


@pytest.fixture
def labels(rng):
    return rng.integers(5, size=7)


def close(actual, expected):
    np.testing.assert_allclose(actual, expected, rtol=1e-5, atol=1e-5)


def f32(*arrays):
    return [tf.constant(a, "float32") for a in arrays]


def test_discriminator_of_the_paper_is_the_sigmoid_of_the_log_partition(logits):
    (z,) = f32(logits[0])
    z = losses.log_partition(z)
    close(z, np.log(np.exp(logits[0]).sum(axis=1)))
    close(tf.sigmoid(z), np.exp(z) / (np.exp(z) + 1))
    close(tf.sigmoid(z), real(logits[0]))


def test_supervised_is_the_formula(logits, labels):
    close(losses.supervised(labels, *f32(logits[0])), supervised(labels, logits[0]))


def test_unsupervised_is_the_formula(logits):
    close(losses.unsupervised(*f32(*logits)), unsupervised(*logits))


def test_all_logits_0_are_worth_log_k_and_the_odds_k_to_1():
    zeros = tf.zeros((4, 9))
    close(losses.supervised([0, 3, 5, 8], zeros), np.log(9))
    close(losses.unsupervised(zeros, zeros), 0.5 * (np.log(10 / 9) + np.log(10)))


@pytest.mark.parametrize("target", [1.0, 0.9, 0.6])
def test_real_target_moves_probability_to_the_fake_class(logits, target):
    """Salimans et al. 2016, section 3.4, with K classes that are real, and one fake."""
    p = p_model(logits[0])
    log_real, log_fake = np.log(1 - p[:, -1]).mean(), np.log(p[:, -1]).mean()
    expected = -0.5 * (target * log_real + (1 - target) * log_fake)
    expected -= 0.5 * np.log(p_model(logits[1])[:, -1]).mean()
    close(losses.unsupervised(*f32(*logits), target), expected)


def test_smoothed_discriminator_is_best_at_its_target():
    """With as many real as fake examples at one place, D is t / 2 there."""
    d = np.linspace(0.01, 0.99, 99)
    z = np.log(d / (1 - d))[:, None, None].astype("float32")
    values = [float(losses.unsupervised(each, each, 0.9)) for each in z]
    assert d[np.argmin(values)] == pytest.approx(0.45)


@pytest.mark.parametrize(
    ("norm", "distance"), [("l2", np.square), ("l1", np.abs)], ids=["l2", "l1"]
)
def test_feature_matching_is_the_formula(norm, distance, rng):
    f_real, f_fake = rng.normal(size=(7, 4)), 2 + rng.normal(size=(9, 4))
    expected = distance(f_real.mean(axis=0) - f_fake.mean(axis=0)).mean()
    close(losses.feature_matching(*f32(f_real, f_fake), norm), expected)


def test_feature_matching_is_squared_by_default():
    assert losses.feature_matching(tf.fill((2, 3), 5.0), tf.zeros((4, 3))) == 25


EXTREMES = {
    "large": np.full((7, 5), 1e4),
    "small": np.full((7, 5), -1e4),
    "mixed": np.random.default_rng(1).uniform(-1e4, 1e4, (7, 5)),
    "one large": np.where(np.eye(7, 5), 1e4, -1e4),
}


@pytest.fixture(params=EXTREMES)
def extreme(request):
    # Rounded first, so that both sides compute from the same numbers.
    return EXTREMES[request.param].astype("float32")


def gradient(loss, x):
    x = tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(x)
        value = loss(x)
    return value, tape.gradient(value, x)


def test_extreme_logits_of_labeled_examples(extreme, labels):
    value, slope = gradient(lambda x: losses.supervised(labels, x), extreme)
    x = extreme.astype("float64")
    z, at_label = log_partition(x), x[np.arange(7), labels]
    # A difference of numbers of size 1e4, between which float32 has steps of 1e-3.
    step = np.spacing(np.float32(1e4))
    np.testing.assert_allclose(value, (z - at_label).mean(), rtol=1e-5, atol=step)
    # d(Z - l_y)/dl = softmax(l) - onehot(y)
    close(slope, (np.exp(x - z[:, None]) - np.eye(5)[labels]) / 7)


@pytest.mark.parametrize("is_real", [True, False], ids=["real", "fake"])
def test_extreme_logits_in_the_game(extreme, is_real):
    other = np.zeros((1, 5), "float32")

    def loss(x):
        return losses.unsupervised(*((x, other) if is_real else (other, x)))

    value, slope = gradient(loss, extreme)
    x = extreme.astype("float64")
    z = log_partition(x)
    sign = -1 if is_real else 1
    # -log D = log(1 + exp(-Z)), -log(1 - D) = log(1 + exp(Z)); D = 5/6 at zero logits.
    rest = -np.log(1 / 6) if is_real else -np.log(5 / 6)
    close(value, 0.5 * (np.logaddexp(0, sign * z).mean() + rest))
    # d(-log D)/dl = -(1 - D) softmax(l), d(-log(1 - D))/dl = D softmax(l)
    weight = sign * np.exp(-np.logaddexp(0, -sign * z))
    close(slope, 0.5 * weight[:, None] * np.exp(x - z[:, None]) / 7)
