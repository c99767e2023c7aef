"""Name a data set or a file, get its examples as arrays."""

from __future__ import annotations

import contextlib
import io
import logging
import os
from collections.abc import Iterator, Sequence
from numbers import Integral
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ssgan.data.examples import Data, is_labeled, read_labels
from ssgan.errors import as_input_error, expect

TABLES = (".csv", ".parquet")


def load(
    source: str | os.PathLike,
    *,
    size: int | None = None,
    shape: tuple[int, ...] | None = None,
    columns: Sequence[str] | None = None,
) -> Data:
    """Load a data set by its name, or a folder or file by its path.

    Parameters
    ----------
    source : str or path
        - "digits": scikit-learn's 1797 images of shape (8, 8), pixels 0 to 16,
          always divided into the same 1297 training and 500 test images, in
          which the classes have equal shares;
        - "tfds:NAME": any image-classification set of TensorFlow Datasets
          ("tfds:mnist", "tfds:mnist_corrupted/identity"), kept in the folder
          that `TFDS_DATA_DIR` names, by default `~/tensorflow_datasets`. Its
          test part is the split "test", else "validation", else a fixed fifth
          of the labeled examples of "train";
        - "PATH.npz": arrays named x_train, y_train, x_test and y_test, or x and
          y, where -1 marks unlabeled examples (for strings "-1" or ""), or x
          alone, to predict;
        - "PATH.csv", "PATH.parquet": a row for each example. The column "label" holds
          the labels, whole numbers or text, empty or -1 for none; without it no row has
          one. All other columns are numbers, the features;
        - the path of a folder of pictures: in it a folder for each class, named as it,
          at any depth below. Pictures in the folder "unlabeled", or in none, have no
          label. Or else a table "labels.csv" in the folder has the columns "file", a
          path relative to it, and "label"; pictures that it does not name, or not with
          a label, have none. Two folders "train" and "test", each of either form, are
          a training and a test part.
    size : int, optional
        For pictures: height and width that they are resized to. By default the size
        they have, if it is the same for all and at most 32 x 32, else 32.
    shape : tuple of int, optional
        For pictures: shape of one example, (h, w), (h, w, 1) or (h, w, 3), such as a
        model's `example_shape_`. Other sources, and other shapes, ignore it.
    columns : sequence of str, optional
        For tables: names of the columns to take, in their order, such as a model's
        `feature_names_in_`. A warning names those that are left out. Other sources
        ignore it.

    Returns
    -------
    Data
        In the same order at every call; files are in sorted order. What cannot be
        found, read or used raises InputError.

    Notes
    -----
    Pictures become uint8 arrays of shape (n, h, w) where every file is stored in grey,
    else (n, h, w, 3), in RGB. EXIF rotation is applied, transparent pixels are laid on
    white, 16-bit grey is scaled to 8 bits by its full range; of several frames it is
    the first. The whole picture is then resized, antialiased, without regard to its
    aspect ratio. Files that cannot be read are left out, and a warning names them. More
    than 1 GiB of pixels lies in a temporary file. Labels of folders are text.

    Examples
    --------
    >>> load("digits").x_train.shape
    (1297, 8, 8)
    """
    text = str(source)
    path = Path(text).expanduser()
    suffix = path.suffix.lower()
    named = text == "digits" or text.startswith("tfds:")
    is_file = suffix in (".npz", *TABLES)
    is_folder = bool(text) and not named and not is_file and path.is_dir()
    if size is not None:
        whole = isinstance(size, Integral) and not isinstance(size, bool) and size > 0
        expect(whole, "a whole number of pixels above 0", f"size={size!r}")
        expect(is_folder, "size for a folder of pictures", f"size={size} for {text}")
        expect(shape is None, "size or shape", f"size={size} and shape={shape}")
    if text == "digits":
        return _load_digits()
    if named:
        return _load_tfds(text.removeprefix("tfds:"))
    if is_folder:
        from ssgan.data.folders import load_folder

        return load_folder(path, size, shape)
    if suffix in TABLES:
        from ssgan.data.tables import load_table

        return load_table(path, columns)
    known = (
        '"digits", "tfds:NAME" (such as "tfds:mnist"), a folder of pictures, or the '
        "path of a .csv, .parquet or .npz file"
    )
    expect(suffix == ".npz", known, f"source={text!r}")
    return _load_npz(path)


class Entry(NamedTuple):
    """A line of the catalog: what `load` takes, what it is, whether it is at hand."""

    name: str
    description: str
    prepared: bool


