"""Random affine and elastic transforms that compile under XLA."""

import math

import keras
import numpy as np
import tensorflow as tf
from keras import ops

from ssgan.nn import replicas
from ssgan.nn.registration import serializable

# Elastic displacements are normal at this many points in each direction, and
# interpolated by Gaussian bumps of SPREAD distances between points.
POINTS, SPREAD = 6, 0.7


@serializable
class RandomAffine(keras.layers.Layer):
    """Shift, rotate, zoom, bend and optionally mirror each image, during training.

    Positions between pixels are interpolated bilinearly. Positions outside the image
    take the nearest pixel of its border, so that neither a dark nor a bright background
    shows an edge. Unlike the transforms of Keras it compiles under XLA.

    Parameters
    ----------
    shift : float in [0, 1], default=0.07
        Largest shift in each direction, as a fraction of the image's size: the default
        is 2 pixels of 28.
    rotation : float, default=10.0
        Largest rotation in either direction, in degrees.
    zoom : float in [0, 1), default=0.1
        Largest relative change of size.
    flip : bool, default=False
        Whether to mirror half of the images left to right. Not for digits.
    unresampled : float in [0, 1], default=0.0
        Fraction of the images that are shifted by whole pixels, and neither rotated nor
        zoomed. Interpolation blurs; these images stay as sharp as those to predict.
    elastic : float in [0, 1], default=0.0
        Standard deviation of a smooth random displacement of each pixel, as a fraction
        of the image's size. It bends strokes, as different hands do.
    seed : int or None, default=None
        Seed of the transforms.

    References
    ----------
    Elastic: Simard et al. 2003, "Best Practices for Convolutional Neural Networks
    Applied to Visual Document Analysis", section 2. There each pixel's displacement is
    smoothed; here a coarse grid of displacements is interpolated, which is faster.

    Examples
    --------
    >>> import numpy as np
    >>> RandomAffine()(np.zeros((5, 8, 8, 1), "float32"), training=True).shape
    TensorShape([5, 8, 8, 1])
    """

    def __init__(
        self,
        shift=0.07,
        rotation=10.0,
        zoom=0.1,
        flip=False,
        unresampled=0.0,
        elastic=0.0,
        seed=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        fractions = all(0 <= x <= 1 for x in (shift, unresampled, elastic))
        if not (fractions and 0 <= rotation <= 180 and 0 <= zoom < 1):
            raise ValueError(
                "Expected shift, unresampled and elastic from 0 to 1, rotation from 0 "
                "to 180 degrees and zoom from 0 to below 1. Received: "
                f"shift={shift}, unresampled={unresampled}, elastic={elastic}, "
                f"rotation={rotation}, zoom={zoom}"
            )
        self.shift = shift
        self.rotation = rotation
        self.zoom = zoom
        self.flip = flip
        self.unresampled = unresampled
        self.elastic = elastic
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)

    def call(self, images, training=False):
        if not training:
            return images
        n = ops.shape(images)[0]
        height, width, channels = images.shape[1:]
        draw = tf.random.stateless_uniform(
            (6, n, 1), replicas.seed(self.seed_generator), -1.0, 1.0
        )
        unresampled = (1 + draw[5]) / 2 < self.unresampled
        angle = ops.where(unresampled, 0.0, draw[0] * (self.rotation * math.pi / 180))
        size = ops.where(unresampled, 1.0, 1 + self.zoom * draw[1])
        down, right = draw[2] * (self.shift * height), draw[3] * (self.shift * width)
        down = ops.where(unresampled, ops.round(down), down)
        right = ops.where(unresampled, ops.round(right), right)
        cos, sin = size * ops.cos(angle), size * ops.sin(angle)
        # The position in the image that each pixel of the result comes from.
        grid = np.indices((height, width)).reshape(2, 1, -1).astype("float32")
        middle = (height - 1) / 2, (width - 1) / 2
        y, x = grid[0] - middle[0], grid[1] - middle[1]
        if self.flip:
            x = x * ops.sign(draw[4])
        from_y = sin * x + cos * y + middle[0] + down
        from_x = cos * x - sin * y + middle[1] + right
        if self.elastic:
            bend = self._displacement(n, height, width)
            from_y = from_y + ops.where(unresampled, 0.0, bend[0] * height)
            from_x = from_x + ops.where(unresampled, 0.0, bend[1] * width)
        pixels = ops.reshape(ops.cast(images, "float32"), (n, height * width, channels))
        moved = _interpolate(pixels, from_y, from_x, height, width)
        return ops.cast(ops.reshape(moved, ops.shape(images)), images.dtype)

    def _displacement(self, n, height, width):
        """Return smooth fields (2, n, height * width) of deviation `elastic`."""
        weights = _bumps(height, width)
        draw = tf.random.stateless_normal(
            (2, n, len(weights)), replicas.seed(self.seed_generator)
        )
        return self.elastic * ops.matmul(draw, weights)

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        return {
            **super().get_config(),
            "shift": self.shift,
            "rotation": self.rotation,
            "zoom": self.zoom,
            "flip": self.flip,
            "unresampled": self.unresampled,
            "elastic": self.elastic,
            "seed": self.seed,
        }


def _bumps(height, width):
    """Return what each of POINTS x POINTS normal numbers adds to each pixel.

    Shape (POINTS ** 2, height * width), in float32. A pixel's sum has variance 1.
    """
    points = np.linspace(0, 1, POINTS)

    def along(size):
        distance = np.linspace(0, 1, size) - points[:, None]
        return np.exp(-0.5 * (distance * (POINTS - 1) / SPREAD) ** 2)

    weights = np.einsum("ay,bx->abyx", along(height), along(width))
    weights = weights.reshape(POINTS**2, height * width)
    return (weights / np.sqrt(np.sum(weights**2, axis=0))).astype("float32")


def _interpolate(pixels, y, x, height, width):
    """Interpolate images of shape (n, height * width, channels) at positions (n, m)."""
    y, x = ops.clip(y, 0, height - 1), ops.clip(x, 0, width - 1)
    top, left = ops.floor(y), ops.floor(x)
    down, right = (y - top)[..., None], (x - left)[..., None]
    top, left = ops.cast(top, "int32"), ops.cast(left, "int32")
    bottom = ops.minimum(top + 1, height - 1)
    after = ops.minimum(left + 1, width - 1)

    def row(y):
        before_x = tf.gather(pixels, y * width + left, batch_dims=1)
        after_x = tf.gather(pixels, y * width + after, batch_dims=1)
        return before_x + right * (after_x - before_x)

    above = row(top)
    return above + down * (row(bottom) - above)
