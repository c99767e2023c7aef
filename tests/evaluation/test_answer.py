"""What is said of new examples follows from the answers, and holds as often as said."""

import dataclasses

import numpy as np
import pytest
from answers import answer_of

from ssgan.data.examples import Data
from ssgan.data.folds import label_folds
from ssgan.estimator.foreign import ForeignShare
from ssgan.evaluation import answer as module
from ssgan.evaluation.answer import Answer, ask
from ssgan.evaluation.answer_text import headline, sentences, unknown
from ssgan.evaluation.left_out import FOR_IMAGES, FOR_ROWS, NETWORKS, LeftOut
from ssgan.stats.intervals import binomial_interval


def text_of(answer):
    return " ".join([headline(answer), *sentences(answer)])


def test_expected_error():
    answer = answer_of(24, ssgan=3, supervised=9)
    low, high = binomial_interval(3, 24)
    assert (answer.error, answer.interval) == (3 / 24, (low, high))
    said = headline(answer)
    assert "about 12 % errors" in said
    assert f"hardly more than {100 * high:.0f} %" in said
    assert f"{100 * low:.0f} to {100 * high:.0f} %" in said
    assert "if the labeled ones are a random sample" in said
    assert "24 labels cannot tell it more exactly" in said
    assert "more exactly" not in headline(answer_of(2400, ssgan=30))
    said = headline(answer_of(9, ssgan=0))
    assert said.startswith("Expect hardly more than 34 % errors on new examples. Each")
    assert "none of them was then answered wrongly" in said
    assert text_of(answer_of(9, ssgan=0)).count("more exactly") == 1


def test_trainings_that_knew_one_label_of_a_class_are_said_to():
    said = "With one label of a class left, a training knows far less than the model"
    assert f"{said} that is saved, which may do much better." in headline(answer_of(6))
    assert said in headline(answer_of(7))  # Two of three classes have two.
    assert "cannot tell it more exactly" not in headline(answer_of(7))
    assert said not in headline(answer_of(8))


def test_foreign_examples():
    said = text_of(answer_of(40, foreign=ForeignShare(0.44, 0.1)))
    assert "about 44 % of the unlabeled examples (95 % interval 24 to 64 %)" in said
    assert "Caution" not in text_of(answer_of(40, foreign=ForeignShare(0.2, 0.1)))
    found = answer_of(40, foreign=ForeignShare(0.44, 0.1)).as_json()["foreign"]
    assert found["found"]
    assert (found["share"], found["low"]) == (0.44, pytest.approx(0.244, abs=1e-3))
    none = answer_of(40, foreign=ForeignShare(-0.1, 0.1)).as_json()["foreign"]
    assert (none["share"], none["low"], none["found"]) == (0, 0, False)


@pytest.mark.parametrize(
    ("ssgan", "supervised", "said"),
    [
        (2, 12, "unlabeled examples helped by 25 points (2 wrong with them, 12 with"),
        (12, 2, "unlabeled examples hurt by 25 points"),
        (6, 8, "40 labels do not tell for sure"),
    ],
)
def test_whether_the_unlabeled_helped(ssgan, supervised, said):
    answer = answer_of(40, ssgan=ssgan, supervised=supervised)
    assert said in text_of(answer)
    assert answer.kept == ("supervised" if supervised < ssgan else "ssgan")
    assert ("--keep ssgan overrules" in text_of(answer)) == (supervised < ssgan)


def test_a_network_on_the_labels_alone_is_beside_the_quick_methods():
    alone = [method for method in FOR_IMAGES if method != "ssgan"]
    answer = answer_of(40, methods=alone, sure=(0.9,), supervised=9, label_spreading=2)
    assert (answer.kept, answer.error) == ("supervised", 9 / 40)
    said = text_of(answer)
    assert "left out of a training once, and 9 of them" in said
    assert "Label spreading is better here: 2 of 40 wrong" in said
    assert "unlabeled" not in said
    assert answer.as_json()["gain_by_unlabeled"] is None


def test_labels_alone_are_kept_only_if_nothing_speaks_for_the_game():
    assert answer_of(40, ssgan=5, supervised=5).kept == "supervised"
    assert answer_of(40, ssgan=5, supervised=5, sure=(0.4, 0.9)).kept == "ssgan"
    overruled = answer_of(40, "ssgan", ssgan=9, supervised=5)
    assert overruled.kept == "ssgan"
    assert overruled.error == 9 / 40
    assert "--keep ssgan overruled that" in text_of(overruled)


def test_peer_for_rows_that_does_better_is_named():
    answer = answer_of(60, methods=FOR_ROWS, random_forest=2, ssgan=20, supervised=30)
    said = "Random forest is better here: 2 of 60 wrong, in seconds. Use it: "
    assert f"{said}--method random-forest saves it." in text_of(answer)
    assert answer.kept == "ssgan"


