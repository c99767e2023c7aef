"""What one training is asked to be: arguments checked, defaults found."""

from pathlib import Path
from typing import NamedTuple

import keras
import numpy as np

from ssgan import recipes
from ssgan.data.copies import (
    first_of_same,
    warn_of_copies,
    warn_of_nothing_new,
    with_unlabeled,
)
from ssgan.data.examples import Data
from ssgan.data.labels import is_labeled
from ssgan.data.splits import LabelSplit, hold_out
from ssgan.data.storage import take
from ssgan.errors import expect, expect_seed, expect_whole
from ssgan.estimator import SSGANClassifier
from ssgan.estimator.continuation import (
    continued_recipe,
    warn_if_otherwise,
    weights_checksum,
)
from ssgan.estimator.embeddings import Embedded
from ssgan.estimator.mirror_images import without_misleading
from ssgan.evaluation.fold_lengths import ANSWERS, FOLDS, ROW_STEPS, SHARE
from ssgan.evaluation.kept_peer import check_peer
from ssgan.evaluation.left_out import FOR_IMAGES, FOR_ROWS, NETWORKS, PEERS
from ssgan.recipes import Recipe
from ssgan.support.near_names import expect_known
from ssgan.support.provenance import checksum
from ssgan.training.budget import expect_minutes
from ssgan.training.parts import recipe_numbers

METHODS = ("ssgan", "supervised", *PEERS)


class FitPlan(NamedTuple):
    """What `ssgan.train_to_folder` trains; `plan_fit` makes it.

    Parameters
    ----------
    data : ssgan.data.examples.Data
        Without what `validation` holds out.
    split : ssgan.data.splits.LabelSplit
    y : ndarray of shape (n,)
        The labels to learn from, -1 for unlabeled.
    held_out : tuple of three arrays, or None
        Examples and labels that `validation` holds out, and where they are.
    embedded : ssgan.estimator.embeddings.Embedded or None
        What `data` are the features of.
    recipe : ssgan.recipes.Recipe
    asks : bool
        Whether trainings that leave out labels come first.
    tries_spreading : bool
        Whether label spreading is tried on the test part, too.
    backbone_learned : int
        From how many of the labels the backbone has learned before.
    method, keep, minutes, n_members, class_weight, weights_seed, validation
        See `plan_fit`.
    mirrored, tensorboard, continue_from
        See `plan_fit`.
    """

    data: Data
    split: LabelSplit
    y: np.ndarray
    held_out: tuple | None
    embedded: Embedded | None
    recipe: Recipe
    asks: bool
    tries_spreading: bool
    method: str
    keep: str
    minutes: float | None
    n_members: int
    class_weight: str | dict | None
    weights_seed: int
    validation: float
    mirrored: bool
    tensorboard: str | Path | None
    continue_from: SSGANClassifier | None
    backbone_learned: int

    @property
    def continued_from(self):
        """The checksum of the weights of the model to go on from, or None."""
        earlier = self.continue_from
        return None if earlier is None else weights_checksum(earlier)

    @property
    def asked(self):
        """The methods that trainings without some labels, if any, are of."""
        if self.method in PEERS:
            return (self.method,)
        every = FOR_IMAGES if self.data.x_train.ndim > 2 else FOR_ROWS
        of_labels = tuple(method for method in every if method != "ssgan")
        return every if self.recipe.semi_supervised else of_labels

    def numbers(self):
        """Return all that decides the result, a dict of JSON values, for ``run.json``.

        How many steps given minutes come to is measured later, and kept beside the
        checkpoints.
        """
        data = self.data
        run = {
            "data": checksum(data.x_train, data.y_train, data.x_test, data.y_test),
            "split": self.split.name,
            "labels": checksum(self.split.indices),
            "validation": self.validation,
            "members": self.n_members,
            "class_weight": self.class_weight,
            "weights_seed": self.weights_seed,
            "mirrored": self.mirrored,
            "precision": keras.config.dtype_policy().name,
            "recipe": recipe_numbers(self.recipe),
        }
        if self.method in PEERS:
            run["method"] = self.method
        if self.embedded:
            run["backbone"] = self.embedded.name
        if self.continue_from is not None:
            run["continued_from"] = self.continued_from
        if self.minutes is not None:
            run["minutes"] = self.minutes
        if self.asks:
            run |= {"folds": FOLDS, "share_of_folds": SHARE, "keep": self.keep}
            if data.x_train.ndim == 2:
                run["row_steps_of_folds"] = ROW_STEPS
            elif is_labeled(self.y).sum() > ANSWERS:
                run["answers_of_folds"] = ANSWERS
        return run


