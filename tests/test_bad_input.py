"""Everything that a user can get wrong is answered by one sentence."""

import inspect

import numpy as np
import pytest
from command_line import run
from tiny import TINY, TINY_GAME

from ssgan import InputError, LabeledKFold, SSGANClassifier, batches, load
from ssgan.data.examples import Data
from ssgan.evaluation.compare import compare

X = np.random.default_rng(0).normal(size=(40, 4)).astype("float32")
Y = np.arange(40) % 2
UNLABELED = np.full(40, -1)


def with_value(value):
    x = X.copy()
    x[3, 1] = value
    return x


@pytest.fixture(scope="module")
def fitted():
    return SSGANClassifier(TINY, random_state=0).fit(
        X, np.where(np.arange(40) < 8, Y, -1)
    )


@pytest.fixture
def model(fitted, tmp_path):
    path = tmp_path / "model.keras"
    fitted.save(path)
    return path


@pytest.fixture
def npz(tmp_path):
    """Return a function that writes a data set of the given arrays, X and Y if none."""

    def save(**arrays):
        path = tmp_path / "own.npz"
        tests = {"x_test": X + 0.01, "y_test": Y}
        np.savez(path, **arrays or {"x_train": X, "y_train": Y, **tests})
        return path

    return save


def fit(x, y, **arguments):
    return SSGANClassifier(TINY).fit(x, y, **arguments)


def with_softmax(shape, n_classes):
    import keras

    layers = keras.layers.Dense(n_classes), keras.layers.Softmax()
    return keras.Sequential([keras.Input(shape), *layers])


# In Python: each raises InputError.
IN_PYTHON = {
    "no labeled example": lambda: fit(X, UNLABELED),
    "a single class": lambda: fit(X, np.where(np.arange(40) < 9, 0, -1)),
    "NaN at fit": lambda: fit(with_value(np.nan), Y),
    "infinity at fit": lambda: fit(with_value(np.inf), Y),
    "NaN among the unlabeled": lambda: fit(X, Y, unlabeled=with_value(np.nan)),
    "examples all the same": lambda: fit(np.full((40, 4), 7.0), Y),
    "text at fit": lambda: fit(np.full((40, 4), "a"), Y),
    "complex numbers at fit": lambda: fit(X + 1j, Y),
    "one axis at fit": lambda: fit(X[:, 0], Y),
    "five axes at fit": lambda: fit(X.reshape(40, 1, 2, 2, 1), Y),
    "fewer labels than examples": lambda: fit(X, Y[:-1]),
    "labels that are no classes": lambda: fit(X, Y + 0.5),
    "no example at fit": lambda: fit(X[:0], Y[:0]),
    "unlabeled of another width": lambda: fit(X, Y, unlabeled=X[:, :3]),
    "an unknown class in validation": lambda: fit(X, Y, validation=(X, Y + 7)),
    "images of different sizes": lambda: fit(
        [np.zeros((4, 4)), np.zeros((5, 5))], [0, 1]
    ),
    "an object array of images": lambda: fit(
        np.array([np.zeros((4, 4)), np.zeros((5, 5))], dtype=object), [0, 1]
    ),
    "image_shape of another size": lambda: SSGANClassifier(image_shape=(3, 3)).fit(
        X, Y
    ),
    "an unknown recipe": lambda: SSGANClassifier("imagse").fit(X, Y),
    "no step": lambda: SSGANClassifier(steps=0).fit(X, Y),
    "no job": lambda: SSGANClassifier(TINY, n_jobs=0).fit(X, Y),
    "no member": lambda: SSGANClassifier(TINY, n_members=0).fit(X, Y),
    "a truth value of members": lambda: SSGANClassifier(TINY, n_members=True).fit(X, Y),
    "a batch of no unlabeled example": lambda: batches(X, Y, X[:0]),
    "a batch of no labeled example": lambda: batches(X[:0], Y[:0], X),
    "a comparison with too few labels to test on": lambda: compare(
        Data("own", X, np.where(np.arange(40) < 8, Y, -1)), 4
    ),
    "a comparison of an unknown method": lambda: compare(
        Data("own", X, Y, X, Y), 4, methods=["svm"]
    ),
    "a model that is not there": lambda: SSGANClassifier.load("no-such.keras"),
    "a name that does not end in .keras": lambda fitted, tmp_path: fitted.save(
        tmp_path / "model.h5"
    ),
    "a folder that is a file to save in": lambda fitted, npz: fitted.save(
        npz() / "model.keras"
    ),
    "columns missing at predict": lambda fitted: fitted.predict(X[:, :3]),
    "images at predict": lambda fitted: fitted.predict(X.reshape(40, 2, 2)),
    "NaN at predict": lambda fitted: fitted.predict(with_value(np.nan)),
    "text at predict": lambda fitted: fitted.predict(np.full((40, 4), "a")),
    "no example at predict": lambda fitted: fitted.predict(X[:0]),
    "fewer labels than examples to score": lambda fitted: fitted.score(X, Y[:20]),
    "more labels than examples to score": lambda fitted: fitted.score(X[:20], Y),
    "one-hot labels to score": lambda fitted: fitted.score(X, np.eye(2)[Y]),
    "text labels to score": lambda fitted: fitted.score(X, Y.astype(str)),
    "weights of another number to score": lambda fitted: fitted.score(
        X, Y, sample_weight=np.ones(41)
    ),
    "a network that ends in a layer of probabilities": lambda: SSGANClassifier(
        TINY, discriminator=with_softmax
    ).fit(X, Y),
    "a generator for a recipe without one": lambda: SSGANClassifier(
        TINY.supervised(), generator=with_softmax
    ).fit(X, Y),
    "a term that there is not": lambda: SSGANClassifier(
        TINY_GAME.with_term("PseudoLabel")
    ).fit(X, Y),
    "an option that a term does not have": lambda: SSGANClassifier(
        TINY_GAME.with_term("PseudoLabels", alinged=False)
    ).fit(X, Y),
    "per cent as confidence": lambda: SSGANClassifier(
        TINY_GAME.with_term("PseudoLabels", confidence=95)
    ).fit(X, Y),
    "a term that is not there to leave out": lambda: TINY_GAME.without_term("A"),
    "folds of labels with two axes": lambda: next(
        LabeledKFold(2).split(X, np.eye(2)[Y])
    ),
    "folds of no seed": lambda: next(LabeledKFold(2, random_state=-1).split(X, Y)),
    "columns to drop as text": lambda: load("own.csv", drop="ab"),
    "columns as text": lambda: load("own.csv", columns="ab"),
    "a number as shape": lambda: load("digits", shape=8),
    "a batch of size 0": lambda: batches(X, Y, X, labeled_size=0),
    "a model without unlabeled examples": lambda fitted: fitted.model_.fit(
        {"labeled": X}, Y
    ),
    "a model with arrays in no dictionary": lambda fitted: fitted.model_.fit(X, Y),
    "an unknown source": lambda: load("nmist"),
}