def test_network_is_kept_at_a_tie():
    wrong = {"ssgan": 9, "supervised": 9, "random_forest": 9, "label_spreading": 10}
    answer = answer_of(60, methods=FOR_ROWS, **wrong, sure=(0.4, 0.9))
    assert answer.kept == answer.better == "ssgan"
    said = "Random forest does as well in seconds (9 of 60 wrong): --method random-fore"
    assert said in text_of(answer)
    assert "overruled" not in text_of(answer)


@pytest.mark.parametrize(
    ("spreading", "said"),
    [
        (1, "1 of 60 wrong, in seconds. Use it: --method label-spreading saves it."),
        (12, "Label spreading does as well in seconds (12 of 60 wrong)"),
        (14, "ahead of label spreading"),
        (29, "better than label spreading"),
    ],
)
def test_the_best_of_all_is_named(spreading, said):
    answer = answer_of(60, ssgan=12, supervised=30, label_spreading=spreading)
    assert said in text_of(answer)


def test_what_is_confused_and_what_to_do_next():
    answer = answer_of(30, ssgan=5, label_spreading=6, twice=(0.5, 0.4, 0.7))
    text = " ".join(sentences(answer, str.upper))
    assert "CAT taken for DOG (2 of 10), DOG taken for OWL (2 of 10)" in text
    # 6 of 30 are 8 to 39 %; times 0.4 to 0.7, with squares of logarithms added.
    assert "from 20 % to about 10 % errors (95 % interval 4 to 21 %)" in text
    few = answer_of(60, ssgan=5, label_spreading=1, twice=(0.9, 0.8, 0.99))
    assert "leave label spreading at about 2 % errors (95 %" in text_of(few)
    for twice, spreading in ((None, 6), ((0.9, 0.5, 1.2), 6), ((0.5, 0.4, 0.7), 0)):
        said = text_of(answer_of(30, ssgan=5, label_spreading=spreading, twice=twice))
        assert "cannot be told from these" in said


def test_short_trainings_are_told():
    answer = answer_of(24, ssgan=3)
    short = dataclasses.replace(answer.left_out, steps=420, of_steps=2400)
    said = headline(Answer(short))
    assert said.startswith("Expect about 12 % errors on new examples, probably fewer, ")
    assert (
        "left out of a short training once (420 steps; the saved model: 2,400), "
        in said
    )
    assert "left out of a training once, and 3 of them" in headline(answer)


def test_one_fold_of_many_labels_tells_a_temperature():
    """Also where labels alternate, and the answers of one class are better."""
    n, classes = 400, np.arange(2)
    codes = np.arange(n) % 2
    wrong = (codes == 1) & (np.arange(n) % 5 < 2)
    said = np.where(wrong, 0, codes)
    given = {m: np.where(said[:, None] == classes, 0.97, 0.03) for m in NETWORKS}
    one = np.zeros(n, int)
    seconds = dict.fromkeys(NETWORKS, 1.0)
    left_out = LeftOut(np.arange(n), codes, one, classes, given, seconds, np.array(()))
    assert Answer(left_out).tempered[0] > 1.5


