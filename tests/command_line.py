"""Run a command in this process."""

from typer.testing import CliRunner

from ssgan.cli.app import app


def run(*arguments, code=0):
    """Run ssgan with arguments of any type, and check how it exits."""
    result = CliRunner().invoke(app, [str(a) for a in arguments])
    assert result.exit_code == code, (result.output, result.exception)
    return result
