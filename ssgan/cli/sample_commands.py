"""Commands about what the generator makes: sample, score-samples."""

import contextlib
from pathlib import Path
from typing import Annotated

import typer

from ssgan.cli.models import load_for, load_model
from ssgan.cli.options import Model, Source, names_of
from ssgan.cli.shown import show, table_of
from ssgan.errors import MAX_SEED, InputError, counted, expect, warn
from ssgan.support.model_files import find_model

STEPS = 10  # Images of a path.
MIN_SCORED = 100  # As in ssgan.evaluation.score_samples, which is slow to import.


def sample(
    model: Model,
    out: Annotated[
        Path, typer.Option(help="A .png file for images, a .csv file for rows.")
    ],
    count: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Examples to generate; with --interpolate, rows. Default: 64; 8.",
        ),
    ] = None,
    seed: Annotated[
        int, typer.Option(min=0, max=MAX_SEED, help="Seed of the latent vectors.")
    ] = 0,
    classes: Annotated[
        str | None,
        typer.Option(
            help="Classes to make in turn, such as 3,5 (names with commas in double "
            "quotes); for a model whose generator is class-conditional (--recipe "
            "mnist-samples)."
        ),
    ] = None,
    interpolate: Annotated[
        bool,
        typer.Option(
            "--interpolate",
            help="Draw paths: each row goes from one example to another, of the same "
            "class if it has one. A generator that only repeats some images jumps.",
        ),
    ] = False,
):
    """Write examples that the generator makes.

    Needs a model with a generator.

    Example: ssgan sample digits-50 --out digits.png

    Example: ssgan sample mnist-100 --interpolate --out paths.png
    """
    classifier = load_model(model)
    is_rows = len(classifier.example_shape_) == 1
    suffix = ".csv" if is_rows else ".png"
    expect(out.suffix == suffix, f"--out to end in {suffix} for these examples", out)
    from ssgan.support.files import atomic_write

    expect(not (interpolate and is_rows), "images for --interpolate", "rows of numbers")
    write = _write_rows if is_rows else _write_grid
    if interpolate:
        write, count = _write_paths, count or 8
    count = count or 64
    labels = None if classes is None else labels_of(classifier, classes)
    with atomic_write(out) as temporary:
        write(classifier, count, seed, labels, temporary)
    print(f"Written: {out}, {counted(count, 'path' if interpolate else 'example')}")


def labels_of(classifier, names):
    """Return the labels that names, divided by commas, stand for."""
    labels = {str(label): label for label in classifier.classes_.tolist()}
    names = names_of(names)
    unknown = [name for name in names if name not in labels]
    expect(not unknown, f"--classes among {', '.join(labels)}", ", ".join(unknown))
    return [labels[name] for name in names]


def score_samples(
    model: Model,
    source: Source,
    judge: Annotated[
        str,
        typer.Option(
            help="What judges: a classifier's file or folder, best one that `ssgan fit "
            "--labels all --method supervised` trained on the same data; or inception, "
            "Keras's InceptionV3, whose weights are downloaded when first used."
        ),
    ],
    count: Annotated[
        int | None,
        typer.Option(
            min=MIN_SCORED,
            help="Examples to generate. Default: as many as are in the test part, at "
            "most 10,000.",
        ),
    ] = None,
    seed: Annotated[
        int, typer.Option(min=0, max=MAX_SEED, help="Seed of the latent vectors.")
    ] = 0,
    out: Annotated[
        Path | None,
        typer.Option(help="The file to write. Default: scores.json beside the model."),
    ] = None,
):
    """Measure what the generator makes, as a judge sees it, beside real examples.

    Generated examples and those of the test part are compared with the training part.
    The values of the test part are the ceiling. Numbers by different judges cannot be
    compared. Needs a model with a generator.

    Example: ssgan score-samples mnist-100 tfds:mnist --judge judge
    """
    if out is not None:
        expect(out.suffix == ".json", "--out to end in .json", out)
    classifier = load_model(model)
    from ssgan.estimator.generation import expect_generator

    expect_generator(classifier)
    data = load_for(classifier, source)
    from ssgan.evaluation.judges import load_judge
    from ssgan.evaluation.score_samples import NAMES
    from ssgan.evaluation.score_samples import score_samples as run
    from ssgan.support.files import write_json
    from ssgan.support.provenance import environment

    judged_by = load_judge(judge, classifier)
    scores = run(classifier, data, judged_by, count, seed)
    out = out or find_model(model).parent / "scores.json"
    _warn_of_other_scores(out, scores.dataset)
    write_json(out, {"model": str(model), **scores.as_dict(), **environment()})
    table = table_of(
        f"judge: {scores.judge}",
        f"{scores.n_generated} generated",
        f"{scores.n_test} of the test part",
    )
    for key, name in NAMES.items():
        name = scores.score_name if key == "score" else name
        table.add_row(name, *map(_shown, (scores.generated[key], scores.real[key])))
    show(table)
    print(f"In brackets: {scores.interval}.")
    if scores.judge_error is not None:
        print(f"The judge's error on the test part: {100 * scores.judge_error:.2f} %")
    print(f"The samples make {scores.share:.3f} of the score of real examples.")
    print(f"Written: {out}")


def _warn_of_other_scores(out, dataset):
    """Warn if a file that is written has the scores on another data set."""
    from ssgan.support.files import read_json

    held = dataset
    with contextlib.suppress(InputError):  # It is not there, or damaged.
        held = read_json(out).get("dataset")
    if held != dataset:
        warn(f"{out} held scores on {held}. They are replaced.")


def _shown(values):
    value, low, high = (f"{v:.4g}" for v in values)
    return f"{value} ({low} to {high})"


def _write_rows(classifier, count, seed, classes, path):
    from ssgan.export.predictions import write_csv

    write_csv(path, _rows(classifier, count, seed, classes))


def _rows(classifier, count, seed, classes):
    if hasattr(classifier, "feature_names_in_"):
        yield classifier.feature_names_in_
    columns = classifier.columns_
    for x in classifier.sample_batches(count, seed, classes=classes):
        yield from (columns.decode(x).values if columns else x).tolist()


def _write_grid(classifier, count, seed, classes, path):
    from ssgan.data import image_grid

    image_grid.expect_room(count, classifier.example_shape_)
    x = classifier.sample(count, seed, classes=classes)
    image_grid.sheet(x, classifier.raw_range_).save(path, "png")


def _write_paths(classifier, count, seed, classes, path):
    from ssgan.data import image_grid

    image_grid.expect_room(count * STEPS, classifier.example_shape_)
    x = classifier.interpolate(count, STEPS, seed, classes=classes)
    images = x.reshape(-1, *x.shape[2:])
    image_grid.sheet(images, classifier.raw_range_, STEPS).save(path, "png")
