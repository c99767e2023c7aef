"""Train a classifier into a folder: train, evaluate, write. This is ``ssgan fit``."""

import contextlib
from dataclasses import replace
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

import tensorflow as tf

from ssgan.data.labels import is_labeled
from ssgan.estimator import SSGANClassifier
from ssgan.evaluation.answer import ask, ask_quick
from ssgan.evaluation.beside_spreading import beside_spreading
from ssgan.evaluation.evaluate import (
    check_test_part,
    evaluate,
    warn_of_learned,
)
from ssgan.evaluation.expected_time import recipe_with_folds, seconds_with_folds
from ssgan.evaluation.fit_plan import plan_fit
from ssgan.evaluation.fold_answer import looked_at
from ssgan.evaluation.fold_lengths import FOLDS
from ssgan.evaluation.kept_peer import keep_peer
from ssgan.evaluation.left_out import PEERS
from ssgan.evaluation.unlabeled import guesses
from ssgan.pages.fit_files import write_files
from ssgan.support import run_folder
from ssgan.support.files import read_json
from ssgan.support.locks import locked
from ssgan.support.provenance import environment
from ssgan.training.budget import TooFewMinutes
from ssgan.training.tensorboard import TensorBoard
from ssgan.training.training_log import earlier_parts


class _Fitted(NamedTuple):
    """A classifier, its seconds of training, and the step that it went on from."""

    classifier: SSGANClassifier
    seconds: float
    first_step: int


