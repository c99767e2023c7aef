"""Image files of any size and format, as one array of small images."""

import contextlib
import os
import threading
import time
import warnings
from multiprocessing.pool import ThreadPool

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from ssgan.data import storage
from ssgan.data.sixteen_bits import highest_level, to_8_bits
from ssgan.errors import some, warn
from ssgan.support.files import check_regular

SUFFIXES = (
    *(".png", ".jpg", ".jpeg", ".jfif", ".bmp", ".gif", ".tif", ".tiff", ".webp"),
    *(".pgm", ".ppm", ".pbm", ".pnm", ".jp2"),
)
# All are tried, whatever the suffix. Some of Pillow's other formats start programs.
FORMATS = ("PNG", "JPEG", "BMP", "GIF", "TIFF", "WEBP", "PPM", "JPEG2000")

# Height and width to resize to, if files are larger or differ in size.
SIDE = 32
# JPEG files are decoded at 1/2, 1/4 or 1/8 of their size, if that leaves at least this
# many times the size to resize to.
DRAFT = 3
# Images of more pixels, or in larger files, are not decoded: a small file may hold a
# huge image. Within these bounds, reading takes less than 2 GiB of memory.
MAX_PIXELS = 64_000_000
MAX_BYTES = 2**29
# Of larger images than this, one at a time is decoded.
SMALL_PIXELS = 4_000_000
THREADS = min(8, os.cpu_count() or 1)
BAR_AFTER_SECONDS = 3.0


def common_shape(paths, size=None):
    """Choose one image shape for a set of files.

    Parameters
    ----------
    paths : sequence of pathlib.Path
        Image files. Files that cannot be read are ignored.
    size : int or None, default=None
        Height and width of the images. By default, the size of the files if all have
        the same size and it is at most 32 x 32, else 32 x 32.

    Returns
    -------
    tuple of int
        (height, width) if every file is stored as grayscale, else (height, width, 3).

    Warns
    -----
    UserWarning
        If `size` is None and an image is at least twice as large.
    """
    work = _in_threads(_size_and_gray, paths, "looking at images")
    kinds = {kind for _, kind, _ in work} - {None}
    sizes = {(height, width) for height, width, _ in kinds}
    sides = (size or SIDE,) * 2
    if size is None and len(sizes) == 1 and max(min(sizes)) <= SIDE:
        (sides,) = sizes
    elif size is None and sizes and (most := max(map(max, sizes))) >= 2 * SIDE:
        warn(
            f"Images of up to {most} pixels a side are made {SIDE} x {SIDE} pixels "
            f"small. --size {2 * SIDE} (size={2 * SIDE} in Python) keeps more detail, "
            "and training takes about four times as long."
        )
    return sides if all(is_gray for *_, is_gray in kinds) else (*sides, 3)


def read(paths, shape, tells=True):
    """Read image files into one array.

    EXIF rotation is applied. Transparency is blended with white. 16-bit gray is scaled
    to 8 bits: 0 to 65535 become 0 to 255. Of several frames, the first is read. The
    whole image is then resized with antialiasing, without keeping its aspect ratio.
    Images of more than 64 million pixels, or in files of more than 512 MiB, and what is
    not a regular file, cannot be read.

    Parameters
    ----------
    paths : sequence of pathlib.Path
    shape : tuple of int
        Shape of one image: (height, width) or (height, width, 1) for gray,
        (height, width, 3) for RGB.
    tells : bool, default=True
        Whether a warning names files with several frames or pages.

    Returns
    -------
    x : ndarray of shape (n_readable, *shape), uint8
        In the order of the paths. In memory or in a file, as from `storage.empty`.
    reasons : dict of int to str
        The reason for each path that cannot be read, by its index in `paths`, in order.
    deep : list of int
        The `ssgan.data.sixteen_bits.highest_level` of each image of 16-bit gray.

    Raises
    ------
    InputError
        If there is not enough disk space for the temporary file.
    """
    x = storage.empty((len(paths), *shape))

    def read_one(item):
        i, path = item
        x[i], *about = _decode(path, shape)
        return about

    work = [*_in_threads(read_one, list(enumerate(paths)), "reading images")]
    reasons = {i: reason for i, _, reason in work if reason}
    about = {i: about for i, about, reason in work if not reason}
    deep = [level for level, _ in about.values() if level is not None]
    several = [paths[i].name for i, (_, has_more) in sorted(about.items()) if has_more]
    if several and tells:
        warn(
            "Of images with several frames or pages, the first is read: "
            f"{len(several)} of {len(paths)}, {some(several)}"
        )
    if reasons:
        kept = [i for i in range(len(paths)) if i not in reasons]
        # In place, because there may be no space for a second array.
        for to, i in enumerate(kept):
            x[to] = x[i]
        x = x[: len(kept)]
    return x, dict(sorted(reasons.items())), deep


