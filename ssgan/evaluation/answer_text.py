"""The sentences that tell what to expect on new examples."""

import numpy as np

from ssgan.errors import counted, some
from ssgan.evaluation.fold_lengths import ANSWERS
from ssgan.evaluation.left_out import PEERS
from ssgan.stats.intervals import (
    binomial_interval,
    matched_interval,
    product_interval,
)
from ssgan.stats.percent import interval_of, percent

NAMES = {
    "ssgan": "labels and unlabeled examples",
    "supervised": "the labels alone",
    "logistic-regression": "logistic regression",
    "random-forest": "random forest",
    "self-training": "self-training",
    "label-spreading": "label spreading",
}
# A wider interval than this, as a fraction, gets a word.
WIDE = 0.15


def name_of(method):
    """Return the name of a method, with the package that it is from if not ours."""
    return NAMES[method] + (" (scikit-learn)" if method in PEERS else "")


def headline(answer):
    """Say in a sentence how many errors to expect, and how sure that is."""
    low, high = answer.interval
    k, n = answer.wrong(answer.kept), answer.n
    left_out = answer.left_out
    short = answer.of_network and left_out.steps
    training = "training once"
    if short:
        training = (
            f"short training once ({left_out.steps:,} steps; the saved model: "
            f"{left_out.of_steps:,})"
        )
    errors, most = "errors on new examples", f"hardly more than {percent(high)}"
    if len(left_out.alone):
        errors += " of classes with several labels"
    gained = _gained(answer)
    fewer = "" if gained else ", probably fewer" if short else ", or fewer"
    about = f"about {percent(answer.error)} {errors}{fewer}, and {most}"
    said = (
        f"Expect {about if answer.error else f'{most} {errors}'}. Each of {n} labels "
        f"was left out of a {training}, and {k or 'none'} of them "
        f"{'was' if k < 2 else 'were'} then answered wrongly "
        f"({interval_of(*binomial_interval(k, n))}). {gained}That holds for new "
        "examples if the labeled ones are a random sample of them."
    )
    counts = np.bincount(left_out.codes)
    # Of more labels, only a part was left out.
    few = n < ANSWERS and np.mean(counts[counts > 0] == 2) > 0.5
    if few and not gained:
        said += (
            " With one label of a class left, a training knows far less than the model "
            "that is saved, which may do much better."
        )
    elif k and high - low > WIDE:  # Without errors, `_next` says so.
        said += f" {n} labels cannot tell it more exactly."
    return said


def _gained(answer):
    """Say how much surer the saved model is; "" if it is not."""
    if not answer.gained:
        return ""
    points = counted(round(100 * answer.gained), "point")
    before, after = (percent(sure) for sure in answer.sure)
    told = percent(answer.wrong(answer.kept) / answer.n)
    return (
        f"The saved model is surer of the unlabeled examples ({after} on average) than "
        f"those trainings were ({before}): that is taken for {points} fewer than their "
        f"{told}, but the upper end does not count on it. "
    )


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
    said = [_alone(answer, name), answer.left_out.copies, _foreign(answer)]
    said += [_unlabeled(answer)] if answer.compares else []
    said += [_best(answer)] if answer.of_network else []
    said += [_constant(answer, name), _never(answer, name)]
    said += [_confused(answer, name), _next(answer)]
    return [sentence for sentence in said if sentence]


def unknown(result):
    """Say that nothing tells the error on new examples; "" if something does.

    `result` is what `ssgan.train_to_folder.train_to_folder` returns.
    """
    told = ("expected", "n_test", "n_validation_labels", "left_out")
    if any(result.get(key) for key in told):
        return ""
    said = "The error on new examples is unknown."
    if result["continued_from"]:
        said += (
            " A model that is trained further has seen the labels before: only a "
            "training from the start, without --continue-from, can leave some out."
        )
    elif n := result.get("backbone_learned"):
        said += (
            f" The backbone has learned from {n} of the {result['n_labels']} labels "
            "before: another one is needed to leave some out."
        )
    return said


