"""Who votes on the classes of unlabeled images: similar ones, by their strokes."""

import numpy as np
from sklearn.neighbors import NearestNeighbors

from ssgan.data.components import principal_components
from ssgan.data.orientations import orientations, upright
from ssgan.data.storage import take
from ssgan.training.votes import Voters

# Images to look at, at a time.
PIECE = 10_000
# No more unlabeled images than these vote.
MOST = 60_000


def find_voters(recipe, spread, data, seed):
    """Return who votes in a training, `ssgan.training.votes.Voters`, or None.

    On each unlabeled image those images vote, labeled or not, whose strokes have the
    most similar orientations. For 50,000 images of MNIST it takes a minute of one core.

    Parameters
    ----------
    recipe : ssgan.recipes.Recipe
        `neighbor_votes` of 0 does without voters, and so does a recipe without terms.
    spread : ssgan.estimator.spread_labels.SpreadLabels or None
        None: where no labels spread, nobody votes.
    data : ssgan.estimator.training_set.TrainingSet
    seed : int
        Of the voters, where there are more images than may vote.
    """
    if not (spread and recipe.neighbor_votes and recipe.terms):
        return None
    n, m = len(data.codes), len(data.unlabeled)
    order = np.random.default_rng(seed).permutation(m)

    def strokes(images):
        return orientations(upright(images) if spread.form == "upright" else images)

    some = take(data.unlabeled, np.sort(order[:PIECE]))
    compress = principal_components(strokes(some), seed)
    pieces = np.split(np.arange(m), range(PIECE, m, PIECE))
    rows = np.concatenate(
        [compress(strokes(take(data.unlabeled, piece))) for piece in pieces]
    )
    places = np.sort(order[:MOST])
    known = np.concatenate([compress(strokes(data.x_labeled)), rows[places]])
    size = min(recipe.spread_neighbors + 1, len(known))
    distances, nearest = NearestNeighbors(n_neighbors=size).fit(known).kneighbors(rows)
    # Nobody votes on oneself.
    own = np.concatenate([np.full(n, -1), places])[nearest] == np.arange(m)[:, None]
    distances[own] = np.inf
    return Voters(data.codes, places, nearest, _weights(distances))


def _weights(distances):
    """Return weights that fall with the distance, by rows, and add up to 1."""
    finite = np.where(np.isfinite(distances), distances, 0)
    farthest = np.maximum(finite.max(axis=1, keepdims=True), np.finfo("float32").tiny)
    weights = np.exp(-((distances / farthest) ** 2))
    return (weights / weights.sum(axis=1, keepdims=True)).astype("float32")
