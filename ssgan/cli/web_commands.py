"""Commands that open a page on this machine: turing and label."""

from pathlib import Path
from typing import Annotated

import typer

from ssgan.cli.models import load_for, load_model
from ssgan.cli.options import Model, RecipeName, Size, Source, Steps
from ssgan.errors import MAX_SEED, as_input_error, expect
from ssgan.support.model_files import find_model

Host = Annotated[
    str | None,
    typer.Option(
        help="Another address of this machine to serve the page at, such as "
        "192.168.1.20, for a phone in the same house. Default: this machine only."
    ),
]


def turing(
    model: Model,
    source: Source,
    out: Annotated[
        Path | None,
        typer.Option(
            help="The file of the answers. Default: turing.jsonl beside MODEL."
        ),
    ] = None,
    questions: Annotated[
        int, typer.Option(min=1, max=10_000, help="Examples to show.")
    ] = 40,
    feedback: Annotated[
        bool, typer.Option("--feedback", help="Say after each answer if it was right.")
    ] = False,
    seed: Annotated[
        int, typer.Option(min=0, max=MAX_SEED, help="Seed of the examples.")
    ] = 0,
    host: Host = None,
):
    """Test if you can tell real examples from generated ones, on a page.

    Answers are appended to a file as they come. The same command continues after the
    last one. Needs a model with a generator.

    Example: ssgan turing mnist-100 tfds:mnist
    """
    _expect_server()
    if out is not None:
        expect(out.suffix == ".jsonl", "--out to end in .jsonl", out)
    classifier = load_model(model)
    data = load_for(classifier, source)
    from ssgan.stats.percent import interval_of, percent
    from ssgan.support.locks import locked
    from ssgan.web.server import serving, wait
    from ssgan.web.turing import TuringTest

    name = "turing-feedback.jsonl" if feedback else "turing.jsonl"
    out = out or find_model(model).parent / name
    with locked(out.parent):
        test = TuringTest(
            classifier, data, out, n_questions=questions, feedback=feedback, seed=seed
        )
        if not test.finished:
            with serving(test.app(), host, say=_say):
                wait(test.done)
    result = test.result()
    print(
        f"Right: {percent(result['accuracy'])} of {result['answered']} answers "
        f"({interval_of(result['low'], result['high'])})"
    )
    print(f"Written: {out}")


def label(
    source: Annotated[
        Path,
        typer.Argument(
            help="A FOLDER of images, or a .npz, .csv or .parquet file of images, with "
            "labels or without."
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            help="Folder for the model and its report. Default: NAME-model beside "
            "SOURCE."
        ),
    ] = None,
    size: Size = None,
    recipe: RecipeName = "auto",
    steps: Steps = None,
    seed: Annotated[
        int, typer.Option(min=0, max=MAX_SEED, help="Seed of questions and weights.")
    ] = 0,
    host: Host = None,
):
    """Label pictures on a page, which asks for the labels that help most.

    Each decision is on disk before the next picture shows: a line in labels.jsonl, and
    labels.csv in the folder, as `ssgan fit` reads it. Labels of a file are written to a
    copy, in the folder NAME-labels. The same command continues. At the end, by the
    button or Ctrl-C, a classifier is trained on all labels.

    Example: ssgan label pets
    """
    _expect_server()
    from ssgan.web.label_to_folder import label_to_folder

    label_to_folder(
        source,
        out,
        size=size,
        recipe=recipe,
        steps=steps,
        seed=seed,
        host=host,
        say=_say,
        progress=_progress,
    )


def _progress(description):
    """Return a bar; TensorFlow is not imported before there is one to draw."""
    from ssgan.training.progress import Progress

    return Progress(description)


def _say(sentence):
    print(sentence, flush=True)


def _expect_server():
    with as_input_error("starlette and uvicorn, from pip install 'ssgan[label]'"):
        import starlette  # noqa: F401
        import uvicorn  # noqa: F401
