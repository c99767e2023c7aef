"""A recipe: what to train and for how long, and the forms that it can take."""

import dataclasses
from typing import Any, NamedTuple

from ssgan.errors import expect, expect_whole, is_number

# A call of the compiled step takes so many steps: trainings are multiples of it.
STEPS_PER_CALL = 10
# The ends of the names of the forms of a recipe.
ON_SPREAD_LABELS, NO_GENERATOR = "-spread", "-no-generator"
SUPERVISED, NO_FLIP = "-supervised", "-no-flip"
# What the numbers of a recipe may be: in words, and as a test.
ABOVE_0 = "a finite number above 0", lambda number: number > 0
NUMBERS = {
    "learning_rate": ABOVE_0,
    "beta_1": ("a number from 0 to less than 1", lambda number: 0 <= number < 1),
    "beta_2": ("a number from 0 to less than 1", lambda number: 0 <= number < 1),
    "epsilon": ABOVE_0,
    "averaging_step": ("a number above 0, at most 1", lambda number: 0 < number <= 1),
    "supervised_weight": ("a finite number from 0", lambda number: number >= 0),
}
# Those that are whole, and the least that each may be.
WHOLE = {"constant_steps": 0, "labeled_size": 1, "unlabeled_size": 1, "spread_steps": 0}


class Part(NamedTuple):
    """The name of a function or class of `ssgan.nn`, and its options."""

    name: str
    options: dict[str, Any] = {}


