"""What to expect on new examples, told by labels that were left out."""

import dataclasses
import functools
import warnings

import numpy as np

from ssgan.evaluation.baselines import encoded
from ssgan.evaluation.evaluate import Evaluation
from ssgan.evaluation.left_out import NETWORKS, LeftOut, leave_out
from ssgan.evaluation.more_labels import error_at_twice
from ssgan.stats.calibration import brier_score
from ssgan.stats.intervals import binomial_interval, matched_interval
from ssgan.stats.predictions import Predictions

NAMES = {
    "ssgan": "labels and unlabeled examples",
    "supervised": "the labels alone",
    "logistic-regression": "logistic regression (scikit-learn)",
    "random-forest": "random forest (scikit-learn)",
    "self-training": "self-training (scikit-learn)",
    "label-spreading": "label spreading (scikit-learn)",
}
# Where those are that are not in sklearn.semi_supervised.
ELSEWHERE = {"logistic-regression": "linear_model", "random-forest": "ensemble"}
# A wider interval than this, as a fraction, gets a word.
WIDE = 0.15
# Confusions that are named.
SHOWN = 3


@dataclasses.dataclass(frozen=True, eq=False)
class Answer:
    """The expected error, whether the unlabeled examples help, and what to do next.

    Parameters
    ----------
    left_out : ssgan.evaluation.left_out.LeftOut
    keep : {"best", "ssgan"}, default="best"
        Whether the better network is kept, or the game whatever comes of it.
    twice : tuple of float or None, default=None
        What `ssgan.evaluation.more_labels.error_at_twice` says of the best one of
        scikit-learn's methods.
    """

    left_out: LeftOut
    keep: str = "best"
    twice: tuple | None = None

    @property
    def n(self):
        """The number of labels that were left out once."""
        return len(self.left_out.codes)

    def wrong(self, method):
        """Return the number of wrong answers of a method."""
        return int(self.left_out.wrong(method).sum())

    @functools.cached_property
    def better(self):
        """The network that does better.

        That is the game, unless the labels alone make no more errors and their Brier
        score is no higher. The short trainings are hard on the game, which needs more
        steps, and a few labels count errors coarsely: both must speak against it.
        """
        codes, probabilities = self.left_out.codes, self.left_out.probabilities
        alone, game = (
            (self.wrong(m), brier_score(probabilities[m], codes)) for m in NETWORKS
        )
        is_no_better = alone[0] <= game[0] and alone[1] <= game[1]
        return "supervised" if is_no_better else "ssgan"

    @property
    def kept(self):
        """The method whose model is saved, "ssgan" or "supervised"."""
        return "ssgan" if self.keep == "ssgan" else self.better

    @property
    def quick(self):
        """The best one of scikit-learn's methods."""
        methods = self.left_out.said
        return min((m for m in methods if m not in NETWORKS), key=self.wrong)

    @property
    def error(self):
        """The expected error, a fraction: that of the short trainings."""
        return self.wrong(self.kept) / self.n

    @property
    def interval(self):
        """The ends of the 95 % binomial interval of the short trainings' error.

        The model on all labels may do better than its lower end.
        """
        return binomial_interval(self.wrong(self.kept), self.n)

    def gain(self, method, over):
        """Return by how much lower a method's error is than another's, with interval.

        See `ssgan.stats.intervals.matched_interval`.
        """
        return matched_interval(self.left_out.wrong(over), self.left_out.wrong(method))

    def confusions(self):
        """Return the most frequent confusions, a list of (true, said, times, of).

        Classes are indices; `of` is how many of the true class were left out.
        """
        codes, said = self.left_out.codes, self.left_out.said[self.kept]
        k = len(self.left_out.classes)
        matrix = np.zeros((k, k), int)
        np.add.at(matrix, (codes, said), 1)
        np.fill_diagonal(matrix, 0)
        order = np.argsort(-matrix, axis=None, kind="stable")[:SHOWN]
        pairs = zip(*np.unravel_index(order, matrix.shape), strict=True)
        sizes = np.bincount(codes, minlength=k)
        return [
            (int(i), int(j), int(matrix[i, j]), int(sizes[i]))
            for i, j in pairs
            if matrix[i, j]
        ]

    def evaluation(self, x):
        """Return the kept method's answers as an `Evaluation`; x are all examples."""
        left_out = self.left_out
        classes, probabilities = left_out.classes, left_out.probabilities[self.kept]
        return Evaluation(
            "left-out",
            x[left_out.indices],
            classes[left_out.codes],
            Predictions(classes, probabilities),
        )

    def as_json(self, name=str):
        """Return what it says and its numbers, a dictionary of JSON values.

        `name` maps a label to the name of its class.
        """
        low, high = self.interval
        mean, least, most = self.gain("ssgan", "supervised")
        return {
            "headline": headline(self),
            "sentences": sentences(self, name),
            "kept": self.kept,
            "error": self.error,
            "low": low,
            "high": high,
            "n": self.n,
            "gain_by_unlabeled": {"mean": mean, "low": least, "high": most},
            "wrong": {method: self.wrong(method) for method in self.left_out.said},
            "seconds": self.left_out.seconds,
            "error_at_twice_the_labels": self.twice and list(self.twice),
        }


