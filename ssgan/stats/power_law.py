"""Error as a power of the number of labels."""

import dataclasses

import numpy as np
import scipy.stats

from ssgan.stats.intervals import CONFIDENCE


@dataclasses.dataclass(frozen=True)
class PowerLaw:
    """A straight line through the logarithms: ``error = scale * n_labels ** slope``.

    Parameters
    ----------
    n_labels : ndarray of shape (n,)
        Number of labels of each run.
    errors : ndarray of shape (n,)
        Test error of each run, above 0.
    """

    n_labels: np.ndarray
    errors: np.ndarray

    @property
    def _line(self):
        return scipy.stats.linregress(np.log(self.n_labels), np.log(self.errors))

    @property
    def slope(self):
        """The exponent: at -1, twice the labels halve the error."""
        return float(self._line.slope)

    def predict(self, n_labels):
        """Return the error at a number of labels, and an interval for it.

        Returns
        -------
        tuple of float
            The error on the line, and the ends of the 95 % prediction interval for one
            more run (least squares, Student's t). The interval allows for chance, not
            for a curve that bends. None is above 1: no error is.
        """
        x, line = np.log(self.n_labels), self._line
        middle = line.intercept + line.slope * np.log(n_labels)
        residuals = np.log(self.errors) - line.intercept - line.slope * x
        n = len(x)
        spread = np.sum((x - x.mean()) ** 2)
        deviation = np.sqrt(np.sum(residuals**2) / (n - 2))
        deviation *= np.sqrt(1 + 1 / n + (np.log(n_labels) - x.mean()) ** 2 / spread)
        half = scipy.stats.t.ppf((1 + CONFIDENCE) / 2, n - 2) * deviation
        ends = middle - half, middle + half
        return tuple(float(np.exp(min(v, 0))) for v in (middle, *ends))

    def times_labels(self, factor):
        """Return how many times the labels multiply the error by a factor below 1.

        Returns
        -------
        tuple of float
            By the line, and the ends of the interval that the 95 % interval of its
            slope makes. Infinity where the line does not fall.
        """
        line, n = self._line, len(self.n_labels)
        half = scipy.stats.t.ppf((1 + CONFIDENCE) / 2, n - 2) * line.stderr
        slopes = self.slope, self.slope - half, self.slope + half
        with np.errstate(over="ignore"):
            return tuple(
                float(np.exp(np.log(factor) / slope)) if slope < 0 else np.inf
                for slope in slopes
            )
