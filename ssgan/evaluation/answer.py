"""What to expect on new examples, told by labels that were left out."""

import dataclasses
import functools

import numpy as np

from ssgan.data.copies import first_of_same
from ssgan.data.folds import place_in_class
from ssgan.errors import warn
from ssgan.evaluation.answer_text import headline, sentences
from ssgan.evaluation.baselines import encoded
from ssgan.evaluation.evaluate import Evaluation
from ssgan.evaluation.left_out import NETWORKS, LeftOut, leave_out
from ssgan.evaluation.more_labels import error_at_twice
from ssgan.stats.calibration import brier_score, calibration_error
from ssgan.stats.conformal import conformal_scores
from ssgan.stats.intervals import binomial_interval, matched_interval
from ssgan.stats.predictions import Predictions, largest_confusions
from ssgan.stats.temperature import cross_fitted, tempered

# Confusions that are named.
SHOWN = 3
# Fewer errors than this, a fraction, change nothing that is told.
HARDLY = 0.005


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
    sure : tuple of two float or None, default=None
        The mean confidence in unlabeled examples, of the trainings without some of the
        labels and of the saved model; see `beside`.
    """

    left_out: LeftOut
    keep: str = "best"
    twice: tuple | None = None
    sure: tuple | None = None

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
        score is no higher. Short trainings are hard on the game, which needs more
        steps, and a few labels count errors coarsely: both must speak against it.
        """
        codes, probabilities = self.left_out.codes, self.left_out.probabilities
        alone, game = (
            (self.wrong(m), brier_score(probabilities[m], codes)) for m in NETWORKS
        )
        is_no_better = alone[0] <= game[0] and alone[1] <= game[1]
        return "supervised" if is_no_better else "ssgan"

    @property
    def compares(self):
        """Whether both networks were asked: with unlabeled examples, and without."""
        return "ssgan" in self.left_out.probabilities

    @property
    def of_network(self):
        """Whether a network is saved, and not one of scikit-learn's methods."""
        return self.kept in NETWORKS

    @property
    def kept(self):
        """The method that is saved."""
        if not self.compares:
            asked = self.left_out.probabilities
            return "supervised" if "supervised" in asked else self.quick
        return "ssgan" if self.keep == "ssgan" else self.better

    @property
    def quick(self):
        """The best one of scikit-learn's methods."""
        return quick_of(self.left_out)

    @property
    def gained(self):
        """By how much the saved model's error is thought to be lower, a fraction.

        It learns from more labels, and of images for longer. As much as it is surer of
        the same unlabeled examples, it is thought to be right more often: the
        difference of confidences of Guillory et al. 2021, "Predicting with Confidence
        on Unseen Distributions", section 3, arXiv:2107.03315, between models here.
        Models that are often wrong become sure of wrong answers, too: of that
        difference, as large a part counts as those trainings were right.
        """
        if self.sure is None:
            return 0.0
        wrong = self.wrong(self.kept) / self.n
        gained = min((1 - wrong) * (self.sure[1] - self.sure[0]), wrong)
        return gained if gained > HARDLY else 0.0

    @property
    def error(self):
        """The expected error, a fraction: that on left-out labels, less `gained`."""
        return self.wrong(self.kept) / self.n - self.gained

    @property
    def interval(self):
        """The ends of a 95 % interval of that error.

        It is the binomial one of the error on left-out labels, with `gained` taken from
        the lower end alone: nothing tells how far off `gained` can be.
        """
        low, high = binomial_interval(self.wrong(self.kept), self.n)
        return max(0.0, low - self.gained), high

    def gain(self, method, over):
        """Return by how much lower a method's error is than another's, with interval.

        See `ssgan.stats.intervals.matched_interval`.
        """
        return matched_interval(self.left_out.wrong(over), self.left_out.wrong(method))

    def confusions(self):
        """Return the most frequent confusions, a list of (true, said, times, of).

        Classes are indices; `of` is how many of the true class were left out.
        """
        codes, said = self.left_out.codes, self.left_out.said(self.kept)
        k = len(self.left_out.classes)
        matrix = np.zeros((k, k), int)
        np.add.at(matrix, (codes, said), 1)
        of = matrix.sum(axis=1).tolist()
        return [(*each, of[each[0]]) for each in largest_confusions(matrix, SHOWN)]

    @functools.cached_property
    def tempered(self):
        """The kept method's temperature, and probabilities with that of other folds.

        See `ssgan.stats.temperature.cross_fitted`.
        """
        left_out = self.left_out
        probabilities, parts = left_out.probabilities[self.kept], left_out.folds
        if not parts.any():  # A single fold, of many labels.
            parts = place_in_class(left_out.codes) % 2
        return cross_fitted(probabilities, left_out.codes, parts)

    def beside(self, guesses):
        """Return the answer that knows of the saved model, too.

        Parameters
        ----------
        guesses : ndarray of shape (m, K)
            Its probabilities of what `ssgan.evaluation.fold_answer.looked_at` returns,
            with the temperature of `tempered`.
        """
        earlier, (temperature, _) = self.left_out.guesses[self.kept], self.tempered
        sure = [tempered(p, temperature).max(axis=1).mean() for p in earlier]
        before = np.average(sure, weights=np.bincount(self.left_out.folds))
        sure = float(before), float(guesses.max(axis=1).mean())
        return dataclasses.replace(self, sure=sure)

    def evaluation(self, data):
        """Return the kept method's answers as an `Evaluation`, of the whole data."""
        left_out, (_, probabilities) = self.left_out, self.tempered
        classes = left_out.classes
        return Evaluation(
            "left-out",
            data.x_train[left_out.indices],
            classes[left_out.codes],
            Predictions(classes, probabilities),
            data.places()[left_out.indices],
        )

    def as_json(self, name=str):
        """Return what it says and its numbers, a dictionary of JSON values.

        `name` maps a label to the name of its class.
        """
        low, high = self.interval
        gain = None
        if self.compares:
            ends = self.gain("ssgan", "supervised")
            gain = dict(zip(("mean", "low", "high"), ends, strict=True))
        return {
            "headline": headline(self),
            "sentences": sentences(self, name),
            "kept": self.kept,
            "error": self.error,
            "low": low,
            "high": high,
            "n": self.n,
            "gained": self.gained,
            "confidence": self.sure and list(self.sure),
            "gain_by_unlabeled": gain,
            "wrong": {m: self.wrong(m) for m in self.left_out.probabilities},
            "seconds": self.left_out.seconds,
            "steps": self.left_out.steps,
            "foreign": self._foreign(),
            "scores": self._scores(),
            "temperature": self.tempered[0],
            "distances": self._distances(),
            "reliability": self._reliability(),
            "factor_at_twice_the_labels": self.twice and list(self.twice),
        }

    def _scores(self):
        """Return the conformal scores of the kept method's answers, rising."""
        _, probabilities = self.tempered
        return sorted(conformal_scores(probabilities, self.left_out.codes).tolist())

    def _distances(self):
        """Return `ssgan.estimator.foreign.distances` for the kept method, or None."""
        found = self.left_out.distances.get(self.kept)
        return None if found is None else found.tolist()

    def _reliability(self):
        """Return Brier score and calibration error without and with the temperature."""
        left_out, right = self.left_out, ~self.left_out.wrong(self.kept)
        given = {
            "before": left_out.probabilities[self.kept],
            "after": self.tempered[1],
        }
        return {
            when: {
                "brier_score": brier_score(p, left_out.codes),
                "calibration_error": calibration_error(p.max(axis=1), right)[0],
            }
            for when, p in given.items()
        }

    def _foreign(self):
        foreign = self.left_out.foreign
        if foreign is None:
            return None
        low, high = foreign.interval
        numbers = {"share": max(0.0, foreign.share), "low": low, "high": high}
        return numbers | {"found": foreign.found}


