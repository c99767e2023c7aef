"""The one error that is the user's to mend, apart from the ones that are ours."""


class InputError(ValueError):
    """Say in one sentence what was expected and what came.

    Raised for anything that the caller can put right: labels, shapes, files,
    options. The command line prints its text alone and exits with status 2;
    any other exception is a defect of the program and keeps its stack trace.
    """
