"""Recipes: every number that a paper or a measurement gave.

A recipe says what to train and for how long. It has no behavior: `ssgan.training.build`
reads it. To change a number, use ``dataclasses.replace(IMAGES, learning_rate=0.001)``.

Longer than 300 lines because every number has one home.
"""

import dataclasses
import numbers
from typing import Any, NamedTuple

from ssgan.errors import expect

# The ends of the names of the forms of a recipe.
ON_SPREAD_LABELS, NO_GENERATOR = "-spread", "-no-generator"
SUPERVISED, NO_FLIP = "-supervised", "-no-flip"


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
    unlabeled_per_generated : int
        Unlabeled examples in a batch for each that is generated, 1 or more.
    alternating : bool
        Whether the players take turns, or share one pass; see `ssgan.SSGAN`.
    latents : Part
        A class of `ssgan.nn.latents`.
    augmentation : tuple of Part
        Layers of `ssgan.nn` or Keras, applied one after another to real images.
    strong_augmentation : tuple of Part
        More layers, for unlabeled and generated images; see `ssgan.SSGAN`.
    terms : tuple of Part
        Classes of `ssgan.nn.terms`: the losses of both players, besides the cross
        entropy of the labeled examples. A recipe without terms and without a generator
        trains on the labeled examples alone.
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
    spread_cut : bool
        Whether classes are weighted for the least normalized cut of the graph.
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
    unlabeled_per_generated: int = 1
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
    spread_cut: bool = True

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
        return dataclasses.replace(
            self,
            name=self.name + ON_SPREAD_LABELS,
            generator=None,
            strong_augmentation=(),
            terms=(),
            spread_steps=self.steps,
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
        """Return the same recipe with options of a term changed, or the term added."""
        old = {part.name: part for part in self.terms}.get(name, Part(name))
        new = Part(name, old.options | options)
        kept = [part for part in self.terms if part.name != name]
        place = self.terms.index(old) if old in self.terms else len(kept)
        return dataclasses.replace(self, terms=(*kept[:place], new, *kept[place:]))

    def without_term(self, name):
        """Return the same recipe without a term."""
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
        return dataclasses.replace(self, name=self.name + NO_FLIP, augmentation=changed)


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

# Salimans et al. 2016, section 6, arXiv:1606.03498, and the authors' program. An epoch
# is one pass over the unlabeled set: 60,000, 50,000 or 73,257 images, 100 in each step.
MNIST = Recipe(
    name="mnist",
    summary="The paper's multilayer recipe for MNIST, 300 epochs.",
    discriminator=Part("mlp_discriminator"),
    generator=Part("mlp_generator"),
    value_range=(0.0, 1.0),
    steps=300 * 600,
    constant_steps=300 * 600,
    learning_rate=0.003,
)

CIFAR10 = Recipe(
    name="cifar10",
    summary="The paper's convolutional recipe for CIFAR-10, 1200 epochs: for a GPU.",
    discriminator=Part("conv_discriminator", {"filters": (96, 192)}),
    generator=Part("conv_generator"),
    value_range=(-1.0, 1.0),
    steps=1200 * 500,
    constant_steps=800 * 500,
    learning_rate=0.0003,
    terms=(Part("RealOrFake"), Part("FeatureMatching", {"norm": "l1"})),
)

SVHN = dataclasses.replace(
    CIFAR10,
    name="svhn",
    summary="The paper's convolutional recipe for SVHN, 900 epochs: for a GPU.",
    discriminator=Part("conv_discriminator", {"filters": (64, 128)}),
    steps=900 * 732,
    constant_steps=600 * 732,
)

# The authors' program for ImageNet at 128 x 128: four GPUs with 64 images each, Adam's
# learning rate and epsilon, label smoothing (with the paper's 0.9), minibatch
# discrimination, virtual batch normalization, labels, and the widths of the generator's
# maps of up to 64 x 64. The discriminator is that of CIFAR-10 with twice as many
# blocks. An epoch has 5004 steps. Neither source says how many epochs there were; 25
# are the default of Radford et al.'s program, arXiv:1511.06434.
IMAGENET = Recipe(
    name="imagenet",
    summary="The paper's techniques for 128 x 128 photographs: for several GPUs.",
    discriminator=Part(
        "conv_discriminator",
        {"filters": (32, 64, 128, 256), "minibatch_kernels": 100},
    ),
    generator=Part(
        "conv_generator",
        {
            "filters": (512, 256, 128, 64, 64),
            "normalization": "virtual",
            "weight_normalized": False,
        },
    ),
    value_range=(-1.0, 1.0),
    steps=25 * 5004,
    constant_steps=25 * 5004,
    learning_rate=0.0004,
    epsilon=1e-8,
    labeled_size=256,
    unlabeled_size=256,
    alternating=False,
    terms=(Part("RealOrFake", {"real_target": 0.9}), Part("NonSaturating")),
)

IMAGES = Recipe(
    name="images",
    summary="The default for small images: a convolutional pair, minutes on two cores.",
    discriminator=Part("small_discriminator", {"input_noise": 0.15, "noise": 0.25}),
    generator=Part("conv_generator", {"filters": (32, 16), "activation": "sigmoid"}),
    value_range=(0.0, 1.0),
    steps=10_000,
    constant_steps=4000,
    learning_rate=0.003,
    labeled_size=50,
    alternating=False,
    spread_steps=2000,
    augmentation=(
        Part(
            "RandomAffine",
            {"shift": 0.1, "rotation": 15.0, "zoom": 0.15, "elastic": 0.02},
        ),
    ),
    terms=(
        Part("RealOrFake"),
        Part("FeatureMatching"),
        Part("PseudoLabels", {"weight": 2.0, "confidence": 0.9, "aligned": True}),
    ),
)

PHOTOS = dataclasses.replace(
    IMAGES,
    name="photos",
    summary="For small photographs in color: confident guesses, without a generator.",
    discriminator=Part("batch_norm_discriminator"),
    generator=None,
    value_range=(-1.0, 1.0),
    steps=9000,
    constant_steps=3600,
    learning_rate=0.0012,
    spread_steps=0,  # Pixels of photographs are no guide to their class.
    augmentation=(
        # Images to predict are sharp, while resampling blurs. A network that has seen
        # blurred images alone takes sharp ones for the class with the finest texture:
        # it predicts 1.5 times as many frogs as there are in CIFAR-10.
        Part(
            "RandomAffine",
            {"shift": 0.125, "zoom": 0.15, "flip": True, "unresampled": 0.5},
        ),
        Part("RandomContrast", {"factor": 0.4, "value_range": (-1, 1)}),
        Part("RandomBrightness", {"factor": 0.1, "value_range": (-1, 1)}),
    ),
    strong_augmentation=(
        Part(
            "RandomErasing",
            {
                "factor": (1.0, 1.0),
                "scale": (0.05, 0.25),
                "fill_value": 0.0,
                "value_range": (-1, 1),
            },
        ),
    ),
    terms=(Part("PseudoLabels", {"weight": 2.0, "confidence": 0.95, "aligned": True}),),
)

# For images in color, "auto" takes some of the steps of `PHOTOS`; 700 of them take the
# time of `IMAGES`. Its network halves images three times.
AUTO_STEPS, LEAST_PHOTO = 2000, 8

# A pair of small networks, a short training and few labels in a batch suit tables of
# some hundred rows; see "Rows of numbers" in benchmarks/README.md.
VECTORS = Recipe(
    name="vectors",
    summary="The default for rows of numbers: a small multilayer pair.",
    discriminator=Part(
        "mlp_discriminator", {"units": (64, 64), "input_noise": 0.1, "noise": 0.3}
    ),
    generator=Part("mlp_generator", {"units": (64, 64), "activation": "linear"}),
    value_range=None,
    steps=600,
    constant_steps=300,
    learning_rate=0.003,
    labeled_size=32,
    unlabeled_size=64,
    alternating=False,
    augmentation=(Part("ColumnSwap", {"rate": 0.1}),),
    terms=(
        Part("RealOrFake"),
        Part("FeatureMatching"),
        Part("PseudoLabels", {"weight": 1.0, "confidence": 0.9, "aligned": True}),
    ),
)

# For samples the generator plays against the discriminator (Goodfellow et al. 2014),
# and makes the class that it is asked for (Odena et al. 2017). Real and generated
# images get the same random changes, which it need not make (Zhao et al. 2020). Adam's
# epsilon is its authors' 1e-8.
MNIST_SAMPLES = Recipe(
    name="mnist-samples",
    summary="For samples of small gray images by class: minutes on two cores.",
    discriminator=Part("small_discriminator", {"input_noise": 0.15, "noise": 0.25}),
    generator=Part(
        "conv_generator",
        {"filters": (64, 32), "activation": "sigmoid", "weight_normalized": False},
    ),
    value_range=(0.0, 1.0),
    steps=6000,
    constant_steps=3000,
    learning_rate=0.001,
    epsilon=1e-8,
    labeled_size=32,
    unlabeled_size=64,
    alternating=False,
    latents=Part("ClassLatents", {"dim": 64}),
    strong_augmentation=(
        Part("RandomAffine", {"shift": 0.1, "rotation": 15.0, "zoom": 0.15}),
    ),
    terms=(
        Part("RealOrFake", {"real_target": 0.9}),
        Part("NonSaturating"),
        Part("AuxiliaryClassifier", {"weight": 0.2}),
        Part("PseudoLabels", {"weight": 2.0, "confidence": 0.9, "aligned": True}),
    ),
)

# The parts of Salimans et al. 2016 that are for samples (sections 3.2, 3.4 and 3.5), in
# the lengths and sizes of their classifiers.
CIFAR10_SAMPLES = dataclasses.replace(
    CIFAR10,
    name="cifar10-samples",
    summary="For samples of CIFAR-10 by class, with the paper's techniques: for a GPU.",
    discriminator=Part(
        "conv_discriminator", {"filters": (96, 192), "minibatch_kernels": 100}
    ),
    generator=Part(
        "conv_generator", {"normalization": "virtual", "weight_normalized": False}
    ),
    epsilon=1e-8,
    latents=Part("ClassLatents", {"dim": 100}),
    terms=(
        Part("RealOrFake", {"real_target": 0.9}),
        Part("NonSaturating"),
        Part("AuxiliaryClassifier", {"weight": 0.2}),
    ),
)

SVHN_SAMPLES = dataclasses.replace(
    CIFAR10_SAMPLES,
    name="svhn-samples",
    summary="For samples of SVHN by class, with the paper's techniques: for a GPU.",
    discriminator=Part(
        "conv_discriminator", {"filters": (64, 128), "minibatch_kernels": 100}
    ),
    steps=SVHN.steps,
    constant_steps=SVHN.constant_steps,
)

RECIPES = {
    recipe.name: recipe
    for recipe in (
        *(IMAGES, PHOTOS, VECTORS, MNIST_SAMPLES),
        *(MNIST, CIFAR10, SVHN, CIFAR10_SAMPLES, SVHN_SAMPLES, IMAGENET),
    )
}


def whole(recipe):
    """Return the recipe of which another is a form, for as long a training.

    Parameters
    ----------
    recipe : Recipe
        Such as ``IMAGES.on_spread_labels().supervised()``. Its numbers are kept.

    Returns
    -------
    Recipe
        The same one, if it is no form of one of `RECIPES`.
    """
    name, steps = recipe.name.removesuffix(SUPERVISED), recipe.steps
    for end, cheaper in CHEAPER.items():
        if name.endswith(end):
            name, steps = name.removesuffix(end), max(1, steps // cheaper)
    known = RECIPES.get(name.removesuffix(NO_FLIP))
    if known is None or name == recipe.name:
        return recipe
    return dataclasses.replace(
        recipe.with_steps(steps),
        name=name,
        generator=known.generator,
        terms=known.terms,
        strong_augmentation=known.strong_augmentation,
        spread_steps=known.with_steps(steps).spread_steps,
    )


def get(name):
    """Return the recipe of a name; InputError if there is none."""
    expect(name in RECIPES, f"one of the recipes {', '.join(RECIPES)}", repr(name))
    return RECIPES[name]


def resolve(recipe, steps=None, *, shape):
    """Return the recipe that a name, or "auto", stands for.

    Parameters
    ----------
    recipe : str or Recipe
        "auto", the name of a recipe, or a recipe.
    steps : int or None, default=None
        Training steps; None keeps those of the recipe.
    shape : tuple of int
        Shape of one example; one number for rows. "auto" depends on it: `IMAGES`, for
        images in color a shorter `PHOTOS`, and `VECTORS` for rows.

    Raises
    ------
    InputError
        If there is no such recipe, it standardizes columns and the examples are images,
        or `steps` is not a whole number above 0.
    """
    images = len(shape) > 1
    if recipe == "auto":
        in_color = shape[2:] == (3,) and min(shape[:2]) >= LEAST_PHOTO
        for_images = PHOTOS.with_steps(AUTO_STEPS) if in_color else IMAGES
        recipe = for_images if images else VECTORS
    if not isinstance(recipe, Recipe):
        recipe = get(recipe)
    columns = recipe.value_range is None
    expect(
        not (images and columns),
        "a recipe for images, such as images",
        f"{recipe.name}, which standardizes columns, for images",
    )
    if steps is None:
        return recipe
    whole = isinstance(steps, numbers.Integral) and steps > 0
    expect(whole, "a whole number of steps above 0", f"steps={steps!r}")
    return recipe.with_steps(int(steps))


def from_dict(values):
    """Return the recipe that ``dataclasses.asdict`` and JSON made a dictionary of.

    Fields that are missing get their defaults: a recipe saved by an earlier version
    lacks fields that were added later.
    """

    def part(value):
        name, options = value
        return Part(name, {k: _tuples(v) for k, v in options.items()})

    def field(key, value):
        if key in ("discriminator", "generator", "latents"):
            return value and part(value)
        if key in ("augmentation", "strong_augmentation", "terms"):
            return tuple(map(part, value))
        return _tuples(value)

    return Recipe(**{key: field(key, value) for key, value in values.items()})


def _tuples(value):
    return tuple(map(_tuples, value)) if isinstance(value, list) else value
