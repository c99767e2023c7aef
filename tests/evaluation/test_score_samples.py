"""Samples are measured beside real examples, by any judge."""

import dataclasses

import numpy as np
import pytest

from ssgan import metrics
from ssgan.data.examples import Data
from ssgan.errors import InputError
from ssgan.evaluation.score_samples import NAMES, score_samples

CENTERS = np.array([[0, 0], [90, 0], [0, 90]])


class NearestCenter:
    """A judge of points: the class of the nearest center, and the point itself."""

    name, score_name = "centers", "score by centers"

    def features(self, x):
        return np.asarray(x, "float64")

    def judge(self, x):
        x = self.features(x)
        nearest = np.linalg.norm(x[:, None] - CENTERS, axis=-1).argmin(axis=1)
        return np.eye(3)[nearest], x

    def error(self, data):
        p, _ = self.judge(data.x_test)
        return float(np.mean(p.argmax(axis=1) != data.y_test))


@dataclasses.dataclass
class Generator:
    """In place of a classifier: it makes points around some of the centers."""

    centers: tuple
    dtype_: str = "float64"
    raw_range_: tuple | None = None
    example_shape_: tuple = (2,)

    def sample(self, n, seed):
        return points(np.random.default_rng(seed + 100), n, self.centers)[0]


def points(rng, n, centers=(0, 1, 2)):
    y = np.array(centers)[np.arange(n) % len(centers)]
    order = rng.permutation(n)
    return (CENTERS[y] + rng.normal(size=(n, 2)))[order], y[order]


@pytest.fixture
def data(rng):
    return Data("points", *points(rng, 600), *points(rng, 300))


def test_good_samples_measure_like_real_examples(data):
    scores = score_samples(Generator((0, 1, 2)), data, NearestCenter())
    assert scores.share == pytest.approx(1, abs=0.05)
    assert (scores.n_generated, scores.n_test, scores.n_train) == (300, 300, 600)
    assert (scores.judge_error, scores.score_name) == (0, "score by centers")
    assert set(scores.generated) == set(scores.real) == set(NAMES)
    for name, (value, low, high) in scores.generated.items():
        assert low <= value <= high
        real = scores.real[name]
        # The intervals overlap.
        assert max(low, real[1]) <= min(high, real[2]), name
    assert scores.real["copying"][0] == 0.5


def test_lost_classes_lower_score_and_coverage_and_not_precision(data):
    lost = score_samples(Generator((0, 1)), data, NearestCenter(), 400).generated
    assert lost["score"][0] == pytest.approx(2, abs=0.05)
    assert lost["precision"][0] > 0.9
    assert lost["coverage"][0] < 0.7
    assert lost["frechet_distance"][1] > 100


def test_an_interval_ends_where_values_do(data):
    """A distance below 0 cannot be."""
    scores = score_samples(Generator((0, 1, 2)), data, NearestCenter())
    value, low, high = scores.generated["frechet_distance"]
    assert 0 == low < value < high


def test_values_are_those_of_the_metrics(data):
    judge, generator = NearestCenter(), Generator((0, 1, 2))
    scores = score_samples(generator, data, judge, 150, seed=3)
    p, fake = judge.judge(generator.sample(150, 3))
    assert scores.generated["score"][0] == metrics.inception_score(p)[0]
    expected = metrics.coverage(data.x_train, fake)
    assert scores.generated["coverage"][0] == pytest.approx(expected)
    nearest = [
        metrics.nearest_neighbors(x, data.x_train)[1] for x in (data.x_test, fake)
    ]
    assert scores.generated["copying"][0] == pytest.approx(metrics.copying(*nearest))
    assert scores == score_samples(generator, data, judge, 150, seed=3)


def test_pixels_are_judged_as_a_file_would_hold_them(data):
    seen = []

    class Watching(NearestCenter):
        def judge(self, x):
            seen.append(x)
            return super().judge(x)

    integers = Data("points", *(np.round(a).clip(0, 99) for a in data_parts(data)))
    generator = Generator((0, 1, 2), dtype_="uint8", raw_range_=(0, 99))
    score_samples(generator, integers, Watching())
    assert seen[0].dtype == "uint8"
    assert (seen[0].min(), seen[0].max()) == (0, 93)


def data_parts(data):
    return data.x_train, data.y_train, data.x_test, data.y_test


def test_scores_become_json(data):
    fields = score_samples(Generator((0, 1)), data, NearestCenter(), 100).as_dict()
    assert fields["share"] == pytest.approx(2 / 3, abs=0.05)
    assert set(fields["real"]["coverage"]) == {"value", "low", "high"}
    assert "Student" in fields["interval"]


@pytest.mark.parametrize("n", [99, 100.5, "many"])
def test_too_few_samples_are_refused(data, n):
    with pytest.raises(InputError, match="100 or more examples to generate"):
        score_samples(Generator((0, 1)), data, NearestCenter(), n)


def test_data_that_do_not_fit_are_refused(data):
    few = Data("points", *(a[:90] for a in data_parts(data)))
    with pytest.raises(InputError, match="100 or more training and test.*90 and 90"):
        score_samples(Generator((0, 1)), few, NearestCenter())
    alone = Data("points", few.x_train, few.y_train)
    way_out = r"test examples \(label more of them, or add a test part\). .* 74 and 16"
    with (
        pytest.warns(UserWarning, match="has no test part"),
        pytest.raises(InputError, match=way_out),
    ):
        score_samples(Generator((0, 1)), alone, NearestCenter())
    wide = Generator((0, 1), example_shape_=(3,))
    with pytest.raises(InputError, match=r"shape \(3,\).*Received: \(2,\)"):
        score_samples(wide, data, NearestCenter())
    scaled = Generator((0, 1), dtype_="float32", raw_range_=(0, 1))
    with pytest.raises(InputError, match="pixels from 0 to 1, as .* Received: -"):
        score_samples(scaled, data, NearestCenter())
