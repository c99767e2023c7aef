"""The application: its commands, and how errors are shown."""

import contextlib
import signal
import sys
import threading
import warnings
from typing import Annotated

import typer

from ssgan import __version__
from ssgan.cli import (
    compare_commands,
    embed_commands,
    model_commands,
    sample_commands,
    train_commands,
    web_commands,
)
from ssgan.errors import InputError
from ssgan.support.quiet import silence_logging

# Heavy imports are inside the commands, so that --help is quick.

CONTINUE = {
    "fit": " The same command with --resume continues from the checkpoint.",
    "compare": " The same command continues after the last finished row.",
    "demo": " The same command continues after the last finished row.",
    "learning-curve": " The same command continues after the last finished row.",
    "label": " All labels are on disk. The same command continues.",
    "turing": " The same command continues after the last answer.",
}


class Terminated(KeyboardInterrupt):
    """The system asked this process to end. Like Ctrl-C, it lets files be finished."""


class Commands(typer.core.TyperGroup):
    """A group of commands that print user errors in one line."""

    def parse_args(self, ctx, args):
        """Refuse empty arguments: an empty path would mean the current folder."""
        for before, argument in zip(["ssgan", *args], args, strict=False):
            if not argument:
                ctx.fail(f"Expected something after {before}. Received: nothing.")
            if argument.startswith("--") and argument.endswith("="):
                option = argument.removesuffix("=")
                ctx.fail(f"Expected something after {option}. Received: nothing.")
        return super().parse_args(ctx, args)

    def invoke(self, ctx):
        """Run a command. User errors, Ctrl-C and SIGTERM end it with one line."""
        silence_logging()
        # The name of a file may hold bytes that are no text.
        if hasattr(sys.stdout, "reconfigure"):
            sys.stdout.reconfigure(errors="backslashreplace")
        try:
            with warnings.catch_warnings(), _termination_as_exception():
                warnings.showwarning = _show_once()
                return super().invoke(ctx)
        except InputError as error:
            print(f"ssgan: {error}", file=sys.stderr)
            raise typer.Exit(2) from None
        except FloatingPointError as error:  # Training failed after its restarts.
            print(f"ssgan: {error}", file=sys.stderr)
            raise typer.Exit(1) from None
        except KeyboardInterrupt as error:
            note = CONTINUE.get(ctx.invoked_subcommand, "")
            terminated = isinstance(error, Terminated)
            what = "terminated" if terminated else "interrupted"
            print(f"ssgan: {what}.{note}", file=sys.stderr)
            raise typer.Exit(143 if terminated else 130) from None


app = typer.Typer(
    cls=Commands,
    help="Classifiers from few labels, learned together with a generator.\n\n"
    "Start with: ssgan demo",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _flowing(text):
    """Return text with a line for each paragraph, which a terminal of any width wraps.

    Otherwise lines that are longer than the terminal leave stumps.
    """
    return "\n\n".join(" ".join(part.split()) for part in text.split("\n\n"))


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


for command in (
    compare_commands.demo,
    model_commands.suggest,
    train_commands.fit,
    embed_commands.embed,
    model_commands.evaluate,
    model_commands.predict,
    model_commands.info,
    compare_commands.compare,
    compare_commands.learning_curve,
    model_commands.export,
    sample_commands.sample,
    sample_commands.score_samples,
    web_commands.turing,
    web_commands.label,
    train_commands.datasets,
):
    app.command(help=_flowing(command.__doc__))(command)


@contextlib.contextmanager
def _termination_as_exception():
    """Raise `Terminated` at SIGTERM, unless it is ignored or handled already."""
    ours = threading.current_thread() is threading.main_thread()
    if not ours or signal.getsignal(signal.SIGTERM) != signal.SIG_DFL:
        yield
        return

    def terminate(number, frame):
        signal.signal(signal.SIGTERM, signal.SIG_DFL)  # A second one is not waited for.
        raise Terminated

    signal.signal(signal.SIGTERM, terminate)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _show_once():
    """Return what shows a warning, once: each training of a command may give it."""
    shown = set()

    def show(message, category, *where):
        if str(message) not in shown:
            shown.add(str(message))
            print(f"ssgan: {message}", file=sys.stderr)

    return show


def main():
    """Run the command line."""
    app()
