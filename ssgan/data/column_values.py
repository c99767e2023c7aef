"""The values of one column of a table: text, numbers, dates, and fields without any."""

import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ssgan.data.labels import LIKE_NONE

MISSING = ("", *LIKE_NONE)
# Names, in lower case, that a column of labels may have.
LIKE_LABEL = ("label", "labels", "target")
# With a decimal point or a decimal comma.
NUMBER = r"^[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?$"
IN_THOUSANDS = r"^[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d*)?$"
# Also without knowing what other commas are: 1,234.5 or 1,234,567.
SURELY_THOUSANDS = r"^[+-]?[1-9]\d{0,2}((,\d{3})+\.\d*|(,\d{3}){2,})$"
# Of points: 1.638 and 1.638,5, and what surely is no decimal point: 1.638,5.
POINTS_DIVIDE = r"^[+-]?[1-9]\d{0,2}(\.\d{3})+(,\d*)?$"
POINTS_SURELY_DIVIDE = r"^[+-]?[1-9]\d{0,2}((\.\d{3})+,\d*|(\.\d{3}){2,})$"
# With what else divides thousands: apostrophes, and spaces that do not break a line.
SPACED = "^[+-]?\\d{1,3}(['’\u00a0\u202f]\\d{3})+([.,]\\d*)?$"
# What a comma in a number is. With the last, points divide thousands.
THOUSANDS, DECIMAL, AFTER_POINTS = "thousands", "decimal", "decimal after points"
# Among so many different numbers, a few texts are no categories, but say that a number
# is missing. One in so many may be such a text.
MANY_NUMBERS, FEW_TEXTS = 10, 10
# Examples are float32.
LARGEST = float(np.finfo(np.float32).max)
DATE = r"^(\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4})([ T]\d.*)?$"
IDENTIFIER = re.compile(
    r"(.*[^a-z])?(id|ids|uuid|guid|index|key|nr|no|number|unnamed: \d+)|.*[a-z]ID"
)
# If their standard deviation is less than so many times the gap between two numbers of
# float32, a column loses what it says.
COARSE = 20
# Of a shorter table, whole numbers alone do not say that they are identifiers.
FEW_ROWS = 20


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


def as_numbers(column, comma=None):
    """Return a `plain` column as float64, with null for what float32 cannot hold.

    Those are text that is no number, infinite values, and numbers beyond 3.4e38.
    `comma_of` says what an ambiguous comma is.
    """
    if is_text(column.type):
        divides = IN_THOUSANDS if comma == THOUSANDS else SURELY_THOUSANDS
        column = _without(",", divides, column)
        column = _without("['’\u00a0\u202f]", SPACED, column)
        if comma == AFTER_POINTS:
            column = _without(r"\.", POINTS_DIVIDE, column)
        column = pc.replace_substring_regex(column, "^(?i:true)$", "1")
        column = pc.replace_substring_regex(column, "^(?i:false)$", "0")
        numeric = pc.match_substring_regex(column, NUMBER)
        text = pc.if_else(numeric, column, pa.scalar(None, pa.string()))
        column = pc.replace_substring(text, ",", ".")
    numbers = pc.cast(column, pa.float64(), safe=False)
    fits = pc.less_equal(pc.abs(numbers), LARGEST)
    return pc.if_else(fits, numbers, pa.scalar(None, pa.float64()))


def _without(mark, pattern, column):
    """Return text without a mark, a regular expression, where it matches a pattern."""
    matches = pc.match_substring_regex(column, pattern)
    return pc.if_else(matches, pc.replace_substring_regex(column, mark, ""), column)


