"""Compute features of images, and keep them in a file."""

import dataclasses
import functools
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from ssgan.data.examples import Data
from ssgan.data.labels import is_labeled
from ssgan.data.sources import MADE_FROM, learned_before
from ssgan.data.storage import take
from ssgan.errors import warn
from ssgan.estimator.backbones import backbone_checksum
from ssgan.estimator.validation import check_finite
from ssgan.game.backbone_classifier import BackboneClassifier
from ssgan.game.prediction import in_batches
from ssgan.support.files import atomic_write, open_regular
from ssgan.support.provenance import checksum, checksums


@dataclasses.dataclass(frozen=True, eq=False)
class Embedded:
    """Features of a data set of images.

    Parameters
    ----------
    data : ssgan.data.examples.Data
        Features of shape (n, d) in the place of the images.
    images : ssgan.data.examples.Data
    network : keras.Model
        From raw images to features; see `ssgan.estimator.backbones.Backbone`.
    name : str
        That of the backbone.
    computed, written : bool
        Whether the features were computed, and the file written; else it held them.
    learned : boolean ndarray of shape (n,)
        Of which training examples the network has learned a label.
    whole : Embedded or None, default=None
        With the examples that `without` left out.
    """

    data: Data
    images: Data
    network: Any
    name: str
    computed: bool
    written: bool
    learned: np.ndarray
    whole: Any = None

    def without(self, part):
        """Return the same without some training examples, a boolean array (n,)."""
        data, images = self.data.without(part), self.images.without(part)
        return dataclasses.replace(
            self, data=data, images=images, learned=self.learned[~part], whole=self
        )

    def put_before(self, classifier, y):
        """Return the classifier of images, of one that was fitted to the features.

        `y` are the labels that it learned from, -1 for others.
        """
        x_labeled = take(self.images.x_train, is_labeled(y))
        return classifier.with_backbone(self.network, x_labeled)

    def images_of(self, rows):
        """Return the images that features are of: the test part's, or of the others."""
        if self.whole is not None:
            return self.whole.images_of(rows)
        if rows is self.data.x_test:
            return self.images.x_test
        hashes = checksums(self.data.x_train).tolist()
        places = {row: i for i, row in enumerate(hashes)}
        where = np.array([places[row] for row in checksums(rows).tolist()])
        return take(self.images.x_train, where)


def embed(network, x, track=iter):
    """Return the features of images, of shape (n, d), float32.

    Parameters
    ----------
    network : keras.Model
        From `ssgan.estimator.backbones.Backbone.for_images`.
    x : ndarray of shape (n, h, w) or (n, h, w, c)
        Raw images.
    track : callable, default=iter
        Shows progress; see `ssgan.training.progress.track`.

    Raises
    ------
    InputError
        If the features are not finite.
    """

    @functools.partial(tf.function, reduce_retracing=True)
    def features(x):
        x = keras.ops.cast(x, "float32")
        return network(x[..., None] if len(x.shape) == 3 else x, training=False)

    return check_finite(in_batches(features, x, BackboneClassifier.batch_size, track))


def embed_data(data, backbone, path, track=iter):
    """Return a data set of images as features, which a file keeps.

    If the file holds the features of the same images by the same network, nothing is
    computed again. Where the network has learned from labels of these images, a warning
    says so: errors on them say little about new ones.

    Parameters
    ----------
    data : ssgan.data.examples.Data
        Images.
    backbone : ssgan.estimator.backbones.Backbone
    path : path
        A file that `ssgan.load` reads: features as x_train and x_test, labels as
        y_train and y_test; or as x and y without a test part. The names of the images'
        files are there, too, and `MADE_FROM`: checksums of the images and the network,
        the name of the network, and from how many of the labels it has learned.
    track : callable, default=iter
        See `embed`.

    Returns
    -------
    Embedded
    """
    network = backbone.for_images(data.x_train)
    parts = ["train"] if data.x_test is None else ["train", "test"]
    images = [getattr(data, f"x_{part}") for part in parts]
    labels = [_as_array(getattr(data, f"y_{part}")) for part in parts]
    files = [getattr(data, f"files_{part}") for part in parts]
    learned = [
        backbone.was_labeled(x) & is_labeled(getattr(data, f"y_{part}"))
        for part, x in zip(parts, images, strict=True)
    ]
    n_learned = sum(map(np.count_nonzero, learned))
    made_from = checksum(*images), backbone_checksum(network), backbone.name
    made_from += (str(n_learned),)
    held = _arrays(path)
    names = [f"_{part}" if len(parts) > 1 else "" for part in parts]
    known = {f"x{name}" for name in names} < {*held}
    held_from = held.get(MADE_FROM, np.array(())).ravel().tolist()
    known = known and [*made_from[:2]] == held_from[:2]
    if known:
        features = [held[f"x{name}"] for name in names]
    else:
        features = [embed(network, x, track) for x in images]
    arrays = {MADE_FROM: np.array(made_from)}
    for name, x, y, own in zip(names, features, labels, files, strict=True):
        arrays |= {f"x{name}": x, f"y{name}": y}
        arrays |= {f"files{name}": np.array(own)} if own else {}
    same = {*held} == {*arrays} and all(
        np.array_equal(held[name], value) for name, value in arrays.items()
    )
    if not same:
        with atomic_write(path) as temporary, open(temporary, "wb") as file:
            np.savez(file, **arrays)
    x = {f"x_{part}": x for part, x in zip(parts, features, strict=True)}
    rows = dataclasses.replace(data, **x)
    if n_learned:
        warn(learned_before(backbone.name, n_learned))
    name = backbone.name
    return Embedded(rows, data, network, name, not known, not same, learned[0])


def _as_array(y):
    """Return labels as an array without objects: "" is text for unlabeled."""
    if y.dtype != object:
        return y
    return np.array(["" if label == -1 else label for label in y.tolist()])


def _arrays(path):
    """Return the arrays in a file; none if it is not there or damaged."""
    try:
        with open_regular(path, "rb") as file, np.load(file) as archive:
            return dict(archive)
    except Exception:  # It is written anew.
        return {}
