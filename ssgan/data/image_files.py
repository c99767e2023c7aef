"""Picture files of any size and kind, as one array of small images."""

from __future__ import annotations

import contextlib
import os
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.pool import ThreadPool
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from ssgan.data import storage

SUFFIXES = (
    *(".png", ".jpg", ".jpeg", ".jfif", ".bmp", ".gif", ".tif", ".tiff", ".webp"),
    *(".pgm", ".ppm", ".pbm", ".pnm", ".jp2"),
)
# Tried whatever the suffix; Pillow has others, some of which start programs.
FORMATS = ("PNG", "JPEG", "BMP", "GIF", "TIFF", "WEBP", "PPM", "JPEG2000")

# Height and width of what is made of pictures that are larger, or of several sizes.
SIDE = 32
# JPEG decodes itself to 1/2, 1/4 or 1/8: here to no less than this times the size.
DRAFT = 3
THREADS = min(8, os.cpu_count() or 1)
BAR_AFTER_SECONDS = 3.0


def common_shape(paths: Sequence[Path], size: int | None = None) -> tuple[int, ...]:
    """Return the shape of image that suits all of some pictures.

    Parameters
    ----------
    paths : sequence of path
        Those that cannot be read do not count.
    size : int or None, default=None
        Height and width of the images. None is the size of the pictures where it is
        the same for all and at most 32 x 32, else 32 x 32.

    Returns
    -------
    tuple of int
        (height, width) if every file is stored in grey, else (height, width, 3).
    """
    kinds = {kind for _, kind, _ in _each(_kind, paths, "looking at pictures")}
    kinds.discard(None)
    sizes = {(height, width) for height, width, _ in kinds}
    sides = (size or SIDE,) * 2
    if size is None and len(sizes) == 1 and max(min(sizes)) <= SIDE:
        (sides,) = sizes
    return sides if all(grey for *_, grey in kinds) else (*sides, 3)


def read(paths: Sequence[Path], shape: tuple[int, ...]) -> tuple[np.ndarray, dict]:
    """Read pictures as images of one shape.

    EXIF rotation is applied, transparent pixels are laid on white, 16-bit grey is
    scaled to 8 bits by its full range; of several frames it is the first. The whole
    picture is then resized, antialiased, without regard to its aspect ratio.

    Parameters
    ----------
    paths : sequence of path
    shape : tuple of int
        (height, width) or (height, width, 1) for grey, (height, width, 3) for RGB.

    Returns
    -------
    x : ndarray of shape (n_readable, *shape), uint8
        In the order of the paths; see `storage.empty` for where.
    reasons : dict of int to str
        Why, for the place of each path that cannot be read.

    Raises
    ------
    InputError
        If there is no room for the temporary file.
    """
    x = storage.empty((len(paths), *shape))

    def one(place_and_path):
        place, path = place_and_path
        x[place] = _decode(path, shape)

    work = _each(one, list(enumerate(paths)), "reading pictures")
    reasons = {place: reason for place, _, reason in work if reason}
    if reasons:
        kept = [place for place in range(len(paths)) if place not in reasons]
        for to, place in enumerate(kept):  # In place: there may be no room for another.
            x[to] = x[place]
        x = x[: len(kept)]
    return x, dict(sorted(reasons.items()))


@contextlib.contextmanager
def _open(path: Path) -> Iterator[Image.Image]:
    # Pillow 13 maps a TIFF that it knows by name into memory, and garbles it if turned.
    with path.open("rb") as file, Image.open(file, formats=FORMATS) as image:
        yield image


def _kind(path: Path) -> tuple[int, int, bool]:
    """Return height, width, and whether the file is stored in grey."""
    with _open(path) as image:
        grey = image.mode in ("1", "L", "LA") or image.mode.startswith("I")
        if image.mode == "P":
            palette = np.array(image.getpalette("RGB")).reshape(-1, 3)
            grey = bool((palette == palette[:, :1]).all())
        # To know the rotation can take decoding; what is larger becomes a square.
        if image.width != image.height and max(image.size) <= SIDE:
            ImageOps.exif_transpose(image, in_place=True)
        return image.height, image.width, grey


def _decode(path: Path, shape: tuple[int, ...]) -> np.ndarray:
    height, width = shape[:2]
    with _open(path) as image:
        image.draft(None, (DRAFT * max(shape[:2]),) * 2)
        ImageOps.exif_transpose(image, in_place=True)
        if image.mode.startswith("I"):
            image = _eight_bits(image)
        if image.mode == "F":
            raise ValueError("pixels are floating-point numbers")
        if image.has_transparency_data:
            image = image.convert("RGBA")
            white = Image.new("RGBA", image.size, "white")
            image = Image.alpha_composite(white, image)
        image = image.convert("RGB" if shape[2:] == (3,) else "L")
        image = image.resize((width, height), Image.Resampling.BICUBIC)
        return np.asarray(image).reshape(shape)


def _eight_bits(image: Image.Image) -> Image.Image:
    """Return a picture of 16 bits, which Pillow may keep in 32, in 8."""
    pixels = np.asarray(image)
    if pixels.min() < 0 or pixels.max() > 0xFFFF:
        raise ValueError("pixels have more than 16 bits")
    scaled = (pixels.astype(np.uint32) + 128) // 257
    return Image.fromarray(scaled.astype(np.uint8))


def _each(function: Callable, items: Sequence, description: str) -> Iterator[tuple]:
    """Yield (place, result, None) or (place, None, reason why not), in threads."""

    def attempt(place):
        try:
            return place, function(items[place]), None
        except Exception as error:  # Damaged files raise anything.
            first_line = str(error).partition("\n")[0][:80]
            return place, None, first_line or type(error).__name__

    Image.init()  # Once, not by each thread.
    with warnings.catch_warnings(), ThreadPool(THREADS) as pool:
        warnings.simplefilter("ignore")  # Pillow's, on odd but readable files.
        done = pool.imap_unordered(attempt, range(len(items)), chunksize=16)
        yield from _shown(done, len(items), description)


def _shown(results: Iterator, total: int, description: str) -> Iterator:
    """Yield the results; show a bar of how many there were if it takes long."""
    from rich.console import Console
    from rich.progress import Progress

    start, bar = time.monotonic(), None
    with contextlib.ExitStack() as stack:
        for done, result in enumerate(results, 1):
            yield result
            if bar is None and time.monotonic() - start > BAR_AFTER_SECONDS:
                bar = stack.enter_context(Progress(console=Console(stderr=True)))
                task = bar.add_task(description, total=total)
            if bar is not None:
                bar.update(task, completed=done)
