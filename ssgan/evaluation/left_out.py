"""Leave out some labels at a time, and see what models say that had not seen them."""

import contextlib
import dataclasses
import functools
import shutil
from pathlib import Path

import numpy as np

from ssgan.data.copies import first_of_same, said_of_copies, with_unlabeled
from ssgan.data.folds import NONE
from ssgan.data.labels import is_labeled
from ssgan.data.unlearned_features import unlearned_features
from ssgan.errors import as_input_error
from ssgan.estimator.foreign import ForeignShare, foreign_share
from ssgan.estimator.spread_labels import for_parts
from ssgan.estimator.validation import codes_of, encode
from ssgan.evaluation.fold_answer import fold_answer, guesses_of, looked_at
from ssgan.evaluation.fold_lengths import FOLDS, fold_steps, left_out_folds
from ssgan.support.files import read_json, write_json
from ssgan.training.progress import track

# Of rows, a training of fewer steps takes seconds, and its checkpoints as many more.
MANY_STEPS = 1000
NETWORKS = ("supervised", "ssgan")
# With a baseline that takes seconds.
FOR_IMAGES = ("label-spreading", *NETWORKS)
# These can be the model that is saved, too; of images, the last two.
PEERS = ("logistic-regression", "random-forest", "self-training", "label-spreading")
IMAGE_PEERS = PEERS[2:]
FOR_ROWS = (*PEERS, *NETWORKS)


@dataclasses.dataclass(frozen=True, eq=False)
class LeftOut:
    """What several methods say of labeled examples that they were trained without.

    Parameters
    ----------
    indices : ndarray of shape (n,)
        The examples, as indices into the training set.
    codes : integer ndarray of shape (n,)
        Their labels, as indices into `classes`.
    folds : integer ndarray of shape (n,)
        Which of the trainings went without each.
    classes : ndarray of shape (K,)
    probabilities : dict of str to ndarray of shape (n, K)
        Those of the classes, by each method.
    seconds : dict of str to float
        Time of all trainings of a method.
    alone : ndarray of shape (m,)
        The classes with a single label, which was never left out.
    foreign : ssgan.estimator.foreign.ForeignShare or None, default=None
        Which part of the unlabeled examples is of no class that has a label, as the
        labels alone tell it. None without unlabeled examples.
    steps : int or None, default=None
        Of each training of a network, if these are fewer than the recipe's.
    of_steps : int or None, default=None
        The recipe's, if those are fewer.
    copies : str, default=""
        What is to be said of copies; see `ssgan.data.copies.said_of_copies`.
    distances : dict of str to ndarray of shape (n,), or None; default={}
        From other labeled examples; see `ssgan.estimator.foreign.distances`.
    guesses : dict of str to list of ndarray of shape (m, K); default={}
        Probabilities of unlabeled examples, those that `looked_at` returns, by the
        network of each fold. Empty lists without any.
    """

    indices: np.ndarray
    codes: np.ndarray
    folds: np.ndarray
    classes: np.ndarray
    probabilities: dict
    seconds: dict
    alone: np.ndarray
    foreign: ForeignShare | None = None
    steps: int | None = None
    of_steps: int | None = None
    copies: str = ""
    distances: dict = dataclasses.field(default_factory=dict)
    guesses: dict = dataclasses.field(default_factory=dict)

    def said(self, method):
        """Return what a method took them for, an integer array (n,)."""
        return self.probabilities[method].argmax(axis=1)

    def wrong(self, method):
        """Return which answers of a method are wrong, a boolean array (n,)."""
        return self.said(method) != self.codes


