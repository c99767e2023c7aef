"""First labels for unlabeled images, spread over a graph of their neighbors."""

import dataclasses

import numpy as np
from scipy import sparse
from sklearn.neighbors import NearestNeighbors

from ssgan.data.folds import place_in_class
from ssgan.data.orientations import orientations, upright
from ssgan.data.storage import take
from ssgan.data.unlearned_features import principal_components
from ssgan.estimator.least_cut import least_cut
from ssgan.recipes.recipe import CHEAPER, NO_GENERATOR, ON_SPREAD_LABELS, ShortForm
from ssgan.stats.predictions import error_rate
from ssgan.stats.temperature import log_loss

# So many labels need not spread.
ENOUGH = 2000
# In which form images are looked at. By pixels alone, 5 % of the labels of MNIST are
# wrong, and by orientations 2; but those lose sevens with a bar in every other draw,
# and a few neighbors by pixels keep them; see benchmarks/pages/images.md.
FORMS = ("as they are", "upright")
# What each image takes from its neighbors, and how often. Of 400 passes, large groups
# of images would swallow small ones.
ALPHA, PASSES = 0.998, 100
# Labels are left out in so many parts. If more of them than this are answered wrongly,
# neighbors are no guide to the class.
FOLDS, TRUSTED = 5, 0.25
# With no more than this, the labels that spread are right enough to learn nothing else.
RELIABLE = 0.05
# No left-out label is less likely than this, so that one of them does not decide alone.
SURE_WRONG = 1e-3


@dataclasses.dataclass(frozen=True)
class SpreadLabels:
    """Images, most of them unlabeled, with the class that their neighbors suggest.

    All of them, and not the clearest ones alone: what is unclear is the groups that
    would otherwise fall to a wrong class, such as sevens with a bar.

    Parameters
    ----------
    x : ndarray of shape (m, ...)
        The labeled images, and unlabeled ones.
    codes : integer ndarray of shape (m,)
        Their classes, 0 to K-1.
    shares : list of float
        Share of each class among all images that were looked at.
    error : float
        Error rate on labels that were left out, of classes as they spread.
    form : str
        Of `FORMS`.
    """

    x: np.ndarray
    codes: np.ndarray
    shares: list
    error: float
    form: str


def spread_for(recipe, x, codes, unlabeled, seed=0):
    """Return `spread_labels` for a recipe that begins with them; else None.

    None, too, if the unlabeled examples are streamed, no images or few, and if there
    are many labels.
    """
    are_images = x.ndim > 2 and isinstance(unlabeled, np.ndarray)
    if not (recipe.spread_steps and are_images):
        return None
    if len(x) > ENOUGH or len(unlabeled) < recipe.spread_least:
        return None
    return spread_labels(recipe, x, codes, unlabeled, seed)


def for_parts(recipe, n_labels, n_images):
    """Return a recipe for trainings on parts of a set, without some of the labels.

    Labels spread in a part if they spread in the whole set, and only then: otherwise
    the parts would tell nothing about the whole. They spread over at most half of
    `spread_most` images, which takes less than half of the time.

    Parameters
    ----------
    recipe : ssgan.recipes.Recipe
    n_labels, n_images : int
        In the whole set.

    Returns
    -------
    ssgan.recipes.Recipe
    """
    if n_labels > ENOUGH or n_images < recipe.spread_least:
        return dataclasses.replace(recipe, spread_steps=0)
    most = recipe.spread_most // 2
    return dataclasses.replace(recipe, spread_least=0, spread_most=most)


def short_form(recipe, spread):
    """Return the form of a recipe for short trainings, or None where there is none.

    Many small steps on the labels that spread leave the fewest errors, if these are
    right. What is wrong among them is then learned, too, and only guesses mend it.

    Parameters
    ----------
    recipe : ssgan.recipes.Recipe
    spread : SpreadLabels or None

    Returns
    -------
    ssgan.recipes.ShortForm or None
        None if no labels spread, or the recipe has no generator, or learns no labels.
    """
    if spread is None or recipe.generator is None or not recipe.supervised_weight:
        return None
    if spread.error <= RELIABLE:
        return ShortForm(recipe.on_spread_labels(), CHEAPER[ON_SPREAD_LABELS])
    return ShortForm(recipe.without_generator(), CHEAPER[NO_GENERATOR])


