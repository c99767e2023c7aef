"""The commands: they join the other modules and show what comes out."""

import csv
import json
import shlex
import sys
import warnings
from enum import Enum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from ssgan import __version__, recipes
from ssgan.errors import InputError, errors_mean, expect
from ssgan.quiet import be_quiet, import_tensorflow

# TensorFlow, Keras and scikit-learn are imported within the commands: help is quick.

DEMO_LABELS = 50
DEMO_STEPS = 1200
DEMO_SPLITS = 5


class ClassWeight(str, Enum):
    """What `--class-weight` takes."""

    balanced = "balanced"


class Format(str, Enum):
    """What `--format` takes; see `ssgan.export`."""

    keras = "keras"
    savedmodel = "savedmodel"
    tflite = "tflite"
    onnx = "onnx"


class _Commands(typer.core.TyperGroup):
    """Commands whose user errors are one line."""

    def invoke(self, ctx):
        """Run a command; the user's errors and Ctrl-C end it with one line."""
        be_quiet()
        try:
            with warnings.catch_warnings():
                warnings.showwarning = _show_warning
                return super().invoke(ctx)
        except InputError as error:
            print(f"ssgan: {error}", file=sys.stderr)
            raise typer.Exit(2) from None
        except FloatingPointError as error:  # Training that restarts could not mend.
            print(f"ssgan: {error}", file=sys.stderr)
            raise typer.Exit(1) from None
        except KeyboardInterrupt:
            goes_on = {
                "fit": " The same command with --resume goes on from the checkpoint.",
                "compare": " The same command goes on after the last finished row.",
                "demo": " The same command goes on after the last finished row.",
                "learning-curve": " The same command goes on after the last row.",
            }
            note = goes_on.get(ctx.invoked_subcommand, "")
            print(f"ssgan: interrupted.{note}", file=sys.stderr)
            raise typer.Exit(130) from None


app = typer.Typer(
    cls=_Commands,
    help="Classifiers from few labels, learnt together with a generator.\n\n"
    "Begin with: ssgan demo",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Source = Annotated[
    str,
    typer.Argument(
        help='"digits"; "tfds:NAME" such as tfds:mnist; PATH.npz with arrays x_train, '
        "y_train, x_test, y_test, or x, y, where y is -1 without a label; PATH.csv or "
        "PATH.parquet, columns of numbers and one called label, empty where there is "
        "none; or a FOLDER of pictures: a folder in it for each class, and one called "
        "unlabeled, or a table labels.csv with columns file and label, or folders "
        "train and test of such form. Pictures are turned as EXIF says, laid on white "
        "where transparent, and resized whole, aspect not kept; grey if every file is "
        "grey, else RGB.",
    ),
]
Size = Annotated[
    int | None,
    typer.Option(
        min=1,
        help="Height and width that pictures of a folder are resized to. Default: the "
        "size they have, if all the same and at most 32 x 32, else 32.",
    ),
]
Model = Annotated[Path, typer.Argument(help="A model.keras that `ssgan fit` wrote.")]
RecipeName = Annotated[
    str,
    typer.Option(
        help="What to train. auto: images for images, vectors for rows. "
        + " ".join(f"{r.name}: {r.summary}" for r in recipes.RECIPES.values()),
    ),
]
Steps = Annotated[
    int | None,
    typer.Option(min=1, help="Updates of each player. Default: the recipe's."),
]
Stratified = Annotated[
    bool,
    typer.Option(
        "--stratified", help="Labels in proportion to the classes, not equally."
    ),
]
Jobs = Annotated[
    int,
    typer.Option(help="Runs at a time, which share the cores; -1: one for each core."),
]


def _version(asked):
    if asked:
        print(f"ssgan {__version__}")
        raise typer.Exit()


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option(
            "--version", help="Print the version.", is_eager=True, callback=_version
        ),
    ] = False,
):
    pass


@app.command()
def demo(
    context: typer.Context,
    out: Annotated[
        Path, typer.Option(help="Folder for rows and result; an earlier demo is kept.")
    ] = Path("ssgan-demo"),
    jobs: Jobs = -1,
):
    """Show in minutes, on handwritten digits, what unlabeled data are worth.

    Example: ssgan demo
    """
    import_tensorflow()
    from ssgan.records import put_aside

    put_aside(out)
    print(
        f"The 1,297 training images of digits keep {DEMO_LABELS} labels, {DEMO_SPLITS} "
        "times over. Each method gets the same labels; errors are those on 500 test "
        "images. The last row had every label."
    )
    _compare(
        "digits",
        DEMO_LABELS,
        splits=DEMO_SPLITS,
        steps=DEMO_STEPS,
        n_jobs=jobs,
        out=out,
        command=_command(context),
    )


