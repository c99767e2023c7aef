"""Load a data set by its name or path."""

from pathlib import Path
from typing import NamedTuple

import numpy as np

from ssgan.data.copies import warn_of_known_tests
from ssgan.data.examples import Data
from ssgan.data.forms import form_of, in_form
from ssgan.data.image_files import SUFFIXES
from ssgan.data.labels import spelled_alike
from ssgan.data.tfds_sets import load_tfds, tfds_folder
from ssgan.errors import as_input_error, expect, expect_whole, listed, some, warn
from ssgan.support.files import open_regular
from ssgan.support.near_names import expect_exists

# The array in which `ssgan.estimator.embeddings` keeps what features are of.
MADE_FROM = "made_from"
TABLES = (".csv", ".tsv", ".csv.gz", ".tsv.gz", ".parquet")
SPREADSHEETS = (".xlsx", ".xls", ".xlsm", ".xlsb", ".ods", ".numbers")


def load(source, *, size=None, shape=None, columns=None, label_column=None, drop=()):
    """Load a data set by its name, or a folder or file by its path.

    Parameters
    ----------
    source : str or path
        - "digits": scikit-learn's 1797 images of shape (8, 8), float32, with pixels
          from 0 to 16. They are always split into the same 1297 training and 500 test
          images, stratified by class.
        - "tfds:NAME": any image-classification data set of TensorFlow Datasets, such
          as "tfds:mnist" or "tfds:mnist_corrupted/identity". It is stored in the
          folder that the environment variable `TFDS_DATA_DIR` names, by default
          `~/tensorflow_datasets`. The test part is the split "test", else
          "validation", else a fixed fifth of the labeled examples of "train".
        - "PATH.npz": the arrays x_train, y_train, x_test and y_test; or x and y; or x
          alone, to predict. Beside each x there may be the names of its rows, as text:
          files_train and files_test, or files. A warning counts test examples that are
          training examples, too. `ssgan.data.labels.read_labels` says which values of y
          mean unlabeled, here and everywhere: -1, NaN, "", "-1" and "unlabeled".
        - "PATH.csv", "PATH.tsv", the same with ".gz", or "PATH.parquet": one row for
          each example. The column "label" holds the labels: whole numbers or text,
          empty or -1 for unlabeled; see `label_column`. All other columns are features:
          numbers, with a decimal point or comma, or text with at most 50 values. Where
          commas divide the fields, those of "1,638" divide thousands; where other
          numbers surely have decimal commas, so do points, if all are like "1.638".
          Fields may be empty, or hold "NA", "?" or the like; among many numbers, "-"
          and other text without letters and digits count as empty, too. They are
          divided by commas, semicolons, tabs or "|". A first row of values is no
          header, and empty rows at the end are no examples.
        - "FOLDER": a folder of images, with a folder for each class. The folder's name
          is the class; images may be at any depth in it. Images in the folder
          "unlabeled", or in no class folder, are unlabeled. Alternatively, the folder
          holds a table "labels.csv" with the columns "file", a path relative to the
          folder, and "label". Images without a row or without a label are unlabeled.
          Rows whose files are not there are left out, with a warning; a table of which
          most are not there is refused.
          Two folders "train" and "test", in small or capital letters, each with either
          layout, are the training and the test part.
        - The path of an image file: one example without a label, to predict.
    size : int or None, default=None
        For images of a folder or of TFDS: height and width to resize them to. By
        default, images of TFDS keep their size. Those of a folder keep theirs if all
        have the same and it is at most 32 x 32; else they become 32 x 32.
    shape : tuple of int or None, default=None
        For folders of images: shape of one example, (h, w), (h, w, 1) or (h, w, 3),
        such as the `example_shape_` of a classifier. Images of TFDS are resized to it
        if it is square. Examples of another shape are refused.
    columns : ssgan.data.columns.Columns, sequence of str or None, default=None
        For tables: the feature columns to read, in this order. The `columns_` of a
        classifier code them as at fit. A warning names the columns that are left out.
        By default, all columns but dates, identifiers, and text with more values.
        Other sources ignore it.
    label_column : str or None, default=None
        For tables: name of the column of labels. By default "label"; or "labels" or
        "target"; or else the only column with few values that has empty fields. Without
        any, all rows are unlabeled. A warning says what was found.
    drop : sequence of str, default=()
        For tables: columns to leave out.

    Returns
    -------
    Data
        The examples are in the same order at every call. Files are in sorted order.

    Raises
    ------
    InputError
        If the source is unknown, is not found, cannot be read, or is not as described
        above. Also if `size` is not a positive integer, if both `size` and `shape` are
        given, if `size` is given for another source than images, or if the examples
        have another shape than `shape`.

    Notes
    -----
    Folders of images become uint8 arrays: of shape (n, h, w) if no file shows a color,
    else (n, h, w, 3), in RGB. EXIF rotation is applied. Transparency is blended with
    white. 16-bit gray is scaled to 8 bits: 0 to 65535 become 0 to 255. Of
    several frames, the first is read. The whole image is then resized with
    antialiasing, without keeping its aspect ratio. Files that cannot be read are left
    out, and a warning names some of them. So are images of more than 64 million pixels,
    files of more than 512 MiB, and what is not a regular file. Further warnings name
    images that look the same after that, where they have two labels or are in both
    parts. An array of more than 1 GiB is kept in a temporary file. The labels are text.

    Examples
    --------
    >>> load("digits").x_train.shape
    (1297, 8, 8)
    """
    text = str(source)
    named = text == "digits" or text.startswith("tfds:")
    with as_input_error("a source: a name, or the path of a file or folder"):
        path = Path(text).expanduser()
        suffix = path.suffix.lower()
        is_table = not named and text.lower().endswith(TABLES)
        is_file = suffix == ".npz" or is_table
        is_folder = bool(text) and not named and not is_file and path.is_dir()
        is_image = suffix in SUFFIXES and not named and path.is_file()
    if size is not None:
        expect_whole("size", size, 1)
        resized = is_folder or is_image or text.startswith("tfds:")
        expect(
            resized,
            "size for a folder of images or a set of TFDS",
            f"size={size} for {text}",
        )
        expect(
            shape is None, "size or shape, not both", f"size={size} and shape={shape}"
        )
    for name, given in {"drop": drop, "columns": columns}.items():
        is_list = not isinstance(given, str)
        expect(is_list, f"a list of names as {name}", repr(given))
    is_shape = shape is None or isinstance(shape, tuple | list)
    expect(is_shape, "shape as a tuple of whole numbers", repr(shape))
    for_tables = {"label_column": label_column, "drop": ", ".join(drop)}
    said = [f"{name}={value}" for name, value in for_tables.items() if value]
    expect(is_table or not said, f"a table for {' and '.join(said)}", text)
    if text == "digits":
        return in_form(_load_digits(), shape, text)
    if named:
        square = shape is not None and len(shape) > 1 and shape[0] == shape[1]
        side = shape[0] if square else size
        return in_form(load_tfds(text.removeprefix("tfds:"), side), shape, text)
    if is_folder:
        from ssgan.data.folders import load_folder

        return in_form(_hinted(load_folder(path, size, shape)), shape, text)
    if is_image:
        from ssgan.data.folders import load_files

        return in_form(load_files([text], size, shape), shape, text)
    if text:
        there = "a folder or file that exists, or a name that `ssgan datasets` lists"
        expect_exists(text, there, [e.name for e in catalog() if e.name.islower()])
    if is_table:
        from ssgan.data.tables import load_table

        if len(shape or ()) > 1:  # Advice on its columns would be none.
            wanted = f"{form_of(shape)}, as the model takes them"
            expect(False, wanted, f"{text}, a table")
        table = load_table(path, columns, label_column, drop)
        return in_form(_hinted(table), shape, text)
    known = (
        '"digits", "tfds:NAME" (such as "tfds:mnist"), a folder of images, or the '
        f"path of an image ({' '.join(SUFFIXES)}) or of a .csv, .tsv, .parquet or .npz "
        "file"
    )
    odd = ", which is no regular file" if text and not path.is_file() else ""
    if suffix in SPREADSHEETS:
        odd += '. Save it as CSV (in Excel, "CSV UTF-8")'
    expect(suffix == ".npz", known, f"source={text!r}{odd}")
    return in_form(_hinted(_load_npz(path)), shape, text)