def ask(data, y, recipe, keep="best", **options):
    """Leave out labels, and return the `Answer`; None if no class has two labels.

    The arguments are those of `ssgan.evaluation.left_out.leave_out` and of `Answer`.
    """
    left_out = leave_out(data, y, recipe, **options)
    if left_out is None:
        warnings.warn(
            "Every class has a single label. If it is left out, nothing tells what the "
            "class looks like: the error on new examples cannot be estimated.",
            stacklevel=2,
        )
        return None
    answer = Answer(left_out, keep)
    x, _ = encoded(data)
    twice = error_at_twice(x, y, answer.quick, options.get("seed", 0))
    return dataclasses.replace(answer, twice=twice)


def headline(answer):
    """Say in a sentence how many errors to expect, and how sure that is."""
    low, high = answer.interval
    k, n = answer.wrong(answer.kept), answer.n
    said = (
        f"Expect about {_percent(answer.error)} errors on new examples, or fewer, and "
        f"hardly more than {_percent(high)}. Each of {n} labels was left out of a "
        f"short training once, and {k or 'none'} of them "
        f"{'was' if k < 2 else 'were'} then answered wrongly (95 % interval "
        f"{_percent(low, sign='')} to {_percent(high)})."
    )
    if high - low > WIDE:
        said += f" {n} labels cannot tell it more exactly."
    return said


def sentences(answer, name=str):
    """Say the rest: what helped, what is best, what is confused, and what to do next.

    Parameters
    ----------
    answer : Answer
    name : callable, default=str
        Maps a label to the name of its class.

    Returns
    -------
    list of str
    """
    said = [_unlabeled(answer), _best(answer), _confused(answer, name), _next(answer)]
    alone = [name(label) for label in answer.left_out.alone.tolist()]
    if alone:
        said.append(
            "Nothing tells how well these classes are recognized, with one label each: "
            f"{', '.join(alone)}."
        )
    return [sentence for sentence in said if sentence]


def unknown(result):
    """Say that nothing tells the error on new examples; "" if something does.

    `result` is what `ssgan.train_to_folder.train_to_folder` returns.
    """
    if result["expected"] or result["n_test"] or result["n_validation_labels"]:
        return ""
    said = "The error on new examples is unknown."
    if result["continued_from"]:
        said += (
            " A model that is trained further has seen the labels before: only a "
            "training from the start, without --continue-from, can leave some out."
        )
    return said


def _unlabeled(answer):
    gain, low, high = answer.gain("ssgan", "supervised")
    with_them, without = answer.wrong("ssgan"), answer.wrong("supervised")
    counts = f"{with_them} wrong with them, {without} with the labels alone"
    ends = f"95 % interval {100 * low:+.0f} to {100 * high:+.0f} points"
    if low > 0:
        said = f"The unlabeled examples helped by {100 * gain:.0f} points"
    elif high < 0:
        said = f"The unlabeled examples hurt by {-100 * gain:.0f} points"
    else:
        said = f"{answer.n} labels do not tell for sure if the unlabeled examples help"
    said += f" ({counts}; {ends})."
    if answer.kept == "supervised":
        said += (
            " So the model that is saved was trained on the labels alone; --keep ssgan "
            "overrules."
        )
    elif answer.better == "supervised":
        said += " The labels alone did better; --keep ssgan overruled that."
    return said


def _best(answer):
    kept, quick = answer.kept, answer.quick
    k, n = answer.wrong(quick), answer.n
    name = NAMES[quick].partition(" (")[0].capitalize()
    _, low, _ = answer.gain(quick, kept)
    if low > 0:
        return (
            f"{name} is better here: {k} of {n} wrong, in seconds. Use it: "
            f"sklearn.{ELSEWHERE.get(quick, 'semi_supervised')} has it."
        )
    if k <= answer.wrong(kept):
        return f"{name} does as well in seconds ({k} of {n} wrong): consider it."
    _, low, _ = answer.gain(kept, quick)
    sure = "better than" if low > 0 else "ahead of"
    return f"The saved model is {sure} {name.lower()} ({k} of {n} wrong)."


def _confused(answer, name):
    classes = answer.left_out.classes.tolist()
    pairs = [
        f"{name(classes[i])} taken for {name(classes[j])} ({times} of {of})"
        for i, j, times, of in answer.confusions()
    ]
    return f"Most confused: {', '.join(pairs)}." if pairs else ""


def _next(answer):
    """Say what more labels would bring."""
    if not answer.wrong(answer.kept):
        return "More labels would mostly tell the error more exactly."
    quick = NAMES[answer.quick].partition(" (")[0]
    if answer.twice is None or answer.twice[2] >= 1:
        return "What more labels would bring cannot be told from these."
    factor, low, high = answer.twice
    there = answer.wrong(answer.quick) / answer.n
    return (
        f"Twice the labels would take {quick} from {_percent(there)} to about "
        f"{_percent(there * factor)} errors (95 % interval {_percent(there * low)} to "
        f"{_percent(there * high)}); the saved model would gain as much in proportion, "
        "or less. Label what is confused first."
    )


def _percent(fraction, sign=" %"):
    """Return a fraction in per cent, without decimals that say nothing."""
    return f"{100 * fraction:.{int(0 < fraction < 0.01)}f}{sign}"
