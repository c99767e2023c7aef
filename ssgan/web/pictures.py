"""Pictures as the PNG that a page shows."""

import io

from starlette.responses import Response

from ssgan.data.image_grid import grid


def array_png(x, value_range=None):
    """Return one image of shape (h, w) or (h, w, c) as the bytes of a PNG.

    Parameters
    ----------
    x : ndarray
    value_range : pair of float or None, default=None
        See `ssgan.data.image_grid.grid`.
    """
    return as_png(grid(x[None], value_range))


def as_png(image):
    """Return a `PIL.Image.Image` as the bytes of a PNG."""
    file = io.BytesIO()
    image.save(file, "png", compress_level=1)
    return file.getvalue()


def png_response(content):
    """Return the answer to a request for a picture."""
    return Response(content, media_type="image/png")