def _hinted(data):
    """Return data. Warn of classes whose names were probably meant to be one."""
    labels = [y.tolist() for y in (data.y_train, data.y_test) if y is not None]
    names = {label for part in labels for label in part if isinstance(label, str)}
    alike = [listed(map(repr, group)) for group in spelled_alike(names)]
    if alike:
        warn(
            f"Classes of {data.name} that differ only in capital letters, spaces or "
            f"the form of Unicode count as separate ones: {some(alike)}. If they are "
            "one, give them one name."
        )
    return data


class Entry(NamedTuple):
    """One source in the catalog.

    Parameters
    ----------
    name : str
        What `load` takes. Words in capitals stand for a path.
    description : str
    prepared : bool
        Whether it can be loaded without a download.
    """

    name: str
    description: str
    prepared: bool


def catalog():
    """List the tested sources, without importing TensorFlow.

    Returns
    -------
    list of Entry
    """
    tfds = {
        "mnist": "60,000 + 10,000 handwritten digits, 28x28, gray",
        "fashion_mnist": "60,000 + 10,000 pieces of clothing, 28x28, gray",
        "cifar10": "50,000 + 10,000 photographs in ten classes, 32x32, color",
        "svhn_cropped": "73,257 + 26,032 house-number digits, 32x32, color",
    }
    entries = [Entry("digits", "1,297 + 500 handwritten digits, 8x8, gray", True)]
    for name, description in tfds.items():
        prepared = any(tfds_folder().glob(f"{name}/[0-9]*/dataset_info.json"))
        entries.append(Entry(f"tfds:{name}", description, prepared))
    table = "numbers and categories; the labels in a column named label or another"
    own = {
        "FOLDER": "images: a folder for each class, or labels.csv; or train and test",
        "PATH.csv, .tsv": table,
        "PATH.parquet": table,
        "PATH.npz": "x_train, y_train, x_test, y_test; or x, y (-1: unlabeled); or x",
    }
    return entries + [Entry(*pair, True) for pair in own.items()]


