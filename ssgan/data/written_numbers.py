"""Numbers as they are written in tables: with commas, points, and marks for none."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ssgan.data.column_values import EXACT, LARGEST, is_text

# With a decimal point or a decimal comma.
NUMBER = r"^[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?$"
IN_THOUSANDS = r"^[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d*)?$"
# Also without knowing what other commas are: 1,234.5 or 1,234,567.
SURELY_THOUSANDS = r"^[+-]?[1-9]\d{0,2}((,\d{3})+\.\d*|(,\d{3}){2,})$"
# Of points: 1.638 and 1.638,5.
POINTS_DIVIDE = r"^[+-]?[1-9]\d{0,2}(\.\d{3})+(,\d*)?$"
# With what else divides thousands: apostrophes, and spaces that do not break a line.
SPACED = "^[+-]?\\d{1,3}(['’\u00a0\u202f]\\d{3})+([.,]\\d*)?$"
# Spaces do so if one number surely has them: 1 234 or 12 345,6. Codes have other forms:
# 75 001, 110 001 or 51 824 753 556.
WITH_SPACES = r"^[+-]?[1-9]\d{0,2}( \d{3})+([.,]\d*)?$"
SURELY_SPACES = r"^[+-]?([1-9] \d{3}([.,]\d*)?|[1-9]\d{0,2}( \d{3})+[.,]\d+)$"
# A number with a sign of currency or a percent sign, before or behind.
SIGN = r"\s*[\p{Sc}%‰]\s*"
WITH_SIGN = rf"^[+-]?({SIGN}[+-]?\d[\d.,'’\s]*|[.,]?\d[\d.,'’\s]*{SIGN})$"
# What a comma in a number is. With the last, points divide thousands.
THOUSANDS, DECIMAL = "thousands", "decimal"
AFTER_POINTS = "decimal, and points as thousands"
# Fewer different numbers may be categories, with "-" for another one.
MANY_NUMBERS = 10


def as_numbers(column, comma=None):
    """Return a `plain` column as float64, with null for what float32 cannot hold.

    Those are text that is no number, infinite values, and numbers beyond 3.4e38.
    `comma_of` says what an ambiguous comma is.
    """
    if is_text(column.type):
        divides = IN_THOUSANDS if comma == THOUSANDS else SURELY_THOUSANDS
        column = _without(",", divides, column)
        column = _without("['’\u00a0\u202f]", SPACED, column)
        column = _without(" ", WITH_SPACES, column)
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


def distinct_whole_numbers(column, comma=None):
    """Return the numbers of a `plain` column if all are whole and none is there twice.

    They may be stored as floats or as text, and fields may be empty.

    Returns
    -------
    integer ndarray of shape (m,)
        Without empty fields. m is 0 of other numbers, and of floats from 2**53 on,
        which are always whole.
    """
    none = np.empty(0, int)
    if is_text(column.type) and _all_match(r"^[+-]?\d{1,18}$", column):
        column = pc.cast(pc.utf8_ltrim(column, "+"), pa.int64())
    if pa.types.is_boolean(column.type):
        return none
    if not pa.types.is_integer(column.type):
        numbers = as_numbers(column, comma).drop_null().to_numpy()
        if not np.all((numbers == np.round(numbers)) & (np.abs(numbers) < EXACT)):
            return none
        column = pa.array(numbers.astype(int))
    numbers = column.drop_null().to_numpy()
    return numbers if len(np.unique(numbers)) == len(numbers) else none


def _without(mark, pattern, column):
    """Return text without a mark, a regular expression, where it matches a pattern."""
    matches = pc.match_substring_regex(column, pattern)
    return pc.if_else(matches, pc.replace_substring_regex(column, mark, ""), column)


def are_numbers(column):
    """Return whether the values of a `plain` column of text are numbers, of any size.

    So are True and False. Among ten different numbers or more, text without a letter or
    a digit, such as "-", says that one is missing.
    """
    patterns = [NUMBER, "^(?i:true|false)$", IN_THOUSANDS, SPACED]
    if comma_of(column) == AFTER_POINTS:
        patterns.append(POINTS_DIVIDE)
    if _any_match(SURELY_SPACES, column):
        patterns.append(WITH_SPACES)
    number = pc.match_substring_regex(column, "|".join(patterns))
    others = column.filter(pc.invert(number))
    if not pc.count_distinct(others).as_py():
        return True
    many = pc.count_distinct(column.filter(number)).as_py() >= MANY_NUMBERS
    mostly = pc.sum(number).as_py() > (len(column) - column.null_count) / 2
    return many and mostly and _all_match(r"^[^\pL\pN]+$", others)


def have_signs(column):
    """Return whether all values of a `plain` column of text are such as 45% or $12."""
    return _all_match(WITH_SIGN, column)


def comma_of(column, commas_divide_fields=None, known=None):
    """Return what commas, and points, in a `plain` column of numbers are.

    Parameters
    ----------
    column : pyarrow.ChunkedArray
    commas_divide_fields : bool or None, default=None
        In the file, if there is one. Then those in numbers seldom are decimal ones.
    known : str or None, default=None
        What they were at fit. It decides what the column itself leaves open, whatever
        divides the fields.

    Returns
    -------
    str or None
        `THOUSANDS`, if commas divide thousands: all may, as in 1,638, and they divide
        the fields, too, or one surely does, as in 1,638.5. `AFTER_POINTS`, if points
        divide thousands, as in 1.638,5, or as all may beside decimal commas. Else
        `DECIMAL`. None if the numbers have no comma, and points are decimal.
    """
    if not is_text(column.type):
        return None
    has_comma = _any_match(",", column)
    decimal = has_comma and not may_be_divided(column, ",")
    if _any_match(r"\.", column) and may_be_divided(column, "."):
        # Of 1.638.000 and 1.638, both may; all with two points may be codes.
        several = _any_match(r"\..*\.", column)
        surely = several and not _all_match(r"\..*\.|^[^.]*$", column)
        surely = surely or decimal or _any_match(r"\..*,", column)
        if surely or known == AFTER_POINTS:
            return AFTER_POINTS
    if decimal or not has_comma:
        return DECIMAL if decimal else None
    if _any_match(SURELY_THOUSANDS, column):
        return THOUSANDS
    if known in (THOUSANDS, DECIMAL):
        return known
    return THOUSANDS if commas_divide_fields else DECIMAL


def has_decimal_comma(column):
    """Return whether a comma in a `plain` column of numbers surely is a decimal one."""
    if not is_text(column.type):
        return False
    form = "|".join((NUMBER, IN_THOUSANDS, POINTS_DIVIDE))  # Others are no numbers.
    numbers = column.filter(pc.match_substring_regex(column, form))
    decimal = _any_match(",", numbers) and not may_be_divided(numbers, ",")
    return decimal or comma_of(numbers) == AFTER_POINTS


def commas_differ(column, commas_divide_fields, known, read):
    """Return whether commas or points seem to be others than at fit, or may be.

    That is so, too, if this file alone would be read otherwise. The arguments are those
    of `comma_of`, and what it returns for them.
    """
    alone = read
    if commas_divide_fields is not None:
        alone = comma_of(column, commas_divide_fields)
    said = {known, read, alone} - {None}
    points = is_text(column.type) and not may_be_divided(column, ".")
    return (THOUSANDS in said and len(said) > 1) or (known == AFTER_POINTS and points)


def may_be_divided(column, mark):
    """Return whether a mark in the text of numbers divides thousands, or is not there.

    Parameters
    ----------
    column : pyarrow.ChunkedArray
        Plain, of text.
    mark : str
        A point or a comma.
    """
    marked = column.filter(pc.match_substring(column, mark))
    return _all_match({".": POINTS_DIVIDE, ",": IN_THOUSANDS}[mark], marked)


def may_have_points(column):
    """Return whether points may divide the thousands of a `plain` column of numbers.

    Of numbers that were read already, 1.016 may stand for 1016, and 1.0165 or 0.25 not.
    """
    if is_text(column.type):
        return _any_match(r"\.", column) and may_be_divided(column, ".")
    if not pa.types.is_floating(column.type):
        return False
    x = np.abs(pc.drop_null(column).to_numpy())
    x = x[x != np.round(x)]
    return len(x) > 0 and bool(np.all((x == np.round(x, 3)) & (x > 1) & (x < 1000)))


def _any_match(pattern, column):
    return bool(pc.any(pc.match_substring_regex(column, pattern)).as_py())


def _all_match(pattern, column):
    return bool(pc.all(pc.match_substring_regex(column, pattern)).as_py())
