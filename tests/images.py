"""Image files to read, and the labels of a folder of them."""

import numpy as np
from PIL import Image
from sklearn.datasets import load_digits

from ssgan import load

RED, WHITE = [255, 0, 0], [255, 255, 255]


def save(path, pixels, mode=None, **options):
    """Write pixels, or a Pillow image, to a file whose folder may not be there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    is_image = isinstance(pixels, Image.Image)
    image = pixels if is_image else Image.fromarray(np.asarray(pixels, np.uint8))
    (image.convert(mode) if mode else image).save(path, **options)
    return path


def gray(value, height=4, width=4):
    return np.full((height, width), value, np.uint8)


def color(value, height=4, width=4):
    return np.full((height, width, len(value)), value, np.uint8)


def save_digits(folder, n):
    """Write the first n digits of scikit-learn to numbered files; return the folder."""
    for i, image in enumerate(load_digits().images[:n]):
        save(folder / f"{i:03}.png", 15 * image)
    return folder


def labels_in(folder):
    """Return the label of each labeled file in a folder, a dict."""
    data = load(folder)
    pairs = zip(data.files_train, data.y_train.tolist(), strict=True)
    return {file: label for file, label in pairs if label != -1}