def _load_digits():
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    digits = load_digits()
    x, y = digits.images.astype("float32"), digits.target
    parts = train_test_split(x, y, test_size=500, stratify=y, random_state=0)
    x, x_test, y, y_test = parts
    return Data("digits", x, y, x_test, y_test, tuple(map(str, digits.target_names)))


def _load_npz(path):
    with (
        as_input_error(f"{path} to be a readable .npz file of plain arrays"),
        open_regular(path, "rb") as file,
        np.lib.npyio.NpzFile(file) as archive,
    ):
        arrays = {key: np.asarray(value) for key, value in archive.items()}
    made_from = arrays.pop(MADE_FROM, np.array(())).ravel().tolist()
    if {*arrays} - {"files"} == {"x"}:
        arrays["y"] = np.full(arrays["x"].shape[:1], -1)
    forms = ["x_train", "y_train", "x_test", "y_test"], ["x", "y"]
    names = {f"x{part}": f"files{part}" for part in ("_train", "_test", "")}
    found = {*arrays} - {names[key] for key in arrays if key in names}
    keys = next((form for form in forms if set(form) == found), None)
    expected = f"the arrays {forms[0]}, {forms[1]} or ['x'] in {path}"
    expect(keys, expected, sorted(arrays))
    files = [_files(arrays, key, names[key], path) for key in keys[::2]]
    expected = f"files_train and files_test, or neither, in {path}"
    expect(len({own is None for own in files}) == 1, expected, sorted(arrays))
    # After two checksums. Earlier files hold no more.
    made_by, n_learned = made_from[2:] if len(made_from) == 4 else (None, "0")
    if n_learned != "0":
        warn(learned_before(made_by, n_learned))
    data = Data(
        path.stem,
        *(arrays[key] for key in keys),
        **dict(zip(("files_train", "files_test"), files, strict=False)),
        made_by=made_by,
    )
    warn_of_known_tests(data)
    return data


def learned_before(network, n):
    """Say that a network has learned from n labels of the images it made features of.

    Errors are then told too low, also those on labels that a training leaves out.
    """
    return (
        f"The network {network} that made these features has learned from {n} of their "
        "labels: errors on these say little about new images, also where a training "
        "leaves them out."
    )


def _files(arrays, x, name, path):
    """Return the names of the files of an array of examples; None without any."""
    if name not in arrays:
        return None
    n, files = arrays[x].shape[:1], arrays[name]
    expected = f"text as {name} in {path}, one for each row of {x}"
    given = f"an array of {files.dtype}, of shape {files.shape}"
    expect(files.dtype.kind == "U" and files.shape == n, expected, given)
    return tuple(files.tolist())
