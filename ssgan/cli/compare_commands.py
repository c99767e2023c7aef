"""Commands that compare methods: demo, compare and learning-curve."""

from pathlib import Path
from typing import Annotated

import typer

from ssgan.cli.options import (
    Arithmetic,
    Drop,
    Jobs,
    LabelColumn,
    NoFlip,
    Out,
    Precision,
    RecipeName,
    Seed,
    Size,
    Source,
    Steps,
    Stratified,
    chosen_recipe,
    names_of,
)
from ssgan.cli.shown import (
    command_line,
    say_duration,
    set_precision,
    show,
    table_of,
)
from ssgan.errors import MAX_SEED, expect
from ssgan.support.quiet import import_tensorflow

DEMO_LABELS = 50
DEMO_STEPS = 2400
DEMO_SPLITS = 3


def demo(
    context: typer.Context,
    out: Annotated[
        Path,
        typer.Option(help="Folder for rows and results. An earlier demo is kept."),
    ] = Path("ssgan-demo"),
    jobs: Jobs = -1,
):
    """Show in minutes, on handwritten digits, what unlabeled data are worth.

    Example: ssgan demo
    """
    from ssgan.data.sources import load

    import_tensorflow()
    from ssgan.evaluation.result_rows import set_aside

    set_aside(out)
    print(
        f"{DEMO_LABELS} of the 1,297 training images of digits keep their labels, in "
        f"{DEMO_SPLITS} splits. Each method gets the same labels. Errors are on 500 "
        'test images. The method "ceiling" gets every label.'
    )
    _compare(
        load("digits"),
        DEMO_LABELS,
        splits=DEMO_SPLITS,
        steps=DEMO_STEPS,
        n_jobs=jobs,
        out=out,
        command=command_line(context),
    )


def compare(
    context: typer.Context,
    source: Source,
    out: Out,
    labels: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Labels in each split. Default, where there are unlabeled examples: "
            "all but those of the split, which are left out in turn.",
        ),
    ] = None,
    splits: Annotated[int, typer.Option(min=1, help="Number of label splits.")] = 5,
    seed: Seed = 0,
    recipe: RecipeName = "auto",
    no_flip: NoFlip = False,
    steps: Steps = None,
    jobs: Jobs = -1,
    precision: Arithmetic = Precision.float32,
    methods: Annotated[
        str | None,
        typer.Option(
            help="Which of supervised, self-training, label-spreading, ssgan and "
            "ceiling, separated by commas. Default: all. For rows of numbers also "
            "logistic-regression and random-forest, by default; gradient-boosting, "
            "nearest-neighbors, and self-training-forest, -boosting and -neighbors."
        ),
    ] = None,
    stratified: Stratified = False,
    size: Size = None,
    label_column: LabelColumn = None,
    drop: Drop = None,
):
    """Compare SSGAN with baselines on the same labels, and say which to use.

    Without --labels, for a source of which some examples have labels: each fifth of the
    labels is left out once, and tells what the methods make of it. At the end the best
    method is trained with all labels, into a folder of its name in --out, for ssgan
    predict.

    With --labels, a source without a test part is tested on a fifth of the labeled
    examples of each class, and at least one of two.

    Example: ssgan compare pets --out pets-compared

    Example: ssgan compare tfds:mnist --labels 100 --splits 3 --out mnist-100
    """
    from ssgan.data.sources import load

    chosen = {"methods": [m.strip() for m in methods.split(",")]} if methods else {}
    data = load(source, size=size, label_column=label_column, drop=names_of(drop))
    recipe = chosen_recipe(recipe, no_flip, shape=data.x_train.shape[1:])
    options = {"recipe": recipe, "steps": steps}
    comparison = _compare(
        data,
        labels,
        splits=splits,
        first_seed=seed,
        balanced=not stratified,
        n_jobs=jobs,
        out=out,
        command=command_line(context),
        on_start=say_duration,
        precision=precision,
        **options,
        **chosen,
    )
    from ssgan.evaluation.left_out import PEERS

    method = comparison.best()
    if method not in PEERS:
        method = comparison.better_network()
    if labels is None and method is not None:
        left_out = comparison.left_out(method)
        _train_best(data, method, out, seed, options, command_line(context), left_out)


