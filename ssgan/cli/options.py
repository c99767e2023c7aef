"""Arguments and options that several commands have, and what options take."""

import csv
from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from ssgan import recipes
from ssgan.errors import MAX_SEED


class ClassWeight(str, Enum):
    """What `--class-weight` takes."""

    balanced = "balanced"


class Method(str, Enum):
    """What `--method` takes; see `ssgan.evaluation.fit_plan.plan_fit`."""

    ssgan = "ssgan"
    supervised = "supervised"
    logistic_regression = "logistic-regression"
    random_forest = "random-forest"
    self_training = "self-training"
    label_spreading = "label-spreading"


class Part(str, Enum):
    """What `--part` takes; see `ssgan.data.parts.load_part`."""

    test = "test"
    train = "train"
    unlabeled = "unlabeled"
    all = "all"


class Keep(str, Enum):
    """What `--keep` takes."""

    best = "best"
    ssgan = "ssgan"


class Precision(str, Enum):
    """What `--precision` takes: the names of Keras's dtype policies."""

    float32 = "float32"
    mixed_bfloat16 = "mixed_bfloat16"
    mixed_float16 = "mixed_float16"


class Format(str, Enum):
    """What `--format` takes; see `ssgan.export.export`."""

    keras = "keras"
    savedmodel = "savedmodel"
    tflite = "tflite"
    onnx = "onnx"


Source = Annotated[
    str,
    typer.Argument(
        help='"digits"; "tfds:NAME", such as tfds:mnist; PATH.npz with arrays x_train, '
        "y_train, x_test, y_test, or x, y, where -1 in y means unlabeled; a table "
        "PATH.csv, PATH.tsv (or .gz of these) or PATH.parquet; or a FOLDER of images. "
        "It holds a folder for each class, and one called unlabeled; or a table "
        "labels.csv with the columns file and label; or two folders, train and test, "
        "of either form. Images are rotated as EXIF says, transparent pixels become "
        "white, and each image is resized without keeping its aspect ratio. They are "
        "gray if no file shows a color, else RGB. A table has columns of numbers or of "
        "text with few values, where fields may be empty, and a column of labels that "
        "is empty for unlabeled rows. Dates, identifiers, and text with many values "
        "are left out.",
    ),
]
LabelColumn = Annotated[
    str | None,
    typer.Option(
        help="Of a table, the column of labels. Default: label; else labels or target; "
        "else the only column with few values that has empty fields."
    ),
]
Drop = Annotated[
    str | None,
    typer.Option(help="Of a table, columns to leave out, separated by commas."),
]
_SIZE = (
    "Height and width that the images of a folder are resized to. Default: their own "
    "size, if they all have the same and it is at most 32 x 32; else 32."
)
Size = Annotated[int | None, typer.Option(min=1, help=_SIZE)]
SizeWithBackbone = Annotated[
    int | None,
    typer.Option(
        min=1,
        help=f"{_SIZE} With --backbone: the size that it was made for.",
    ),
]
BACKBONE = typer.Option(
    help="A frozen network that turns images into features: the name of a Keras "
    "application, such as MobileNetV2; a .keras file of a network of images, which "
    "gets pixels as they are; or a folder that `ssgan fit` wrote from images. Images "
    "are resized to the size that it was made for. Gray ones are repeated in three "
    "channels if it takes three.",
)
Weights = Annotated[
    Path | None,
    typer.Option(
        help="Of a Keras application, the file of its weights without its top layers, "
        "whose name ends in no_top.h5. Default: the weights for ImageNet, which Keras "
        "downloads once.",
    ),
]
Model = Annotated[
    Path,
    typer.Argument(help="The folder that `ssgan fit` wrote, or the model.keras in it."),
]
RecipeName = Annotated[
    str,
    typer.Option(
        help="What to train. auto is images for gray images, photos with 2,000 steps "
        "for images in color, and vectors for rows. "
        + " ".join(f"{r.name}: {r.summary}" for r in recipes.RECIPES.values()),
    ),
]
Steps = Annotated[
    int | None,
    typer.Option(
        min=1, help="Training steps, rounded up to tens. Default: the recipe's."
    ),
]
Minutes = Annotated[
    float | None,
    typer.Option(
        help="Minutes to train, instead of --steps: what must be done before is "
        "among them. A few steps are timed first, and the learning rate falls to 0 at "
        "the end of the time. Of images, a few minutes are spent on the labels that "
        "spread to neighbors, without a generator. The trainings that tell what "
        "error to expect are left out if they do not fit.",
    ),
]
Stratified = Annotated[
    bool,
    typer.Option(
        "--stratified",
        help="Draw labels in proportion to the classes, not equally many of each.",
    ),
]
Jobs = Annotated[
    int,
    typer.Option(
        help="Runs at a time. They share the cores; -1 means one for each core."
    ),
]
Arithmetic = Annotated[
    Precision,
    typer.Option(
        "--precision",
        help="Arithmetic of the networks. mixed_bfloat16 is faster on GPUs, and on "
        "processors that have it (avx512_bf16 or amx_bf16 in /proc/cpuinfo).",
    ),
]
Out = Annotated[
    Path,
    typer.Option(help="Folder for rows and results. Runs with a row are not repeated."),
]
Seed = Annotated[
    int,
    typer.Option(min=0, max=MAX_SEED, help="Seed of the first label split."),
]


NoFlip = Annotated[
    bool,
    typer.Option(
        "--no-flip",
        help="Neither train on mirrored images nor predict from them. By default the "
        "recipe photos does both, unless left-out labels show that they are recognized "
        "less well.",
    ),
]


def chosen_recipe(name, no_flip, *, shape):
    """Return the name, or the recipe without mirrored images, and say if it has any."""
    recipe = recipes.resolve(name, shape=shape)
    if no_flip:
        return recipe.without_flip()
    if recipe.mirrors:
        print(
            f"The recipe {recipe.name} takes mirrored images for the same class, "
            "unless left-out labels show that this harms: then a warning says so. For "
            "text or digits with few labels, --no-flip goes without them."
        )
    return name


def names_of(listed):
    """Return the names that an option lists, a tuple of str.

    Commas divide them; a name that has one stands in double quotes.
    """
    return tuple(next(csv.reader([listed], skipinitialspace=True))) if listed else ()