def cut(path):
    path.write_bytes(path.read_bytes()[:200])
    return path


def written(path):
    path.write_text("These are no such data.")
    return path


def plain_keras(path):
    import keras

    keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(2)]).save(path)
    return path


# On the command line: each returns a line; the folder to write to comes after it.
FIT = "--labels 4 --steps 10 --recipe vectors"
ON_COMMAND_LINE = {
    "fit: an unknown source": lambda: "fit nmist --labels 4",
    "fit: a file that is not there": lambda: "fit no-such.npz --labels 4",
    "fit: a folder": lambda tmp_path: f"fit {tmp_path} --labels 4",
    "fit: an .npz that is a folder": lambda tmp_path: (
        f"fit {(tmp_path / 'a.npz').mkdir() or tmp_path / 'a.npz'} --labels 4"
    ),
    "fit: a truncated .npz": lambda npz: f"fit {cut(npz())} --labels 4",
    "fit: an .npz of something else": lambda tmp_path: (
        f"fit {written(tmp_path / 'a.npz')} --labels 4"
    ),
    "fit: arrays of other names": lambda npz: f"fit {npz(a=X, b=Y)} --labels 4",
    "fit: NaN": lambda npz: f"fit {npz(x=with_value(np.nan), y=Y)} --labels 4",
    "fit: objects": lambda npz: f"fit {npz(x=X.astype(object), y=Y)} --labels 4",
    "fit: no label": lambda npz: f"fit {npz(x=X, y=UNLABELED)}",
    "fit: one class": lambda npz: f"fit {npz(x=X, y=Y * 0)} --labels 4",
    "fit: one class and the rest unlabeled": lambda npz: f"fit {npz(x=X, y=-Y)}",
    "fit: labels not said, all there": lambda npz: f"fit {npz()}",
    "fit: too many labels": lambda npz: f"fit {npz()} --labels 41",
    "fit: labels that are no number": lambda npz: f"fit {npz()} --labels many",
    "fit: all labels of none": lambda npz: f"fit {npz(x=X, y=UNLABELED)} --labels all",
    "fit: a class without a label": lambda: "fit digits --labels 9",
    "fit: an unknown recipe": lambda npz: f"fit {npz()} --labels 4 --recipe a",
    "fit: a recipe for images": lambda npz: f"fit {npz()} --labels 4 --recipe images",
    "fit: a split that is none": lambda npz: f"fit {npz()} --split {npz()}",
    "fit: a split and labels": lambda npz: f"fit {npz()} --split a --labels 4",
    "fit: no label left to learn from": lambda npz: (
        f"fit {npz()} --labels 2 --validation 0.5"
    ),
    "fit: a data set that cannot be had": lambda tmp_path, monkeypatch: (
        monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path / "tfds"))
        or "fit tfds:no_such_data_set --labels 10"
    ),
    "fit: a folder within a file": lambda npz: f"fit {npz()} {FIT} --out {npz()}/out",
    "fit: a folder with a model": lambda npz, model: (
        f"fit {npz()} {FIT} --out {model.parent}"
    ),
    "compare: nothing to test on": lambda npz: (
        f"compare {npz(x=X, y=np.where(np.arange(40) < 8, Y, -1))} --labels 4"
    ),
    "compare: an unknown method": lambda npz: (
        f"compare {npz()} --labels 4 --methods svm"
    ),
    "compare: no job": lambda npz: f"compare {npz()} --labels 4 --jobs 0",
    "compare: a folder within a file": lambda npz: (
        f"compare {npz()} --labels 4 --out {npz()}/out"
    ),
    "evaluate: a model that is not there": lambda npz: f"evaluate no.keras {npz()}",
    "evaluate: a model that is a folder": lambda npz, tmp_path: (
        f"evaluate {tmp_path} {npz()}"
    ),
    "evaluate: some file as a model": lambda npz, tmp_path: (
        f"evaluate {written(tmp_path / 'a.keras')} {npz()}"
    ),
    "evaluate: a truncated model": lambda npz, model: f"evaluate {cut(model)} {npz()}",
    "evaluate: another Keras model": lambda npz, tmp_path: (
        f"evaluate {plain_keras(tmp_path / 'a.keras')} {npz()}"
    ),
    "evaluate: images, with a model of rows": lambda model: f"evaluate {model} digits",
    "evaluate: no label": lambda npz, model: (
        f"evaluate {model} {npz(x=X, y=UNLABELED)}"
    ),
    "predict: a file within a file": lambda npz, model: (
        f"predict {model} {npz()} --out {npz()}/a.csv"
    ),
    "sample: a picture of rows": lambda tmp_path, model: (
        f"sample {model} --out {tmp_path}/out.png"
    ),
}


@pytest.mark.parametrize(
    "case", [*IN_PYTHON.items(), *ON_COMMAND_LINE.items()], ids=lambda case: case[0]
)
def test_bad_input(case, request, tmp_path):
    _, make = case
    needs = inspect.signature(make).parameters
    make_case = lambda: make(*(request.getfixturevalue(n) for n in needs))  # noqa: E731
    if case[0] in IN_PYTHON:
        with pytest.raises(InputError) as raised:
            make_case()
        sentence = str(raised.value)
    else:
        arguments = make_case().split()
        if arguments[0] in ("fit", "compare") and "--out" not in arguments:
            arguments += ["--out", tmp_path / "out"]
        before = {p: p.stat().st_mtime_ns for p in tmp_path.rglob("*") if p.is_file()}
        result = run(*arguments, code=2)
        assert "Traceback" not in result.output
        after = {p: p.stat().st_mtime_ns for p in tmp_path.rglob("*") if p.is_file()}
        assert before == after, "something was written"
        prefix, _, sentence = result.stderr.rstrip("\n").partition("ssgan: ")
        assert prefix == ""
    assert "\n" not in sentence
    assert "Expected" in sentence
    assert "Received" in sentence
