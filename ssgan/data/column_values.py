"""The values of one column of a table: text, numbers, dates, and fields without any."""

import re
from collections import Counter

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ssgan.data.labels import LIKE_NONE
from ssgan.errors import expect, some

MISSING = ("", *LIKE_NONE)
# Names, in lower case, that a column of labels may have.
LIKE_LABEL = ("label", "labels", "target")
# Examples are float32.
LARGEST = float(np.finfo(np.float32).max)
DATE = r"^(\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4})([ T]\d.*)?$"
IDENTIFIER = re.compile(
    r"(.*[^a-z])?(id|ids|uuid|guid|index|key|nr|no|number|unnamed: \d+)|.*[a-z]ID"
)
# If their standard deviation is less than so many times the gap between two numbers of
# float32, a column loses what it says.
COARSE = 20
# Up to here, float64 has every whole number.
EXACT = 2**53
# Of a shorter table, whole numbers alone do not say that they are identifiers.
FEW_ROWS = 20


def expect_distinct(names, source):
    """Raise InputError if a name of a column is there twice."""
    again = [name for name, n in Counter(names).items() if n > 1]
    expect(not again, f"distinct columns in {source}", f"more than once: {some(again)}")


def is_readable(kind):
    """Return whether a `pyarrow.DataType` holds numbers, text, dates or nothing."""
    types = pa.types
    if is_categorical(kind):
        kind = kind.value_type
    kinds = types.is_integer, types.is_floating, types.is_boolean, types.is_decimal
    is_number = any(is_kind(kind) for is_kind in (*kinds, types.is_null))
    return is_number or is_text(kind) or is_date(kind)


def may_identify(kind):
    """Return whether values of a `pyarrow.DataType` may say which row it is."""
    return pa.types.is_integer(kind) or is_text(kind) or is_date(kind)


def is_date(kind):
    """Return whether a `pyarrow.DataType` holds dates, times or durations."""
    return pa.types.is_temporal(kind)


def is_text(kind):
    """Return whether a `pyarrow.DataType` holds text."""
    types = pa.types
    kinds = types.is_string, types.is_large_string, types.is_string_view
    return any(is_kind(kind) for is_kind in kinds)


def is_categorical(kind):
    """Return whether a `pyarrow.DataType` has a list of its values."""
    return pa.types.is_dictionary(kind)


def categories(column):
    """Return all values of a categorical `pyarrow.ChunkedArray`, as text, in order.

    They are trimmed, and without those of `MISSING`, as in a `plain` column.
    """
    column = column.unify_dictionaries()
    if not column.num_chunks:
        return ()
    text = as_text(column.chunk(0).dictionary)
    known = dict.fromkeys(pc.utf8_trim_whitespace(text).to_pylist())
    return tuple(value for value in known if value not in (None, *MISSING))


def plain(column):
    """Return a column with text in one form, and null for what is missing.

    Parameters
    ----------
    column : pyarrow.ChunkedArray

    Returns
    -------
    pyarrow.ChunkedArray
        Without categories and NaN. Text is trimmed; texts of `MISSING` are null.
    """
    if is_categorical(column.type):
        column = pc.cast(column, column.type.value_type)
    if is_text(column.type):
        text = pc.utf8_trim_whitespace(pc.cast(column, pa.string()))
        missing = pc.is_in(text, value_set=pa.array(MISSING))
        return pc.if_else(missing, pa.scalar(None, pa.string()), text)
    if pa.types.is_floating(column.type):
        nothing = pa.scalar(None, column.type)
        return pc.if_else(pc.is_nan(column), nothing, column)
    return column


def as_text(column):
    """Return a `plain` column as text: the number 1.0 is "1", and true is "True"."""
    if pa.types.is_boolean(column.type):
        return pc.if_else(column, "True", "False")
    if pa.types.is_floating(column.type):
        with np.errstate(all="ignore"):
            whole = pc.all(pc.equal(column, pc.round(column))).as_py()
        column = pc.cast(column, pa.int64(), safe=False) if whole else column
    return pc.cast(column, pa.string())


def is_coarse(numbers):
    """Return whether float32 cannot tell the values of float64 numbers from each other.

    That is so if they differ by little for their size, as times in milliseconds do.

    Parameters
    ----------
    numbers : ndarray of shape (n,)
        Without NaN.
    """
    largest = np.abs(numbers.astype(float)).max(initial=0.0)
    if largest > LARGEST:
        return False
    gap = np.spacing(np.float32(largest))
    if len(numbers) < 2 or numbers.min() == numbers.max():
        return False
    return bool(np.std(numbers) < COARSE * gap)


def deviation(numbers, where):
    """Return the standard deviation of numbers without NaN, 0.0 of none.

    Raises
    ------
    InputError
        If it is 1e18 or more, or less than 1e-18 and not 0. `where` names the column.
    """
    scale = float(numbers.std()) if len(numbers) else 0.0
    # Its square must fit in float32.
    fits = scale == 0 or 1e-18 < scale < 1e18
    expected = "numbers with a deviation of 0, or of 1e-18 to 1e18; rescale them"
    expect(fits, expected, f"{scale:.2g} in {where}")
    return scale


def is_distinct(column):
    """Return whether each field of a `plain` column has a value of its own."""
    n = len(column)
    return n > 1 and not column.null_count and len(pc.unique(column)) == n


def is_identifier(name, numbers):
    """Return whether whole numbers, each another one, number the rows.

    They do if there are two or more, and the column's name says so, or a number is too
    large for float64, or 20 or more are sorted, or are nearly all numbers between the
    ends.

    Parameters
    ----------
    name : str
    numbers : integer ndarray of shape (n,)
        From `ssgan.data.written_numbers.distinct_whole_numbers`.
    """
    if len(numbers) < 2:
        return False
    if IDENTIFIER.fullmatch(name) or IDENTIFIER.fullmatch(name.lower()):
        return True
    if max(int(numbers.max()), -int(numbers.min())) >= EXACT:
        return True
    dense = int(numbers.max()) - int(numbers.min()) < 2 * len(numbers)
    later, earlier = numbers[1:], numbers[:-1]
    ordered = (later > earlier).all() or (later < earlier).all()
    return len(numbers) >= FEW_ROWS and bool(dense or ordered)


def are_dates(text):
    """Return whether all values of a `plain` column of text are dates."""
    return bool(pc.all(pc.match_substring_regex(text, DATE)).as_py())
