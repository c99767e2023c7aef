"""Train several methods on the same labels, and record what comes of it."""

import contextlib
import functools
import shutil
import time
from pathlib import Path

import keras

from ssgan import recipes
from ssgan.data.labels import is_labeled
from ssgan.errors import expect
from ssgan.estimator import SSGANClassifier
from ssgan.estimator.mirror_images import without_misleading
from ssgan.estimator.validation import network_shape
from ssgan.evaluation import baselines
from ssgan.evaluation.baselines import BASELINES, encoded
from ssgan.evaluation.comparison import FOR_IMAGES, FOR_ROWS, METHODS, Comparison
from ssgan.evaluation.draws import draw
from ssgan.evaluation.evaluate import check_test_part
from ssgan.evaluation.expected_time import expected_seconds
from ssgan.evaluation.result_rows import SCHEMA, ResultRows
from ssgan.nn.precision import precision
from ssgan.stats.predictions import error_rate, packed
from ssgan.support import parallel
from ssgan.support.locks import locked
from ssgan.support.provenance import checksum, environment, fingerprint
from ssgan.training.build import build_networks
from ssgan.training.parts import recipe_numbers
from ssgan.training.training_log import earlier_parts


def compare(
    data,
    n_labels=None,
    *,
    splits=5,
    first_seed=0,
    recipe="auto",
    steps=None,
    n_members=1,
    methods=None,
    balanced=True,
    out=None,
    checkpoints=None,
    n_jobs=None,
    progress=None,
    on_start=None,
    on_row=None,
):
    """Train every method on the same labels, and test it on the same examples.

    - "supervised": SSGAN's discriminator without the game: the same network, averaging,
      augmentation and number of steps, trained on the labels alone.
    - "self-training": scikit-learn's, around a logistic regression; for images, on the
      `ssgan.data.unlearned_features` of all training examples.
    - "label-spreading": scikit-learn's, for images with 7 neighbors by the same
      features. Its memory and time grow with the number of rows. Of more than 20,000
      unlabeled rows it gets 20,000, drawn by the split's seed; its result row says how
      many.
    - For rows of numbers alone, scikit-learn's "logistic-regression", "random-forest",
      "gradient-boosting" and "nearest-neighbors", on the labels; and, around the last
      three, "self-training-forest", "self-training-boosting" and
      "self-training-neighbors". `ssgan.evaluation.peers` says how what they leave open
      is chosen.
    - "ssgan": the game, with the labels and all unlabeled examples.
    - "ceiling": "supervised" with every training label. It does not depend on the
      split, and runs once, last.

    Parameters
    ----------
    data : ssgan.data.examples.Data
        If it has no test part, it gets one; see `Data.with_test_part`.
    n_labels : int or None, default=None
        Number of labels in each split. None is for data that have unlabeled examples:
        the labels are divided into as many parts as there are splits, evenly over the
        classes, and each part is left out once. It is what the split is tested on,
        unless the data have a test part.
    splits : int, default=5
        Number of label splits to draw.
    first_seed : int, default=0
        Seed of the first split; the others have the next seeds. The weights have the
        seed of their split.
    recipe, steps, n_members
        See `ssgan.SSGANClassifier`. Whether a named recipe mirrors images is asked of
        the labels of the first draw, for all of them.
    methods : sequence of str or None, default=None
        By default `ssgan.evaluation.comparison.FOR_IMAGES` or, for rows of numbers,
        `FOR_ROWS`; without `n_labels`, all of them but the ceiling.
    balanced : bool, default=True
        See `ssgan.label_split`.
    out : path or None, default=None
        Folder for ``rows.jsonl`` and ``result.json``. Each row is written the moment it
        exists. Runs that have a row there are not repeated. One process at a time can
        work in the folder.
    checkpoints : path or None, default=None
        Folder for checkpoints, so that an interrupted run continues. They are removed
        when its row is written.
    n_jobs : int or None, default=None
        Runs at a time; see `ssgan.support.parallel.run_all`.
    progress : callable or None, default=None
        ``progress(description, live=...)`` returns a Keras callback that has a method
        ``close``, such as `ssgan.training.progress.Progress`. `live` is True if one run
        at a time has the terminal to itself.
    on_start : callable or None, default=None
        ``on_start(seconds)`` is called before the first run with the time that all runs
        will take, or None; see `ssgan.evaluation.expected_time`. If it is None, the
        time is not measured.
    on_row : callable or None, default=None
        ``on_row(row, done, total)`` is called with each row, the number of rows so far
        and the number of rows in the end.

    Returns
    -------
    Comparison
        Its rows are described in `ssgan.evaluation.result_rows`.

    Raises
    ------
    InputError
        If the data have no test part and too few labels for one, or an argument is not
        as described.
    """
    images = data.x_train.ndim > 2
    if methods is None:
        few = n_labels is None  # All labels are used anyway.
        methods = FOR_IMAGES if images else FOR_ROWS
        methods = [m for m in methods if not few or m != "ceiling"]
    known = [m for m in METHODS if not (images and m in baselines.ROWS_ONLY)]
    unknown = [m for m in methods if m not in known]
    expect(methods and not unknown, f"methods among {', '.join(known)}", list(methods))
    parallel.effective_jobs(n_jobs)
    named = isinstance(recipe, str)
    recipe = recipes.resolve(recipe, steps, shape=data.x_train.shape[1:])
    draws = draw(data, n_labels, splits, first_seed, balanced=balanced)
    if named:  # The first draw decides for all.
        examples, split = draws[0]
        y = split.apply(examples.y_train)
        recipe = without_misleading(recipe, examples.x_train, y, split.seed)
    check_test_part(draws[0].data, draws[0].data.y_train)
    _check_networks(recipe, methods, draws[0].data)
    runs = [(m, d) for d in draws for m in METHODS if m in methods and m != "ceiling"]
    if "ceiling" in methods:
        runs.append(("ceiling", draws[0]))
    with locked(out) if out else contextlib.nullcontext():
        recorded = ResultRows(out)
        plans = _plans(runs, recipe, n_members)
        rows, missing = {}, []
        for index, plan in enumerate(plans):
            row = recorded.find(plan)
            if row is None:
                missing.append(index)
                continue
            rows[index] = row
            if on_row:
                on_row(row, len(rows), len(runs))
        if on_start:
            on_start(expected_seconds([runs[i] for i in missing], recipe, n_members))
        jobs = parallel.effective_jobs(n_jobs)
        if jobs > 1:
            # The longest first, so that no process ends long after the others.
            missing.sort(key=lambda i: (runs[i][0] != "ssgan", runs[i][0] in BASELINES))
        shown = progress and functools.partial(progress, live=jobs == 1)
        tasks = [(plans[i], runs[i][1], recipe, checkpoints, shown) for i in missing]
        for number, outcome in parallel.run_all(_run, tasks, n_jobs):
            index = missing[number]
            rows[index] = plans[index] | outcome | {"jobs": jobs} | environment()
            recorded.add(rows[index])
            if checkpoints:
                shutil.rmtree(
                    _run_folder(checkpoints, plans[index]), ignore_errors=True
                )
            if on_row:
                on_row(rows[index], len(rows), len(runs))
        comparison = Comparison([rows[index] for index in range(len(runs))])
        recorded.summarize(comparison)
        return comparison


