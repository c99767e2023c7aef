"""A method of scikit-learn as the model that is saved."""

import dataclasses

import numpy as np

from ssgan.data.labels import is_labeled
from ssgan.errors import expect
from ssgan.estimator.adopted import adopt
from ssgan.estimator.validation import encode, network_shape
from ssgan.evaluation.baselines import encoder_of, fit_peer
from ssgan.evaluation.left_out import IMAGE_PEERS
from ssgan.evaluation.peer_networks import as_network, inner
from ssgan.recipes import IMAGES, VECTORS


def check_peer(method, images, given):
    """Raise InputError for what a method of scikit-learn does not go with.

    Parameters
    ----------
    method : str
        One of `ssgan.evaluation.left_out.PEERS`.
    images : bool
        Whether the examples are images.
    given : dict of str to bool
        Whether each option of networks was given.
    """
    if images:
        known = " or ".join(IMAGE_PEERS)
        expect(method in IMAGE_PEERS, f"--method {known} for images", method)
    for option, was_given in given.items():
        expect(not was_given, f"--method {method} without {option}", "both")


def keep_peer(method, data, y, seed):
    """Train a method of scikit-learn, and return it as a fitted classifier.

    Parameters
    ----------
    method : str
        One of `ssgan.evaluation.left_out.PEERS`.
    data : ssgan.data.examples.Data
    y : ndarray of shape (n,)
        The labels to learn from, -1 for unlabeled.
    seed : int

    Returns
    -------
    SSGANClassifier
        Its recipe has the method's name, and no steps. The model's info says, as
        "peer", what it is, with its numbers.

    Raises
    ------
    InputError
        If the labels are not of two classes or more.
    """
    encode(y[is_labeled(y)])  # Before scikit-learn refuses them in its own words.
    x, encoder = data.x_train, encoder_of(data)
    x = x if encoder is None else np.asarray(encoder(x))
    classes, pipeline = fit_peer(method, x, y, seed)
    network = as_network(pipeline, network_shape(x.shape[1:]), len(classes))
    recipe = (VECTORS if x.ndim == 2 else IMAGES).supervised()
    recipe = dataclasses.replace(recipe, name=method, steps=0, constant_steps=0)
    classifier = adopt(network, data.named(data.x_train), y, recipe, encoder, seed)
    form, model = pipeline
    if x.ndim > 2:
        form = "strokes and pixels"
    numbers = " ".join(f"{form}, {inner(model)}".split())
    classifier.model_.info["peer"] = f"{method}: {numbers}"
    return classifier
