"""From raw examples to what the networks expect, and back."""

import keras
import numpy as np
from keras import ops

from ssgan.errors import expect
from ssgan.nn.registration import serializable

# Of 0 to 255. Pixels of bytes of which none is above that range from 0 to the greatest.
DARK = 1 / 12


@serializable
class Preprocessor(keras.layers.Normalization):
    """Rescale pixels; part of every saved model. `ColumnEncoder` is for tables.

    Always in float32, since raw values may be too large for half precision.

    Parameters
    ----------
    value_range : pair of float
        The range that pixels are rescaled to.
    **kwargs
        Arguments of `keras.layers.Normalization`, such as the mean and the variance.

    Examples
    --------
    >>> import numpy as np
    >>> pixels = np.array([[[0], [255]]], "uint8")
    >>> preprocessor = Preprocessor.for_pixels(pixels, (-1.0, 1.0))
    >>> float(preprocessor(pixels)[0, 1, 0]), preprocessor.raw_range
    (1.0, (0.0, 255.0))
    """

    def __init__(self, value_range, **kwargs):
        super().__init__(**{"dtype": "float32", **kwargs})
        self.value_range = tuple(value_range)

    @classmethod
    def for_pixels(cls, examples, value_range):
        """Return the preprocessor that rescales pixels to a range.

        Parameters
        ----------
        examples : ndarray of shape (n, ...)
            See `pixel_range`.
        value_range : pair of float
        """
        low, high = pixel_range(examples)
        bottom, top = value_range
        # x -> (x - mean) / scale maps low to bottom and high to top.
        scale = (high - low) / (top - bottom) or 1.0
        # Keras keeps its square, in float32, and takes less than 1e-7 for 1e-7.
        fits = 1e-6 < scale < 1e18
        expected = "pixels whose range is 0, or 1e-6 to 1e18; rescale them"
        expect(fits, expected, f"{high - low:.2g}")
        mean = low - bottom * scale
        return cls(value_range, axis=None, mean=mean, variance=scale**2)

    @property
    def raw_range(self):
        """The raw values that become the ends of `value_range`, a pair of float."""
        mean = float(np.ravel(self.mean)[0])
        scale = float(np.ravel(self.variance)[0]) ** 0.5
        return tuple(mean + scale * end for end in self.value_range)

    def inverse(self, x):
        """Return raw examples from preprocessed ones of shape (n, ...)."""
        std = ops.maximum(ops.sqrt(self.variance), keras.config.epsilon())
        return self.mean + std * ops.cast(x, "float32")

    def get_config(self):
        return {**super().get_config(), "value_range": self.value_range}


def pixel_range(examples):
    """Return the range that pixels are taken to have, a pair of float.

    That is 0 to 255 for uint8, whatever they hold, unless they use less than a twelfth
    of it: pixels of 0 and 1, or of 0 to 16, would all be black to the networks. Then,
    as for other types, it ends at the greatest value.

    Parameters
    ----------
    examples : ndarray of shape (n, ...)
    """
    least, greatest = float(examples.min()), float(examples.max())
    if examples.dtype != np.uint8:
        return least, greatest
    return 0.0, greatest if 0 < greatest < DARK * 255 else 255.0