def _alone(answer, name):
    alone = [name(label) for label in answer.left_out.alone.tolist()]
    if not alone:
        return ""
    classes = "the class with one label is"
    if len(alone) > 1:
        classes = "the classes with one label each are"
    return f"Nothing tells how well {classes} recognized ({some(alone)})."


def _foreign(answer):
    foreign = answer.left_out.foreign
    if not (foreign and foreign.found):
        return ""
    return (
        f"Caution: about {percent(foreign.share)} of the unlabeled examples "
        f"({interval_of(*foreign.interval)}) are unlike all that have a label. They "
        "may be of other classes; or the labeled examples are no random sample. ssgan "
        "predict --part unlabeled shows which they are: their familiarity is low."
    )


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
    steps = answer.left_out.steps
    after = f", after {steps:,} steps each" if steps else ""
    said += f" ({counts}{after}; {ends})."
    if answer.kept == "supervised":
        said += (
            " So the model that is saved was trained on the labels alone; --keep ssgan "
            "overrules."
        )
    elif answer.keep == "ssgan" and answer.better == "supervised":
        said += " The labels alone did better; --keep ssgan overruled that."
    return said


def _best(answer):
    kept, quick = answer.kept, answer.quick
    k, n = answer.wrong(quick), answer.n
    name = NAMES[quick].capitalize()
    saved = f"--method {quick} saves it"
    _, low, _ = answer.gain(quick, kept)
    if low > 0:
        return f"{name} is better here: {k} of {n} wrong, in seconds. Use it: {saved}."
    if k <= answer.wrong(kept):
        return f"{name} does as well in seconds ({k} of {n} wrong): {saved}."
    _, low, _ = answer.gain(kept, quick)
    sure = "better than" if low > 0 else "ahead of"
    return f"The saved model is {sure} {name.lower()} ({k} of {n} wrong)."


def _constant(answer, name):
    """Say so if the model is not clearly better than one and the same answer.

    Both answer the same labels, so that the test is the one between two methods.
    """
    codes = answer.left_out.codes
    most = np.bincount(codes).argmax()
    others = codes != most
    _, low, _ = matched_interval(others, answer.left_out.wrong(answer.kept))
    if low > 0:
        return ""
    always = name(answer.left_out.classes[most])
    return (
        f"Always answering {always} would be wrong for {np.count_nonzero(others)} of "
        f"these {answer.n} labels: they do not show that the model does better."
    )


def _never(answer, name):
    codes, said = answer.left_out.codes, answer.left_out.said(answer.kept)
    never = answer.left_out.classes[np.setdiff1d(codes, said)].tolist()
    names = some(name(label) for label in never)
    return f"Never answered for a left-out label: {names}." if never else ""


def _confused(answer, name):
    classes = answer.left_out.classes.tolist()
    pairs = [
        f"{name(classes[i])} taken for {name(classes[j])} ({times} of {of})"
        for i, j, times, of in answer.confusions()
    ]
    return f"Most confused: {', '.join(pairs)}." if pairs else ""


def _next(answer):
    """Say what more labels would bring.

    The interval holds what is uncertain of today's error, and of the factor.
    """
    if not answer.wrong(answer.kept):
        return "More labels would mostly tell the error more exactly."
    quick = NAMES[answer.quick]
    k, n = answer.wrong(answer.quick), answer.n
    if not k or answer.twice is None or answer.twice[2] >= 1:
        return "What more labels would bring cannot be told from these."
    there = k / n
    error, low, high = product_interval((there, *binomial_interval(k, n)), answer.twice)
    rest = "; the saved model would gain as much in proportion, or less"
    now, then = percent(there), percent(error)
    gain = f"take {quick} from {now} to about {then} errors"
    if now == then:
        gain = f"leave {quick} at about {now} errors"
    return (
        f"Twice the labels would {gain} ({interval_of(low, high)})"
        f"{'' if answer.kept == answer.quick else rest}. Label what is confused first."
    )