def train_to_folder(
    out,
    data,
    split,
    *,
    resume=False,
    overwrite=False,
    progress=None,
    on_start=None,
    on_timing=None,
    command=None,
    left_out=None,
    **options,
):
    """Train a classifier, and write it and what came of it to a folder.

    The folder gets ``model.keras``, ``split.json``, ``result.json``, ``log.jsonl`` (see
    `ssgan.training.training_log`; "member" counts the models), ``report.html`` and
    ``run.json``, which says what decided the result. Until these are complete, what a
    later call needs to continue is in the subfolder ``checkpoints``; see
    `ssgan.support.run_folder`. One process at a time can work in the folder.

    Parameters
    ----------
    out : path
    data : ssgan.data.examples.Data
    split : ssgan.data.splits.LabelSplit
    resume, overwrite : bool, default=False
        Continue from the checkpoints in the folder, or train anew whatever it holds.
        Only the same training is continued: the same data, labels and numbers.
    progress : callable or None, default=None
        See `ssgan.evaluation.compare.compare`.
    on_start : callable or None, default=None
        ``on_start(seconds)`` is called before a training that leaves out labels, unless
        its time is given by `minutes` or it was begun before, with the time that it
        will take, or None; see `ssgan.evaluation.expected_time`.
    on_timing : callable or None, default=None
        ``on_timing()`` is called before a few steps are timed, if any are.
    command : str or None, default=None
        The command that makes the result again, for the report.
    left_out : tuple of two int or None, default=None
        How many labels the method answered wrongly, and of how many, as a comparison
        has told that left them out.
    **options
        What to train; see `ssgan.evaluation.fit_plan.plan_fit`.

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
    plan = plan_fit(data, split, **options)
    check_test_part(data, plan.y)
    with locked(out):
        goes_on = resume and run_folder.state(out) == "in training"
        if run_folder.begin(out, plan.numbers(), resume, overwrite) == "finished":
            return None
        recipe, minutes, answer = plan.recipe, plan.minutes, None
        if plan.asks:
            on_start = None if goes_on else on_start
            recipe, answer = _ask(out, plan, begun, on_start, on_timing, progress)
            minutes = None  # How many steps they come to is known.
        kept = answer.kept if answer else plan.method
        if kept in PEERS:
            fitted = _fit_peer(out, plan, kept)
        else:
            alone = kept == "supervised" and recipe.semi_supervised
            recipe = recipe.supervised() if alone else recipe
            if minutes is not None and on_timing and not goes_on:
                on_timing()
            fitted = _fit_network(out, plan, recipe, minutes, progress)
        result = _write(out, plan, answer, fitted, command, left_out)
        run_folder.finish(out)
    return result


def train_or_replace(out, data, split, *, left_out=None, **options):
    """Train a classifier into a folder, whatever training the folder holds.

    The same training goes on where it was interrupted, and stays as it is if it is
    finished and was told the same of left-out labels. Another one is replaced. See
    `train_to_folder` for the arguments.
    """
    options = {**options, "left_out": left_out}
    try:
        if train_to_folder(out, data, split, resume=True, **options) is not None:
            return
        told = read_json(Path(out) / "result.json").get("left_out")
        if told == (left_out and list(left_out)):
            return
    except run_folder.OtherTraining:
        pass
    train_to_folder(out, data, split, overwrite=True, **options)


def _ask(out, plan, begun, on_start, on_timing, progress):
    """Leave out labels in other trainings; return the recipe and the answer, or None.

    Given minutes decide the steps of the recipe, and whether there is time to ask.
    """
    data, y, folder = plan.data, plan.y, out / run_folder.CHECKPOINTS
    recipe, twice = plan.recipe, None
    short = {"seed": plan.weights_seed, "folder": folder, "folds": FOLDS}
    with _abandoning(out):
        if plan.method in PEERS:  # Seconds, but for many images.
            return recipe, ask(data, y, only=plan.asked, progress=progress, **short)
        if plan.minutes is not None:
            twice = ask_quick(data, y, plan.asked, **short)
            recipe, short["folds"] = recipe_with_folds(
                plan.minutes,
                recipe,
                data,
                y,
                plan.n_members,
                seed=plan.weights_seed,
                folder=folder,
                since=begun,
                on_timing=on_timing,
            )
        elif on_start is not None:
            timed = recipe, data, y, plan.n_members
            on_start(seconds_with_folds(*timed, on_timing=on_timing))
        if not short["folds"]:
            return recipe, None
        return recipe, ask(
            data,
            y,
            recipe,
            plan.keep,
            only=plan.asked,
            twice=twice,
            class_weight=plan.class_weight,
            progress=progress,
            **short,
        )


def _fit_peer(out, plan, method):
    """Train a method of scikit-learn."""
    start = perf_counter()
    with _abandoning(out):
        classifier = keep_peer(method, plan.data, plan.y, plan.weights_seed)
    return _Fitted(classifier, perf_counter() - start, 0)


def _fit_network(out, plan, recipe, minutes, progress):
    """Train networks by a recipe; their seconds include those of earlier parts."""
    shown = progress and progress(plan.split.name)
    callbacks = [TensorBoard(plan.tensorboard)] if plan.tensorboard is not None else []
    classifier = SSGANClassifier(
        recipe,
        steps=recipe.steps if minutes is None else None,
        minutes=minutes,
        n_members=plan.n_members,
        class_weight=plan.class_weight,
        random_state=plan.weights_seed,
        callbacks=[*callbacks, shown] if shown else callbacks,
        strategy=tf.distribute.MirroredStrategy() if plan.mirrored else None,
    )
    checkpoints = out / run_folder.CHECKPOINTS
    earlier, logged = earlier_parts(checkpoints, plan.n_members)
    data, held_out = plan.data, plan.held_out
    start = perf_counter()
    closing = contextlib.closing(shown) if shown else contextlib.nullcontext()
    with closing, _abandoning(out):
        classifier.fit(
            data.named(data.x_train),
            plan.y,
            validation=held_out and (data.named(held_out[0]), held_out[1]),
            checkpoints=checkpoints,
            continue_from=plan.continue_from,
        )
    seconds = earlier + perf_counter() - start
    # Without a step left, none was shown.
    first_step = shown.first_step if shown else None
    return _Fitted(classifier, seconds, logged if first_step is None else first_step)


def _write(out, plan, answer, fitted, command, left_out):
    """Evaluate what was trained, and write it with what came of it."""
    data, y, classifier, embedded = plan.data, plan.y, fitted.classifier, plan.embedded
    if answer:
        classifier.model_.info["temperature"] = answer.tempered[0]
        if answer.left_out.guesses.get(answer.kept):
            some = looked_at(data, y, plan.weights_seed)
            answer = answer.beside(classifier.predict_proba(some))
    if answer and data.x_test is None:
        evaluation = answer.evaluation(data)
    else:
        evaluation = evaluate(classifier, data, y, plan.held_out)
    tested, beside, validation_error = evaluation.part == "test", None, None
    if tested and plan.continue_from is not None:
        warn_of_learned(plan.continue_from, data)
    if plan.held_out:
        untested = replace(data, x_test=None, y_test=None, files_test=None)
        again = (
            evaluate(classifier, untested, y, plan.held_out) if tested else evaluation
        )
        validation_error = again.error
    if tested and plan.tries_spreading:
        beside = beside_spreading(data, y, plan.weights_seed, evaluation.wrong)
    unlabeled = guesses(classifier, data, y)
    if embedded:
        data, classifier = embedded.images, embedded.put_before(classifier, y)
        evaluation = replace(evaluation, x=embedded.images_of(evaluation.x))
    result = {
        "dataset": data.name,
        "split": plan.split.name,
        "n_labels": int(is_labeled(y).sum()),
        "n_validation_labels": len(plan.held_out[1]) if plan.held_out else 0,
        "left_out": left_out,
        "validation_error": validation_error,
        "classes": classifier.classes_.tolist(),
        "recipe": classifier.recipe_.name,
        "steps": classifier.recipe_.steps,
        "minutes": plan.minutes,
        "n_members": classifier.n_members,
        "class_weight": plan.class_weight,
        "seed": plan.split.seed,
        "weights_seed": plan.weights_seed,
        "error": evaluation.error if tested else None,
        "n_test": len(evaluation.true) if tested else 0,
        "label_spreading": beside,
        "unlabeled": unlabeled,
        "expected": answer and answer.as_json(data.class_name),
        "seconds": round(fitted.seconds, 2),
        "resumed_from_step": fitted.first_step,
        "restarts": classifier.model_.info.get("restarts", 0),
        "continued_from": plan.continued_from,
        "backbone": embedded.name if embedded else data.made_by,
        "backbone_learned": plan.backbone_learned,
        **environment(),
    }
    write_files(out, data, y, plan.split, classifier, evaluation, result, command)
    return result


@contextlib.contextmanager
def _abandoning(out):
    """At an error, leave no folder that is then refused, if nothing can be resumed."""
    try:
        yield
    except Exception as error:
        # Answers come before the minutes are known to be too few; with more, they
        # would be those of another training.
        run_folder.abandon(out, answers=not isinstance(error, TooFewMinutes))
        raise