@dataclasses.dataclass(frozen=True)
class Recipe:
    """What to train, and for how long.

    Parameters
    ----------
    name : str
        The name on the command line.
    summary : str
        One line for ``ssgan fit --help``.
    discriminator, generator : Part
        Functions of `ssgan.nn.networks`. If the generator is None, the discriminator is
        trained without the game.
    value_range : pair of float or None
        Range that the networks expect pixels in; None standardizes columns instead.
    steps : int
        Training steps. Each step updates both players once.
    constant_steps : int
        Steps at the full learning rate, which then falls linearly to 0 at `steps`.
    learning_rate, beta_1, beta_2, epsilon : float
        Of Adam, for both players. The authors' program adds 1e-8 to the second moment
        inside the square root. Near zero, that is 1e-4 outside of it, where Keras has
        it.
    labeled_size, unlabeled_size : int
        Examples in a batch.
    alternating : bool
        Whether the players take turns, or share one pass; see `ssgan.SSGAN`.
    latents : Part
        A class of `ssgan.nn.latents`.
    augmentation : tuple of Part
        Layers of `ssgan.nn` or Keras, applied one after another to real images.
    strong_augmentation : tuple of Part
        More layers, for unlabeled and generated images; see `ssgan.SSGAN`.
    terms : tuple of Part
        Classes of `ssgan.nn.terms`, not of your own: the losses of both players,
        besides the cross entropy of the labeled examples. A recipe without terms and
        without a generator trains on the labeled examples alone.
    averaging_step : float
        See `ssgan.AveragedClassifier`.
    supervised_weight : float
        Weight of the cross entropy of the labeled examples. 0 trains without labels,
        for features or samples alone.
    spread_steps : int
        Steps at the beginning in which images have the label that spreads to them from
        their neighbors, too; see `ssgan.estimator.spread_labels`.
    spread_neighbors : int
        How many neighbors each image is joined to for that.
    spread_pixels : float
        What neighbors by pixels count for, beside those by orientations of strokes.
    spread_least : int
        In a set with fewer unlabeled images, neighbors are too far away: no labels
        spread.
    spread_most : int
        How many unlabeled images are looked at for that, drawn by the seed. Most
        of the time grows with the square of their number.
    spread_cut : bool
        Whether classes are weighted for the least normalized cut of the graph.
    mirrored_prediction : bool
        See `ssgan.AveragedClassifier`. Meant for recipes that mirror images in
        training.

    Raises
    ------
    InputError
        If a rate, an averaging step, a weight or a size is out of its range. The
        number of steps is checked where it is used.
    """

    name: str
    summary: str
    discriminator: Part
    generator: Part | None
    value_range: tuple[float, float] | None
    steps: int
    constant_steps: int
    learning_rate: float
    beta_1: float = 0.5
    beta_2: float = 0.999
    epsilon: float = 1e-4
    labeled_size: int = 100
    unlabeled_size: int = 100
    alternating: bool = True
    latents: Part = Part("UniformLatents", {"dim": 100})
    augmentation: tuple[Part, ...] = ()
    strong_augmentation: tuple[Part, ...] = ()
    terms: tuple[Part, ...] = (Part("RealOrFake"), Part("FeatureMatching"))
    averaging_step: float = 1e-4
    supervised_weight: float = 1.0
    spread_steps: int = 0
    spread_neighbors: int = 8
    spread_pixels: float = 0.3
    spread_least: int = 5000
    spread_most: int = 20_000
    spread_cut: bool = True
    mirrored_prediction: bool = False

    def __post_init__(self):
        for name, (expected, fits) in NUMBERS.items():
            number = getattr(self, name)
            fit = is_number(number) and fits(number)
            expect(fit, expected, f"{name}={number!r}")
        for name, least in WHOLE.items():
            expect_whole(name, getattr(self, name), least)

    @property
    def semi_supervised(self):
        """Whether the recipe learns from unlabeled examples, too."""
        return bool(self.terms or self.spread_steps)

    def supervised(self):
        """Return the baseline: the same recipe, trained on the labels alone."""
        return dataclasses.replace(
            self,
            name=self.name + SUPERVISED,
            generator=None,
            strong_augmentation=(),
            terms=(),
            spread_steps=0,
        )

    def on_spread_labels(self):
        """Return the form for short trainings: on the labels that spread, and no other.

        A step takes a sixth of the time, and the errors are fewer at first: the game
        and guesses need more steps than a short training has. But what is wrong among
        the labels is learned, too.
        """
        name = self.name + ON_SPREAD_LABELS
        return dataclasses.replace(
            self.supervised(), name=name, spread_steps=self.steps
        )

    def without_generator(self):
        """Return the form with guesses alone, half of it on the labels that spread.

        A step takes half of the time.
        """
        guesses = tuple(part for part in self.terms if part.name == "PseudoLabels")
        return dataclasses.replace(
            self,
            name=self.name + NO_GENERATOR,
            generator=None,
            terms=guesses,
            spread_steps=self.steps // 2,
        )

    def with_steps(self, steps):
        """Return the same recipe with other steps, its schedule in proportion."""
        scheduled = ("constant_steps", "spread_steps")
        fewer = {k: round(getattr(self, k) * steps / self.steps) for k in scheduled}
        return dataclasses.replace(self, steps=steps, **fewer)

    def with_term(self, name, **options):
        """Return the same recipe with options of a term changed, or the term added.

        InputError if it has several terms of that name.
        """
        n = [part.name for part in self.terms].count(name)
        expect(n < 2, f"a recipe with one term {name} or none", n)
        old = {part.name: part for part in self.terms}.get(name, Part(name))
        new = Part(name, old.options | options)
        kept = [part for part in self.terms if part.name != name]
        place = self.terms.index(old) if old in self.terms else len(kept)
        return dataclasses.replace(self, terms=(*kept[:place], new, *kept[place:]))

    def without_term(self, name):
        """Return the same recipe without a term. InputError if it does not have it."""
        names = [part.name for part in self.terms]
        expect(name in names, f"one of the terms {', '.join(names) or 'none'}", name)
        kept = tuple(part for part in self.terms if part.name != name)
        return dataclasses.replace(self, terms=kept)

    @property
    def mirrors(self):
        """Whether it mirrors images left to right."""
        return any(part.options.get("flip") for part in self.augmentation)

    def without_flip(self):
        """Return the same recipe without mirrored images.

        Raises
        ------
        InputError
            If it has none.
        """
        expect(self.mirrors, "a recipe that mirrors images, such as photos", self.name)
        changed = tuple(
            Part(part.name, {k: v for k, v in part.options.items() if k != "flip"})
            for part in self.augmentation
        )
        return dataclasses.replace(
            self,
            name=self.name + NO_FLIP,
            augmentation=changed,
            mirrored_prediction=False,
        )


class ShortForm(NamedTuple):
    """A form of a recipe for short trainings.

    Parameters
    ----------
    recipe : Recipe
    cheaper : int
        How many of its steps take the time of one step of the whole recipe.
    """

    recipe: Recipe
    cheaper: int


# How many steps of each short form take the time of one step of `IMAGES`.
CHEAPER = {ON_SPREAD_LABELS: 6, NO_GENERATOR: 2}
