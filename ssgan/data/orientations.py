"""What strokes an image has, and where: features that need no learning."""

import numpy as np
from scipy import ndimage

# Cells along each side, and directions of the gradient in each.
CELLS, DIRECTIONS = 7, 8
# Of an image of one gray, the length of all directions together is 0.
LEAST_LENGTH = 1e-6
# Images at a time, and pixels of larger ones.
PIECE, PIXELS = 1000, 1000 * 32 * 32
# Standard deviation of the blur of upright images, as a fraction of their size.
BLUR = 0.025


def orientations(images):
    """Return how strong the gradients of each direction are, in each part of an image.

    Neighbors by these features are more often of the same class than neighbors by
    pixels: a stroke that is a little displaced stays in its cell.

    Parameters
    ----------
    images : ndarray of shape (n, height, width) or (n, height, width, channels)
        Of channels, the mean is taken.

    Returns
    -------
    float32 ndarray of shape (n, rows, columns, 8)
        7 rows and 7 columns of cells, or as many as there are pixels. They overlap:
        each pixel counts by its distance, and between two directions by its angle.
        Square roots, all together of length 1; of an image of one gray, 0.

    References
    ----------
    Dalal and Triggs 2005, "Histograms of Oriented Gradients for Human Detection",
    section 6. Square roots: Arandjelovic and Zisserman 2012, "Three things everyone
    should know to improve object retrieval", section 3.
    """
    height, width = images.shape[1:3]
    rows, columns = cells(height), cells(width)
    shape = (len(images), len(rows), len(columns), DIRECTIONS)
    result = np.empty(shape, "float32")
    piece = min(PIECE, max(1, PIXELS // (height * width)))
    for start in range(0, len(images), piece):
        gray = _gray(images[start : start + piece])
        down = np.gradient(gray, axis=1) if height > 1 else np.zeros_like(gray)
        right = np.gradient(gray, axis=2) if width > 1 else np.zeros_like(gray)
        strength = np.hypot(down, right)[..., None]
        turns = np.arctan2(down, right)[..., None] / (2 * np.pi) * DIRECTIONS
        lower = np.floor(turns).astype(int)
        maps = np.zeros((*gray.shape, DIRECTIONS), "float32")
        upper_part = turns - lower
        for place, part in ((lower, 1 - upper_part), (lower + 1, upper_part)):
            np.put_along_axis(maps, place % DIRECTIONS, part * strength, axis=-1)
        pooled = np.tensordot(maps, columns, ([2], [1]))  # n, height, 8, columns
        pooled = np.tensordot(pooled, rows, ([1], [1]))  # n, 8, columns, rows
        roots = np.sqrt(pooled.transpose(0, 3, 2, 1))
        length = np.sqrt(pooled.sum(axis=(1, 2, 3)))[:, None, None, None]
        result[start : start + piece] = roots / np.maximum(length, LEAST_LENGTH)
    return result


def cells(size):
    """Return how much each pixel along a side counts in each cell, (cells, size)."""
    n = min(CELLS, size)
    width = size / n
    center = (np.arange(n) + 0.5) * width - 0.5
    distance = (np.arange(size) - center[:, None]) / (width / 2)
    return np.exp(-(distance**2) / 2).astype("float32")


def upright(images):
    """Return gray images without their slant, centered, and a little blurred.

    Parameters
    ----------
    images : ndarray of shape (n, height, width) or (n, height, width, channels)

    Returns
    -------
    float32 ndarray of shape (n, height, width)
        What differs from the background, which is the median of the border.

    References
    ----------
    LeCun et al. 1998, "Gradient-Based Learning Applied to Document Recognition",
    section III-A (deslanting).
    """
    gray = _gray(images)
    border = np.concatenate([gray[:, 0], gray[:, -1], gray[:, :, 0], gray[:, :, -1]], 1)
    ink = np.abs(gray - np.median(border, axis=1)[:, None, None])
    height, width = ink.shape[1:]
    whole = np.maximum(ink.sum(axis=(1, 2)), np.finfo("float32").tiny)
    y, x = np.arange(height), np.arange(width)
    of_rows, of_columns = ink.sum(axis=2), ink.sum(axis=1)
    middle_y, middle_x = of_rows @ y / whole, of_columns @ x / whole
    spread = of_rows @ (y * y) / whole - middle_y**2
    shared = np.einsum("nyx,y,x->n", ink, y, x) / whole - middle_y * middle_x
    slant = shared / np.maximum(spread, 1e-6)
    center = np.array([(height - 1) / 2, (width - 1) / 2])
    result = np.empty_like(ink)
    for i, image in enumerate(ink):
        matrix = np.array([[1, 0], [slant[i], 1]])
        offset = np.array([middle_y[i], middle_x[i]]) - matrix @ center
        ndimage.affine_transform(image, matrix, offset, output=result[i], order=1)
    return ndimage.gaussian_filter(result, (0, BLUR * height, BLUR * width))


def _gray(images):
    """Return the mean of the channels, of shape (n, height, width)."""
    return images.reshape(*images.shape[:3], -1).mean(axis=-1, dtype="float32")
