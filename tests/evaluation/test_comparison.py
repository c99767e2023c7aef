"""What a comparison says of its errors."""

import pytest
import scipy.stats

from ssgan.evaluation.comparison import Comparison
from ssgan.stats.intervals import binomial_interval


def rows_with(supervised, ours, spreading=(), seconds=1.0):
    errors_of = {"supervised": supervised, "ssgan": ours, "label-spreading": spreading}
    seconds_of = {"label-spreading": seconds}
    return [
        {
            "split": f"toy@2-seed{i}",
            "method": method,
            "error": error,
            "seconds": seconds_of.get(method, 1.0),
        }
        for method, errors in errors_of.items()
        for i, error in enumerate(errors)
    ]


def test_difference_by_hand():
    supervised, ours = [0.30, 0.25, 0.35], [0.10, 0.11, 0.09]
    d = Comparison(rows_with(supervised, ours)).difference()
    expected = scipy.stats.ttest_rel(supervised, ours).confidence_interval(0.95)
    assert d["mean"] == pytest.approx(0.2)
    assert (d["low"], d["high"]) == pytest.approx((expected.low, expected.high))
    # The gains 0.20, 0.14, 0.26: standard deviation 0.06, t(0.975; 2) = 4.3027.
    assert d["high"] - d["mean"] == pytest.approx(4.3027 * 0.06 / 3**0.5, rel=1e-4)


@pytest.mark.parametrize(
    ("supervised", "ours", "verdict"),
    [
        (
            [0.30, 0.25, 0.35],
            [0.10, 0.11, 0.09],
            "The unlabeled data helped by 20.00 points (95 % interval +5.10 to +34.90 "
            "over 3 splits, but not over test examples): supervised 30.00 % -> ssgan "
            "10.00 %.",
        ),
        (
            [0.10, 0.11, 0.09],
            [0.30, 0.25, 0.35],
            "The unlabeled data hurt by 20.00 points (95 % interval -34.90 to -5.10 "
            "over 3 splits, but not over test examples): supervised 10.00 % -> ssgan "
            "30.00 %.",
        ),
        (
            [0.10, 0.20],
            [0.20, 0.08],
            "The unlabeled data made no clear difference: +1.00 points (95 % interval "
            "-138.77 to +140.77 over 2 splits, but not over test examples): supervised "
            "15.00 % -> ssgan 14.00 %.",
        ),
        (
            [0.10],
            [0.04],
            "With the unlabeled data the error was 6.00 points lower; one split gives "
            "no interval, so this may be chance (supervised 10.00 % -> ssgan 4.00 %).",
        ),
        (
            [],
            [0.04],
            "No verdict: supervised and ssgan were not trained on the same split.",
        ),
        (
            [0.10],
            [],
            "No verdict on the unlabeled data: ssgan is not among the methods.",
        ),
    ],
    ids=["helped", "hurt", "unclear", "one split", "one method", "no ssgan"],
)
def test_verdict(supervised, ours, verdict):
    assert Comparison(rows_with(supervised, ours)).verdict() == verdict


HIGH, LOW = [0.30, 0.31, 0.29], [0.10, 0.11, 0.09]
ALIKE = [0.102, 0.108, 0.093]


@pytest.mark.parametrize(
    ("spreading", "seconds", "best", "said"),
    [
        (HIGH, 1.0, "ssgan", "Use ssgan: its error, 10.00 %, is clearly the lowest."),
        (
            [0.02, 0.03, 0.01],
            9.0,
            "label-spreading",
            "Use label-spreading: its error, 2.00 %, is clearly the lowest.",
        ),
        (
            ALIKE,
            1.0,
            "ssgan",
            "SSGAN has the lowest error, 10.00 %, but label-spreading (10.10 %) is not "
            "clearly worse: more splits or test examples would tell.",
        ),
        (
            ALIKE,
            0.01,
            "label-spreading",
            "Use label-spreading: it does about as well as ssgan (10.10 % for 10.00 "
            "%), 100 times as fast.",
        ),
        # As fast, and not clearly worse, but a quarter more errors.
        (
            [0.05, 0.11, 0.215],
            0.01,
            "ssgan",
            "SSGAN has the lowest error, 10.00 %, but label-spreading (12.50 %) is not "
            "clearly worse: more splits or test examples would tell.",
        ),
        (
            LOW,
            1.0,
            "label-spreading",
            "Label-spreading and ssgan have the lowest error, 10.00 %: more splits or "
            "test examples would tell.",
        ),
    ],
    ids=["ours", "theirs", "alike", "alike and faster", "maybe worse", "equal"],
)
def test_recommendation(spreading, seconds, best, said):
    comparison = Comparison(rows_with(HIGH, LOW, spreading, seconds))
    assert (comparison.best(), comparison.recommendation()) == (best, said)


def test_methods_that_are_equal_are_listed():
    rows = rows_with(HIGH, LOW, LOW, 1.0)
    rows += [
        {**row, "method": "self-training"} for row in rows if row["method"] == "ssgan"
    ]
    said = Comparison(rows).recommendation()
    assert said.startswith("Self-training, label-spreading and ssgan have the lowest")


def test_expectation_where_labels_were_left_out():
    assert Comparison(rows_with(HIGH, LOW)).expectation() == ""
    rows = [
        {"method": m, "split": f"s{i}", "error": e, "n_test": 20, "data": f"d{i}"}
        | {"seconds": 1.0, "seed": i}
        for m, e in (("supervised", 0.3), ("ssgan", 0.1))
        for i in range(2)
    ]
    comparison = Comparison(rows)
    assert comparison.left_out("ssgan") == (4, 40)
    low, high = binomial_interval(4, 40)
    assert (
        "Left out, 4 of 40 labels were answered wrongly by ssgan (95 % interval "
        f"{100 * low:.0f} to {100 * high:.0f} %)."
    ) in comparison.expectation()


def test_no_recommendation_without_a_choice():
    one = Comparison(rows_with([], LOW))
    assert (one.best(), one.recommendation()) == (None, "")
    single = Comparison(rows_with([0.2], [0.1])).recommendation()
    assert single == (
        "SSGAN has the lowest error, 10.00 %. One split may mislead: try more."
    )


def test_summary():
    summary = Comparison(rows_with([0.1, 0.2], [0.3])).summary()
    assert summary == {
        "supervised": {
            "mean": pytest.approx(0.15),
            "std": pytest.approx(0.1 / 2**0.5),
            "n": 2,
            "seconds": 1.0,
        },
        "ssgan": {"mean": 0.3, "std": None, "n": 1, "seconds": 1.0},
    }
