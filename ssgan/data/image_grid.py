"""Show examples that are images."""

import base64
import io

import numpy as np
from PIL import Image

from ssgan.errors import expect


def can_show(x):
    """Return whether x, of shape (n, ...), holds images that can be shown."""
    return x.ndim == 3 or (x.ndim == 4 and x.shape[3] in (1, 3, 4))


def grid(x, value_range=None, columns=None, gap=0):
    """Arrange images in a grid.

    Parameters
    ----------
    x : ndarray of shape (n, h, w) or (n, h, w, c)
        Raw images with 1, 3 or 4 channels.
    value_range : pair of float or None, default=None
        The values of black and white; by default the least and greatest value of x.
    columns : int or None, default=None
        Images in a row; by default about as many as there are rows.
    gap : int, default=0
        Transparent pixels between images.

    Returns
    -------
    PIL.Image.Image
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
    picture = Image.new("RGBA" if gap else tiles[0].mode, size)
    for i, tile in enumerate(tiles):
        row, column = divmod(i, columns)
        picture.paste(tile, (column * (width + gap), row * (height + gap)))
    return picture


def data_uri(picture):
    """Return a picture as a data URI, which an ``<img>`` shows without a file."""
    file = io.BytesIO()
    picture.save(file, "png", optimize=True)
    return f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"