def _train_best(data, method, out, seed, options, command, left_out):
    """Train a method on all labels, into a folder of its name."""
    from ssgan.data.choose_split import choose_split
    from ssgan.evaluation.left_out import NETWORKS
    from ssgan.train_to_folder import train_or_replace
    from ssgan.training.progress import Progress

    folder = out / method
    print(f"Now {method} with all labels.", flush=True)
    train_or_replace(
        folder,
        data,
        choose_split(data, seed=seed),
        method=method,
        weights_seed=seed,
        quick=True,  # What to expect has just been measured.
        progress=Progress,
        command=command,
        left_out=left_out,
        **(options if method in NETWORKS else {}),  # The others have none.
    )
    print(f"Written: {folder / 'model.keras'}. Use it: ssgan predict {folder} NEW")


def learning_curve(
    source: Source,
    labels: Annotated[
        str, typer.Option(help="At least three numbers of labels, such as 20,50,100.")
    ],
    out: Out,
    splits: Annotated[int, typer.Option(min=1, help="Splits for each number.")] = 3,
    seed: Annotated[
        int,
        typer.Option(
            min=0,
            max=MAX_SEED,
            help="The splits of n labels have the seeds from this + 100 n on.",
        ),
    ] = 0,
    recipe: RecipeName = "auto",
    no_flip: NoFlip = False,
    steps: Steps = None,
    jobs: Jobs = 1,
    precision: Arithmetic = Precision.float32,
    stratified: Stratified = False,
    size: Size = None,
    label_column: LabelColumn = None,
    drop: Drop = None,
):
    """Measure what more labels would bring, with and without the unlabeled data.

    A source without a test part is tested on a fifth of the labeled examples of each
    class, and at least one of two.

    Example: ssgan learning-curve digits --labels 20,50,100 --out digits-curve
    """
    from ssgan.data.sources import load

    numbers = [number.strip() for number in labels.split(",")]
    whole = all(number.removeprefix("-").isdecimal() for number in numbers)
    expect(whole, "whole numbers in --labels, such as 20,50,100", repr(labels))
    numbers = [int(number) for number in numbers]
    data = load(source, size=size, label_column=label_column, drop=names_of(drop))
    recipe = chosen_recipe(recipe, no_flip, shape=data.x_train.shape[1:])
    import_tensorflow()
    from ssgan import recipes
    from ssgan.evaluation.learning_curve import learning_curve as run
    from ssgan.pages.learning_curve_figure import draw
    from ssgan.training.progress import Progress

    set_precision(precision, recipes.resolve(recipe, shape=data.x_train.shape[1:]))
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
    draw(curve, out / "curve.svg", data.name)
    errors = {method: curve.errors(method) for method in ("supervised", "ssgan")}
    table = table_of("labels", *(f"{method} error %" for method in errors), "splits")
    for n, runs in errors["ssgan"].items():
        means = [f"{100 * sum(e[n]) / len(e[n]):.2f}" for e in errors.values()]
        table.add_row(str(n), *means, str(len(runs)))
    show(table)
    print(curve.verdict())
    print(f"Written: {out / 'curve.svg'}, {out / 'curve.json'}")


def _compare(data, labels, out, command, precision=Precision.float32, **options):
    import_tensorflow()
    from ssgan import recipes
    from ssgan.evaluation.compare import compare as run
    from ssgan.pages.comparison_page import write_comparison
    from ssgan.training.progress import Progress

    recipe = options.get("recipe", "auto")
    set_precision(precision, recipes.resolve(recipe, shape=data.x_train.shape[1:]))
    result = run(data, labels, out=out, progress=Progress, on_row=_show_row, **options)
    write_comparison(out / "report.html", result, command)
    error = "error % of labels left out" if result.is_left_out else "test error %"
    table = table_of("method", error, "std", "n", "seconds")
    for method, s in result.summary().items():
        std = "-" if s["std"] is None else f"{100 * s['std']:.2f}"
        error, seconds = f"{100 * s['mean']:.2f}", f"{s['seconds']:.1f}"
        table.add_row(method, error, std, str(s["n"]), seconds)
    show(table)
    said = result.verdict(), result.recommendation(), result.expectation()
    print(*filter(None, said), sep="\n")
    print(f"Written: {out / 'result.json'} and {out / 'report.html'}")
    return result


def _show_row(row, done, total):
    seconds, error = f"{row['seconds']:.1f} s", f"{100 * row['error']:.2f} %"
    line = f"{row['split']}  {row['method']}: error {error}, {seconds}"
    print(f"[{done:{len(str(total))}}/{total}] {line}", flush=True)
