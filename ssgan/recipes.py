"""Every number that a paper or a measurement gave, and nothing else.

A recipe says what to train and for how long. It has no behavior: `ssgan.training`
reads it. To try another number, ``dataclasses.replace(IMAGES, steps=5000)``.
"""

import dataclasses
import numbers
from typing import Any, NamedTuple

from ssgan.errors import expect


class Part(NamedTuple):
    """A function or class of another module, by name, with its options."""

    name: str
    options: dict[str, Any] = {}


@dataclasses.dataclass(frozen=True)
class Recipe:
    """What to train, and for how long.

    Parameters
    ----------
    name : str
        As the command line has it.
    summary : str
        One line for ``ssgan --help``.
    discriminator, generator : Part
        Functions of `ssgan.networks`. Without a generator (None) the recipe trains the
        discriminator on the labeled examples alone.
    pixel_range : pair of float or None
        Range of the networks' pixels; None standardizes each column instead.
    steps : int
        Updates of each player.
    hold : int
        Updates at the full learning rate; it then falls linearly to 0 at `steps`.
    learning_rate, beta_1, beta_2, epsilon : float
        Adam, for both players. The authors' program adds 1e-8 inside the root, which
        near zero is 1e-4 outside, where Keras has it.
    labeled_size, unlabeled_size : int
        Examples in a batch; as many are generated as are unlabeled.
    in_turn : bool
        The players' order; see `ssgan.SSGAN`.
    latent_dim : int
        Length of z, uniform on [0, 1).
    augmentation : tuple of Part
        Layers of `ssgan.augmentation` or Keras, for the real images, one after another.
    strong_augmentation : tuple of Part
        Further layers, for the unlabeled and the generated images; see `ssgan.SSGAN`.
    matching_norm : {"l2", "l1"}
        See `ssgan.losses.feature_matching`.
    unsupervised_weight : float
        Weight of the unsupervised loss.
    averaging_step : float
        See `ssgan.AveragedClassifier`.
    terms : tuple of Part
        Classes of `ssgan.terms`.
    """

    name: str
    summary: str
    discriminator: Part
    generator: Part | None
    pixel_range: tuple[float, float] | None
    steps: int
    hold: int
    learning_rate: float
    beta_1: float = 0.5
    beta_2: float = 0.999
    epsilon: float = 1e-4
    labeled_size: int = 100
    unlabeled_size: int = 100
    in_turn: bool = True
    latent_dim: int = 100
    augmentation: tuple[Part, ...] = ()
    strong_augmentation: tuple[Part, ...] = ()
    matching_norm: str = "l2"
    unsupervised_weight: float = 1.0
    averaging_step: float = 1e-4
    terms: tuple[Part, ...] = ()

    def __repr__(self):
        # Without defaults: a new option leaves alone what recorded runs are found by.
        given = (
            f"{field.name}={getattr(self, field.name)!r}"
            for field in dataclasses.fields(self)
            if getattr(self, field.name) != field.default
        )
        return f"Recipe({', '.join(given)})"

    def supervised(self):
        """Return the baseline: the same without the generator and what it takes."""
        return dataclasses.replace(
            self,
            name=f"{self.name}-supervised",
            generator=None,
            strong_augmentation=(),
            terms=(),
        )

    def lasting(self, steps):
        """Return the same with other steps, and the schedule in proportion."""
        hold = round(self.hold * steps / self.steps)
        return dataclasses.replace(self, steps=steps, hold=hold)


# Salimans et al. 2016, section 6, arXiv:1606.03498, and the authors' program. Epochs
# are passes over the unlabeled set: 60,000, 50,000 and 73,257 images, 100 an update.
MNIST = Recipe(
    name="mnist",
    summary="The paper's multilayer recipe for MNIST, 300 epochs.",
    discriminator=Part("mlp_discriminator"),
    generator=Part("mlp_generator"),
    pixel_range=(0.0, 1.0),
    steps=300 * 600,
    hold=300 * 600,
    learning_rate=0.003,
)

CIFAR10 = Recipe(
    name="cifar10",
    summary="The paper's convolutional recipe for CIFAR-10, 1200 epochs: for a GPU.",
    discriminator=Part("conv_discriminator", {"filters": (96, 192)}),
    generator=Part("conv_generator"),
    pixel_range=(-1.0, 1.0),
    steps=1200 * 500,
    hold=800 * 500,
    learning_rate=0.0003,
    matching_norm="l1",
)

