"""Commands for a trained model: evaluate, predict, info, suggest, export."""

import json
from pathlib import Path
from typing import Annotated

import typer

from ssgan.cli.models import expect_other, load_for, load_model
from ssgan.cli.options import (
    Drop,
    Format,
    LabelColumn,
    Model,
    Part,
    Size,
    Source,
    names_of,
)
from ssgan.cli.shown import (
    described,
    prediction_sentences,
    show,
    table_of,
)
from ssgan.errors import MAX_SEED, counted, expect
from ssgan.support.model_files import find_model
from ssgan.support.quiet import import_tensorflow


def evaluate(
    model: Model,
    source: Source,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print JSON instead of a table.")
    ] = False,
):
    """Show a model's error on the test part or, without one, on labeled examples.

    Examples that the model has learned from are left out, if there are others. In a
    test part they count, with a warning.

    Example: ssgan evaluate digits-50 digits
    """
    classifier = load_model(model)
    data = load_for(classifier, source)
    from ssgan.evaluation.evaluate import evaluate_new

    evaluation = evaluate_new(classifier, data)
    from ssgan.stats.percent import interval_of, percent

    # Of labels that were learned from, it would say nothing.
    learned = evaluation.part == "training"
    low, high = (None, None) if learned else evaluation.interval
    n, error = len(evaluation.true), evaluation.error
    if as_json:
        result = {
            "dataset": data.name,
            "part": evaluation.part,
            "n": n,
            "error": error,
            "low": low,
            "high": high,
            "balanced_error": evaluation.balanced_error,
            "classes": {
                str(c): {"n": n, "error": e}
                for c, (n, e) in evaluation.by_class().items()
            },
        }
        print(json.dumps(result))
        return
    table = table_of("class", "n", "error %")
    for c, (n_class, error_class) in evaluation.by_class().items():
        shown = percent(error_class, n_class, sign="")
        table.add_row(data.class_name(c), str(n_class), shown)
    show(table)
    examples = f"{counted(n, f'{evaluation.part} example')} of {data.name}"
    interval = "" if learned else f" ({interval_of(low, high, n)})"
    print(f"Error: {percent(error, n)} of {examples}{interval}")
    balanced = percent(evaluation.balanced_error, n)
    if evaluation.is_unequal and balanced != percent(error, n):
        print(f"The classes are unequal. The mean of their errors is {balanced}.")
    if learned:
        print(
            "The model has learned from all these labels, so this says little about "
            "new examples. ssgan info shows what is known about them."
        )


def predict(
    model: Model,
    sources: Annotated[
        list[str],
        typer.Argument(
            help="What to predict: image files, folders, tables, or other sources as "
            "`ssgan fit` takes them."
        ),
    ],
    out: Annotated[Path, typer.Option(help="The .csv or .parquet file to write.")],
    part: Annotated[
        Part | None,
        typer.Option(
            help="Which examples: unlabeled are those of the training part that have "
            "no label. Default: test where there is a test part, else all."
        ),
    ] = None,
    abstain: Annotated[
        float | None,
        typer.Option(
            help="Part of all examples that may get a wrong class, such as 0.05: where "
            "a second class is likely, too, it is left empty. For models whose fit "
            "left out labels."
        ),
    ] = None,
):
    """Write the class, probabilities and familiarity of each example.

    With --abstain, a class is left empty where a second one is likely, too. A model
    that makes fewer errors than that anyway leaves few empty, or none.

    A familiarity below 0.05 says that an example is like nothing that had a label.

    Columns of a table that are no features are written beside them, if they have
    another value in each row, or had in the table that the model was fitted to.

    In a .csv file, names that a spreadsheet would take for a formula have an apostrophe
    before them.

    Example: ssgan predict digits-50 digits --out digits.csv

    Example: ssgan predict pets-model new.jpg more-pictures --out new.csv
    """
    expect_other(out, model, *sources)
    classifier = load_model(model)
    from ssgan.data.parts import load_part
    from ssgan.estimator.foreign import more_than_usual
    from ssgan.export.predictions import write_predictions

    examples = load_part(
        sources,
        part and part.value,
        shape=classifier.example_shape_,
        columns=classifier.columns_,
    )
    places = examples.files, examples.index, examples.ids
    table = write_predictions(classifier, examples.x, out, *places, abstain)
    print(f"Written: {out}, {counted(len(table), 'example')}")
    known, unusual = classifier.model_.info.get("reference"), False
    if known:
        unusual = more_than_usual(known, table["familiarity"])
    if said := prediction_sentences(table, abstain, unusual):
        print(*said, sep="\n")


