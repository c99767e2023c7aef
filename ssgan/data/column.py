"""One column of a table: whether it is learned from, and as what."""

from dataclasses import dataclass

import pyarrow.compute as pc

from ssgan.data import column_values as values
from ssgan.data import written_numbers as written

# A text column with more values than this is not one of categories.
MOST_CATEGORIES = 50

# What begins so says that a column of text may be meant as one of numbers.
SIGNED = "numbers with a sign, as"


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


def judge(name, column, chosen, commas_divide_fields):
    """Return a `Column`, or text that says what a column is that is not learned from.

    The arguments are those of `ssgan.data.columns.Columns.learn`, of one column:
    `chosen` is whether the user named it.
    """
    kind = column.type
    given = values.plain(column)
    n = len(given) - given.null_count
    has_empty = n < len(given)
    if values.is_date(kind):
        return "dates"
    if values.is_categorical(kind):
        known = values.categories(column)
        if len(known) > MOST_CATEGORIES:
            return f"text with {len(known)} values"
        return Column(name, known, has_empty) if n else "no values"
    if not n:
        return "no values"
    if not values.is_text(kind) or written.are_numbers(given):
        comma = written.comma_of(given, commas_divide_fields)
        whole = written.distinct_whole_numbers(given, comma)
        if not chosen and values.is_identifier(name, whole):
            return "another whole number in each row"
        missing = written.as_numbers(given, comma).null_count
        if missing == len(given):
            return "no finite number"
        return Column(name, None, missing > 0, comma)
    if values.are_dates(given):
        return "dates"
    known = [value for value in pc.unique(given).to_pylist() if value is not None]
    many = len(known) > (n / 2 if n >= values.FEW_ROWS else MOST_CATEGORIES)
    if many or len(known) > MOST_CATEGORIES:
        if written.have_signs(given):
            return f"{SIGNED} {known[0]}"
        return f"text with {len(known)} values"
    return Column(name, tuple(sorted(known)), has_empty)
