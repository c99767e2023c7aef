"""One training from data to a folder: what ``ssgan fit`` does."""

import contextlib
import json
import os
import shutil
import time

import numpy as np
import tensorflow as tf
from sklearn.model_selection import train_test_split

from ssgan import history, recipes
from ssgan.data.examples import is_labeled
from ssgan.data.splits import LabelSplit, label_split
from ssgan.errors import InputError, errors_mean, expect
from ssgan.estimator import SSGANClassifier
from ssgan.records import draft, environment, write_json


def choose_split(data, labels=None, seed=0, path=None, *, balanced=True):
    """Return the split that keeps `labels` labels, or all, or those that a file names.

    Parameters
    ----------
    data : ssgan.data.examples.Data
    labels : int or None, default=None
        Labels to keep; None keeps all where other examples have none.
    seed : int, default=0
        Data seed.
    path : path or None, default=None
        A file that `LabelSplit.save` wrote, in place of `labels`.
    balanced : bool, default=True
        See `ssgan.label_split`.

    Returns
    -------
    LabelSplit
    """
    if path is not None:
        both = f"--labels {labels} --split {path}"
        expect(labels is None, "--labels or --split", both)
        split = LabelSplit.load(path)
        split.apply(data.y_train)
        return split
    if labels is None:
        given = np.flatnonzero(is_labeled(data.y_train))
        expect(
            0 < len(given) < len(data.y_train),
            "--labels N or --split FILE, unless some of the labels are -1",
            f"{len(given)} labels for {len(data.y_train)} examples of {data.name}",
        )
        return LabelSplit(f"{data.name}@{len(given)}", given, seed, len(given))
    return label_split(data.y_train, labels, seed, balanced=balanced, name=data.name)


def fit_into(
    out,
    data,
    split,
    *,
    recipe="auto",
    steps=None,
    members=1,
    class_weight=None,
    weights_seed=None,
    validation=0.0,
    mirrored=False,
    tensorboard=None,
    resume=False,
    overwrite=False,
    progress=None,
    command=None,
):
    """Train a classifier and write it, with what came of it, to a folder.

    The folder gets ``model.keras``, ``split.json``, ``result.json``, ``history.jsonl``
    (see `ssgan.history`; "member" counts the models) and ``report.html``. Until these
    are whole, all there is lies in its folder ``checkpoints``.

    Parameters
    ----------
    out : pathlib.Path
    data : ssgan.data.examples.Data
    split : LabelSplit
    recipe, steps, class_weight
        See `ssgan.SSGANClassifier`.
    members : int, default=1
        Models to average.
    weights_seed : int or None, default=None
        Seed of the weights, by default that of the split.
    validation : float in [0, 1), default=0
        Fraction of the labels to show errors on and not learn from.
    mirrored : bool, default=False
        Share each batch among all GPUs of this machine.
    tensorboard : path or None, default=None
        Folder to log to for TensorBoard; see `ssgan.board.Board`.
    resume, overwrite : bool, default=False
        Go on from the checkpoints in the folder, or begin anew whatever it holds.
    progress : callable or None, default=None
        See `ssgan.compare.compare`.
    command : str or None, default=None
        What makes the result again, for the report.

    Returns
    -------
    dict or None
        What ``result.json`` says; None where a finished training was to be resumed.

    Raises
    ------
    InputError
        If the folder or an argument does not permit it.
    """
    recipe = recipes.resolve(recipe, steps, images=data.x_train.ndim > 2)
    y, held_out = _hold_out(data, split, validation)
    callbacks = []
    if tensorboard is not None:
        from ssgan.board import Board

        callbacks.append(Board(tensorboard, recipe))
    weights_seed = split.seed if weights_seed is None else weights_seed
    if _prepare(out, split, resume, overwrite):
        return None
    shown = progress and progress(split.name)
    classifier = SSGANClassifier(
        recipe,
        n_members=members,
        class_weight=class_weight,
        random_state=weights_seed,
        callbacks=[*callbacks, shown] if shown else callbacks,
        strategy=tf.distribute.MirroredStrategy() if mirrored else None,
    )
    checkpoints = out / "checkpoints"
    stems = [checkpoints / f"member-{i}" for i in range(members)]
    earlier = sum(line["seconds"] for stem in stems for line in history.read(stem)[-1:])
    start = time.perf_counter()
    with contextlib.closing(shown) if shown else contextlib.nullcontext():
        try:
            classifier.fit(
                data.named(data.x_train),
                y,
                validation=held_out and (data.named(held_out[0]), held_out[1]),
                checkpoints=checkpoints,
            )
        except InputError:
            if not any(checkpoints.glob("*.keras")):
                _remove(checkpoints)
            raise
    seconds = earlier + time.perf_counter() - start
    part, x, true = _judged(data, y, held_out)
    probabilities = classifier.predict_proba(data.named(x))
    error = None
    if part == "test":
        predicted = classifier.classes_[probabilities.argmax(axis=1)]
        error = float((predicted != true).mean())
    classifier.save(out / "model.keras")
    result = {
        "dataset": data.name,
        "split": split.name,
        "labels": int(is_labeled(y).sum()),
        "validation_labels": len(held_out[1]) if held_out else 0,
        "classes": classifier.classes_.tolist(),
        "recipe": recipe.name,
        "steps": recipe.steps,
        "members": members,
        "class_weight": class_weight,
        "seed": split.seed,
        "weights_seed": weights_seed,
        "error": error,
        "n_test": 0 if error is None else len(data.y_test),
        "seconds": round(seconds, 2),
        "resumed_from_step": (shown and shown.first_step) or 0,
        **environment(),
    }
    split.save(out / "split.json")
    write_json(out / "result.json", result)
    lines = [history.read(stem) for stem in stems]
    with draft(out / "history.jsonl") as path, path.open("w") as file:
        for member, of_member in enumerate(lines):
            file.writelines(
                json.dumps({"member": member, **line}) + "\n" for line in of_member
            )
    # Matplotlib and Jinja are imported only where there is something to show.
    from ssgan import report

    report.write_fit(
        out / "report.html",
        data,
        y,
        (part, x, true, probabilities),
        classifier,
        result,
        lines[0],
        history.album(stems[0]),
        command,
    )
    _remove(checkpoints)
    return result