def leave_out(
    data,
    y,
    recipe,
    *,
    seed=0,
    class_weight=None,
    folder=None,
    progress=None,
    folds=FOLDS,
    only=None,
):
    """Train every method once without each fold of the labels, and ask it about them.

    The examples of the fold are left out altogether, also as unlabeled ones: new
    examples are not there during the training either. Copies with the same label, or
    with none, are left out, too, and not asked about. How many folds, and how long
    trainings: see `ssgan.evaluation.fold_lengths`.

    Parameters
    ----------
    data : ssgan.data.examples.Data
        Its training part has n examples.
    y : ndarray of shape (n,)
        The labels to learn from, -1 for unlabeled.
    recipe : ssgan.recipes.Recipe or None
        Of the networks; None if none is asked.
    seed : int, default=0
        Seed of the folds and of all trainings.
    class_weight : dict, "balanced" or None, default=None
        See `ssgan.SSGANClassifier`.
    folder : path or None, default=None
        Where each training's answers are written the moment they exist, and
        checkpoints before. Trainings whose answers are there are not repeated.
    progress : callable or None, default=None
        See `ssgan.evaluation.compare.compare`.
    folds : int, default=4
    only : sequence of str or None, default=None
        Methods to ask; by default all of `FOR_IMAGES` or `FOR_ROWS`.

    Returns
    -------
    LeftOut or None
        None if no class has two labels.

    References
    ----------
    Stone 1974, "Cross-validatory choice and assessment of statistical predictions".
    """
    first = first_of_same(data.x_train, y)
    once = first == np.arange(len(y))
    images = data.x_train.ndim > 2
    fold_of = left_out_folds(y, folds, seed, images, first)
    indices = np.flatnonzero((fold_of != NONE) & once)
    if not len(indices):
        return None
    everywhere = with_unlabeled(first, data.x_train, y)
    labeled = is_labeled(y)
    classes, _ = encode(y[labeled])
    codes, fold_of_each = codes_of(y[indices], classes, len(indices)), fold_of[indices]
    methods = only or (FOR_IMAGES if images else FOR_ROWS)
    k = int(fold_of.max()) + 1
    short, is_short = None, False
    if recipe is not None:
        short = recipe.with_steps(fold_steps(recipe.steps, images, k))
        is_short = short.steps < recipe.steps
        short = for_parts(short, labeled.sum(), len(data.x_train))
    answers = {method: [] for method in methods}
    # They know no labels, so that all folds may share them.
    features = functools.cache(lambda: unlearned_features(data.x_train, seed))
    some = looked_at(data, y, seed)
    rounds = range(k)
    if progress and not set(methods) & set(NETWORKS):
        # Minutes, if self-training has many images. Networks show their own progress.
        rounds = track(rounds, "without some of the labels")
    for fold in rounds:
        part = None
        for method in methods:
            file = folder and Path(folder) / f"fold-{fold}-{method}.json"
            if file and file.exists():
                answer = read_json(file)
                if "guesses" in answer:  # Not in one of an earlier version.
                    answers[method].append(answer)
                    continue
            if part is None:
                learned = dataclasses.replace(data, y_train=y)
                part = learned.moved_to_test(fold_of == fold, everywhere)
            shown = progress and method in NETWORKS
            if shown:
                shown = progress(_numbered(method, methods, fold, k, is_short))
            keeps = file and short and (images or short.steps >= MANY_STEPS)
            checkpoints = file.with_suffix("") if keeps else None
            with contextlib.closing(shown) if shown else contextlib.nullcontext():
                answer = fold_answer(
                    method,
                    short,
                    part,
                    classes,
                    seed=seed,
                    class_weight=class_weight,
                    checkpoints=checkpoints,
                    shown=shown,
                    features=features,
                    some=some,
                )
            if file:
                write_json(file, answer)
            if checkpoints:
                shutil.rmtree(checkpoints, ignore_errors=True)
            answers[method].append(answer)
    # They were given fold by fold.
    ordered = np.argsort(np.argsort(fold_of_each, kind="stable"))

    def joined(key):
        parts = {m: [answer[key] for answer in given] for m, given in answers.items()}
        return {
            m: None if None in own else np.concatenate(own)[ordered]
            for m, own in parts.items()
        }

    with as_input_error(f"whole answers in {folder}"):
        probabilities, distances = joined("probabilities"), joined("distances")
        guesses = {
            m: [guesses_of(a, len(classes)) for a in given if a["guesses"]]
            for m, given in answers.items()
        }
    return LeftOut(
        indices=indices,
        codes=codes,
        folds=fold_of_each,
        classes=classes,
        probabilities=probabilities,
        seconds={m: sum(a["seconds"] for a in given) for m, given in answers.items()},
        alone=np.delete(classes, codes),
        foreign=_foreign(answers.get("supervised"), guesses.get("supervised")),
        steps=short.steps if is_short else None,
        of_steps=recipe.steps if is_short else None,
        copies=said_of_copies(first, y, data.files_train),
        distances=distances,
        guesses=guesses,
    )


def _numbered(method, methods, fold, k, is_short):
    """Return which of all trainings one is, as text."""
    networks = [m for m in methods if m in NETWORKS]
    number = fold * len(networks) + networks.index(method) + 1
    kind = "short training" if is_short else "training without some labels"
    return f"{kind} {number} of {k * len(networks)}, {method}"


def _foreign(answers, guesses):
    """Return the `ForeignShare`, from the answers of networks on the labels alone."""
    if not guesses:
        return None
    left_out = [np.max(answer["probabilities"], axis=1) for answer in answers]
    return foreign_share(left_out, [p.max(axis=1) for p in guesses])
