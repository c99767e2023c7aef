"""Commands about what the generator makes: score-samples."""

from pathlib import Path
from typing import Annotated

import typer

from ssgan.cli.models import load_for, load_model
from ssgan.cli.options import MAX_SEED, Model, Source
from ssgan.cli.shown import show, table_of
from ssgan.support.model_files import find_model


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
            help="Examples to generate. Default: as many as are in the test part, at "
            "most 10,000."
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
    compared.

    Example: ssgan score-samples mnist-100 tfds:mnist --judge judge
    """
    classifier = load_model(model)
    data = load_for(classifier, source)
    from ssgan.evaluation.judges import load_judge
    from ssgan.evaluation.score_samples import NAMES
    from ssgan.evaluation.score_samples import score_samples as run
    from ssgan.support.files import write_json
    from ssgan.support.provenance import environment

    judged_by = load_judge(judge, classifier.raw_range_)
    scores = run(classifier, data, judged_by, count, seed)
    out = out or find_model(model).parent / "scores.json"
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


def _shown(values):
    value, low, high = (f"{v:.4g}" for v in values)
    return f"{value} ({low} to {high})"
