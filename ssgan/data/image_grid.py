"""Show image examples: a grid as one image, an image as a data URI."""

import base64
import io
import math

import numpy as np
from PIL import Image

from ssgan.data.image_files import MAX_PIXELS
from ssgan.errors import expect

SIDE = 64  # To see something, the longer side of an image takes as many pixels.
GROUND = (94, 116, 138, 255)  # Neither black nor white nor gray, as samples may be.


def can_show(x):
    """Return whether examples are images that can be shown.

    Parameters
    ----------
    x : ndarray of shape (n, ...)

    Returns
    -------
    bool
        True for shape (n, h, w), and for (n, h, w, c) with 1, 3 or 4 channels.
    """
    return x.ndim == 3 or (x.ndim == 4 and x.shape[3] in (1, 3, 4))


def expect_room(n, shape):
    """Raise InputError if a grid of n images of a shape has more than 64 megapixels."""
    most = MAX_PIXELS // math.prod(shape[:2])
    expect(n <= most, f"at most {most:,} images of this size in one grid", f"{n:,}")


def sheet(x, value_range=None, columns=None):
    """Arrange images in a grid as `grid` does, for a file that people open.

    Small images are enlarged by a whole factor, without interpolation. Between them,
    and where the last row has none, is a bluish ground.

    Returns
    -------
    PIL.Image.Image
        Its mode is "RGB", or "RGBA" for images with 4 channels.
    """
    whole = grid(x, value_range, columns, gap=1, ground=GROUND)
    factor = -(-SIDE // max(x.shape[1:3]))
    factor = max(1, min(factor, math.isqrt(MAX_PIXELS // math.prod(whole.size))))
    whole = whole if x.shape[3:] == (4,) else whole.convert("RGB")
    return whole.resize(
        [factor * side for side in whole.size], Image.Resampling.NEAREST
    )


def grid(x, value_range=None, columns=None, gap=0, ground=(0, 0, 0, 0)):
    """Arrange images in a grid, row by row.

    Parameters
    ----------
    x : ndarray of shape (n, h, w) or (n, h, w, c)
        Raw images with 1, 3 or 4 channels.
    value_range : pair of float or None, default=None
        The values shown as black and as white. Values outside them are clipped. By
        default, the minimum and maximum of x.
    columns : int or None, default=None
        Number of images in a row. By default, the square root of n, rounded up.
    gap : int, default=0
        Width of the gap between images, in pixels.
    ground : tuple of four int, default=(0, 0, 0, 0)
        The color of gaps, and of cells without an image: red, green, blue and opacity.
        By default, they are transparent.

    Returns
    -------
    PIL.Image.Image
        Its mode is "RGBA" if there is a gap, else the one that fits the channels.

    Raises
    ------
    InputError
        If x does not have the shape of images that can be shown.
    """
    expect(can_show(x), "images with 1, 3 or 4 channels", f"shape {x.shape}")
    low, high = value_range or (float(x.min()), float(x.max()))
    x = np.clip((x.astype("float64") - low) / ((high - low) or 1), 0, 1)
    x = (255 * x).round().astype(np.uint8)
    x = x[..., 0] if x.shape[3:] == (1,) else x
    columns = columns or int(np.ceil(np.sqrt(len(x))))
    rows = -(-len(x) // columns)
    tiles = [Image.fromarray(image) for image in x]
    width, height = tiles[0].size
    size = columns * (width + gap) - gap, rows * (height + gap) - gap
    whole = Image.new("RGBA", size, ground) if gap else Image.new(tiles[0].mode, size)
    for i, tile in enumerate(tiles):
        row, column = divmod(i, columns)
        whole.paste(tile, (column * (width + gap), row * (height + gap)))
    return whole


def data_uri(image):
    """Return an image as a PNG data URI, which an ``<img>`` shows without a file.

    Parameters
    ----------
    image : PIL.Image.Image

    Returns
    -------
    str
    """
    file = io.BytesIO()
    image.save(file, "png", optimize=True)
    return f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"
