"""From coded columns of a table to what the networks expect, and back."""

import keras
import numpy as np
from keras import ops

from ssgan.data.column_values import deviation
from ssgan.nn.registration import serializable


@serializable
class ColumnEncoder(keras.layers.Layer):
    """Standardize numbers, encode categories and impute empty fields.

    A number becomes its distance from the mean in standard deviations. A category
    becomes one number for each category, 1 for its own and 0 for the others, from which
    their means are subtracted. These numbers are divided by the square root of the sum
    of their variances: like a column of numbers, they have variance 1 together. An
    empty field becomes the mean, which is 0. If a column had empty fields at fit, there
    is one more number that says whether a field is empty.

    Always in float32, since raw columns may be too large for half precision.

    Parameters
    ----------
    columns : sequence of dict
        For each column "mean" and "scale" of numbers, or the "shares" of the
        categories; and the share of "empty" fields at fit. `for_examples` learns it.
    **kwargs
        Arguments of `keras.layers.Layer`.

    Notes
    -----
    Input: coded columns of shape (n, d), as `ssgan.data.columns` describes them; a
    negative category counts as empty. Output: float32 of shape (n, D).

    Examples
    --------
    >>> import numpy as np
    >>> x = np.array([[1, 0], [3, 1], [np.nan, 1], [2, 0]])  # A number, a category.
    >>> encoder = ColumnEncoder.for_examples(x, n_categories=(0, 2))
    >>> [round(float(value), 2) for value in encoder(x)[2]]
    [0.0, 0.75, -0.71, 0.71]
    """

    def __init__(self, columns, **kwargs):
        super().__init__(**{"dtype": "float32", **kwargs})
        self.columns = [dict(column) for column in columns]
        table = []  # Source, category, is an indicator, center and scale, for each.
        for i, column in enumerate(columns):
            if "mean" in column:
                table.append((i, -1, 0, column["mean"], column["scale"]))
            shares = np.array(column.get("shares", ()))
            scale = (shares * (1 - shares)).sum() ** 0.5 or 1.0
            table += [(i, k, 0, share, scale) for k, share in enumerate(shares)]
            if column["empty"]:
                table.append((i, -1, 1, column["empty"], 1.0))
        source, category, indicates, center, scale = np.array(table).T
        self._source = source.astype("int32")
        self._category = category.astype("float32")
        self._is_category = category >= 0
        self._is_code = np.array(["shares" in columns[i] for i in self._source])
        self._indicates = indicates > 0
        self._center = center.astype("float32")
        self._scale = scale.astype("float32")
        self._filler = np.where(self._is_code, -1, center).astype("float32")

    @classmethod
    def for_examples(cls, examples, n_categories=None):
        """Learn the encoding of columns.

        Constant columns keep their variance.

        Parameters
        ----------
        examples : ndarray of shape (n, d)
            Coded columns; NaN is an empty field.
        n_categories : sequence of int or None, default=None
            Number of categories of each column, 0 for numbers. None: all are numbers.

        Raises
        ------
        InputError
            If a column has a standard deviation of 1e18 or more, or of less than 1e-18
            that is not 0.
        """
        columns = []
        for i, k in enumerate(n_categories or [0] * examples.shape[1]):
            x = examples[:, i].astype("float64")
            x = x[~np.isnan(x)]
            column = {"empty": 1 - len(x) / len(examples)}
            if k:
                counts = np.bincount(x.astype(int), minlength=k)
                column["shares"] = (counts / max(1, len(x))).tolist()
            else:
                column["mean"] = float(x.mean()) if len(x) else 0.0
                column["scale"] = deviation(x, f"column {i}") or 1.0
            columns.append(column)
        return cls(columns)

    @property
    def example_shape(self):
        """Shape of one raw example, (d,)."""
        return (len(self.columns),)

    @property
    def raw_range(self):
        """None: rows of numbers have no common range; see `Preprocessor`."""
        return None

    def call(self, x):
        x = ops.take(ops.cast(x, "float32"), self._source, axis=1)
        # First of all: NaN stays NaN where a runtime selects by multiplication.
        empty = ops.isnan(x)
        x = ops.where(empty, self._filler, x)
        empty = ops.logical_or(empty, ops.logical_and(self._is_code, ops.less(x, 0.0)))
        is_own = ops.cast(ops.less(ops.abs(x - self._category), 0.5), "float32")
        x = ops.where(self._is_category, is_own, x)
        x = ops.where(empty, self._center, x)
        x = ops.where(self._indicates, ops.cast(empty, "float32"), x)
        return (x - self._center) / self._scale

    def compute_output_shape(self, input_shape):
        return (input_shape[0], len(self._source))

    def inverse(self, x):
        """Return coded columns, without empty fields, of encoded ones (n, D)."""
        x = ops.cast(x, "float32") * self._scale + self._center
        parts = [np.flatnonzero(self._source == i) for i in range(len(self.columns))]
        if not self._is_category.any():
            return ops.take(x, [int(part[0]) for part in parts], axis=1)
        raw = []
        for part in parts:
            values = x[:, part[0] : part[0] + self._is_category[part].sum()]
            if values.shape[1]:
                raw.append(ops.cast(ops.argmax(values, axis=1), "float32"))
            else:
                raw.append(x[:, part[0]])
        return ops.stack(raw, axis=1)

    def get_config(self):
        columns = [dict(column) for column in self.columns]
        return {**super().get_config(), "columns": columns}
