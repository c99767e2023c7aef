"""What is saved beside a model's weights, and a fitted estimator made of it again."""

import dataclasses

import numpy as np

from ssgan import __version__, recipes
from ssgan.errors import as_input_error, expect


def info_of(classifier):
    """Return what a saved model must know about a fitted `SSGANClassifier`, as JSON."""
    return {
        "version": __version__,
        "classes": classifier.classes_.tolist(),
        "classes_dtype": classifier.classes_.dtype.str,
        "recipe": dataclasses.asdict(classifier.recipe_),
        "n_members": classifier.n_members,
        "image_shape": classifier.image_shape and list(classifier.image_shape),
        "n_features_in": int(classifier.n_features_in_),
        "feature_names": list(getattr(classifier, "feature_names_in_", ())),
        "example_shape": list(classifier.example_shape_),
        "dtype": classifier.dtype_,
    }


def restore(cls, model, path):
    """Return the fitted estimator of class `cls` that a loaded model belongs to."""
    info = model.info
    expect("classes" in info, "a model that SSGANClassifier.save wrote", path)
    with as_input_error(f"{path} to be a model of this version of ssgan"):
        classifier = cls(
            recipe=recipes.from_dict(info["recipe"]),
            n_members=info["n_members"],
            image_shape=info["image_shape"] and tuple(info["image_shape"]),
        )
        classifier.model_ = model
        classifier.recipe_ = classifier.recipe
        classifier.classes_ = np.array(info["classes"], dtype=info["classes_dtype"])
        classifier.n_features_in_ = info["n_features_in"]
        if info["feature_names"]:
            classifier.feature_names_in_ = np.array(info["feature_names"], object)
        classifier.example_shape_ = tuple(info["example_shape"])
        classifier.dtype_ = info["dtype"]
    return classifier
