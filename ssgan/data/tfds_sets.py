"""Read the image-classification sets of TensorFlow Datasets."""

import contextlib
import io
import logging
import os
from pathlib import Path

import numpy as np

from ssgan.data import storage
from ssgan.data.examples import Data
from ssgan.data.labels import is_labeled
from ssgan.errors import as_input_error, expect

# Images of one size to read at a time; those that are resized come singly.
BATCH = 1024


def tfds_folder():
    """Return the folder that TFDS sets are stored in."""
    folder = os.environ.get("TFDS_DATA_DIR") or "~/tensorflow_datasets"
    with as_input_error("TFDS_DATA_DIR to be a folder"):
        return Path(folder).expanduser()


def load_tfds(name, size=None):
    """Load a set by its name; see `ssgan.load`.

    Parameters
    ----------
    name : str
        Such as "mnist" or "imagenet_resized/64x64".
    size : int or None, default=None
        Height and width to resize each image to, with antialiasing.

    Returns
    -------
    Data

    Raises
    ------
    InputError
        If the set is not available, or does not hold images of one size and classes.
    """
    import tensorflow_datasets as tfds

    with _tfds_calls(name):
        builder = tfds.builder(name, data_dir=tfds_folder())
        features = dict(builder.info.features)
        label = features.get("label")
        usable = isinstance(label, tfds.features.ClassLabel)
        usable &= isinstance(features.get("image"), tfds.features.Image)
        if usable:
            builder.download_and_prepare()
    images = f'images as "image" and their classes as "label" in tfds:{name}'
    expect(usable, images, f"features {sorted(features)}")
    splits = builder.info.splits
    expect("train" in splits, f'a split "train" in tfds:{name}', sorted(splits))

    x, y = _read(builder, "train", name, size)
    names = tuple(label.names) if label.num_classes else None
    short = name.replace("/", "-").replace(":", "-")
    for split in ("test", "validation"):
        if split in splits:
            x_test, y_test = _read(builder, split, name, size)
            if is_labeled(y_test).all():  # Competitions withhold test labels.
                return Data(short, x, y, x_test, y_test, names)
    return Data(short, x, y, class_names=names).with_test_part()


def _read(builder, split, name, size):
    """Read the images and labels of a split, in their stored order.

    Returns
    -------
    x : ndarray of shape (n, h, w, c)
        More than 1 GiB is kept in a temporary file.
    y : integer ndarray of shape (n,)

    Raises
    ------
    InputError
        If the split cannot be read, is empty, or has images of different sizes.
    """
    import tensorflow_datasets as tfds

    feature = builder.info.features["image"]
    with _tfds_calls(name):
        examples = builder.as_dataset(
            split=split,
            shuffle_files=False,
            decoders=tfds.decode.PartialDecoding({"image": True, "label": True}),
            read_config=tfds.ReadConfig(try_autocache=False),
        )
        if size is not None and feature.shape[:2] != (size, size):
            examples = _resized(examples, size)
        first = next(iter(tfds.as_numpy(examples.take(1))), None)
    expect(first is not None, f'examples in the split "{split}" of tfds:{name}', "none")
    shape = first["image"].shape
    x = storage.empty(
        (builder.info.splits[split].num_examples, *shape), first["image"].dtype
    )
    y = np.empty(len(x), np.int64)
    one_size = size is not None or None not in feature.shape
    done, received = 0, shape
    with _tfds_calls(name):
        for batch in tfds.as_numpy(examples.batch(BATCH if one_size else 1)):
            received = batch["image"].shape[1:]
            if received != shape:
                break
            part = slice(done, done + len(batch["label"]))
            x[part], y[part] = batch["image"], batch["label"]
            done = part.stop
    expected = f"images of one size in tfds:{name}, or a size to resize them to"
    expect(received == shape, expected, [shape, received])
    return x[:done], y[:done]


def _resized(examples, size):
    import tensorflow as tf

    def resize(example):
        image = tf.image.resize(example["image"], (size, size), antialias=True)
        image = tf.saturate_cast(tf.round(image), example["image"].dtype)
        return {**example, "image": image}

    return examples.map(resize, num_parallel_calls=tf.data.AUTOTUNE)


@contextlib.contextmanager
def _tfds_calls(name):
    """Silence TFDS, limit its retries when offline, turn its errors into InputError.

    The error message contains `name`, the name of the data set.
    """
    from tensorflow_datasets.core.download import downloader

    expected = f"tfds:{name} to be prepared in {tfds_folder()}, or available online"
    retries, disabled = downloader.MAX_RETRIES, logging.root.manager.disable
    hidden = contextlib.redirect_stdout(io.StringIO())
    hidden_too = contextlib.redirect_stderr(io.StringIO())
    try:
        downloader.MAX_RETRIES = 2  # The default of 10 takes minutes.
        logging.disable(logging.WARNING)
        with as_input_error(expected), hidden, hidden_too:
            yield
    finally:
        downloader.MAX_RETRIES = retries
        logging.disable(disabled)