@app.command()
def compare(
    context: typer.Context,
    source: Source,
    labels: Annotated[int, typer.Option(min=1, help="Labels that each split keeps.")],
    out: Annotated[
        Path,
        typer.Option(help="Folder for rows and result. Rows found there are kept."),
    ],
    splits: Annotated[int, typer.Option(min=1, help="Label splits to draw.")] = 5,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the first split.")] = 0,
    recipe: RecipeName = "auto",
    steps: Steps = None,
    jobs: Jobs = 1,
    methods: Annotated[
        str | None,
        typer.Option(
            help="Which, with commas between, of supervised, self-training, "
            "label-spreading, ssgan, ceiling. Default: all."
        ),
    ] = None,
    stratified: Stratified = False,
    size: Size = None,
):
    """Give the same labels to SSGAN and to baselines, and say if unlabeled data help.

    A source without a test part is tested on a fifth of its labeled examples.

    Example: ssgan compare tfds:mnist --labels 100 --splits 3 --out mnist-100
    """
    chosen = {"methods": [m.strip() for m in methods.split(",")]} if methods else {}
    _compare(
        source,
        labels,
        splits=splits,
        first_seed=seed,
        recipe=recipe,
        steps=steps,
        balanced=not stratified,
        n_jobs=jobs,
        out=out,
        size=size,
        command=_command(context),
        **chosen,
    )


def _compare(source, labels, out, command, size=None, **options):
    from ssgan.data.sources import load

    data = load(source, size=size)
    import_tensorflow()
    from ssgan import report
    from ssgan.compare import compare as run
    from ssgan.progress import Progress

    result = run(data, labels, out=out, progress=Progress, on_row=_show_row, **options)
    report.write_comparison(out / "report.html", result, command)
    table = _table("method", "test error %", "std", "n", "seconds")
    for method, s in result.summary().items():
        std = "-" if s["std"] is None else f"{100 * s['std']:.2f}"
        error, seconds = f"{100 * s['mean']:.2f}", f"{s['seconds']:.1f}"
        table.add_row(method, error, std, str(s["n"]), seconds)
    Console().print(table)
    print(result.verdict())
    print(f"Written: {out / 'result.json'} and {out / 'report.html'}")


def _show_row(row, done, total):
    seconds, error = f"{row['seconds']:.1f} s", f"{100 * row['error']:.2f} %"
    line = f"{row['split']}  {row['method']}: error {error}, {seconds}"
    print(f"[{done:{len(str(total))}}/{total}] {line}", flush=True)


@app.command()
def learning_curve(
    source: Source,
    labels: Annotated[
        str, typer.Option(help="Three numbers of labels or more, such as 20,50,100.")
    ],
    out: Annotated[
        Path,
        typer.Option(help="Folder for rows and figure. Rows found there are kept."),
    ],
    splits: Annotated[int, typer.Option(min=1, help="Label splits for each.")] = 3,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the first split.")] = 0,
    recipe: RecipeName = "auto",
    steps: Steps = None,
    jobs: Jobs = 1,
    stratified: Stratified = False,
    size: Size = None,
):
    """Measure what more labels would bring, with SSGAN and without unlabeled data.

    A source without a test part is tested on a fifth of its labeled examples.

    Example: ssgan learning-curve digits --labels 20,50,100 --out digits-curve
    """
    from ssgan.data.sources import load

    with errors_mean("whole numbers in --labels, such as 20,50,100"):
        numbers = [int(number) for number in labels.split(",")]
    data = load(source, size=size)
    import_tensorflow()
    from ssgan.learning_curve import learning_curve as run
    from ssgan.progress import Progress

    curve = run(
        data,
        numbers,
        splits=splits,
        out=out,
        first_seed=seed,
        recipe=recipe,
        steps=steps,
        balanced=not stratified,
        n_jobs=jobs,
        progress=Progress,
        on_row=_show_row,
    )
    errors = {method: curve.errors(method) for method in ("supervised", "ssgan")}
    table = _table("labels", *(f"{method} error %" for method in errors), "splits")
    for n, runs in errors["ssgan"].items():
        means = [f"{100 * sum(e[n]) / len(e[n]):.2f}" for e in errors.values()]
        table.add_row(str(n), *means, str(len(runs)))
    Console().print(table)
    print(curve.verdict())
    print(f"Written: {out / 'curve.svg'}, {out / 'curve.json'}")


