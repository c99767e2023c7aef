import json

import numpy as np
import pytest
from toy import toy

from ssgan import load
from ssgan.errors import InputError
from ssgan.evaluation.learning_curve import LearningCurve, learning_curve


def rows(method, errors):
    return [
        {"method": method, "n_labels": labels, "error": error, "n_test": 1000}
        for labels, pair in errors.items()
        for error in pair
    ]


CURVE = LearningCurve(
    [
        *rows("supervised", {100: (0.1, 0.1), 25: (0.2, 0.2), 50: (0.14, 0.1428)}),
        *rows("ssgan", {25: (0.08, 0.08), 50: (0.04, 0.04), 100: (0.02, 0.02)}),
    ]
)


def test_verdict_tells_what_labels_are_worth():
    said = "twice the labels multiply the error by"
    supervised, ours, need = CURVE.verdict().splitlines()
    assert supervised.startswith(f"supervised: {said} 0.71")
    assert ours.startswith(f"ssgan: {said} 0.50.")
    # The runs are all on the line, so that only the 1,000 test examples are uncertain.
    assert "200 labels 1.00 % (0.48 to 1.83 %), 500 labels 0.40 % (0.11 to " in ours
    assert "95 % interval for one more run on 1,000 test examples." in ours
    # From 10 % at 100 labels to 2 %: 5 times less, and 25 times the labels.
    assert "To reach ssgan's error with 100 labels, 2.00 %" in need
    assert "would need about 2,500 labels (2,3" in need
    assert "by the 95 % interval of its slope), if its curve continues." in need
    assert list(CURVE.errors("supervised")) == [25, 50, 100]


def test_interval_holds_the_error_on_new_test_examples(rng):
    """Half of the test examples are as hard for one run as for another."""
    n_test, inside = 60, 0

    def wrong(n, hard):
        p = 1.2 * n**-0.6 * np.exp(0.1 * rng.normal())
        hard = np.where(rng.random(n_test) < 0.5, hard, rng.random(n_test))
        return float(np.mean(hard < p))

    for _ in range(300):
        hard = rng.random(n_test)
        errors = {n: [wrong(n, hard) for _ in range(3)] for n in (20, 40, 80)}
        given = [row | {"n_test": n_test} for row in rows("ssgan", errors)]
        _, low, high = LearningCurve(given).predict("ssgan", 160)
        inside += low <= max(wrong(160, rng.random(n_test)), 0.5 / n_test) <= high
    assert 0.92 <= inside / 300 <= 0.99


def test_run_without_an_error_counts_as_half_of_one():
    curve = LearningCurve(rows("ssgan", {25: (0.0,), 50: (0.0,), 100: (0.0,)}))
    np.testing.assert_allclose(curve.law("ssgan").errors, 0.0005)


@pytest.mark.parametrize(
    ("alone", "ours"),
    [
        ((0.2, 0.3, 0.1), (0.2, 0.2, 0.12)),
        ((0.4, 0.15, 0.1864), (0.3, 0.2, 0.1864)),
        ((0.004, 0.0, 0.0), (0.0, 0.0, 0.0)),
        ((0.2, 0.1, 0.01), (0.02, 0.01, 0.0)),
        ((0.2, 0.14, 0.1), (0.2, 0.14, 0.0999)),
    ],
)
def test_without_a_gain_nothing_is_said_of_its_worth_in_labels(alone, ours):
    errors = {"supervised": alone, "ssgan": ours}
    curve = LearningCurve(
        [
            row
            for method, three in errors.items()
            for n, error in zip((50, 100, 200), three, strict=True)
            for row in rows(method, {n: (error,)})
        ]
    )
    assert "To reach" not in curve.verdict()


def test_labels_alone_that_do_not_help_never_reach_the_error():
    curve = LearningCurve(
        [
            *rows("supervised", {50: (0.2,), 100: (0.21,), 200: (0.22,)}),
            *rows("ssgan", {50: (0.2,), 100: (0.2,), 200: (0.1,)}),
        ]
    )
    assert "would need more than a million labels" in curve.verdict()


def test_nothing_is_said_of_more_labels_where_the_runs_do_not_tell():
    """Of one run for each number, and of runs without an error."""
    one = [
        row | {"n_test": 34}
        for n, error in zip((12, 24, 48), (1 / 34, 0.0, 0.0), strict=True)
        for row in rows("supervised", {n: (error,)}) + rows("ssgan", {n: (0.0,)})
    ]
    alone, ours = LearningCurve(one).verdict().splitlines()
    assert alone == (
        "supervised: what more labels would bring cannot be told from these runs; more "
        "--splits would tell more."
    )
    assert ours == (
        "ssgan: no run made an error on the 34 test examples, so what more labels "
        "would bring cannot be told."
    )
    # Its worth in labels is said only with an interval, which would be too wide here.
    few = {20: (0.3,), 40: (0.25,), 80: (0.1,)}
    better = {20: (0.4,), 40: (0.3,), 80: (0.08,)}
    curve = LearningCurve([*rows("supervised", few), *rows("ssgan", better)])
    assert "To reach" not in curve.verdict()


def test_two_numbers_are_too_few():
    with pytest.raises(InputError, match="at least three different numbers of labels"):
        learning_curve(load("digits"), [20, 50, 20])


def test_curve_is_written_and_goes_on(fits, tmp_path):
    seen, counts = [], []

    def row(row, done, total):
        seen.append((row["n_labels"], row["method"]))
        counts.append((done, total))

    options = {"splits": 1, "steps": 10, "out": tmp_path, "on_row": row}
    learning_curve(toy(90), [40, 10, 20], **options)
    assert seen == [(n, m) for n in (10, 20, 40) for m in ("supervised", "ssgan")]
    assert counts == [(i, 6) for i in range(1, 7)]
    result = json.loads((tmp_path / "curve.json").read_text())
    assert [at["n_labels"] for at in result["forecast"]["ssgan"]["at"]] == [80, 200]
    assert len(result["rows"]) == 6
    written = (tmp_path / "20-labels" / "rows.jsonl").read_bytes()
    again = learning_curve(toy(90), [10, 20, 40], **options)
    assert again.rows == result["rows"]
    assert (tmp_path / "20-labels" / "rows.jsonl").read_bytes() == written


def test_numbers_of_labels_have_seeds_of_their_own(fits):
    """With the same seed, 10 labels would be among the 20 of another run."""
    curve = learning_curve(toy(90), [10, 20, 40], splits=2, first_seed=3, steps=10)
    seeds = {n: set() for n in (10, 20, 40)}
    for row in curve.rows:
        seeds[row["n_labels"]].add(row["seed"])
        assert row["weights_seed"] == row["seed"]
    assert seeds == {10: {1003, 1004}, 20: {2003, 2004}, 40: {4003, 4004}}
    with pytest.raises(InputError, match="at most 100 splits"):
        learning_curve(toy(90), [10, 20, 40], splits=101)
