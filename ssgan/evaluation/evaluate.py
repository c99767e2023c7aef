"""Evaluate a classifier on labeled examples."""

import dataclasses
import functools

import numpy as np

from ssgan.data.labels import is_labeled
from ssgan.errors import counted, expect, some, warn
from ssgan.stats.intervals import binomial_interval
from ssgan.stats.predictions import Predictions, error_rate

# From here on, the frequencies of classes are called unequal.
UNEQUAL = 1.5


@dataclasses.dataclass(frozen=True, eq=False)
class Evaluation:
    """A classifier's predictions for labeled examples, and its errors.

    Parameters
    ----------
    part : {"test", "validation", "left-out", "labeled", "training"}
        Which examples: the test part, labels held out, labels that trainings left
        out (see `ssgan.evaluation.left_out`), labeled ones, or those learned from.
    x : ndarray of shape (n, ...)
        The examples.
    true : ndarray of shape (n,)
        Their labels.
    predictions : ssgan.stats.predictions.Predictions
    places : ndarray of shape (n,)
        Where each example is in the data; see `ssgan.data.examples.Data.places`.
    """

    part: str
    x: np.ndarray
    true: np.ndarray
    predictions: Predictions
    places: np.ndarray

    @functools.cached_property
    def wrong(self):
        """Which predictions are wrong, a boolean array of shape (n,)."""
        return self.predictions.labels != self.true

    @property
    def error(self):
        """The fraction of wrong predictions, 0 to 1."""
        return error_rate(self.predictions.labels, self.true)

    @property
    def balanced_error(self):
        """The mean of the errors of the classes, 0 to 1.

        Where classes are unequally frequent, it counts rare ones as much as others.
        """
        return float(np.mean([error for _, error in self.by_class().values()]))

    @property
    def is_unequal(self):
        """Whether a class has more than 1.5 times as many examples as another."""
        sizes = [n for n, _ in self.by_class().values()]
        return max(sizes) > UNEQUAL * min(sizes)

    @property
    def interval(self):
        """The ends of the 95 % binomial interval of the error."""
        return binomial_interval(self.wrong.sum(), len(self.wrong))

    def by_class(self):
        """Return a dict from each class in `true`, sorted, to (n, error)."""
        return {
            c: (int((self.true == c).sum()), float(self.wrong[self.true == c].mean()))
            for c in sorted(set(self.true.tolist()))
        }

    def confusion(self):
        """Return the confusion matrix, of shape (K, K), in the order of the classes.

        Rows are true classes, columns are predicted ones.
        """
        classes = self.predictions.classes
        index = {c: i for i, c in enumerate(classes.tolist())}
        matrix = np.zeros((len(classes), len(classes)), int)
        pairs = zip(self.true.tolist(), self.predictions.labels.tolist(), strict=True)
        for true, predicted in pairs:
            if true in index:  # A class without any training label is in no row.
                matrix[index[true], index[predicted]] += 1
        return matrix


def evaluate(classifier, data, y=None, held_out=None):
    """Evaluate on the test part; else on held-out labels; else on the training labels.

    Parameters
    ----------
    classifier : SSGANClassifier
        Fitted.
    data : ssgan.data.examples.Data
    y : ndarray of shape (n,) or None, default=None
        The training labels that were learned from, -1 for others; by default all labels
        of `data`.
    held_out : tuple ``(x, y, places)`` or None, default=None
        Labeled examples that were not learned from, and where they are in the data.

    Returns
    -------
    Evaluation

    Raises
    ------
    InputError
        If there are no labeled examples, or none of a class that the classifier knows.
    """
    if data.x_test is not None:
        part, x, true = "test", data.x_test, data.y_test
        places = data.places("test")
    elif held_out is not None:
        part, (x, true, places) = "validation", held_out
    else:
        y = data.y_train if y is None else y
        labeled = is_labeled(y)
        expect(labeled.any(), f"labeled examples in {data.name}", "none")
        part, x, true = "labeled", data.x_train[labeled], y[labeled]
        places = data.places()[labeled]
    predictions = classifier.predictions(data.named(x))
    if (true.dtype.kind in "OU") != (predictions.classes.dtype.kind in "OU"):
        # A folder's names are text, while the model may know them as numbers.
        true = true.astype(str)
        text = predictions.classes.astype(str)
        predictions = dataclasses.replace(predictions, classes=text)
    known, given = set(predictions.classes.tolist()), set(true.tolist())
    expect(known & given, f"labels among {sorted(known, key=str)}", sorted(given)[:5])
    return Evaluation(part, x, true, predictions, places)


def evaluate_new(classifier, data):
    """Evaluate on the test part or, without one, on labels that are new to the model.

    Labeled examples that the model has learned from are left out, with a warning. If
    all are such, they are evaluated, and the part is called "training". In a test part
    they count, with a warning: rows of few values may be alike by chance. So do, as
    wrong, examples of classes that the model does not know.

    Parameters
    ----------
    classifier : SSGANClassifier
        Fitted.
    data : ssgan.data.examples.Data

    Returns
    -------
    Evaluation

    Raises
    ------
    InputError
        See `evaluate`.
    """
    y, part = None, None
    if data.x_test is not None:
        warn_of_learned(classifier, data)
    elif is_labeled(data.y_train).any():
        y = data.y_train.copy()
        labeled = np.flatnonzero(is_labeled(y))
        seen = classifier.was_labeled(data.named(data.x_train[labeled]))
        if seen.all():
            part = "training"
        elif seen.any():
            y[labeled[seen]] = -1
            warn(
                f"{np.count_nonzero(seen)} of {len(seen)} labeled examples are left "
                "out: the model has learned from their labels."
            )
    evaluation = evaluate(classifier, data, y)
    unknown = evaluation.true[~np.isin(evaluation.true, evaluation.predictions.classes)]
    if len(unknown):
        warn(
            f"The model does not know these classes: {_names(data, unknown)}. Their "
            f"{counted(len(unknown), 'example')} count as wrong."
        )
    return dataclasses.replace(evaluation, part=part or evaluation.part)


def warn_of_learned(classifier, data):
    """Warn if a model has learned the labels of test examples."""
    n = np.count_nonzero(classifier.was_labeled(data.named(data.x_test)))
    if n:
        warn(
            f"{n} of the {len(data.x_test)} test examples of {data.name} are the same "
            "as examples whose labels the model has learned. On new ones, expect more "
            "errors."
        )


def check_test_part(data, y):
    """Check that a model can be tested on the test part, if there is one.

    A warning names the classes that no training label has.

    Parameters
    ----------
    data : ssgan.data.examples.Data
    y : ndarray of shape (n,)
        The training labels, -1 for others.

    Raises
    ------
    InputError
        If no model can be tested: none of them is of a class with a training label, or
        their pixels are scaled differently.
    """
    if data.y_test is None:
        return
    known = set(y[is_labeled(y)].tolist())
    unknown = [label for label in data.y_test.tolist() if label not in known]
    if unknown:
        names, n = _names(data, unknown), len(data.y_test)
        expected = f"test labels among the training's, {_names(data, known)}"
        expect(len(unknown) < n, expected, names)
        warn(
            f"No training label is of these classes of the test part: {names}. Their "
            f"{counted(len(unknown), 'example')} count as wrong."
        )
    if data.x_test.ndim > 2:
        from ssgan.estimator.scales import expect_same_scale

        expect_same_scale(data.x_test, data.x_train)


def _names(data, labels):
    """Return the names of the classes of some labels, as text."""
    return some(sorted({data.class_name(label) for label in labels}))
