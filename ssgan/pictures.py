"""Examples that are images, as pictures."""

import base64
import io

import numpy as np
from PIL import Image

from ssgan.errors import expect


def limits(recipe, model):
    """Return the least and the greatest pixel of what a model learnt from.

    Parameters
    ----------
    recipe : ssgan.recipes.Recipe
    model : SSGAN, AveragedClassifier or Ensemble

    Returns
    -------
    pair of float, or None
        0 and 255 for uint8; None where the recipe standardizes columns.
    """
    preprocessor = getattr(model, "members", [model])[0].preprocessor
    if recipe.pixel_range is None or preprocessor is None:
        return None
    mean = float(np.ravel(preprocessor.mean)[0])
    scale = float(np.ravel(preprocessor.variance)[0]) ** 0.5
    return tuple(mean + scale * edge for edge in recipe.pixel_range)


def can_show(x):
    """Return whether x, of shape (n, ...), holds images that a picture can show."""
    return x.ndim == 3 or (x.ndim == 4 and x.shape[3] in (1, 3, 4))


def grid(x, limits=None, columns=None, gap=0):
    """Put images side by side.

    Parameters
    ----------
    x : ndarray of shape (n, h, w) or (n, h, w, c)
        Raw, with 1, 3 or 4 channels.
    limits : pair of float or None, default=None
        What is black and what is white; None: the least and greatest value of x.
    columns : int or None, default=None
        Images in a row; None makes a square of them.
    gap : int, default=0
        Transparent pixels between them.

    Returns
    -------
    PIL.Image.Image
    """
    expect(can_show(x), "images with 1, 3 or 4 channels", f"shape {x.shape}")
    low, high = (float(x.min()), float(x.max())) if limits is None else limits
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
    """Return a picture as the address of an ``<img>`` that holds it, a PNG."""
    file = io.BytesIO()
    picture.save(file, "png", optimize=True)
    return f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"
