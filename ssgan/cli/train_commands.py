"""Commands that come first: datasets and fit."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from ssgan.cli.embed_commands import images_as_features
from ssgan.cli.models import load_for, load_model
from ssgan.cli.options import (
    BACKBONE,
    Arithmetic,
    ClassWeight,
    Drop,
    Keep,
    LabelColumn,
    Method,
    Minutes,
    NoFlip,
    Precision,
    RecipeName,
    SizeWithBackbone,
    Source,
    Steps,
    Stratified,
    Weights,
    chosen_recipe,
    names_of,
)
from ssgan.cli.shown import (
    command_line,
    error_of,
    minutes_sentences,
    say_duration,
    say_timing,
    set_precision,
    show,
)
from ssgan.errors import MAX_SEED, counted, expect
from ssgan.support.quiet import import_tensorflow


def fit(
    context: typer.Context,
    source: Source,
    out: Annotated[Path, typer.Option(help="Folder for the model and its report.")],
    labels: Annotated[
        str | None,
        typer.Option(
            help="Number of labels to keep, or all. Default: all, if other examples "
            "have none."
        ),
    ] = None,
    seed: Annotated[
        int, typer.Option(min=0, max=MAX_SEED, help="Seed of the label split.")
    ] = 0,
    split: Annotated[
        Path | None, typer.Option(help="A split.json that names the labels to keep.")
    ] = None,
    stratified: Stratified = False,
    size: SizeWithBackbone = None,
    label_column: LabelColumn = None,
    drop: Drop = None,
    backbone: Annotated[str | None, BACKBONE] = None,
    weights: Weights = None,
    recipe: RecipeName = "auto",
    method: Annotated[
        Method,
        typer.Option(
            help="supervised: the same network, on the labels alone. The others are "
            "scikit-learn's; of these, the last two take images, too."
        ),
    ] = Method.ssgan,
    steps: Steps = None,
    minutes: Minutes = None,
    members: Annotated[
        int,
        typer.Option(min=1, max=1000, help="Models whose predictions are averaged."),
    ] = 1,
    weights_seed: Annotated[
        int | None,
        typer.Option(
            min=0, max=MAX_SEED, help="Seed of the weights. Default: the split's."
        ),
    ] = None,
    class_weight: Annotated[
        ClassWeight | None, typer.Option(help="Reweight classes with few labels.")
    ] = None,
    validation: Annotated[
        float,
        typer.Option(
            min=0,
            max=0.9,
            help="Fraction of the labeled examples to hold out, to show errors on "
            "them. The model does not learn from these.",
        ),
    ] = 0.0,
    quick: Annotated[
        bool,
        typer.Option(
            "--quick",
            help="Go without the trainings that leave out labels and tell what error "
            "to expect. Data without a test part get them. Of images they take less "
            "time than the training, of tables several times as long. With a test "
            "part: without label spreading, which takes seconds.",
        ),
    ] = False,
    keep: Annotated[
        Keep,
        typer.Option(
            help="best: the model trained on the labels alone, if the unlabeled "
            "examples do not help. ssgan: that with unlabeled examples in any case."
        ),
    ] = Keep.best,
    mirrored: Annotated[
        bool,
        typer.Option("--mirrored", help="Divide each batch among all GPUs."),
    ] = False,
    precision: Arithmetic = Precision.float32,
    no_flip: NoFlip = False,
    tensorboard: Annotated[
        Path | None, typer.Option(help="Folder to log to for TensorBoard.")
    ] = None,
    continue_from: Annotated[
        Path | None,
        typer.Option(
            help="A model to train further, as after some more labels: the folder of "
            "an earlier fit. By default, for a fifth of its steps."
        ),
    ] = None,
    resume: Annotated[
        bool,
        typer.Option("--resume", help="Continue from the checkpoint, if there is one."),
    ] = False,
    overwrite: Annotated[
        bool,
        typer.Option(
            "--overwrite", help="Train anew, replacing what the folder holds."
        ),
    ] = False,
):
    """Train a classifier from few labels and write it to a folder.

    With --backbone, it learns from the features that a frozen network makes of images.
    The model takes images again: the network is kept inside.

    Example: ssgan fit digits --labels 50 --out digits-50

    Example: ssgan fit pets --backbone MobileNetV2 --out pets-model

    Example: ssgan fit pets --out pets-2 --continue-from pets-model

    Example: ssgan fit own.csv --method random-forest --out own
    """
    from ssgan.data.sources import load

    of_table = {"label_column": label_column, "drop": names_of(drop)}
    earlier = embedded = None
    expect(weights is None or backbone, "--backbone for --weights", "none")
    if backbone is not None:
        both = f"--backbone and --continue-from {continue_from}"
        expect(continue_from is None, "--backbone or --continue-from", both)
        said = label_column or drop
        expect(not said, "images for --backbone", f"{said} of a table")
        import_tensorflow()
        from ssgan.support.run_folder import expect_free

        expect_free(out, resume, overwrite)  # Before features are written there.
        features = out / "features.npz"
        embedded = images_as_features(source, backbone, features, weights, size)
        data = embedded.data
    elif continue_from is None:
        data = load(source, size=size, **of_table)
        import_tensorflow()
    else:
        earlier = load_model(continue_from)
        expect(size is None, "the size of the model to continue from", f"--size {size}")
        data = load_for(earlier, source, **of_table)
    from ssgan import recipes
    from ssgan.data.choose_split import choose_split
    from ssgan.evaluation.answer_text import unknown
    from ssgan.evaluation.unlabeled import shares_sentence
    from ssgan.stats.percent import percent
    from ssgan.train_to_folder import train_to_folder
    from ssgan.training.progress import Progress

    expect(earlier is None or not no_flip, "--no-flip or --continue-from", "both")
    is_network = method in (Method.ssgan, Method.supervised)
    expect(is_network or not no_flip, f"--method {method.value} or --no-flip", "both")
    if earlier is None and is_network:
        recipe = chosen_recipe(recipe, no_flip, shape=data.x_train.shape[1:])
    known = None
    if is_network and earlier:
        known = earlier.recipe_
    elif is_network:
        known = recipes.resolve(recipe, shape=data.x_train.shape[1:])
    set_precision(precision, known)
    if labels not in (None, "all"):
        whole = labels.removeprefix("-").isdecimal()
        expect(whole, "a whole number of labels, or all, for --labels", repr(labels))
        labels = int(labels)
    result = train_to_folder(
        out,
        data,
        choose_split(data, labels, seed, split, balanced=not stratified),
        recipe=recipe,
        method=method.value,
        steps=steps,
        minutes=minutes,
        n_members=members,
        class_weight=class_weight and class_weight.value,
        weights_seed=weights_seed,
        validation=validation,
        quick=quick,
        keep=keep.value,
        mirrored=mirrored,
        tensorboard=tensorboard,
        continue_from=earlier,
        embedded=embedded,
        resume=resume,
        overwrite=overwrite,
        progress=Progress,
        on_start=say_duration,
        on_timing=say_timing,
        command=command_line(context),
    )
    if result is None:
        print(f"{out / 'model.keras'} is finished: there is nothing to resume.")
        return
    if result["error"] is not None:
        n = result["n_test"]
        print(f"Test error: {percent(result['error'], n)} of {counted(n, 'example')}")
        if result["label_spreading"]:
            print(result["label_spreading"]["sentence"])
    if (error := result["validation_error"]) is not None:
        print(f"Validation error: {error_of(error, result['n_validation_labels'])}")
    expected = result["expected"]
    if expected:
        print(expected["headline"], *expected["sentences"], sep="\n")
    elif said := unknown(result):
        print(said)
    names = [data.class_name(c) for c in result["classes"]]
    if said := shares_sentence(result, names):
        print(said)
    if said := minutes_sentences(result):
        print(*said, sep="\n")
    print(f"Written: {out / 'model.keras'} and {out / 'report.html'}")


def datasets():
    """List what can be loaded by name.

    Example: ssgan datasets
    """
    from ssgan.data.sources import catalog

    table = Table("source", "examples", "available")
    for entry in catalog():
        available = "yes" if entry.prepared else "after a download"
        table.add_row(entry.name, entry.description, available)
    show(table)
