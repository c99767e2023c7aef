"""Score the examples that a generator makes."""

import dataclasses

import numpy as np

from ssgan import metrics
from ssgan.errors import expect, is_whole
from ssgan.estimator.scales import is_rescaled
from ssgan.stats.intervals import spread_interval

PARTS = 10
LEAST = 10 * PARTS
# Real examples, and by default generated ones, that are compared with each other.
MOST = 10_000
# The measures, in words; the first is named after the judge.
NAMES = {
    "score": "score",
    "frechet_distance": "Fréchet distance",
    "kernel_distance": "kernel distance",
    "precision": "precision",
    "coverage": "coverage",
    "copying": "nearer to training data than test examples are",
}
# The least and greatest values that measures can have.
BOUNDS = {
    "frechet_distance": (0, np.inf),
    "precision": (0, 1),
    "coverage": (0, 1),
    "copying": (0, 1),
}


@dataclasses.dataclass(frozen=True)
class Scores:
    """Measures of generated examples, beside those of real ones.

    Parameters
    ----------
    dataset, judge, score_name : str
        "score by JUDGE" names the first measure: it is nothing without its judge.
    judge_error : float or None
        Of the judge on the test part; None for Inception.
    n_generated, n_test, n_reference, n_train : int
        Examples generated, test examples scored in their place, training examples that
        both are compared with, and training examples among which the nearest is looked
        for.
    seed : int
    generated, real : dict of str to tuple ``(value, low, high)``
        By the keys of `NAMES`: the measure and the ends of its 95 % interval. `real` is
        what the test part makes, the ceiling.
    """

    dataset: str
    judge: str
    score_name: str
    judge_error: float | None
    n_generated: int
    n_test: int
    n_reference: int
    n_train: int
    seed: int
    generated: dict
    real: dict

    interval = f"95 %, Student's t, from the spread over {PARTS} disjoint parts"

    @property
    def share(self):
        """The score of the generated examples, as a share of that of the real ones."""
        return self.generated["score"][0] / self.real["score"][0]

    def as_dict(self):
        """Return everything as a dictionary of JSON values."""
        fields = vars(self) | {"interval": self.interval, "share": self.share}
        for part in ("generated", "real"):
            fields[part] = {
                name: dict(zip(("value", "low", "high"), values, strict=True))
                for name, values in fields[part].items()
            }
        return fields


def score_samples(classifier, data, judge, n=None, seed=0):
    """Generate examples, and measure them and the test part against the training part.

    The score is the mean over ten parts, as it is published (see
    `ssgan.metrics.inception_score`). The other measures are those of all examples. The
    interval of each is the value plus and minus t(9) s / sqrt(10), with s the standard
    deviation over ten disjoint parts of the compared examples. It says how much other
    samples of the same generator would change the value, not what another training
    would make.

    Parameters
    ----------
    classifier : SSGANClassifier
        Fitted, with a generator.
    data : ssgan.data.examples.Data
        What the classifier was fitted on; see `Data.with_test_part`.
    judge : ssgan.evaluation.judges.ClassifierJudge or InceptionJudge
    n : int or None, default=None
        Examples to generate, at least 100; by default as many as are in the test part,
        at most 10,000. Fréchet distance and coverage depend on this number.
    seed : int, default=0
        Seed of the samples and of which real examples are compared.

    Returns
    -------
    Scores

    Raises
    ------
    InputError
        If the data are too few or not of the shape that the generator makes.
    """
    _expect_of_generator(data, classifier)
    held_out, data = data.x_test is None, data.with_test_part()
    enough = f"{LEAST} or more training and test examples"
    if held_out:
        enough += " (label more of them, or add a test part)"
    n_train, n_test = len(data.x_train), len(data.x_test)
    expect(min(n_train, n_test) >= LEAST, enough, f"{n_train} and {n_test}")
    n = min(len(data.x_test), MOST) if n is None else n
    whole = is_whole(n) and n >= LEAST
    expect(whole, f"{LEAST} or more examples to generate", f"n={n!r}")

    rng = np.random.default_rng(seed)
    train = judge.features(data.named(data.x_train))
    reference = train[_some(rng, len(train))]
    chosen = _some(rng, len(data.x_test))
    fake = _as_stored(classifier.sample(n, seed), classifier)
    judged = {
        "generated": judge.judge(data.named(fake)),
        "real": judge.judge(data.named(data.x_test[chosen])),
    }
    distances = {
        part: metrics.nearest_neighbors(features, train)[1]
        for part, (_, features) in judged.items()
    }
    values = {
        part: _with_intervals(
            reference, *judged[part], distances["real"], distances[part]
        )
        for part in judged
    }
    return Scores(
        dataset=data.name,
        judge=judge.name,
        score_name=judge.score_name,
        judge_error=judge.error(data),
        n_generated=n,
        n_test=len(chosen),
        n_reference=len(reference),
        n_train=len(train),
        seed=seed,
        **values,
    )


def _expect_of_generator(data, classifier):
    """Raise InputError unless data are of the form that the generator makes."""
    x, made, raw_range = data.x_train, classifier.example_shape_, classifier.raw_range_
    shape = x.shape[1:]
    expect(shape == made, f"examples of shape {made}, as the generator makes", shape)
    if raw_range is None or x.dtype == classifier.dtype_ == "uint8":
        return
    (low, high), least, most = raw_range, float(x.min()), float(x.max())
    expect(
        not is_rescaled(least, most, raw_range),
        f"pixels from {low:.6g} to {high:.6g}, as the generator makes",
        f"{least:.6g} to {most:.6g}",
    )


def _some(rng, n):
    """Return at most `MOST` indices below n, in random order."""
    return rng.permutation(n)[:MOST]


def _as_stored(x, classifier):
    """Round generated pixels to those of the data: the judge sees what a file holds."""
    if classifier.dtype_ != "uint8":
        return x
    return np.clip(np.round(x), *classifier.raw_range_).astype("uint8")


def _with_intervals(reference, p, features, of_test, distances):
    """Return a dict from each measure to its value and the ends of its interval."""
    whole = _measure(reference, p, features, of_test, distances, PARTS)
    arrays = (reference, p, features, of_test, distances)
    divided = [np.array_split(array, PARTS) for array in arrays]
    parts = [_measure(*part, 1) for part in zip(*divided, strict=True)]
    intervals = {
        name: spread_interval(value, [part[name] for part in parts])
        for name, value in whole.items()
    }
    for name, bounds in BOUNDS.items():
        intervals[name] = tuple(float(np.clip(v, *bounds)) for v in intervals[name])
    return intervals


def _measure(reference, p, features, of_test, distances, splits):
    return {
        "score": metrics.inception_score(p, splits)[0],
        "frechet_distance": metrics.frechet_distance(reference, features),
        "kernel_distance": metrics.kernel_distance(reference, features),
        "precision": metrics.precision(reference, features),
        "coverage": metrics.coverage(reference, features),
        "copying": metrics.copying(of_test, distances),
    }
