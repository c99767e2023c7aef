"""One column of a table: whether it is learned from, and as what."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pyarrow.compute as pc

from ssgan.data import column_values as values
from ssgan.data import written_numbers as written

# A text column with more values than this is not one of categories.
MOST_CATEGORIES = 50


@dataclass(frozen=True)
class Column:
    """One column that is learned from.

    Parameters
    ----------
    name : str
    categories : tuple of str or None, default=None
        The values of a column of text, in the order of their codes; None for numbers.
    has_empty : bool, default=False
        Whether a field was empty when the column was learned.
    comma : str or None, default=None
        What commas and points in its numbers were then; see
        `ssgan.data.written_numbers.comma_of`.
    """

    name: str
    categories: tuple[str, ...] | None = None
    has_empty: bool = False
    comma: str | None = None


class Judged(NamedTuple):
    """What a column of a table is.

    Parameters
    ----------
    column : Column or None
        None if it is not learned from.
    why_not : str, default=""
        What such a column holds.
    has_signs : bool, default=False
        Whether that may be meant as numbers, such as 45%.
    numbers : ndarray of shape (m,), float64, or None, default=None
        Of a column of numbers, those that are learned from.
    are_distinct : bool, default=False
        Whether these are whole, and none is there twice.
    """

    column: Column | None
    why_not: str = ""
    has_signs: bool = False
    numbers: np.ndarray | None = None
    are_distinct: bool = False


def judge(name, column, chosen, commas_divide_fields):
    """Return what a column is, as `Judged`.

    The arguments are those of `ssgan.data.columns.Columns.learn`, of one column:
    `chosen` is whether the user named it.
    """
    kind = column.type
    given = values.plain(column)
    n = len(given) - given.null_count
    has_empty = n < len(given)
    if values.is_date(kind):
        return Judged(None, "dates")
    if values.is_categorical(kind):
        known = values.categories(column)
        if len(known) > MOST_CATEGORIES:
            return Judged(None, f"text with {len(known)} values")
        if n:
            return Judged(Column(name, known, has_empty))
    if not n:
        return Judged(None, "no values")
    if not values.is_text(kind) or written.are_numbers(given):
        comma = written.comma_of(given, commas_divide_fields)
        whole = written.distinct_whole_numbers(given, comma)
        if not chosen and values.is_identifier(name, whole):
            return Judged(None, "another whole number in each row")
        numbers = pc.drop_null(written.as_numbers(given, comma)).to_numpy()
        if not len(numbers):
            return Judged(None, "no finite number")
        column = Column(name, None, len(numbers) < len(given), comma)
        return Judged(column, numbers=numbers, are_distinct=len(whole) > 0)
    if values.are_dates(given):
        return Judged(None, "dates")
    known = [value for value in pc.unique(given).to_pylist() if value is not None]
    many = len(known) > (n / 2 if n >= values.FEW_ROWS else MOST_CATEGORIES)
    if many or len(known) > MOST_CATEGORIES:
        if written.have_signs(given):
            return Judged(None, f"numbers with a sign, as {known[0]}", has_signs=True)
        return Judged(None, f"text with {len(known)} values")
    return Judged(Column(name, tuple(sorted(known)), has_empty))
