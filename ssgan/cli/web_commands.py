"""Commands that open a page on this machine: turing."""

from pathlib import Path
from typing import Annotated

import typer

from ssgan.cli.models import load_for, load_model
from ssgan.cli.options import MAX_SEED, Model, Source
from ssgan.errors import as_input_error

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
    questions: Annotated[int, typer.Option(min=1, help="Examples to show.")] = 40,
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
    last one.

    Example: ssgan turing mnist-100/model.keras tfds:mnist
    """
    _expect_server()
    classifier = load_model(model)
    data = load_for(classifier, source)
    from ssgan.support.locks import locked
    from ssgan.web.server import serving, wait
    from ssgan.web.turing import TuringTest

    name = "turing-feedback.jsonl" if feedback else "turing.jsonl"
    out = out or model.parent / name
    with locked(out.parent):
        test = TuringTest(
            classifier, data, out, n_questions=questions, feedback=feedback, seed=seed
        )
        if not test.finished:
            with serving(test.app(), host, say=_say):
                wait(test.done)
    result = test.result()
    print(
        f"Right: {100 * result['accuracy']:.1f} % of {result['answered']} answers "
        f"(95 % interval {100 * result['low']:.1f} to {100 * result['high']:.1f} %)"
    )
    print(f"Written: {out}")


def _say(sentence):
    print(sentence, flush=True)


def _expect_server():
    with as_input_error("starlette and uvicorn, from pip install 'ssgan[label]'"):
        import starlette  # noqa: F401
        import uvicorn  # noqa: F401