def catalog() -> list[Entry]:
    """List the sources that are tested, without importing TensorFlow."""
    tfds = {
        "mnist": "60,000 + 10,000 handwritten digits, 28x28, grey",
        "fashion_mnist": "60,000 + 10,000 pieces of clothing, 28x28, grey",
        "cifar10": "50,000 + 10,000 photographs of ten things, 32x32, color",
        "svhn_cropped": "73,257 + 26,032 house-number digits, 32x32, color",
    }
    entries = [Entry("digits", "1,297 + 500 handwritten digits, 8x8, grey", True)]
    for name, description in tfds.items():
        prepared = any(_tfds_folder().glob(f"{name}/[0-9]*/dataset_info.json"))
        entries.append(Entry(f"tfds:{name}", description, prepared))
    table = "rows of numbers, and a column label if there are labels"
    own = {
        "FOLDER": "pictures: a folder for each class, or labels.csv; or train and test",
        "PATH.csv": table,
        "PATH.parquet": table,
        "PATH.npz": "x_train, y_train, x_test, y_test; or x, y (-1: unlabeled); or x",
    }
    return entries + [Entry(*pair, True) for pair in own.items()]


def _load_digits() -> Data:
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    digits = load_digits()
    x, y = digits.images.astype("float32"), digits.target
    parts = train_test_split(x, y, test_size=500, stratify=y, random_state=0)
    x, x_test, y, y_test = parts
    return Data("digits", x, y, x_test, y_test, tuple(map(str, digits.target_names)))


def _load_npz(path: Path) -> Data:
    with (
        as_input_error(f"{path} to be a readable .npz file of plain arrays"),
        np.lib.npyio.NpzFile(path) as archive,
    ):
        arrays = {key: np.asarray(value) for key, value in archive.items()}
    if set(arrays) == {"x"}:
        arrays["y"] = np.full(len(arrays["x"]), -1)
    forms = ["x_train", "y_train", "x_test", "y_test"], ["x", "y"]
    keys = next((form for form in forms if set(form) == set(arrays)), None)
    expected = f"the arrays {forms[0]}, {forms[1]} or ['x'] in {path}"
    expect(keys, expected, sorted(arrays))
    parts = (arrays[k] if k[0] == "x" else read_labels(arrays[k]) for k in keys)
    return Data(path.stem, *parts)


def _tfds_folder() -> Path:
    return Path(os.environ.get("TFDS_DATA_DIR") or "~/tensorflow_datasets").expanduser()


def _load_tfds(name: str) -> Data:
    import tensorflow_datasets as tfds

    with _tfds_at_work(name):
        builder = tfds.builder(name, data_dir=_tfds_folder())
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

    x, y = _read_tfds(builder, "train", name)
    names = tuple(label.names) if label.num_classes else None
    short = name.replace("/", "-").replace(":", "-")
    for split in ("test", "validation"):
        if split in splits:
            x_test, y_test = _read_tfds(builder, split, name)
            if is_labeled(y_test).all():  # Competitions withhold their test labels.
                return Data(short, x, y, x_test, y_test, names)
    return Data(short, x, y, class_names=names).with_test_part()


def _read_tfds(builder, split: str, name: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the images and labels of a split, in the order they are stored."""
    import tensorflow_datasets as tfds

    fixed = None not in builder.info.features["image"].shape
    x, y = [], []
    with _tfds_at_work(name):
        batches = builder.as_dataset(
            split=split,
            batch_size=1024 if fixed else 1,
            shuffle_files=False,
            decoders=tfds.decode.PartialDecoding({"image": True, "label": True}),
            read_config=tfds.ReadConfig(try_autocache=False),
        )
        for batch in tfds.as_numpy(batches):
            x.append(batch["image"])
            y.append(batch["label"])
            if x[-1].shape[1:] != x[0].shape[1:]:
                break
    expect(x, f'examples in the split "{split}" of tfds:{name}', "none")
    sizes = [x[0].shape[1:], x[-1].shape[1:]]
    expect(sizes[0] == sizes[1], f"images of one size in tfds:{name}", sizes)
    return np.concatenate(x), np.concatenate(y)


@contextlib.contextmanager
def _tfds_at_work(name: str) -> Iterator[None]:
    """Quiet TFDS, bound its retries when offline, turn its errors into InputError."""
    from tensorflow_datasets.core.download import downloader

    expected = f"tfds:{name} to be prepared in {_tfds_folder()} or on the network"
    retries, disabled = downloader.MAX_RETRIES, logging.root.manager.disable
    hidden = contextlib.redirect_stdout(io.StringIO())
    hidden_too = contextlib.redirect_stderr(io.StringIO())
    try:
        downloader.MAX_RETRIES = 2  # Its own ten take minutes.
        logging.disable(logging.WARNING)
        with as_input_error(expected), hidden, hidden_too:
            yield
    finally:
        downloader.MAX_RETRIES = retries
        logging.disable(disabled)
