"""Who votes on the classes of unlabeled images: similar ones, by their strokes."""

import numpy as np
from sklearn.neighbors import NearestNeighbors

from ssgan.data.components import principal_components
from ssgan.data.orientations import orientations, upright
from ssgan.data.storage import take
from ssgan.training.votes import Voters

# Images to look at, at a time.
PIECE = 10_000


def find_voters(recipe, spread, data, seed):
    """Return who votes in a training, `ssgan.training.votes.Voters`, or None.

    The voters are the images that labels spread to. On each unlabeled image those
    vote whose strokes have the most similar orientations. Against 20,000 voters, 50,000
    images of MNIST take half a minute on one core.

    Parameters
    ----------
    recipe : ssgan.recipes.Recipe
        `spread_votes` of 0 does without voters, and so does a recipe without terms.
    spread : ssgan.estimator.spread_labels.SpreadLabels or None
        None: where no labels spread, nobody votes.
    data : ssgan.estimator.training_set.TrainingSet
    seed : int
        Of the images that tell the principal components.
    """
    if not (spread and recipe.spread_votes and recipe.terms):
        return None

    def strokes(images):
        return orientations(upright(images) if spread.form == "upright" else images)

    known = strokes(spread.x)
    compress = principal_components(known, seed)
    tree = NearestNeighbors(n_neighbors=min(recipe.spread_neighbors + 1, len(known)))
    tree.fit(compress(known))
    n, m = len(data.codes), len(data.unlabeled)
    pieces = np.split(np.arange(m), range(PIECE, m, PIECE))
    found = [
        tree.kneighbors(compress(strokes(take(data.unlabeled, piece))))
        for piece in pieces
    ]
    distances, nearest = map(np.concatenate, zip(*found, strict=True))
    # Nobody votes on oneself.
    places = np.concatenate([np.full(n, -1), spread.places])
    own = places[nearest] == np.arange(m)[:, None]
    distances[own] = np.inf
    return Voters(data.codes, spread.places, nearest, _weights(distances))


def _weights(distances):
    """Return weights that fall with the distance, by rows, and add up to 1."""
    finite = np.where(np.isfinite(distances), distances, 0)
    farthest = np.maximum(finite.max(axis=1, keepdims=True), np.finfo("float32").tiny)
    weights = np.exp(-((distances / farthest) ** 2))
    return (weights / weights.sum(axis=1, keepdims=True)).astype("float32")