def info(
    model: Model,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print JSON instead of a table.")
    ] = False,
):
    """Show what a model is: its classes, its data, its recipe, its error.

    Example: ssgan info digits-50
    """
    from ssgan.support.model_files import read_info

    about = read_info(find_model(model))
    if about.get("peer"):  # Nothing else of the recipe was trained.
        about["recipe"] = {"name": about["recipe"]["name"]}
    if as_json:
        print(json.dumps(about))
        return
    table = table_of("model", "")
    for name, value in described(about).items():
        table.add_row(name, value)
    show(table)


def suggest(
    source: Source,
    model: Annotated[
        Path | None,
        typer.Option(
            help="A folder that `ssgan fit` wrote, or the model.keras in it: examples "
            "that it is unsure of are suggested, once every class has two labels. "
            "Default: typical examples, for which no label is needed."
        ),
    ] = None,
    count: Annotated[
        int, typer.Option("--count", "-n", min=1, help="Examples to suggest.")
    ] = 20,
    out: Annotated[
        Path | None, typer.Option(help="A .csv file to write, besides the list.")
    ] = None,
    seed: Annotated[
        int, typer.Option(min=0, max=MAX_SEED, help="Seed of the clusters.")
    ] = 0,
    size: Size = None,
    label_column: LabelColumn = None,
    drop: Drop = None,
):
    """List the unlabeled examples whose labels would help most.

    The most helpful come first: files, or numbers of rows, from 0 on. They are chosen
    from the training part. The file of --out also has the columns of a table that have
    another value in each row, and are no features.

    Example: ssgan suggest pets -n 20
    """
    expect(model is None or size is None, "--model or --size", "both")
    of_table = {"label_column": label_column, "drop": names_of(drop)}
    if out is not None:
        expect(out.suffix == ".csv", "--out to end in .csv", out)
        expect_other(out, source)
    if model is None:
        from ssgan.data.sources import load

        data, classifier = load(source, size=size, **of_table), None
    else:
        classifier = load_model(model)
        data = load_for(classifier, source, **of_table)
    from ssgan.suggestions import suggest as run

    x, y, files = data.named(data.x_train), data.y_train, data.files_train
    features = None
    if model is None and data.columns is not None:
        import_tensorflow()
        from ssgan.evaluation.baselines import encoder_of

        features = encoder_of(data)(data.x_train).numpy()
    indices = run(x, count, y, model=classifier, features=features, seed=seed).tolist()
    chosen = indices if files is None else [files[i] for i in indices]
    print(*chosen, sep="\n")
    print(
        "These examples are no random sample: shares of classes, or errors, that are "
        "estimated from them are biased."
    )
    if out is not None:
        columns = {"index" if files is None else "file": chosen}
        for name, ids in (data.ids or {}).items():
            own = f"input {name}" if name in columns else name
            columns[own] = [ids[i] for i in indices]
        from ssgan.export.predictions import write_csv
        from ssgan.support.files import atomic_write

        with atomic_write(out) as temporary:
            rows = zip(*columns.values(), strict=True)
            write_csv(temporary, [[*columns], *rows])
        print(f"Written: {out}")


def export(
    model: Model,
    format: Annotated[Format, typer.Option(help="Format of the file.")],
    out: Annotated[
        Path, typer.Option(help="The file to write; for savedmodel, a new folder.")
    ],
):
    """Write a model that predicts without ssgan: raw examples in, probabilities out.

    Example: ssgan export digits-50 --format onnx --out digits.onnx
    """
    expect_other(out, model)
    classifier = load_model(model)
    from ssgan.export import export as write

    difference = write(classifier, out, format.value)
    print(f"Written: {out}; its probabilities differ by at most {difference:.0e}")
