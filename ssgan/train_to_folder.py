"""Train a classifier into a folder: train, evaluate, write. This is ``ssgan fit``."""

import contextlib
from dataclasses import replace
from pathlib import Path
from time import perf_counter

import keras
import tensorflow as tf

from ssgan import recipes
from ssgan.data.examples import is_labeled
from ssgan.data.splits import MAX_SEED, hold_out
from ssgan.errors import expect, expect_whole
from ssgan.estimator import SSGANClassifier
from ssgan.estimator.continuation import continued_recipe, weights_checksum
from ssgan.estimator.mirror_images import without_misleading
from ssgan.evaluation.answer import ask, ask_quick
from ssgan.evaluation.evaluate import evaluate, warn_of_unknown_classes
from ssgan.evaluation.expected_time import recipe_with_folds, seconds_with_folds
from ssgan.evaluation.kept_peer import check_peer, keep_peer
from ssgan.evaluation.left_out import FOLDS, NETWORKS, PEERS, SHARE
from ssgan.evaluation.unlabeled import guesses
from ssgan.pages.fit_files import stems, write_files
from ssgan.support.locks import locked
from ssgan.support.provenance import checksum, environment
from ssgan.training import run_folder
from ssgan.training.budget import expect_minutes
from ssgan.training.build import recipe_numbers
from ssgan.training.tensorboard import TensorBoard
from ssgan.training.training_log import read_log

METHODS = ("ssgan", "supervised", "auto", *PEERS)


