"""Weights of the classes on a graph of neighbors, for the least normalized cut."""

import numpy as np
from scipy import sparse

# What the logarithm of a class's weight changes by, at first and later.
STEPS = (1.0, 0.5, 0.25)
# The smallest decrease of the cut that counts.
DECREASE = 1e-6


def least_cut(graph, probabilities, known):
    """Return the classes of the least normalized cut that weights can bring about.

    Labels that spread over a graph reach too far, or not far enough, if a few of them
    lie at the edge of their class. Then the border between two classes runs through
    the midst of one of them, and cuts many edges. Each class gets a weight, with which
    its probabilities are multiplied; one weight after another is changed as long as the
    normalized cut falls. The classes may be of any size, but none may be left with its
    known rows alone if there were others.

    Parameters
    ----------
    graph : sparse matrix of shape (n, n)
        Symmetric weights of the edges between neighbors, 0 or more. Every row has one.
    probabilities : ndarray of shape (n, K)
        What is known of each row's class, 0 to 1.
    known : integer ndarray of shape (m,)
        The classes, 0 to K-1, of the first m rows, each at least once. These do not
        change.

    Returns
    -------
    integer ndarray of shape (n,)
        The likeliest class of each row, by the weighted probabilities.

    References
    ----------
    The normalized cut: Shi and Malik 2000, "Normalized Cuts and Image Segmentation",
    section 2; for K classes: Yu and Shi 2003, "Multiclass Spectral Clustering",
    section 2.
    """
    n_classes, n_known = probabilities.shape[1], len(known)
    edges = sparse.triu(graph, k=1).tocoo()
    degrees = np.asarray(graph.sum(axis=1)).ravel()

    def classes(weights):
        guess = (probabilities * np.exp(weights)).argmax(axis=1)
        guess[:n_known] = known
        return guess

    def cut(guess):
        one, other = guess[edges.row], guess[edges.col]
        between = one != other
        ends = np.concatenate([one[between], other[between]])
        lost = np.bincount(ends, np.tile(edges.data[between], 2), n_classes)
        return np.sum(lost / np.bincount(guess, degrees, n_classes))

    def guessed(guess):
        return np.bincount(guess[n_known:], minlength=n_classes) > 0

    weights = np.zeros(n_classes)
    guess = classes(weights)
    least, had_others = cut(guess), guessed(guess)
    for step in STEPS:
        falling = True
        while falling:
            falling = False
            for c in range(n_classes):
                for change in (step, -step):
                    changed = weights.copy()
                    changed[c] += change
                    tried = classes(changed)
                    found = cut(tried)
                    vanished = np.any(had_others & ~guessed(tried))
                    if found < least - DECREASE and not vanished:
                        weights, guess, least = changed, tried, found
                        falling = True
    return guess
