"""The one error that is the user's to mend, apart from the ones that are ours."""

import contextlib


class InputError(ValueError):
    """Say in one sentence what was expected and what came.

    Raised for anything that the caller can put right: labels, shapes, files,
    options. The command line prints its text alone and exits with status 2;
    any other exception is a defect of the program and keeps its stack trace.
    """


def expect(condition, expected, received):
    """Raise InputError, saying what was `expected` and `received`, unless so."""
    if not condition:
        raise InputError(f"Expected {expected}. Received: {received}")


@contextlib.contextmanager
def errors_mean(expected):
    """Turn whatever a library raises within into InputError."""
    try:
        yield
    except Exception as error:
        first_line = str(error).strip().partition("\n")[0][:160]
        received = f"{type(error).__name__} ({first_line})"
        raise InputError(f"Expected {expected}. Received: {received}") from error