def train_to_folder(
    out,
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
    resume=False,
    overwrite=False,
    progress=None,
    on_start=None,
    command=None,
):
    """Train a classifier, and write it and what came of it to a folder.

    The folder gets ``model.keras``, ``split.json``, ``result.json``, ``log.jsonl`` (see
    `ssgan.training.training_log`; "member" counts the models), ``report.html`` and
    ``run.json``, which says what decided the result. Until these are complete, what a
    later call needs to continue is in the subfolder ``checkpoints``; see
    `ssgan.training.run_folder`. One process at a time can work in the folder.

    Parameters
    ----------
    out : path
    data : ssgan.data.examples.Data
    split : LabelSplit
    recipe, steps, minutes, n_members, class_weight
        See `ssgan.SSGANClassifier`.
    method : str, default="ssgan"
        "supervised" trains the same network on the labels alone, without a generator.
        For rows of numbers, there are methods of scikit-learn, too; see
        `ssgan.evaluation.left_out.PEERS`. "auto" takes the one of all of these that
        does best when labels are left out.
    weights_seed : int or None, default=None
        Seed of the weights, 0 to 4294967295; by default that of the split.
    validation : float in [0, 1), default=0
        Fraction of the labels to hold out: errors on them are shown during training.
    quick : bool, default=False
        Whether to go without the short trainings that leave out labels. By default,
        data without a test part get them, unless `validation` is given or `minutes` are
        too few: they tell what error to expect; see `ssgan.evaluation.answer`.
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
    resume, overwrite : bool, default=False
        Continue from the checkpoints in the folder, or train anew whatever it holds.
        Only the same training is continued: the same data, labels and numbers.
    progress : callable or None, default=None
        See `ssgan.evaluation.compare.compare`.
    on_start : callable or None, default=None
        ``on_start(seconds)`` is called before a training that leaves out labels, unless
        its time is given by `minutes` or it was begun before, with the time that it
        will take, or None; see `ssgan.evaluation.expected_time`.
    command : str or None, default=None
        The command that makes the result again, for the report.

    Returns
    -------
    dict or None
        What ``result.json`` says. None if a finished training was to be resumed.

    Raises
    ------
    InputError
        If the folder or an argument does not permit it.
    """
    out, begun = Path(out), perf_counter()
    both = f"--steps {steps} --minutes {minutes}"
    expect(steps is None or minutes is None, "--steps or --minutes", both)
    if minutes is not None:
        expect_minutes(minutes)
    shape, named = data.x_train.shape[1:], isinstance(recipe, str)
    if continue_from is None:
        recipe = recipes.resolve(recipe, steps, shape=shape)
    else:
        recipe = continued_recipe(recipe, steps, continue_from, shape=shape)
    expect(method in METHODS, f"one of the methods {', '.join(METHODS)}", repr(method))
    if method not in NETWORKS:
        given = {
            "--recipe": recipe.name != recipes.VECTORS.name,
            "--steps": steps is not None,
            "--minutes": minutes is not None,
            "--members": n_members != 1,
            "--class-weight": class_weight is not None,
            "--precision": keras.config.dtype_policy().name != "float32",
            "--mirrored": mirrored,
            "--tensorboard": tensorboard is not None,
            "--continue-from": continue_from is not None,
            "--validation": validation > 0,
            "--quick": quick,
            "--keep ssgan": keep == "ssgan",
        }
        check_peer(method, len(shape) > 1, given)
        keep = "any" if method == "auto" else keep
    elif method == "supervised":
        recipe = recipe.supervised()
    weights_seed = split.seed if weights_seed is None else weights_seed
    expect_whole("members", n_members, 1)
    expect_whole("weights_seed", weights_seed, 0, MAX_SEED)
    y, held_out = hold_out(data, split, validation)
    if named and continue_from is None:
        recipe = without_misleading(recipe, data.x_train, y, split.seed)
    asked = data.x_test is None and held_out is None and not quick
    # A model that goes on has seen the labels that it would be asked about.
    asked = asked and recipe.semi_supervised and continue_from is None
    asked = (asked and method in NETWORKS) or method == "auto"
    warn_of_unknown_classes(data, y)
    run = {
        "data": checksum(data.x_train, data.y_train, data.x_test, data.y_test),
        "split": split.name,
        "labels": checksum(split.indices),
        "validation": validation,
        "members": n_members,
        "class_weight": class_weight,
        "weights_seed": weights_seed,
        "mirrored": mirrored,
        "precision": keras.config.dtype_policy().name,
        "recipe": recipe_numbers(recipe),
    }
    run |= {"method": method} if method in PEERS else {}
    run |= {"backbone": embedded.name} if embedded else {}
    if continue_from is not None:
        run["continued_from"] = weights_checksum(continue_from)
    if minutes is not None:
        # How many steps follow is measured later, and kept beside the checkpoints.
        run["minutes"] = minutes
    if asked:
        run |= {"folds": FOLDS, "share_of_folds": SHARE, "keep": keep}
    callbacks = [] if tensorboard is None else [TensorBoard(tensorboard)]
    with locked(out):
        goes_on = resume and run_folder.state(out) == "in training"
        if run_folder.begin(out, run, resume, overwrite) == "finished":
            return None
        answer, timed, twice = None, minutes, None
        if asked:
            with _abandoning(out):
                folder = out / run_folder.CHECKPOINTS
                short = {"seed": weights_seed, "folder": folder, "folds": FOLDS}
                if minutes is not None:
                    twice = ask_quick(data, y, **short)
                    recipe, short["folds"] = recipe_with_folds(
                        *(minutes, recipe, data, y, n_members),
                        seed=weights_seed,
                        folder=folder,
                        since=begun,
                    )
                    timed = None
                elif on_start is not None and not goes_on:
                    on_start(seconds_with_folds(recipe, data, y, n_members))
                if short["folds"]:
                    answer = ask(
                        *(data, y, recipe, keep),
                        twice=twice,
                        class_weight=class_weight,
                        progress=progress,
                        **short,
                    )
        kept = answer.kept if answer else method
        if kept == "supervised" and recipe.semi_supervised:
            recipe = recipe.supervised()
        if kept in PEERS:
            start = perf_counter()
            with _abandoning(out):
                classifier = keep_peer(kept, data, y, weights_seed)
            seconds, shown = perf_counter() - start, None
        else:
            shown = progress and progress(split.name)
            classifier = SSGANClassifier(
                recipe,
                steps=recipe.steps if timed is None else None,
                minutes=timed,
                n_members=n_members,
                class_weight=class_weight,
                random_state=weights_seed,
                callbacks=[*callbacks, shown] if shown else callbacks,
                strategy=tf.distribute.MirroredStrategy() if mirrored else None,
            )
            with contextlib.closing(shown) if shown else contextlib.nullcontext():
                seconds = _train(out, classifier, data, y, held_out, continue_from)
        if answer:
            classifier.model_.info["temperature"] = answer.tempered[0]
        if answer and data.x_test is None:
            evaluation = answer.evaluation(data.x_train)
        else:
            evaluation = evaluate(classifier, data, y, held_out)
        unlabeled = guesses(classifier, data, y)
        if embedded:
            data, classifier = embedded.images, embedded.put_before(classifier, y)
            evaluation = replace(evaluation, x=embedded.images_of(evaluation.x))
        result = {
            "dataset": data.name,
            "split": split.name,
            "n_labels": int(is_labeled(y).sum()),
            "n_validation_labels": len(held_out[1]) if held_out else 0,
            "classes": classifier.classes_.tolist(),
            "recipe": classifier.recipe_.name,
            "steps": classifier.recipe_.steps,
            "minutes": minutes,
            "n_members": classifier.n_members,
            "class_weight": class_weight,
            "seed": split.seed,
            "weights_seed": weights_seed,
            "error": evaluation.error if evaluation.part == "test" else None,
            "n_test": len(evaluation.true) if evaluation.part == "test" else 0,
            "unlabeled": unlabeled,
            "expected": answer and answer.as_json(data.class_name),
            "seconds": round(seconds, 2),
            "resumed_from_step": (shown and shown.first_step) or 0,
            "continued_from": run.get("continued_from"),
            "backbone": embedded and embedded.name,
            **environment(),
        }
        write_files(out, data, y, split, classifier, evaluation, result, command)
        run_folder.finish(out)
    return result


def _train(out, classifier, data, y, held_out, continue_from):
    """Fit the classifier; return its seconds of training, earlier parts included."""
    checkpoints = out / "checkpoints"
    logs = [read_log(stem) for stem in stems(out, classifier.n_members)]
    earlier = sum(log[-1]["seconds"] for log in logs if log)
    start = perf_counter()
    with _abandoning(out):
        classifier.fit(
            data.named(data.x_train),
            y,
            validation=held_out and (data.named(held_out[0]), held_out[1]),
            checkpoints=checkpoints,
            continue_from=continue_from,
        )
    return earlier + perf_counter() - start


@contextlib.contextmanager
def _abandoning(out):
    """At an error, leave no folder that is then refused, if nothing can be resumed."""
    try:
        yield
    except Exception:
        run_folder.abandon(out)
        raise