def quick_of(left_out):
    """Return the method of scikit-learn that makes the fewest errors."""
    methods = [m for m in left_out.probabilities if m not in NETWORKS]
    return min(methods, key=lambda method: left_out.wrong(method).sum())


def ask_quick(data, y, only, **options):
    """Ask scikit-learn's methods alone; return what `ask` takes as `twice`.

    A training in a given time begins with this, to count the seconds that it takes.
    The arguments are those of `ask`, which reads the answers from the same folder.
    """
    only = [method for method in only if method not in NETWORKS]
    left_out = leave_out(data, y, None, only=only, **options)
    return left_out and _twice(left_out, data, y, **options)


def ask(data, y, recipe=None, keep="best", *, twice=None, **options):
    """Leave out labels, and return the `Answer`; None if no class has two labels.

    The arguments are those of `ssgan.evaluation.left_out.leave_out` and of `Answer`.
    """
    left_out = leave_out(data, y, recipe, **options)
    if left_out is None:
        warn(
            "Every class has a single label. If it is left out, nothing tells what the "
            "class looks like: the error on new examples cannot be estimated."
        )
        return None
    return Answer(left_out, keep, twice or _twice(left_out, data, y, **options))


def _twice(left_out, data, y, seed=0, **_):
    x, _ = encoded(data)
    y = y.copy()
    # Copies of what was learned would be answered rightly.
    y[first_of_same(data.x_train, y) != np.arange(len(y))] = -1
    return error_at_twice(x, y, quick_of(left_out), seed)
