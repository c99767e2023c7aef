"""The error that users can fix, how its message is worded, and warnings."""

import contextlib
import numbers
import sys
import warnings

SHOWN = 5
# Between a user's line and a warning, there may be lines of these packages.
PACKAGES = ("ssgan", "sklearn", "joblib", "keras")
# The largest seed that NumPy and scikit-learn take.
MAX_SEED = 2**32 - 1


class InputError(ValueError):
    """Say in one sentence what was expected and what was received.

    Raised for anything that the caller can fix: labels, shapes, files, options. The
    command line prints its message and exits with status 2. Any other exception is a
    bug in ssgan and keeps its stack trace.
    """


def expect(condition, expected, received):
    """Raise InputError with what was `expected` and `received`, unless `condition`."""
    if not condition:
        raise InputError(f"Expected {expected}. Received: {received}")


def some(names):
    """Return the first names of a sequence as text, and "..." if there are more."""
    names = [str(name) for name in names]
    return ", ".join(names[:SHOWN]) + (", ..." if len(names) > SHOWN else "")


def listed(names):
    """Return names as text: "a", "a and b", "a, b and c"."""
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last


def counted(n, noun):
    """Return a number of things as text: "1 label", "2,000 labels"."""
    return f"{n:,} {noun}{'' if n == 1 else 's'}"


@contextlib.contextmanager
def as_input_error(expected):
    """Turn any exception that a library raises in this context into InputError."""
    try:
        yield
    except Exception as error:
        first_line = str(error).strip().partition("\n")[0][:160]
        received = f"{type(error).__name__} ({first_line})"
        raise InputError(f"Expected {expected}. Received: {received}") from error


def warn(message):
    """Warn of what users may want to change, at the line of theirs that led to it."""
    frame, level = sys._getframe(), 1
    while frame and frame.f_globals.get("__name__", "").split(".")[0] in PACKAGES:
        frame, level = frame.f_back, level + 1
    warnings.warn(message, stacklevel=level)


def is_whole(value):
    """Return whether a value is a whole number. True, which Python counts, is none."""
    return isinstance(value, numbers.Integral) and not isinstance(value, bool)


def is_number(value):
    """Return whether a value is a finite real number; Booleans are none."""
    real = isinstance(value, numbers.Real) and not isinstance(value, bool)
    return real and -float("inf") < value < float("inf")


def expect_whole(name, value, least, most=None):
    """Raise InputError unless a value is a whole number, from `least` to `most`."""
    fits = is_whole(value) and value >= least and (most is None or value <= most)
    until = "" if most is None else f" to {most}"
    expect(fits, f"a whole number from {least}{until}", f"{name}={value!r}")


def expect_seed(name, value):
    """Raise InputError unless a value is a seed, a whole number up to `MAX_SEED`."""
    expect_whole(name, value, 0, MAX_SEED)


def expect_unmasked(x):
    """Raise InputError if an array has masked values, which NumPy would unmask."""
    import numpy as np  # Slow, and `ssgan --help` does not need it.

    expect(not np.ma.is_masked(x), "numbers without masked values", "a masked array")
