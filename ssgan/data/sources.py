"""Name a data set or a file, get its examples as arrays."""

from __future__ import annotations

import contextlib
import io
import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass
from numbers import Integral
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ssgan.errors import errors_mean, expect

TABLES = (".csv", ".parquet")


@dataclass(frozen=True, eq=False)
class Data:
    """Examples and labels of one data set; unfit ones raise InputError.

    Parameters
    ----------
    name : str
        Short name: "digits", "mnist", the stem of a file.
    x_train : ndarray of shape (n, h, w), (n, h, w, c) or (n, d)
        Raw pixels or columns, in the range and dtype of their source.
    y_train : ndarray of shape (n,)
        Classes: integers from 0, or strings in an object array. -1 is unlabeled.
    x_test, y_test : ndarray, optional
        The same for testing, every example labeled. None when there are none.
    class_names : tuple of str, optional
        Name of each integer class, where the source knows them.
    files_train, files_test : tuple of str, optional
        File of each example, relative to their folder, where they come from files.
    """

    name: str
    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray | None = None
    y_test: np.ndarray | None = None
    class_names: tuple[str, ...] | None = None
    files_train: tuple[str, ...] | None = None
    files_test: tuple[str, ...] | None = None

    def __post_init__(self):
        x, y = self.x_test, self.y_test
        _check(f"{self.name}, train", self.x_train, self.y_train)
        expect((x is None) == (y is None), "x_test and y_test, or neither", "only one")
        if x is None:
            return
        _check(f"{self.name}, test", x, y)
        train, test = (
            f"x of {x.shape[1:]} with y of {'text' if y.dtype.kind in 'OU' else 'int'}"
            for x, y in ((self.x_train, self.y_train), (x, y))
        )
        expect(train == test, "train and test alike", f"{train}, but {test}")
        missing = np.count_nonzero(~is_labeled(y))
        expect(not missing, "a label for every test example", f"{missing} without one")

    def class_name(self, label) -> str:
        """Return a label, together with the name that its source has for it, if any."""
        if self.class_names is None or self.class_names[int(label)] == str(label):
            return str(label)
        return f"{label} {self.class_names[int(label)]}"


def is_labeled(y: np.ndarray) -> np.ndarray:
    """Return a boolean mask of shape (n,): True where `y` (n,) is not -1."""
    return np.asarray(y) != -1


def load(
    source: str | os.PathLike,
    *,
    size: int | None = None,
    shape: tuple[int, ...] | None = None,
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

        return load_table(path)
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


def _check(part: str, x: np.ndarray, y: np.ndarray) -> None:
    """Raise InputError unless `x` and `y` are as `Data` describes them."""
    expect(x.dtype.kind in "buif", f"numeric x in {part}", f"x of dtype {x.dtype}")
    shapes = f"x in {part} to be (n, d), (n, h, w) or (n, h, w, c), none of them 0"
    expect(x.ndim in (2, 3, 4) and x.size, shapes, f"x of shape {x.shape}")
    one_each = f"one label for each of the {len(x)} examples in {part}"
    expect(y.shape == x.shape[:1], one_each, f"y of shape {y.shape}")
    # Whole numbers are finite, and may be more than the memory holds.
    bad = x.size - np.count_nonzero(np.isfinite(x)) if x.dtype.kind == "f" else 0
    expect(not bad, f"finite x in {part}", f"{bad} NaN or infinite values")
    expect(
        y.dtype.kind in "OU" or (y.dtype.kind in "iu" and y.min() >= -1),
        f"labels in {part} to be strings or whole numbers from 0, with -1 for none",
        f"y of dtype {y.dtype} that begins {y[:5].tolist()}",
    )


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
        errors_mean(f"{path} to be a readable .npz file of plain arrays"),
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


def read_labels(y: np.ndarray) -> np.ndarray:
    """Return labels of shape (n,) or (n, 1) as int64, or as objects: str and -1."""
    if y.ndim == 2 and y.shape[1] == 1:  # Keras has CIFAR's labels in a column.
        y = y[:, 0]
    if y.dtype.kind == "U":
        return np.where((y == "") | (y == "-1"), -1, y.astype(object))
    return y.astype(np.int64) if y.dtype.kind in "bui" else y


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
    order = np.random.default_rng(0).permutation(np.flatnonzero(is_labeled(y)))
    test = np.isin(np.arange(len(y)), order[: len(order) // 5])
    return Data(short, x[~test], y[~test], x[test], y[test], names)


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
        with errors_mean(expected), hidden, hidden_too:
            yield
    finally:
        downloader.MAX_RETRIES = retries
        logging.disable(disabled)
