"""Columns of a table as numbers: which ones are learned from, and how they are coded.

A number stays a number, and a category becomes its place among the categories, from 0.
An empty field is NaN. `ssgan.nn.ColumnEncoder` makes of it what the networks see.
"""

from dataclasses import asdict, dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ssgan.data import column_values as values
from ssgan.data import storage
from ssgan.data import written_numbers as written
from ssgan.data.column import Column, judge
from ssgan.errors import SHOWN, as_input_error, expect, some, warn

# Under which `DataFrame.attrs` say what is not in the frame.
ATTRS = "ssgan"


@dataclass(frozen=True)
class Columns:
    """The columns that are learned from, in the order of the coded numbers.

    Parameters
    ----------
    columns : tuple of Column
    left_out : tuple of str, default=()
        Names of the columns that are not learned from.
    label : str, default="label"
        Name of the column of labels.
    identifiers : tuple of str, default=()
        Names of the columns, of those that are not learned from, that had another value
        in each row of the table.
    """

    columns: tuple[Column, ...]
    left_out: tuple[str, ...] = ()
    label: str = "label"
    identifiers: tuple[str, ...] = field(default=(), compare=False)

    @property
    def names(self):
        """Names of the columns, a tuple of str."""
        return tuple(column.name for column in self.columns)

    @property
    def categories(self):
        """The categories of each column of text, a dict by the column's name."""
        return {c.name: list(c.categories) for c in self.columns if c.categories}

    @property
    def n_categories(self):
        """Number of categories of each column, a tuple of int; 0 for numbers."""
        return tuple(len(column.categories or ()) for column in self.columns)

    @property
    def have_decimal_commas(self):
        """Whether numbers of a column had them when the columns were learned."""
        decimal = (written.DECIMAL, written.AFTER_POINTS)
        return any(column.comma in decimal for column in self.columns)

    @classmethod
    def learn(
        cls,
        table,
        names,
        source,
        *,
        label="label",
        chosen=(),
    ):
        """Find out what the columns of a table are.

        Dates, identifiers, text with many values, and columns without any value are
        left out, and a warning names them.

        Parameters
        ----------
        table : ssgan.data.table_files.Table
        names : sequence of str
            Those of its columns that are features.
        source : str or path
            The table, for messages.
        label : str, default="label"
            Name of the column of labels; it is not among `names`.
        chosen : collection of str, default=()
            Names of columns that the user named. Their whole numbers are not taken for
            identifiers.

        Returns
        -------
        Columns

        Raises
        ------
        InputError
            If a column holds lists or the like, or numbers that are too large, or no
            column is left.
        """
        kept, rest, signed, coarse, numbered = [], {}, [], [], []
        for name in names:
            column = table.read(name)
            readable = values.is_readable(column.type)
            all_columns = f"numbers, text or dates in all columns of {source}"
            expect(readable, all_columns, f"others in {name} ({column.type})")
            judged = judge(name, column, name in chosen, table.commas_divide_fields)
            if judged.column is None:
                rest[name] = judged.why_not
                signed += [name] if judged.has_signs else []
                continue
            kept.append(judged.column)
            numbers = judged.numbers
            if numbers is None:
                continue
            values.deviation(numbers, f"{name} of {source}, which may be dropped")
            coarse += [name] if values.is_coarse(numbers) else []
            many = len(numbers) >= values.FEW_ROWS
            if many and judged.are_distinct and name not in chosen:
                numbered.append(name)
        # Of many, the first are said.
        told = [*signed, *(name for name in rest if name not in signed)]
        said = some(f"{name} ({rest[name]})" for name in told)
        expect(kept, f"columns of numbers or categories in {source}", said or "none")
        if rest:
            numbers = ". Without the signs, these are numbers" if signed else ""
            warn(f"Columns of {source} that are not learned from: {said}{numbers}")
        if coarse:
            warn(coarse_warning(source, coarse))
        if numbered:
            warn(
                f"Columns of {source} with another whole number in each row, which are "
                f"learned from: {some(numbered)}. Drop those that only number the rows."
            )
        return cls(tuple(kept), tuple(rest), label)

    def encode(self, table, source):
        """Code the columns of a table.

        Fields that cannot be coded count as empty, and a warning names them: text among
        numbers, infinite numbers and those beyond 3.4e38, and categories that were not
        there when the columns were learned.

        Parameters
        ----------
        table : ssgan.data.table_files.Table
            What it leaves open of the commas in numbers is read as it was then. Of the
            categories "01" and "2A", a file with the first alone seems to have numbers:
            they are looked up as they are written.
        source : str or path
            The table, for messages.

        Returns
        -------
        ndarray of shape (n, n_columns), float32
            In memory or in a file, as from `ssgan.data.storage.empty`.
        """
        x = storage.empty((table.n, len(self.columns)), np.float32)
        unknown, kinds, empty, changed = [], [], [], []
        for i, column in enumerate(self.columns):
            kind = "text" if column.categories else "numbers"
            with as_input_error(f"{kind} in the column {column.name} of {source}"):
                given = values.plain(table.read(column.name))
                if column.categories:
                    forms = [values.as_text(given)]
                    if table.read_text and not values.is_text(given.type):
                        as_given = values.plain(*table.read_text(column.name))
                        forms.insert(0, values.as_text(as_given))
                    known = pa.array(column.categories, pa.string())
                    coded = pc.coalesce(*(pc.index_in(f, known) for f in forms))
                    given = forms[0]
                else:
                    at_fit = column.comma
                    if at_fit == written.AFTER_POINTS and table.read_text:
                        given = values.plain(*table.read_text(column.name))
                    asked = given, table.commas_divide_fields, at_fit
                    comma = written.comma_of(*asked)
                    coded = written.as_numbers(given, comma)
                    if written.commas_differ(*asked, comma):
                        read_as = f"commas as {comma}" if comma else "decimal points"
                        changed.append(f"{column.name} ({read_as})")
            odd = pc.and_(pc.is_valid(given), pc.is_null(coded))
            if pc.any(odd).as_py():
                some_odd = pc.unique(given.filter(odd)).slice(0, SHOWN + 1).to_pylist()
                unknown.append(f"{some(some_odd)} in {column.name}")
                if column.categories:
                    kinds.append("new categories")
                else:
                    text = ["text among numbers"] if values.is_text(given.type) else []
                    kinds += [*text, "infinite or huge numbers"]
            if given.null_count and not column.has_empty:
                empty.append(f"{given.null_count} in {column.name}")
            coded = pc.cast(coded, pa.float32(), safe=False)
            x[:, i] = pc.fill_null(coded, np.float32(np.nan)).to_numpy()
        if unknown:
            kinds = " and ".join(dict.fromkeys(kinds))
            kinds = kinds[0].upper() + kinds[1:]
            warn(f"{kinds} count as empty fields of {source}: {some(unknown)}")
        if changed:
            warn(
                f"Numbers of {source} seem to be written otherwise than at fit. See if "
                f"commas and points are what you expect in {some(changed)}."
            )
        if empty:
            warn(
                f"{source} has empty fields in columns that had none at fit. They "
                f"count as the mean: {some(empty)}"
            )
        return x

    def decode(self, x):
        """Return coded rows, of shape (m, n_columns), as a `pandas.DataFrame`.

        Its `attrs` have, as "ssgan", the names of its columns, "kept", and of what is
        not in it, "label", "left_out" and "identifiers", and what commas in numbers
        were, "commas" by column. They also say that warnings have told what could not
        be coded.
        """
        import pandas as pd

        frame = {}
        for i, column in enumerate(self.columns):
            frame[column.name] = x[:, i]
            if column.categories:
                codes = np.nan_to_num(x[:, i], nan=-1).round().astype(np.int8)
                kind = pd.CategoricalDtype(list(column.categories))
                frame[column.name] = pd.Categorical.from_codes(codes, dtype=kind)
        # Views where that is possible: rows may be larger than memory.
        frame = pd.DataFrame(frame, copy=False)
        commas = {c.name: c.comma for c in self.columns if c.comma}
        frame.attrs[ATTRS] = {
            "label": self.label,
            "kept": self.names,
            "left_out": self.left_out,
            "identifiers": self.identifiers,
            "commas": commas,
        }
        return frame

    def to_json(self):
        """Return JSON values, from which `from_json` makes the columns again."""
        return asdict(self)

    @classmethod
    def from_json(cls, saved):
        """Return the columns that `to_json` made JSON values of."""
        columns = [
            Column(
                c["name"],
                c["categories"] and tuple(c["categories"]),
                c["has_empty"],
                c["comma"],
            )
            for c in saved["columns"]
        ]
        # Older models do not say which columns were identifiers.
        identifiers = tuple(saved.get("identifiers", ()))
        return cls(
            tuple(columns), tuple(saved["left_out"]), saved["label"], identifiers
        )


def coarse_warning(source, names):
    """Say that float32 cannot tell the values of some columns from each other."""
    return (
        f"Columns of {source} whose values differ too little for their size, so that "
        f"float32 cannot tell them apart: {some(names)}. Subtract the mean from each."
    )