def plan_fit(
    data,
    split,
    *,
    recipe="auto",
    method="ssgan",
    steps=None,
    minutes=None,
    n_members=1,
    class_weight=None,
    weights_seed=None,
    validation=0.0,
    quick=False,
    keep="best",
    mirrored=False,
    tensorboard=None,
    continue_from=None,
    embedded=None,
):
    """Check what is asked for, and return it as a `FitPlan`.

    Parameters
    ----------
    data : ssgan.data.examples.Data
    split : ssgan.data.splits.LabelSplit
    recipe, steps, minutes, n_members, class_weight
        See `ssgan.SSGANClassifier`.
    method : str, default="ssgan"
        "supervised" trains the same network on the labels alone, without a generator.
        There are methods of scikit-learn, too; see `ssgan.evaluation.left_out.PEERS`.
    weights_seed : int or None, default=None
        Seed of the weights, 0 to 4294967295; by default that of the split.
    validation : float in [0, 1), default=0
        Fraction of the labeled examples to hold out: they are not learned from, and
        errors on them are shown during training.
    quick : bool, default=False
        Whether to go without the trainings that leave out labels. By default,
        data without a test part get them: they tell what error to expect; see
        `ssgan.evaluation.answer`. They do not if `validation` is given, `minutes` are
        too few, or `minutes` are for the labels alone. Nor is label spreading tried on
        the test part; see `ssgan.evaluation.beside_spreading`.
    keep : {"best", "ssgan"}, default="best"
        What to train and write, if there are such trainings: the game, or the same
        network on the labels alone if they tell that the game is no better; or the game
        in any case.
    mirrored : bool, default=False
        Whether to divide each batch among all GPUs of this machine. It has nothing to
        do with mirrored images.
    tensorboard : path or None, default=None
        Folder to log to for TensorBoard.
    continue_from : SSGANClassifier or None, default=None
        See `ssgan.SSGANClassifier.fit`.
    embedded : ssgan.estimator.embeddings.Embedded or None, default=None
        What `data` are the features of. Its network is put before the classifier.

    Returns
    -------
    FitPlan

    Raises
    ------
    InputError
        If an argument is none of those that are expected, or does not go with another.
    """
    # The model has learned from the labels that would be held out.
    expect(
        continue_from is None or not validation,
        "--validation or --continue-from",
        "both",
    )
    both = f"--steps {steps} --minutes {minutes}"
    expect(steps is None or minutes is None, "--steps or --minutes", both)
    if minutes is not None:
        expect_minutes(minutes)
    shape, named = data.x_train.shape[1:], isinstance(recipe, str)
    is_given = recipe != "auto"
    if continue_from is None:
        recipe = recipes.resolve(recipe, steps, shape=shape)
    else:
        recipe = continued_recipe(recipe, steps, continue_from, shape=shape)
        if method == "ssgan" and not is_given:
            warn_if_otherwise(continue_from)
    expect_known(method, METHODS, "one of the methods")
    if method not in NETWORKS:
        given = {
            "--recipe": is_given,
            "--steps": steps is not None,
            "--minutes": minutes is not None,
            "--members": n_members != 1,
            "--class-weight": class_weight is not None,
            "--precision": keras.config.dtype_policy().name != "float32",
            "--mirrored": mirrored,
            "--tensorboard": tensorboard is not None,
            "--continue-from": continue_from is not None,
            "--keep ssgan": keep == "ssgan",
        }
        check_peer(method, len(shape) > 1, given)
    elif method == "supervised":
        expect(keep != "ssgan", "--method supervised or --keep ssgan", "both")
        recipe = recipe.supervised()
    weights_seed = split.seed if weights_seed is None else weights_seed
    expect_whole("members", n_members, 1)
    expect_seed("weights_seed", weights_seed)
    y, held_out = split.apply(data.y_train), None
    if validation:
        first = first_of_same(data.x_train, y)
        warn_of_copies(first, y, data.files_train)
        held = hold_out(split, y, validation, first)
        expect(
            not (embedded and embedded.learned[held].any()),
            "a backbone that has learned from other images, for --validation",
            f"{embedded and embedded.name}, which has learned from images to hold out",
        )
        held_out = take(data.x_train, held), y[held], data.places()[held]
        gone = held[with_unlabeled(first, data.x_train, y)]
        data, y = data.without(gone), y[~gone]
        embedded = embedded and embedded.without(gone)
    warn_of_nothing_new(data.x_train, y)
    if named and continue_from is None and method in NETWORKS:
        recipe = without_misleading(recipe, data.x_train, y, split.seed)
    learned = np.count_nonzero(embedded.learned & is_labeled(y)) if embedded else 0
    # A model that goes on has seen the labels that it would be asked about. So has a
    # backbone that learned from them.
    has_seen = continue_from is not None or learned
    asks = data.x_test is None and held_out is None and not has_seen
    # In few minutes, to ask would take longer than to learn from the labels alone.
    asks = asks and (minutes is None or method != "supervised")
    return FitPlan(
        data=data,
        split=split,
        y=y,
        held_out=held_out,
        embedded=embedded,
        recipe=recipe,
        asks=asks and not quick,
        tries_spreading=data.x_test is not None and not quick and method in NETWORKS,
        method=method,
        keep=keep,
        minutes=minutes,
        n_members=n_members,
        class_weight=class_weight,
        weights_seed=weights_seed,
        validation=validation,
        mirrored=mirrored,
        tensorboard=tensorboard,
        continue_from=continue_from,
        backbone_learned=learned,
    )
