"""From raw examples to what the networks expect, and back."""

import keras
import numpy as np
from keras import ops

from ssgan.errors import expect
from ssgan.nn.registration import serializable


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
            uint8 pixels are taken to range from 0 to 255, others from the least to the
            greatest value of `examples`.
        value_range : pair of float
        """
        low, high = 0, 255
        if examples.dtype != np.uint8:
            low, high = float(examples.min()), float(examples.max())
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
        """The raw values that become the ends of `value_range`, a pair of float.

        0 and 255 for uint8 pixels.
        """
        mean = float(np.ravel(self.mean)[0])
        scale = float(np.ravel(self.variance)[0]) ** 0.5
        return tuple(mean + scale * end for end in self.value_range)

    def inverse(self, x):
        """Return raw examples from preprocessed ones of shape (n, ...)."""
        std = ops.maximum(ops.sqrt(self.variance), keras.config.epsilon())
        return self.mean + std * ops.cast(x, "float32")

    def get_config(self):
        return {**super().get_config(), "value_range": self.value_range}