def spread_labels(recipe, x, codes, unlabeled, seed=0):
    """Let labels spread to similar unlabeled images.

    Each image is joined to its nearest neighbors, by the orientations of its strokes
    and by its pixels, and takes 99.8 % of its class from them. Images are looked at as
    they are, or without their slant (see `ssgan.data.orientations`), whichever makes
    left-out labels likelier. Then classes are weighted for the least normalized cut.

    Parameters
    ----------
    recipe : ssgan.recipes.Recipe
        Its numbers that begin with "spread".
    x : ndarray of shape (n, height, width) or (n, height, width, channels)
        Labeled images.
    codes : integer ndarray of shape (n,)
        Their classes, 0 to K-1, each at least once.
    unlabeled : ndarray of shape (m, ...)
    seed : int, default=0
        Draws the unlabeled images that are looked at.

    Returns
    -------
    SpreadLabels or None
        None if left-out labels are answered wrongly too often, or no class has two.

    References
    ----------
    Zhou et al. 2004, "Learning with Local and Global Consistency", section 3. As first
    labels for a network: Iscen et al. 2019, "Label Propagation for Deep Semi-supervised
    Learning", arXiv:1904.04717.
    """
    if np.bincount(codes).max() < 2:
        return None
    some = np.random.default_rng(seed).permutation(len(unlabeled))[: recipe.spread_most]
    both = np.concatenate([x, take(unlabeled, np.sort(some))])
    graphs = {form: _graph(form, both, recipe, seed) for form in FORMS}
    spread = {form: _spread(graph, codes) for form, graph in graphs.items()}

    def loss(form):
        _, answers, truth = spread[form]
        return log_loss(np.maximum(answers, SURE_WRONG), truth)

    form = min(FORMS, key=loss)
    p, answers, truth = spread[form]
    error = error_rate(answers.argmax(axis=1), truth)
    if error > TRUSTED:
        return None
    cut = recipe.spread_cut
    guess = least_cut(graphs[form], p, codes) if cut else p.argmax(axis=1)
    shares = np.bincount(guess, minlength=p.shape[1]) / len(guess)
    return SpreadLabels(both, guess, shares.tolist(), error, form)


def _spread(graph, codes):
    """Return probabilities (m, K), those of left-out labels, and their classes."""
    root = sparse.diags(1 / np.sqrt(np.asarray(graph.sum(axis=1)).ravel()))
    normalized = (root @ graph @ root).astype("float32").tocsr()
    n, n_classes = graph.shape[0], int(codes.max()) + 1
    # Of each class, every fifth label is in the same part.
    part = place_in_class(codes) % FOLDS
    judged = np.bincount(codes)[codes] > 1
    columns = np.zeros((n, FOLDS + 1, n_classes), "float32")
    for i in range(FOLDS + 1):
        kept = part != i  # In the last round, all of them.
        columns[np.flatnonzero(kept), i, codes[kept]] = 1
    columns /= np.maximum(columns.sum(axis=0), 1)  # No class counts for more.
    given = columns.reshape(n, -1)
    spread = given
    for _ in range(PASSES):
        spread = ALPHA * (normalized @ spread) + (1 - ALPHA) * given
    spread = spread.reshape(columns.shape)
    spread /= np.maximum(spread.sum(axis=-1, keepdims=True), np.finfo("float32").tiny)
    own = np.flatnonzero(judged)
    p = spread[:, FOLDS].copy()
    p[: len(codes)] = np.eye(n_classes)[codes]
    return p, spread[own, part[own]], codes[own]


def _graph(form, images, recipe, seed):
    """Return the symmetric weights between neighbors, a sparse matrix."""
    x = upright(images) if form == "upright" else images
    strokes, pixels = (
        _joined(principal_components(rows, seed)(rows), recipe.spread_neighbors)
        for rows in (orientations(x), x)
    )
    return strokes + recipe.spread_pixels * pixels


def _joined(rows, neighbors):
    """Return a weight of up to 1 between each row and its nearest ones, symmetric."""
    n = len(rows)
    nearest = NearestNeighbors(n_neighbors=min(neighbors, n - 1)).fit(rows)
    distances, others = nearest.kneighbors()
    farthest = np.maximum(distances[:, -1:], np.finfo("float32").tiny)
    weights = np.exp(-((distances / farthest) ** 2)).ravel()
    places = np.repeat(np.arange(n), others.shape[1]), others.ravel()
    graph = sparse.csr_matrix((weights.astype("float32"), places), (n, n))
    return graph.maximum(graph.T)