def are_numbers(column):
    """Return whether the values of a `plain` column of text are numbers, of any size.

    So are True and False. Of many different numbers, a few may be other text, such as
    "-", that is no code: those have zeros in front, or few values.
    """
    patterns = NUMBER, "^(?i:true|false)$", IN_THOUSANDS, POINTS_SURELY_DIVIDE, SPACED
    number = pc.match_substring_regex(column, "|".join(patterns))
    others = pc.count_distinct(column.filter(pc.invert(number))).as_py()
    if not others:
        return True
    known = pc.unique(column.filter(number))
    many = len(known) >= MANY_NUMBERS and len(known) >= FEW_TEXTS * others
    coded = pc.any(pc.match_substring_regex(known, r"^0\d")).as_py()
    mostly = pc.sum(number).as_py() > len(column) / 2
    return many and mostly and not coded


def comma_of(column, commas_divide_fields=None, known=None):
    """Return what the commas in a `plain` column of numbers are.

    Parameters
    ----------
    column : pyarrow.ChunkedArray
    commas_divide_fields : bool or None, default=None
        In the file, if there is one. Then those in numbers seldom are decimal ones.
    known : str or None, default=None
        What they were at fit. It decides what the column itself leaves open.

    Returns
    -------
    str or None
        `THOUSANDS`, if they all divide thousands, as in 1,638, and either commas divide
        the fields, too, or one surely does, as in 1,638.5. `AFTER_POINTS`, if a point
        surely divides thousands, as in 1.638,5. Else `DECIMAL`. None if there are none.
    """
    if not is_text(column.type):
        return None
    if pc.any(pc.match_substring_regex(column, POINTS_SURELY_DIVIDE)).as_py():
        return AFTER_POINTS
    points = known == AFTER_POINTS and may_be_divided(column, ".", POINTS_DIVIDE)
    with_comma = column.filter(pc.match_substring(column, ","))
    if points or not len(with_comma):
        return AFTER_POINTS if points else None
    if not may_be_divided(column, ",", IN_THOUSANDS):
        return DECIMAL
    if pc.any(pc.match_substring_regex(with_comma, SURELY_THOUSANDS)).as_py():
        return THOUSANDS
    if known in (THOUSANDS, DECIMAL):
        return known
    return THOUSANDS if commas_divide_fields else DECIMAL


def commas_differ(column, commas_divide_fields, known):
    """Return whether commas divide thousands now and seem not to at fit, or vice versa.

    The arguments are those of `comma_of`.
    """
    said = {known, comma_of(column, commas_divide_fields, known)}
    if commas_divide_fields is not None:  # What the file alone would tell.
        said.add(comma_of(column, commas_divide_fields))
    return THOUSANDS in said and len(said - {None}) > 1


def may_be_divided(column, mark, pattern=POINTS_DIVIDE):
    """Return whether a mark in the text of numbers divides thousands, or is not there.

    Parameters
    ----------
    column : pyarrow.ChunkedArray
        Plain, of text.
    mark : str
        A point or a comma.
    pattern : str, default=POINTS_DIVIDE
        Of numbers that it divides.
    """
    marked = column.filter(pc.match_substring(column, mark))
    return bool(pc.all(pc.match_substring_regex(marked, pattern)).as_py())


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


def is_distinct(column):
    """Return whether each field of a `plain` column has a value of its own."""
    n = len(column)
    return n > 1 and not column.null_count and len(pc.unique(column)) == n


def is_identifier(name, column):
    """Return whether a `plain` column of whole numbers numbers the rows.

    It does if every row has another number, and the column's name says so, or 20 rows
    or more are sorted by it, or have nearly all numbers between the ends.
    """
    if not pa.types.is_integer(column.type) or not is_distinct(column):
        return False
    if IDENTIFIER.fullmatch(name) or IDENTIFIER.fullmatch(name.lower()):
        return True
    numbers = column.to_numpy()
    dense = int(numbers.max()) - int(numbers.min()) < 2 * len(numbers)
    later, earlier = numbers[1:], numbers[:-1]
    ordered = (later > earlier).all() or (later < earlier).all()
    return len(numbers) >= FEW_ROWS and bool(dense or ordered)


def are_dates(text):
    """Return whether all values of a `plain` column of text are dates."""
    return bool(pc.all(pc.match_substring_regex(text, DATE)).as_py())
