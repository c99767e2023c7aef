"""The games of toys.py: a ring of Gaussians, and the digits."""

import dataclasses
import math

import numpy as np
from settings import with_options
from sklearn.neural_network import MLPClassifier

from ssgan.data.sources import load
from ssgan.game.batches import batches
from ssgan.metrics import inception_score
from ssgan.recipes import IMAGES, VECTORS, Part
from ssgan.training.build import build

MODES, DEVIATION = 8, 0.05
ANGLES = 2 * math.pi * np.arange(MODES) / MODES
CENTERS = np.stack([np.cos(ANGLES), np.sin(ANGLES)], axis=1)

# One class: D(x) is a sigmoid of one logit, as in any GAN, and there are no labels.
GAME = dataclasses.replace(
    VECTORS,
    discriminator=Part(
        "mlp_discriminator", {"units": (64, 64), "input_noise": 0.0, "noise": 0.0}
    ),
    generator=Part(
        "mlp_generator",
        {
            "units": (64, 64),
            "activation": "linear",
            "hidden": "relu",
            "normalization": None,
        },
    ),
    latents=Part("UniformLatents", {"dim": 1}),
    terms=(Part("RealOrFake"), Part("NonSaturating")),
    labeled_size=10,
    unlabeled_size=200,
    steps=8000,
    constant_steps=4000,
    learning_rate=0.002,
)
# Annealed, it lets go of modes that it had covered.
REGULARIZER = Part("JensenShannonRegularizer", {"gamma": 0.3, "annealed": False})


def with_terms(recipe, *parts):
    """Return a recipe with terms added."""
    return dataclasses.replace(recipe, terms=(*recipe.terms, *parts))


def ring(n, seed):
    """Return n examples of a ring of Gaussians, of shape (n, 2), in float32."""
    rng = np.random.default_rng(seed)
    noise = DEVIATION * rng.normal(size=(n, 2))
    return (CENTERS[rng.integers(MODES, size=n)] + noise).astype("float32")


def covered(samples):
    """Return how many of the modes have a fifth of their share of samples, or more.

    What is further than three standard deviations from a mode does not belong to it.
    """
    distance = np.linalg.norm(samples[:, None] - CENTERS, axis=-1)
    nearest = distance.argmin(axis=1)
    counts = np.bincount(nearest[distance.min(axis=1) < 3 * DEVIATION], minlength=MODES)
    return int((counts >= 0.2 * len(samples) / MODES).sum())


class Player:
    """Play games of one recipe, from one seed after another.

    The step is compiled once: for each seed the state of a new model is copied.
    """

    def __init__(self, recipe, x, y, n_classes):
        self.recipe, self.x, self.y, self.n_classes = recipe, x, y, n_classes
        self.model = None

    def play(self, seed, parts=1):
        """Yield the model after each of some equal parts of a game."""
        new = build(self.recipe, self.x, self.n_classes, seed=seed)
        if self.model is None:
            self.model = new
        pairs = zip(_state(self.model), _state(new), strict=True)
        for variable, value in pairs:
            variable.assign(value)
        self.model.random_states = new.random_states
        recipe, done = self.recipe, 0
        for part in range(parts):
            steps = recipe.steps * (part + 1) // parts - done
            stream = batches(
                self.x,
                self.y,
                self.x,
                labeled_size=recipe.labeled_size,
                unlabeled_size=recipe.unlabeled_size,
                alternating=recipe.alternating,
                seed=seed,
                start=done,
            )
            self.model.fit(stream, steps_per_epoch=steps, verbose=0, shuffle=False)
            done += steps
            yield self.model


def _state(model):
    optimizers = (model.optimizer, model.generator_optimizer)
    return [*model.variables, *(v for o in optimizers for v in o.variables)]


class Judge:
    """A classifier of the digits, trained with the labels of all training images.

    Its score of samples is that of Salimans et al. 2016, section 4, 10 at most; see
    `ssgan.metrics.inception_score`.
    """

    def __init__(self):
        self.data = load("digits")
        self._classifier = MLPClassifier(max_iter=500, random_state=0)
        self._classifier.fit(_rows(self.data.x_train), self.data.y_train)

    @property
    def error(self):
        """Its error on the test images."""
        guessed = self._classifier.predict(_rows(self.data.x_test))
        return float(np.mean(guessed != self.data.y_test))

    def score(self, samples):
        """Return the score of samples of shape (n, 8, 8, 1), 0 to 16."""
        p = self._classifier.predict_proba(_rows(np.clip(samples, 0, 16)))
        return inception_score(p, splits=1)[0]


def _rows(images):
    return np.reshape(images, (len(images), -1))


RINGS = {"plain": GAME, "regularized": with_terms(GAME, REGULARIZER)}
PLANE = dataclasses.replace(
    GAME, latents=Part("UniformLatents", {"dim": 2})
).with_steps(4000)
COLLAPSE = {
    "plain": PLANE,
    "minimax": dataclasses.replace(PLANE, terms=(Part("RealOrFake"), Part("Minimax"))),
    "minibatch discrimination": dataclasses.replace(
        PLANE, discriminator=with_options(PLANE.discriminator, minibatch_kernels=10)
    ),
    "feature matching": dataclasses.replace(
        PLANE, terms=(Part("RealOrFake"), Part("FeatureMatching"))
    ),
    "regularizer": with_terms(PLANE, REGULARIZER),
    "label smoothing": PLANE.with_term("RealOrFake", real_target=0.9),
    "historical averaging": with_terms(
        PLANE,
        *(
            Part("HistoricalAveraging", {"weight": 0.01, "player": player})
            for player in ("discriminator", "generator")
        ),
    ),
    "virtual batch norm": dataclasses.replace(
        PLANE, generator=with_options(PLANE.generator, normalization="virtual")
    ),
}
DIGITS_GAME = dataclasses.replace(
    IMAGES,
    steps=1000,
    constant_steps=1000,
    augmentation=(),
    terms=(Part("RealOrFake"), Part("FeatureMatching")),
)
DIGITS = {
    "with labels": DIGITS_GAME,
    "without labels": dataclasses.replace(DIGITS_GAME, supervised_weight=0.0),
}