@contextlib.contextmanager
def _open(path):
    """Open an image file. ValueError or OSError if it is not to be decoded."""
    check_regular(path)
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise ValueError(f"{size:,} bytes, more than {MAX_BYTES:,}")
    # Not by its path: Pillow 13 would map a TIFF into memory, and garble it when it is
    # rotated.
    with path.open("rb") as file, Image.open(file, formats=FORMATS) as image:
        pixels = image.width * image.height
        if pixels > MAX_PIXELS:
            raise ValueError(f"{pixels:,} pixels, more than {MAX_PIXELS:,}")
        with _large_image if pixels > SMALL_PIXELS else contextlib.nullcontext():
            yield image


_large_image = threading.Lock()


def _size_and_gray(path):
    """Return (height, width, is_gray) of a file: int, int, bool.

    A file is gray if it is stored as grayscale. The height and width are those after
    EXIF rotation, if both are at most `SIDE`.
    """
    with _open(path) as image:
        is_gray = image.mode in ("1", "L", "LA") or image.mode.startswith("I")
        # Finding the rotation can require decoding. Larger images become square anyway.
        if image.width != image.height and max(image.size) <= SIDE:
            ImageOps.exif_transpose(image, in_place=True)
        return image.height, image.width, is_gray


def _decode(path, shape):
    """Return the image of one file as an array of shape `shape`, uint8.

    With it, the `highest_level` of 16-bit gray, else None, and whether the file has
    several frames. Raises ValueError for floats or more than 16 bits; for damaged
    files, Pillow raises exceptions of any type.
    """
    height, width = shape[:2]
    with _open(path) as image:
        is_deep = image.mode.startswith("I")
        level = highest_level(image) if is_deep else None
        # Cameras put small copies of a picture behind it (MPO).
        has_more = image.format != "MPO" and getattr(image, "is_animated", False)
        image = _upright(image, max(shape[:2]))
        image = image.convert("RGB" if shape[2:] == (3,) else "L")
        image = image.resize((width, height), Image.Resampling.BICUBIC)
        return np.asarray(image).reshape(shape), level, has_more


def read_whole(path, side):
    """Return one image file in its own proportions, to be looked at.

    Parameters
    ----------
    path : pathlib.Path
    side : int
        Larger images are made smaller, to this width or height.

    Returns
    -------
    PIL.Image.Image
        Upright, without transparency, of mode "L" or "RGB".

    Raises
    ------
    Exception
        Of any type, if the file cannot be read.
    """
    with _open(path) as image:
        image = _upright(image, side)
        image.thumbnail((side, side))
        return image.convert("L" if image.mode in ("1", "L", "LA") else "RGB")


def _upright(image, side):
    """Decode an image: rotated as EXIF says, transparency blended with white.

    JPEG files are decoded at a part of their size, but at least `DRAFT` times `side`.
    """
    image.draft(None, (DRAFT * side,) * 2)
    ImageOps.exif_transpose(image, in_place=True)
    if image.mode.startswith("I"):
        image = to_8_bits(image)
    if image.mode == "F":
        raise ValueError("pixels are floating-point numbers")
    if image.has_transparency_data:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image)
    return image


def _in_threads(function, items, description):
    """Call a function of one argument on each item, in threads.

    Parameters
    ----------
    function : callable
    items : sequence
    description : str
        Label of the progress bar.

    Yields
    ------
    i : int
        Index of an item. The order varies.
    result : object
        What the function returned. None if it raised an exception.
    reason : str or None
        The first line of the exception's message, or the exception's type if the
        message is empty. None if there was no exception.
    """

    def attempt(i):
        try:
            return i, function(items[i]), None
        except UnidentifiedImageError:  # Its message is about an object of Python.
            return i, None, "empty, damaged, or of a type that is not read"
        except Exception as error:  # Damaged files raise exceptions of any type.
            first_line = str(error).partition("\n")[0][:80]
            return i, None, first_line or type(error).__name__

    Image.init()  # Once, not in each thread.
    with warnings.catch_warnings(), ThreadPool(THREADS) as pool:
        warnings.simplefilter("ignore")  # Pillow warns about odd files it can read.
        done = pool.imap_unordered(attempt, range(len(items)), chunksize=16)
        yield from _with_progress_bar(done, len(items), description)


def _with_progress_bar(results, total, description):
    """Yield the results, with a progress bar on stderr if they take long.

    Parameters
    ----------
    results : iterator
    total : int
        Number of results.
    description : str
        Label of the bar.
    """
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
