"""Classes are weighted for the least normalized cut."""

import numpy as np
from scipy import sparse

from ssgan.estimator.least_cut import least_cut


def block_graph(sizes, rng, within=0.2, between=0.002):
    """Return a stochastic block model of these sizes, and the group of each row.

    The first rows are one of each group.
    """
    y = np.repeat(np.arange(len(sizes)), sizes)
    y = np.concatenate([np.arange(len(sizes)), np.delete(y, np.cumsum(sizes) - 1)])
    chance = np.where(y[:, None] == y, within, between)
    upper = np.triu(rng.random(chance.shape) < chance, 1).astype("float32")
    return sparse.csr_matrix(upper + upper.T), y


def normalized_cut(graph, guess):
    """As in Shi and Malik 2000, equation (2), for any number of groups."""
    dense = graph.toarray()
    groups = [guess == c for c in np.unique(guess)]
    return sum(dense[g][:, ~g].sum() / dense[g].sum() for g in groups)


def test_a_class_that_reached_too_far_goes_back_to_its_border():
    rng = np.random.default_rng(0)
    for sizes in ((100, 100, 100), (240, 60, 30)):
        graph, y = block_graph(sizes, rng)
        # Labels of the second class lie at its edge: more than half of it went away.
        p = 0.8 * np.eye(3)[y] + rng.uniform(0, 0.1, (len(y), 3))
        p[y == 1] = [0.5, 0.4, 0.1]
        p[y == 1, 0] += rng.uniform(-0.2, 0.2, sizes[1])
        wrong = p.argmax(axis=1)
        assert np.mean(wrong[y == 1] != 1) > 0.5
        guess = least_cut(graph, p, y[:3])
        assert np.mean(guess != y) < 0.02
        assert normalized_cut(graph, guess) < normalized_cut(graph, wrong)


def test_what_is_right_stays():
    rng = np.random.default_rng(1)
    graph, y = block_graph((150, 50), rng)
    p = np.eye(2)[y] * 0.6 + 0.2
    guess = least_cut(graph, p, y[:2])
    np.testing.assert_array_equal(guess, y)


def test_known_classes_do_not_change():
    rng = np.random.default_rng(2)
    graph, y = block_graph((50, 50), rng)
    p = np.eye(2)[y] * 0.6 + 0.2
    known = np.array([1, 0])  # The first row looks like the other class.
    guess = least_cut(graph, p, known)
    np.testing.assert_array_equal(guess[:2], known)
    np.testing.assert_array_equal(guess[2:], y[2:])


def test_no_class_vanishes():
    # The third class lies across the second: without it, fewer edges would be cut.
    rng = np.random.default_rng(3)
    graph, y = block_graph((100, 100), rng, between=0.01)
    p = np.full((200, 3), 0.1)
    p[np.arange(200), y] = 0.5
    across = 10 + rng.permutation(190)[:15]
    p[across, 2] = 0.6
    known = np.array([0, 1, 2])
    guess = least_cut(graph, p, known)
    assert np.sum(guess[3:] == 2) > 0
    merged = np.where(guess == 2, y, guess)
    merged[:3] = known
    assert normalized_cut(graph, merged) < normalized_cut(graph, guess)