def _judged(data, y, held_out):
    """Return the examples to judge a model by: ``(part, x, y)``."""
    if data.x_test is not None:
        return "test", data.x_test, data.y_test
    if held_out is not None:
        return "validation", *held_out
    return "labeled", data.x_train[is_labeled(y)], y[is_labeled(y)]


def _hold_out(data, split, fraction):
    """Return the labels to learn from, -1 elsewhere, and a validation part or None."""
    y = split.apply(data.y_train)
    if not fraction:
        return y, None
    with errors_mean(
        f"labels enough to hold out --validation {fraction} of each class"
    ):
        _, held = train_test_split(
            split.indices,
            test_size=fraction,
            stratify=y[split.indices].astype(str),
            random_state=split.seed,
        )
    held_out = data.x_train[held], y[held]
    y[held] = -1
    return y, held_out


def _prepare(out, split, resume, overwrite):
    """Make the folder ready for a training; return whether it holds a finished one."""
    checkpoints = out / "checkpoints"
    with errors_mean(f"{out} to be a folder that can be written"):
        out.mkdir(parents=True, exist_ok=True)
        probe = out / f".{os.getpid()}.probe"
        probe.touch()
        probe.unlink()
    held = [n for n in ("model.keras", "checkpoints") if (out / n).exists()]
    expect(
        resume or overwrite or not held,
        "an --out without a training in it, --resume or --overwrite",
        f"{out}, which holds {' and '.join(held)}",
    )
    if resume and held:
        finished = not checkpoints.exists()
        old = LabelSplit.load((out if finished else checkpoints) / "split.json")
        same = old.name == split.name and old.indices.tolist() == split.indices.tolist()
        expect(same, f"the split of {out}, {old.name}, to resume", split.name)
        return finished
    _remove(checkpoints)
    checkpoints.mkdir()
    split.save(checkpoints / "split.json")
    return False


def _remove(folder):
    shutil.rmtree(folder, ignore_errors=True)
