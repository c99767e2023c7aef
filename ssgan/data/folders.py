"""Folders of images, and image files, read as examples."""

from pathlib import Path

import numpy as np

from ssgan.data import image_files, storage
from ssgan.data.copies import warn_of_same_images
from ssgan.data.examples import Data
from ssgan.data.folder_layout import parts_of
from ssgan.data.sixteen_bits import warn_of_12_bits
from ssgan.errors import expect, some, warn

# Below this, of 255, images show hardly anything.
DARK = 32


def load_folder(folder, size=None, shape=None):
    """Read a folder of images. `ssgan.load` describes its layout.

    Parameters
    ----------
    folder : pathlib.Path
    size : int or None, default=None
        Height and width of the images. By default, see `image_files.common_shape`.
    shape : tuple of int or None, default=None
        Shape of one image: (h, w), (h, w, 1) or (h, w, 3). Any other shape is ignored.

    Returns
    -------
    Data
        Images of dtype uint8. Labels are text, with -1 for unlabeled.

    Raises
    ------
    InputError
        If the folder has another layout, or if one of its parts has no image that can
        be read.
    """
    parts = parts_of(folder)
    paths = [[folder / file for file in part] for part in parts]
    is_given = _is_shape_of_images(shape)
    if not is_given:
        shape = image_files.common_shape(sum(paths, []), size)
    arrays, reasons, deep, n = [], {}, [], 0
    for part, part_paths in zip(parts, paths, strict=True):
        x, failed, levels = image_files.read(part_paths, shape)
        deep += levels
        files = list(part)
        reasons |= {files[i]: reason for i, reason in failed.items()}
        files = tuple(file for file in files if file not in reasons)
        expect(
            files,
            f"an image in {folder} that can be read",
            f"none of {len(part)}: {_some_reasons(reasons)}",
        )
        arrays.append((x, np.array([part[f] for f in files]), files))
        n += len(part)
    if reasons:
        warn(
            f"{len(reasons)} of {n} images in {folder} cannot be read and are left "
            f"out: {_some_reasons(reasons)}"
        )
    if not is_given:
        images = as_gray(*(x for x, *_ in arrays))
        arrays = [(x, *rest) for x, (_, *rest) in zip(images, arrays, strict=True)]
    (x, y, files), *test = arrays
    told = warn_of_12_bits(deep, f" in {folder}")
    if not (told or any(image.max() >= DARK for image in x)):  # The first mostly has.
        warn(
            f"No pixel in {folder} is above {x.max()} of 255. If that is the whole "
            "range of the images, stretch it to that of their files first."
        )
    x_test, y_test, files_test = test[0] if test else (None, None, None)
    data = Data(
        folder.resolve().name,
        x,
        y,
        x_test,
        y_test,
        files_train=files,
        files_test=files_test,
        unreadable=reasons,
    )
    warn_of_same_images(data)
    return data


def load_files(files, size=None, shape=None):
    """Read image files that are named one by one, without labels.

    Parameters
    ----------
    files : sequence of str or path
    size, shape
        See `load_folder`.

    Returns
    -------
    Data
        `files_train` holds the names as they were given.

    Raises
    ------
    InputError
        If none of them can be read.
    """
    files = [str(file) for file in files]
    paths = [Path(file).expanduser() for file in files]
    is_given = _is_shape_of_images(shape)
    if not is_given:
        shape = image_files.common_shape(paths, size)
    x, failed, deep = image_files.read(paths, shape)
    warn_of_12_bits(deep)
    if not is_given:
        (x,) = as_gray(x)
    reasons = {files[i]: reason for i, reason in failed.items()}
    expect(len(x), "an image that can be read", _some_reasons(reasons))
    if reasons:
        warn(
            f"{len(reasons)} of {len(files)} images cannot be read and are left out: "
            f"{_some_reasons(reasons)}"
        )
    kept = tuple(file for i, file in enumerate(files) if i not in failed)
    return Data(paths[0].stem, x, np.full(len(x), -1), files_train=kept)


def as_gray(*arrays):
    """Return images as gray ones if none shows a color, as scanners may store pages.

    Parameters
    ----------
    *arrays : ndarray of shape (n, h, w) or (n, h, w, 3), all of the same kind

    Returns
    -------
    list of ndarray
        Of shape (n, h, w); the arrays as they are if an image shows a color.
    """
    is_gray = arrays[0].ndim == 3
    if is_gray or any((i != i[..., :1]).any() for x in arrays for i in x):
        return [*arrays]
    gray = [storage.empty(x.shape[:3]) for x in arrays]
    for to, x in zip(gray, arrays, strict=True):
        to[...] = x[..., 0]
    return gray


def _is_shape_of_images(shape):
    """Return whether a shape is (h, w), (h, w, 1) or (h, w, 3)."""
    return shape is not None and len(shape) in (2, 3) and shape[2:] in ((), (1,), (3,))


def _some_reasons(reasons):
    """Return the first files, each with its reason, as text, and "..." if more."""
    return some([f"{file} ({reason})" for file, reason in reasons.items()])