@app.command()
def fit(
    context: typer.Context,
    source: Source,
    out: Annotated[Path, typer.Option(help="Folder for the model and its report.")],
    labels: Annotated[
        int | None,
        typer.Option(min=1, help="Labels to keep. Default: all, where others are -1."),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the label split.")] = 0,
    split: Annotated[
        Path | None, typer.Option(help="A split.json to take the labels from.")
    ] = None,
    stratified: Stratified = False,
    size: Size = None,
    recipe: RecipeName = "auto",
    steps: Steps = None,
    members: Annotated[int, typer.Option(min=1, help="Models to average.")] = 1,
    weights_seed: Annotated[
        int | None,
        typer.Option(min=0, help="Seed of the weights. Default: the split's."),
    ] = None,
    class_weight: Annotated[
        ClassWeight | None, typer.Option(help="Make up for unequally many labels.")
    ] = None,
    validation: Annotated[
        float,
        typer.Option(
            min=0,
            max=0.9,
            help="Fraction of the labels to show errors on, not learn from.",
        ),
    ] = 0.0,
    mirrored: Annotated[
        bool,
        typer.Option("--mirrored", help="Share each batch among all GPUs here."),
    ] = False,
    tensorboard: Annotated[
        Path | None, typer.Option(help="Folder to log to for TensorBoard.")
    ] = None,
    resume: Annotated[
        bool,
        typer.Option("--resume", help="Go on from the checkpoint, if there is one."),
    ] = False,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Train anew over what the folder holds.")
    ] = False,
):
    """Train a classifier from few labels and write it to a folder.

    Example: ssgan fit digits --labels 50 --out digits-50
    """
    from ssgan.data.sources import load

    data = load(source, size=size)
    import_tensorflow()
    from ssgan.progress import Progress
    from ssgan.runs import choose_split, fit_into

    result = fit_into(
        out,
        data,
        choose_split(data, labels, seed, split, balanced=not stratified),
        recipe=recipe,
        steps=steps,
        members=members,
        class_weight=class_weight and class_weight.value,
        weights_seed=weights_seed,
        validation=validation,
        mirrored=mirrored,
        tensorboard=tensorboard,
        resume=resume,
        overwrite=overwrite,
        progress=Progress,
        command=_command(context),
    )
    if result is None:
        print(f"{out / 'model.keras'} is finished: nothing to resume.")
        return
    if result["error"] is not None:
        print(
            f"Test error: {100 * result['error']:.2f} % of {result['n_test']} examples"
        )
    print(f"Written: {out / 'model.keras'} and {out / 'report.html'}")


@app.command()
def evaluate(
    model: Model,
    source: Source,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print JSON, no table.")
    ] = False,
):
    """Show a model's error on the test part, or without one on all labeled examples.

    Example: ssgan evaluate digits-50/model.keras digits
    """
    from ssgan.data.examples import is_labeled

    classifier = _load_model(model)
    data = _load_for(classifier, source)
    x, y, part = data.x_test, data.y_test, "test"
    if x is None:
        labeled = is_labeled(data.y_train)
        expect(labeled.any(), f"labeled examples in {source}", "none")
        x, y, part = data.x_train[labeled], data.y_train[labeled], "labeled"
    predicted, known = classifier.predict(data.named(x)), classifier.classes_
    if (y.dtype.kind in "OU") != (known.dtype.kind in "OU"):
        # Folders have as text the numbers that the model may know.
        y, predicted, known = (a.astype(str) for a in (y, predicted, known))
    some_known = bool(set(y.tolist()) & set(known.tolist()))
    expect(some_known, f"labels among {known.tolist()}", sorted(set(y.tolist()))[:5])
    wrong = predicted != y
    classes = {
        str(c): {"n": int((y == c).sum()), "error": float(wrong[y == c].mean())}
        for c in sorted(set(y.tolist()))
    }
    error = float(wrong.mean())
    if as_json:
        result = {"dataset": data.name, "part": part, "n": len(y), "error": error}
        print(json.dumps({**result, "classes": classes}))
        return
    table = _table("class", "n", "error %")
    for name, row in classes.items():
        table.add_row(data.class_name(name), str(row["n"]), f"{100 * row['error']:.2f}")
    Console().print(table)
    print(f"Error: {100 * error:.2f} % of {len(y)} {part} examples of {data.name}")