def _check_networks(recipe, methods, data):
    """Raise InputError if a network does not fit the examples, before any run."""
    if set(methods) <= set(BASELINES):
        return
    recipe = recipe if "ssgan" in methods else recipe.supervised()
    n_classes = len(set(data.y_train[is_labeled(data.y_train)]))
    build_networks(recipe, network_shape(data.x_train.shape[1:]), n_classes)


def _plans(runs, recipe, n_members):
    """Return, for each run, the part of its row that is known before it."""

    @functools.cache
    def key(data):
        return checksum(data.x_train, data.y_train, data.x_test, data.y_test)

    recipe_of = {
        "ssgan": recipe,
        "supervised": recipe.supervised(),
        "ceiling": recipe.supervised(),
    }
    plans = []
    for method, (data, split) in runs:
        images = data.x_train.ndim > 2
        own = recipe_of.get(method)
        values = recipe_numbers(own) if own else baselines.numbers(method, images)
        n_labels, n_unlabeled = split.n_labels, len(data.y_train) - split.n_labels
        if method == "ceiling":
            n_labels = int(is_labeled(data.y_train).sum())
        if method == "label-spreading":
            n_unlabeled = min(n_unlabeled, baselines.SPREADING_ROWS)
        if method in ("supervised", "ceiling", *baselines.AROUND.values()):
            n_unlabeled = 0  # They learn from labels alone.
        plans.append(
            {
                "schema": SCHEMA,
                "dataset": data.name,
                "data": key(data),
                "split": f"{data.name}@all" if method == "ceiling" else split.name,
                "seed": split.seed,
                "method": method,
                "recipe": own and own.name,
                "steps": own and own.steps,
                "recipe_numbers": values,
                "fingerprint": fingerprint(values),
                "n_labels": n_labels,
                "n_unlabeled": n_unlabeled,
                "weights_seed": split.seed,
                "n_members": n_members if own else 1,
                "precision": keras.config.dtype_policy().name,
                "n_test": len(data.y_test),
            }
        )
    return plans


def _run(plan, draw, recipe, checkpoints, progress):
    """Train one method; return what came out of it."""
    method, (data, split) = plan["method"], draw
    y = data.y_train if method == "ceiling" else split.apply(data.y_train)
    start, earlier, resumed, restarts = time.perf_counter(), 0.0, 0, 0
    x_test = data.named(data.x_test)
    if method in BASELINES:
        x_train, x_test = encoded(data)
        predict = BASELINES[method](x_train, y, split.seed)
    else:
        recipe = recipe if method == "ssgan" else recipe.supervised()
        shown = progress and progress(f"{split.name} {method}")
        folder = checkpoints and _run_folder(checkpoints, plan)
        if folder:
            earlier, resumed = earlier_parts(folder, plan["n_members"])
        classifier = SSGANClassifier(
            recipe,
            n_members=plan["n_members"],
            random_state=plan["weights_seed"],
            callbacks=[shown] if shown else (),
        )
        with (
            contextlib.closing(shown) if shown else contextlib.nullcontext(),
            precision(plan["precision"]),
        ):
            classifier.fit(data.named(data.x_train), y, checkpoints=folder)
            predict = classifier.predict
            restarts = classifier.model_.info["restarts"]
    seconds = earlier + time.perf_counter() - start
    predicted = predict(x_test)
    return {
        "error": error_rate(predicted, data.y_test),
        "wrong": packed(predicted != data.y_test),
        "seconds": round(seconds, 2),
        "resumed_from_step": resumed,
        "restarts": restarts,
    }


def _run_folder(checkpoints, plan):
    keys = ("split", "method", "data", "fingerprint", "n_members", "precision")
    return Path(checkpoints) / "-".join(str(plan[key]) for key in keys)
