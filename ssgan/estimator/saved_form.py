"""What is saved beside a model's weights, and a fitted estimator made of it again."""

import dataclasses
import json

import numpy as np

from ssgan import __version__, recipes
from ssgan.data.columns import Columns
from ssgan.errors import as_input_error, expect
from ssgan.estimator.class_shares import ClassShares
from ssgan.estimator.validation import network_shape
from ssgan.game.ensemble import members_of
from ssgan.support.base64_arrays import from_base64, to_base64
from ssgan.support.provenance import checksums, versions


def info_of(classifier):
    """Return what a saved model must know about a fitted `SSGANClassifier`, as JSON."""
    return {
        "version": __version__,
        "classes": classifier.classes_.tolist(),
        "classes_dtype": classifier.classes_.dtype.str,
        "recipe": dataclasses.asdict(classifier.recipe_),
        "class_shares": classifier.class_shares_
        and dataclasses.asdict(classifier.class_shares_),
        "n_members": classifier.n_members,
        "image_shape": classifier.image_shape and list(classifier.image_shape),
        "n_features_in": int(classifier.n_features_in_),
        "feature_names": list(getattr(classifier, "feature_names_in_", ())),
        "columns": classifier.columns_ and classifier.columns_.to_json(),
        "example_shape": list(classifier.example_shape_),
        "dtype": classifier.dtype_,
    }


def learned_from(x_labeled, codes, n_unlabeled):
    """Return what a model was trained on, as JSON, to be saved in its info.

    Parameters
    ----------
    x_labeled : ndarray of shape (n, ...)
    codes : integer ndarray of shape (n,)
        Classes of the labeled examples, 0 to K-1, each at least once.
    n_unlabeled : int or None
        None for a stream, whose length is not known.

    Returns
    -------
    dict
        "labels", the number of each class; "unlabeled"; "labeled", short hashes of the
        labeled examples, for `was_labeled`; "greatest", their greatest pixel, None of
        rows; "versions" of packages.
    """
    return {
        "labels": np.bincount(codes).tolist(),
        "unlabeled": n_unlabeled,
        "labeled": hashes_of(x_labeled),
        "greatest": float(x_labeled.max()) if x_labeled.ndim > 2 else None,
        "versions": versions(),
    }


def hashes_of(x_labeled):
    """Return short hashes of labeled examples, as text, for `was_labeled`."""
    return _text(checksums(x_labeled, "float32"))


def was_labeled(info, x):
    """Return which examples a model had a label for, a boolean array of shape (n,).

    Parameters
    ----------
    info : dict
        The model's info.
    x : ndarray of shape (n, ...)
    """
    return np.isin(checksums(x, "float32"), _hashes(info))


def temperature_of(info):
    """Return what a model's logits are to be divided by, as its info says."""
    return float(info.get("temperature", 1.0))


def joined(*infos):
    """Return the hashes of the labeled examples of several models, as in their info."""
    return _text(np.unique(np.concatenate([_hashes(info) for info in infos])))


def _text(hashes):
    return to_base64(np.sort(hashes))


def _hashes(info):
    return from_base64(info["labeled"], "<u8")


def restore(cls, model, path):
    """Return the fitted estimator of class `cls` that a loaded model belongs to."""
    info = model.info
    ours = isinstance(info, dict) and "classes" in info
    expect(ours, "a model that SSGANClassifier.save wrote", path)
    with as_input_error(f"{path} to be a model of this version of ssgan"):
        # Attributes with Keras's own kinds of lists could not be pickled.
        info = json.loads(json.dumps(info))
        classifier = cls(
            recipe=recipes.from_dict(info["recipe"]),
            n_members=info["n_members"],
            image_shape=info["image_shape"] and tuple(info["image_shape"]),
        )
        classifier.model_ = model
        classifier.recipe_ = classifier.recipe
        shares = info["class_shares"]
        classifier.class_shares_ = shares and ClassShares(**shares)
        classifier.classes_ = np.array(info["classes"], dtype=info["classes_dtype"])
        classifier.n_features_in_ = info["n_features_in"]
        if info["feature_names"]:
            classifier.feature_names_in_ = np.array(info["feature_names"], object)
        classifier.columns_ = info["columns"] and Columns.from_json(info["columns"])
        classifier.example_shape_ = tuple(info["example_shape"])
        classifier.dtype_ = info["dtype"]
        _check(classifier, model)
    return classifier


def _check(classifier, model):
    """Raise InputError unless what is known about a model fits its networks."""
    shape = network_shape(classifier.example_shape_, classifier.image_shape)
    taken = model.example_shape
    expect(shape == taken, f"examples of shape {taken}", shape)
    columns = len(getattr(classifier, "feature_names_in_", ())) or None
    n = classifier.n_features_in_
    width = classifier.example_shape_[0]  # Of images, scikit-learn counts the rows.
    expect(n == width, f"n_features_in={width}", n)
    expect(columns in (None, n), f"names for {n} columns", columns)
    coded = classifier.columns_
    expect(not coded or len(coded.names) == n, f"{n} columns", coded)
    classes = classifier.classes_
    members = members_of(model)
    k = members[0].discriminator.output_shape[-1]
    distinct = classes.ndim == 1 and len(np.unique(classes)) == k
    expect(distinct and len(classes) == k, f"{k} classes", classes.tolist())
    temperature = classifier.temperature_
    expect(0 < temperature < np.inf, "a temperature above 0", temperature)
    size = classifier.n_members
    expect(size == len(members), f"n_members={len(members)}", size)
    is_known = classifier.dtype_ in ("uint8", "float32")
    expect(is_known, "examples of type uint8 or float32", classifier.dtype_)