@app.command()
def predict(
    model: Model,
    source: Source,
    out: Annotated[Path, typer.Option(help="The .csv or .parquet file to write.")],
):
    """Write a class and its probability for each example of the test part, or for all.

    Example: ssgan predict digits-50/model.keras digits --out digits.csv
    """
    classifier = _load_model(model)
    data = _load_for(classifier, source)
    from ssgan.predictions import write_predictions

    x, files = data.x_test, data.files_test
    if x is None:
        x, files = data.x_train, data.files_train
    write_predictions(classifier, data.named(x), out, files)
    print(f"Written: {out}, {len(x)} examples")


@app.command()
def export(
    model: Model,
    format: Annotated[Format, typer.Option(help="Whose runtime will run it.")],
    out: Annotated[Path, typer.Option(help="The file; a new folder for savedmodel.")],
):
    """Write a model that predicts without ssgan: raw examples in, probabilities out.

    Example: ssgan export digits-50/model.keras --format onnx --out digits.onnx
    """
    other = out.resolve() != model.resolve()
    expect(other, "--out to be another file than the model's", out)
    classifier = _load_model(model)
    from ssgan.export import export as write

    difference = write(classifier, out, format.value)
    print(f"Written: {out}, probabilities as the model's to {difference:.0e}")


@app.command()
def sample(
    model: Model,
    out: Annotated[Path, typer.Option(help="A .png for images, a .csv for rows.")],
    count: Annotated[int, typer.Option(min=1, help="Examples to generate.")] = 64,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the latent vectors.")] = 0,
):
    """Write examples that the generator makes.

    Example: ssgan sample digits-50/model.keras --out digits.png
    """
    classifier = _load_model(model)
    x = classifier.sample(count, random_state=seed)
    from ssgan import pictures
    from ssgan.records import draft

    suffix = ".csv" if x.ndim == 2 else ".png"
    expect(out.suffix == suffix, f"--out to end in {suffix} for these examples", out)
    with draft(out) as part:
        if suffix == ".csv":
            with part.open("w", newline="") as file:
                writer = csv.writer(file)
                if hasattr(classifier, "feature_names_in_"):
                    writer.writerow(classifier.feature_names_in_)
                writer.writerows(x.tolist())
        else:
            limits = pictures.limits(classifier.recipe_, classifier.model_)
            pictures.grid(x, limits).save(part)
    print(f"Written: {out}, {count} examples")


def _command(context):
    """Return the command line that is being run, without what its defaults say."""
    words = ["ssgan", context.info_name]
    for option in context.command.params:
        value = context.params[option.name]
        value = getattr(value, "value", value)
        # These two say how to treat an earlier run, not what to make.
        if value == option.default or option.name in ("resume", "overwrite"):
            continue
        flag = [] if option.param_type_name == "argument" else [option.opts[0]]
        words += flag if value is True else [*flag, str(value)]
    return shlex.join(words)


def _load_model(path):
    import_tensorflow()
    from ssgan.estimator import SSGANClassifier

    return SSGANClassifier.load(path)


def _load_for(classifier, source):
    """Load examples in the form that a model was fitted on."""
    from ssgan.data.sources import load

    columns = getattr(classifier, "feature_names_in_", None)
    return load(source, shape=classifier.example_shape_, columns=columns)


@app.command()
def datasets():
    """List what can be loaded by name.

    Example: ssgan datasets
    """
    from ssgan.data.sources import catalog

    table = Table("source", "examples", "at hand")
    for entry in catalog():
        at_hand = "yes" if entry.prepared else "after a download"
        table.add_row(entry.name, entry.description, at_hand)
    Console().print(table)


def _table(*columns):
    """Return an empty table: a column of names, the others of numbers."""
    table = Table()
    for i, column in enumerate(columns):
        table.add_column(column, justify="right" if i else "left")
    return table


def _show_warning(message, category, *where):
    print(f"ssgan: {message}", file=sys.stderr)


def main():
    """Run the command line."""
    app()
