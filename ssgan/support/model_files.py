"""Find a saved model, and read what it says of itself without TensorFlow."""

import json
import zipfile
from pathlib import Path

from ssgan.errors import as_input_error, expect
from ssgan.support.near_names import expect_exists
from ssgan.support.run_folder import MODEL, state

KNOWN = "a .keras file that ssgan wrote, or a folder that `ssgan fit` wrote"


def find_model(path, expected=KNOWN):
    """Return the file of a model, given it or the folder that `ssgan fit` wrote.

    Parameters
    ----------
    path : str or path
    expected : str, default=KNOWN
        What was expected, for the message.

    Returns
    -------
    pathlib.Path

    Raises
    ------
    InputError
        If there is no model. A training that has not ended is named as such.
    """
    expect_exists(path, expected)
    with as_input_error(expected):
        path = Path(path).expanduser()
        is_folder = path.is_dir()
        file = path / MODEL if is_folder else path
        unfinished = is_folder and state(path) == "in training"
        found = file.is_file() and file.suffix == ".keras"
    hint = ", whose training has not ended: continue it with --resume"
    why = hint if unfinished else f", without a {MODEL}" if is_folder else ""
    expect(found, expected, f"{path}{why}")
    return file


def read_info(path):
    """Return what `ssgan.SSGANClassifier.save` kept about a model, without loading it.

    Parameters
    ----------
    path : pathlib.Path
        The .keras file.

    Returns
    -------
    dict
        The model's ``info``; see `ssgan.estimator.saved_form`. Also "keras", the
        version that wrote the file, "saved", when, and "bytes", its size.

    Raises
    ------
    InputError
        If the file is not a model that ssgan wrote.
    """
    with as_input_error(f"{path} to be a model that this version of ssgan wrote"):
        with zipfile.ZipFile(path) as archive:
            config = json.loads(archive.read("config.json"))["config"]
            metadata = json.loads(archive.read("metadata.json"))
        info = config.get("info")
        size = path.stat().st_size
    needed = {"classes", "labels", "unlabeled", "labeled", "columns", "versions"}
    ours = isinstance(info, dict) and needed <= info.keys()
    expect(ours, "a model that SSGANClassifier.save wrote in this version", path)
    about = {"keras": metadata["keras_version"], "saved": metadata["date_saved"]}
    return info | about | {"bytes": size}
