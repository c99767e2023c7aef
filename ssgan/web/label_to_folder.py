"""Label pictures on a page, then train on all labels: this is ``ssgan label``."""

import contextlib
import shlex
import sys
import threading
from pathlib import Path

from ssgan import recipes
from ssgan.data.sources import load
from ssgan.errors import counted, expect
from ssgan.stats.percent import interval_of, percent
from ssgan.support.files import write_json
from ssgan.support.locks import locked
from ssgan.support.quiet import import_tensorflow
from ssgan.support.run_folder import CHECKPOINTS, MODEL, RUN
from ssgan.web.labeled_sources import open_source
from ssgan.web.labeling import Labeling
from ssgan.web.labeling_app import LabelingApp
from ssgan.web.learner import Learner, Task
from ssgan.web.server import serving, wait

# What `label_to_folder` writes beside the model: a folder with it is its own.
CURVE = "labeling.json"
# Seconds until the page has asked how it ended.
LAST_LOOK = 4
# An answer passes between threads several times, and may wait for one that computes
# each time; Python lets that go on for 5 ms by default.
SWITCH_SECONDS = 0.0005


def label_to_folder(
    source,
    out=None,
    *,
    size=None,
    recipe="auto",
    steps=None,
    seed=0,
    host=None,
    say=print,
    progress=None,
):
    """Serve the page until the person ends it or Ctrl-C, then train on all labels.

    Chosen labels are no sample of the classes. The last training corrects the shares of
    the classes by guesses; see `ssgan.estimator.class_shares`. The few labels drawn at
    random would be a worse estimate; see benchmarks/label_shares.py.

    Parameters
    ----------
    source : path
        A folder of images, or a .npz, .csv or .parquet file of images. It may be
        labeled in part; see `ssgan.web.labeled_sources`.
    out : path or None, default=None
        Folder for the model, its report, and ``labeling.json`` with what
        `ssgan.web.honest_curve` says. By default NAME-model beside the source. A model
        that was made by labeling is replaced, no other.
    size : int or None, default=None
        See `ssgan.load`; for folders.
    recipe, steps
        See `ssgan.evaluation.fit_plan.plan_fit`.
    seed : int, default=0
        Of the questions and of the weights.
    host : str or None, default=None
        See `ssgan.web.server.serving`.
    say : callable, default=print
        Called with each sentence for the terminal.
    progress : callable or None, default=None
        See `ssgan.train_to_folder.train_to_folder`.

    Returns
    -------
    dict or None
        What ``result.json`` says. None if there are fewer than two classes to learn.
    """
    recipes.resolve(recipe, steps, shape=(28, 28))  # Now, not after hours of labeling.
    source = Path(source).expanduser()
    opened = open_source(source)
    folder = source.is_dir()
    expect(size is None or folder, "--size for a folder of images", f"size={size}")
    out = source.resolve().parent / f"{opened.name}-model" if out is None else Path(out)
    _expect_own(out)
    task = Task(
        path=opened.folder if folder else source,
        files=tuple(opened.keys) if folder else None,
        size=size,
        recipe=recipe,
        steps=steps,
        seed=seed,
    )
    with locked(opened.folder):
        labeling = Labeling(opened, seed)
        page = LabelingApp(labeling)
        with serving(page.app(), host, say=say):
            try:
                with _learning(labeling, task):
                    wait(page.done)
            except KeyboardInterrupt as error:
                if type(error) is not KeyboardInterrupt:  # SIGTERM: no time is left.
                    raise
            page.done.set()
            return _end(labeling, page, out, task, say, progress)


def _expect_own(out):
    """Raise InputError if a folder holds a model that another command made."""
    expect(not out.exists() or out.is_dir(), "a folder for --out", out)
    foreign = any((out / name).exists() for name in (RUN, CHECKPOINTS, MODEL))
    own = (out / CURVE).exists()
    expected = "an --out without a model, or with one that `ssgan label` made"
    expect(own or not foreign, expected, out)


@contextlib.contextmanager
def _learning(labeling, task):
    """Let the learner and the thread that guesses work in this context."""
    done = threading.Event()
    learner = Learner(task, labeling.take_features, labeling.take_unreadable)
    labeling.learner = learner
    thread = threading.Thread(target=labeling.think, args=(done,), daemon=True)
    thread.start()
    usual = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_SECONDS)
    try:
        yield
    finally:
        sys.setswitchinterval(usual)
        done.set()
        labeling.learner = None
        learner.close()
        thread.join(10)


def _end(labeling, page, out, task, say, progress):
    """Write the labels, and train on all of them."""
    n = labeling.take_changes()
    if n:
        say(f"Another program has changed {n} of the labels, and what it wrote counts.")
    opened = labeling.source
    opened.write(labeling.decisions.standing.labels)
    labels = labeling.labels()
    what = f"{opened.written} has {counted(len(labels), 'label')}."
    if len(set(labels.values())) < 2:
        say(f"{what} A classifier needs two classes, so none was trained.")
        return None
    say(f"{what} Training on all of them; Ctrl-C ends without a model.")
    text = f"{what} The last training, on all of them, runs in the terminal."
    page.ending = {"text": text, "over": False}
    state = labeling.state()
    write_json(out / CURVE, {"curve": state["curve"], "drawn": state["shares"]})
    import_tensorflow()
    from ssgan.data.choose_split import choose_split
    from ssgan.train_to_folder import train_to_folder

    data = load(opened.trained_on, size=task.size)
    result = train_to_folder(
        out,
        data,
        choose_split(data, "all", task.seed),
        recipe=task.recipe,
        steps=task.steps,
        quick=True,  # The page has estimated the error, and from random examples.
        overwrite=True,
        progress=progress,
        command=_command(opened, out, task),
    )
    now = state["curve"]["now"]
    if now is not None:
        n = now["n"]
        drawn = f"the last {n} pictures" if n > 1 else "1 picture"
        say(
            f"Estimated error while you labeled: {percent(now['error'])} "
            f"({interval_of(now['low'], now['high'])}), from {drawn} drawn at random."
        )
    written = f"Written: {out / 'model.keras'} and {out / 'report.html'}"
    say(written)
    page.ending = {"text": f"{what} {written}.", "over": True}
    page.seen.wait(LAST_LOOK)
    return result


def _command(opened, out, task):
    """Return the command that trains on the same labels again."""
    words = ["ssgan", "fit", opened.trained_on, "--labels", "all", "--quick"]
    words += ["--out", out]
    given = {"--size": task.size, "--steps": task.steps, "--seed": task.seed or None}
    given["--recipe"] = None if task.recipe == "auto" else task.recipe
    for option, value in given.items():
        words += [] if value is None else [option, value]
    return shlex.join(map(str, words))