SVHN = dataclasses.replace(
    CIFAR10,
    name="svhn",
    summary="The paper's convolutional recipe for SVHN, 900 epochs: for a GPU.",
    discriminator=Part("conv_discriminator", {"filters": (64, 128)}),
    steps=900 * 732,
    hold=600 * 732,
)

IMAGES = Recipe(
    name="images",
    summary="The default for small images: a convolutional pair, minutes on two cores.",
    discriminator=Part("small_discriminator", {"input_noise": 0.15, "noise": 0.25}),
    generator=Part("conv_generator", {"filters": (32, 16), "activation": "sigmoid"}),
    pixel_range=(0.0, 1.0),
    steps=10_000,
    hold=4000,
    learning_rate=0.003,
    labeled_size=50,
    in_turn=False,
    augmentation=(
        Part("RandomAffine", {"shift": 0.1, "rotation": 15.0, "zoom": 0.15}),
    ),
    terms=(Part("PseudoLabels", {"weight": 2.0, "confidence": 0.9, "aligned": True}),),
)

PHOTOS = dataclasses.replace(
    IMAGES,
    name="photos",
    summary="For small photographs in color: a larger pair, 12,000 updates.",
    discriminator=Part("pooled_discriminator"),
    generator=Part("conv_generator", {"filters": (64, 32)}),
    pixel_range=(-1.0, 1.0),
    steps=12_000,
    hold=4800,
    learning_rate=0.0012,
    augmentation=(
        # What is predicted is sharp. Where nothing sharp was learned, it falls to the
        # class of the finest texture: 1.5 times as many frogs as there are in CIFAR-10.
        Part(
            "RandomAffine", {"shift": 0.125, "zoom": 0.15, "flip": True, "sharp": 0.5}
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
    unsupervised_weight=0.2,
    terms=(Part("PseudoLabels", {"weight": 2.0, "confidence": 0.95, "aligned": True}),),
)

VECTORS = Recipe(
    name="vectors",
    summary="The default for rows of numbers: a small multilayer pair.",
    discriminator=Part(
        "mlp_discriminator", {"units": (256, 128), "input_noise": 0.1, "noise": 0.3}
    ),
    generator=Part("mlp_generator", {"units": (128, 128), "activation": "linear"}),
    pixel_range=None,
    steps=2000,
    hold=1000,
    learning_rate=0.001,
    in_turn=False,
)

RECIPES = {r.name: r for r in (IMAGES, PHOTOS, VECTORS, MNIST, CIFAR10, SVHN)}


def get(name):
    """Return the recipe of that name.

    Raises
    ------
    InputError
        If there is none.
    """
    expect(name in RECIPES, f"one of the recipes {', '.join(RECIPES)}", repr(name))
    return RECIPES[name]


def resolve(recipe, steps=None, *, images):
    """Return the recipe that is meant.

    Parameters
    ----------
    recipe : str or Recipe
        "auto", the name of one, or one.
    steps : int or None, default=None
        Updates, if not the recipe's own.
    images : bool
        Whether the examples are images: what "auto" depends on.

    Raises
    ------
    InputError
        If there is no such recipe, or the steps are not a whole number above 0.
    """
    if recipe == "auto":
        recipe = IMAGES if images else VECTORS
    if not isinstance(recipe, Recipe):
        recipe = get(recipe)
    if steps is None:
        return recipe
    whole = isinstance(steps, numbers.Integral) and steps > 0
    expect(whole, "a whole number of updates above 0", f"steps={steps!r}")
    return recipe.lasting(int(steps))


def from_dict(values):
    """Return the recipe that ``dataclasses.asdict`` and JSON made a dictionary of.

    What an older version did not know of is left at its default.
    """

    def part(value):
        name, options = value
        return Part(name, {k: _tuples(v) for k, v in options.items()})

    return Recipe(
        **{
            **{key: _tuples(value) for key, value in values.items()},
            "discriminator": part(values["discriminator"]),
            "generator": values["generator"] and part(values["generator"]),
            **{
                key: tuple(part(value) for value in values[key])
                for key in ("augmentation", "strong_augmentation", "terms")
                if key in values
            },
        }
    )


def _tuples(value):
    return tuple(map(_tuples, value)) if isinstance(value, list) else value