def test_two_answers_of_a_class_are_not_two_labels_where_labels_are_many():
    """Each class has two answers, of 2 labels or of 8 that were left out in part."""
    for n, said in ((60, True), (400, False)):
        answer = answer_of(n, ssgan=3)
        codes = np.arange(n) // 2
        p = {m: np.eye(n // 2)[codes] for m in FOR_IMAGES}
        names = np.arange(n // 2).astype(str)
        some = {"codes": codes, "classes": names, "probabilities": p}
        left_out = dataclasses.replace(answer.left_out, **some)
        assert ("With one label of a class left" in headline(Answer(left_out))) == said


def test_classes_with_one_label_are_left_out_of_what_is_promised():
    answer = answer_of(30, ssgan=5, alone=("emu",))
    said = headline(answer)
    about = "Expect about 17 % errors on new examples of classes with several labels, "
    assert said.startswith(f"{about}or fewer, and hardly more than 35 %.")
    (first, *_) = sentences(answer, str.upper)
    assert (
        first == "Nothing tells how well the class with one label is recognized (EMU)."
    )
    answer = answer_of(30, ssgan=0, alone=[f"c{i}" for i in range(100)])
    about = (
        "Expect hardly more than 12 % errors on new examples of classes with several"
    )
    assert headline(answer).startswith(about)
    assert "each are recognized (c0, c1, c2, c3, c4, ...)." in text_of(answer)
    assert "several labels" not in text_of(answer_of(30))


def unequal(said_fraud, said_ok, n=60, rare=5):
    """Return an answer where some of the rare class, and some others, are said rare."""
    codes = (np.arange(n) >= rare).astype(int)
    said = np.ones(n, int)
    said[:said_fraud] = said[rare : rare + said_ok] = 0
    known = {"classes": np.array(["fraud", "ok"]), "probabilities": np.eye(2)[said]}
    return of_codes(codes, **known)


def of_codes(codes, classes, probabilities):
    answers = {"random-forest": probabilities}
    indices = np.arange(len(codes))
    seconds, alone = {"random-forest": 1.0}, np.array([])
    return Answer(
        LeftOut(indices, codes, indices % 4, classes, answers, seconds, alone)
    )


@pytest.mark.parametrize(
    ("answer", "is_better"),
    [
        (unequal(0, 0), False),
        (unequal(1, 2), False),
        (unequal(3, 1), False),  # May be chance.
        (unequal(5, 0), True),
        (unequal(40, 5, 300, 50), True),
    ],
)
def test_one_answer_for_all_may_do_as_well(answer, is_better):
    said = text_of(answer)
    assert ("Always answering ok would be wrong for 5 of these 60" in said) != is_better
    assert ("they do not show that the model does better." in said) != is_better


def test_a_class_that_is_never_answered_is_named():
    said = "Never answered for a left-out label: fraud."
    assert said in text_of(unequal(0, 0))
    assert "Never answered" not in text_of(unequal(1, 0))
    assert "label: FRAUD." in " ".join(sentences(unequal(0, 0), str.upper))


def test_unknown_error_is_said_to_be_unknown():
    result = {"expected": None, "n_test": 0, "n_validation_labels": 0}
    assert "unknown" in unknown(result | {"continued_from": None})
    assert "--continue-from" in unknown(result | {"continued_from": "abc"})
    backbone = {"continued_from": None, "backbone_learned": 7, "n_labels": 40}
    assert "has learned from 7 of the 40 labels before" in unknown(result | backbone)
    known = (
        {"expected": {"error": 0.1}},
        {"n_test": 5},
        {"n_validation_labels": 2},
        {"left_out": [1, 9]},
    )
    assert [unknown(result | more) for more in known] == 4 * [""]


def test_copies_are_told_and_count_once_in_what_more_labels_would_bring(
    rng, monkeypatch
):
    x, y = rng.normal(size=(12, 6)), np.arange(12) % 2
    own = Data("own", np.concatenate([x, x]), np.concatenate([y, y]))
    learned = []
    monkeypatch.setattr(module, "error_at_twice", lambda x, y, *_: learned.append(y))
    answer = ask(own, own.y_train, only=("logistic-regression",))
    assert (answer.n, learned[0].tolist()) == (12, [*y, *[-1] * 12])
    assert sentences(answer)[0].startswith("Of 24 labeled examples, 12 have the same")


def test_single_labels_are_said_to_tell_nothing():
    y = np.array([0, 1, -1, -1])
    with pytest.warns(UserWarning, match="Every class has a single label"):
        assert ask(Data("own", np.eye(4), y), y, None) is None


@pytest.mark.slow  # A measurement of what is said; the formula is in tests/stats.
@pytest.mark.parametrize("n", [24, 60, 200])
def test_interval_holds_the_error_of_the_short_trainings(n):
    """In 1000 draws of labels; the classes overlap, the classifier is the nearest mean.

    The interval is for models that lack a fold: with 24 labels it held their error in
    94.9 % of 12,000 draws. The model on all labels is better. Its error was above the
    interval in 1.5 % of them, but below it in 5.4 %: so "or fewer" is said, and only
    the upper end is promised for it. The bounds are what is said, less three standard
    deviations of 1000 draws.
    """
    rng, held, above = np.random.default_rng(0), 0, 0

    def draw(n):
        y = np.arange(n) % 3
        return rng.normal(size=(n, 8)) + 1.4 * np.eye(8)[y], y

    def errors(x, y, new, truth):
        means = np.stack([x[y == c].mean(axis=0) for c in range(3)])
        nearest = (np.square(means).sum(axis=1) - 2 * new @ means.T).argmin(axis=1)
        return np.count_nonzero(nearest != truth)

    x_new, y_new = draw(2000)
    for seed in range(1000):
        x, y = draw(n)
        folds, wrong, true = label_folds(y, 4, seed), 0, []
        for fold in range(4):
            out = folds == fold
            wrong += errors(x[~out], y[~out], x[out], y[out])
            true.append(errors(x[~out], y[~out], x_new, y_new) / 2000)
        low, high = binomial_interval(wrong, n)
        held += low <= np.mean(true) <= high
        above += errors(x, y, x_new, y_new) / 2000 > high
    assert held / 1000 > 0.95 - 3 * np.sqrt(0.95 * 0.05 / 1000)
    assert above / 1000 < 0.025 + 3 * np.sqrt(0.025 * 0.975 / 1000)
