"""Going on from a fitted classifier with more labels."""

import dataclasses
import re
import types

import numpy as np
import pytest
from tiny import TINY, TINY_GAME, TINY_GUESSES
from warned import no_warnings

from ssgan import SSGANClassifier
from ssgan.errors import InputError
from ssgan.estimator.scales import warn_if_continued_elsewhere
from ssgan.nn.column_encoder import ColumnEncoder
from ssgan.recipes import VECTORS


@pytest.fixture(scope="module")
def x():
    x = np.random.default_rng(0).normal(size=(90, 4)).astype("float32")
    return x + 4 * (np.arange(90) % 3)[:, None]


def labels(names, n):
    y = np.array(names, object)[np.arange(90) % 3]
    y[n:] = -1
    y[y == ""] = -1
    return y


@pytest.fixture(scope="module")
def earlier(x):
    y = labels(["ash", "", "fir"], 9)
    return SSGANClassifier(TINY_GAME.with_steps(400), random_state=0).fit(x, y)


def test_continued_training_begins_where_the_other_ended(x, earlier):
    y = labels(["ash", "", "fir"], 12)
    again = SSGANClassifier(steps=10, random_state=1).fit(x, y, continue_from=earlier)
    difference = again.predict_proba(x) - earlier.predict_proba(x)
    assert np.abs(difference).max() < 0.05
    assert again.recipe_.steps == 10
    assert again.recipe_.discriminator == TINY_GAME.discriminator
    new = SSGANClassifier(TINY_GAME, steps=10, random_state=1).fit(x, y)
    assert np.abs(new.predict_proba(x) - earlier.predict_proba(x)).max() > 0.2


def test_a_fifth_of_the_steps_by_default_also_the_second_time(x, earlier, untrained):
    y = labels(["ash", "", "fir"], 12)
    first = SSGANClassifier(random_state=1).fit(x, y, continue_from=earlier)
    second = SSGANClassifier(random_state=1).fit(x, y, continue_from=first)
    assert first.recipe_.steps == second.recipe_.steps == 80


def test_what_a_form_of_a_recipe_goes_on_with_is_told(x, untrained):
    y = labels(["ash", "", "fir"], 12)
    alone = SSGANClassifier(VECTORS.supervised().with_steps(10)).fit(x, y)
    said = (
        "The recipe of the model to continue from is vectors-supervised. It is trained "
        "further by the recipe vectors, which also takes unlabeled examples and has a "
        "generator, a new one."
    )
    with pytest.warns(UserWarning, match=f"^{re.escape(said)}$"):
        more = SSGANClassifier().fit(x, y, continue_from=alone)
    assert more.model_.info["continued"]["recipe"] == "vectors-supervised"
    with no_warnings():  # Its recipe is whole, or one is given.
        SSGANClassifier().fit(x, y, continue_from=more)
        SSGANClassifier(VECTORS.with_steps(10)).fit(x, y, continue_from=alone)


def test_class_may_be_new(x, earlier):
    more = SSGANClassifier(steps=400, random_state=1)
    more.fit(x, labels(["ash", "elm", "fir"], 9), continue_from=earlier)
    assert more.classes_.tolist() == ["ash", "elm", "fir"]
    assert more.score(x, labels(["ash", "elm", "fir"], 90)) > 0.9


def test_a_classifier_may_continue_from_itself(x, untrained):
    y, later = (labels(["ash", "", "fir"], n) for n in (9, 12))
    itself = SSGANClassifier(TINY.with_steps(100), random_state=1).fit(x, y)
    for _ in range(2):
        itself.set_params(recipe="auto").fit(x, later, continue_from=itself)
        assert itself.recipe_.steps == 20
    itself.fit(x, np.roll(later, 9), continue_from=itself)
    assert itself.was_labeled(x).sum() == 14
    with pytest.raises(InputError, match="of every class .* Received: none of ash"):
        itself.fit(x, labels(["", "fir", "yew"], 9), continue_from=itself)
    assert itself.classes_.tolist() == ["ash", "fir"]


def test_labels_of_both_trainings_are_known(x, earlier, untrained):
    y = labels(["ash", "", "fir"], 90)
    y[:6] = -1
    again = SSGANClassifier(steps=1).fit(x, y, continue_from=earlier)
    assert again.was_labeled(x).sum() == 60
    assert earlier.was_labeled(x).sum() == 6


def test_labeled_examples_are_known_in_any_type(x, untrained):
    whole = (x - x.min()).round().astype("uint8")
    whole[:, 0] = np.arange(90)
    y = labels(["ash", "", "fir"], 9)
    for unlabeled in (None, whole + np.float32(0.5)):
        model = SSGANClassifier(TINY_GAME, steps=10).fit(whole, y, unlabeled=unlabeled)
        for kind in ("uint8", "int64", "float32", "float64"):
            seen = np.flatnonzero(model.was_labeled(whole.astype(kind)))
            assert seen.tolist() == [0, 2, 3, 5, 6, 8]


@pytest.mark.parametrize(
    ("shape", "names", "message"),
    [
        (
            (90, 3),
            ["ash", "", "fir"],
            r"shape \(4,\), as in the model to continue from",
        ),
        ((90, 4), ["ash", "elm", ""], "labels of every class .* Received: none of fir"),
    ],
)
def test_what_does_not_match_is_refused(shape, names, message, rng, earlier):
    x = rng.normal(size=shape).astype("float32")
    with pytest.raises(InputError, match=message):
        SSGANClassifier().fit(x, labels(names, 9), continue_from=earlier)


def test_pixels_of_another_range_are_told(rng):
    y = labels(["ash", "elm", "fir"], 9)
    pixels = rng.integers(17, size=(90, 4, 4)).astype("float32")
    pixels[0, 0] = (0, 4, 8, 16)
    model = SSGANClassifier(TINY_GUESSES, steps=1, random_state=0).fit(pixels, y)
    whole = (15 * pixels).astype("uint8")
    said = (
        r"pixels from 0 to 16 \(type float32\), as in the model to continue from. "
        r"Received: 0 to 240 \(type uint8\)"
    )
    with pytest.raises(InputError, match=said):
        SSGANClassifier().fit(whole, y, continue_from=model)
    lacking = labels(["ash", "elm", ""], 9)  # So that nothing is trained.
    with (
        pytest.warns(UserWarning, match="from 0 to 16, as in the model to cont.* Rec"),
        pytest.raises(InputError, match="none of fir"),
    ):
        SSGANClassifier().fit(pixels / 16, lacking, continue_from=model)


def test_only_a_fitted_classifier_is_continued_from(x):
    y = labels(["ash", "", "fir"], 12)
    with pytest.raises(InputError, match="a fitted classifier to continue from"):
        SSGANClassifier(TINY_GAME).fit(x, y, continue_from=SSGANClassifier(TINY_GAME))


def fitted_to(preprocessor):
    """A classifier of rows, or of images, that is as if it were fitted to x."""
    classifier = SSGANClassifier()
    classifier.model_ = types.SimpleNamespace(preprocessor=preprocessor)
    return classifier


@pytest.mark.parametrize("moved", [0, 100])
def test_rows_scaled_otherwise_than_before_are_doubted(moved, x):
    rows = np.c_[x, np.arange(90) % 3]
    encoder = ColumnEncoder.for_examples(rows, (0, 0, 0, 0, 3))
    classifier = fitted_to(encoder)
    said = "In 4 of 4 columns of numbers, X is more than 10 .*model to continue from"
    with pytest.warns(UserWarning, match=said) if moved else no_warnings():
        warn_if_continued_elsewhere(rows + [*[moved] * 4, 0], classifier)


@pytest.mark.parametrize(("numbers", "constant", "told"), [(2, 0, True), (1, 3, False)])
def test_columns_of_text_or_of_one_value_do_not_tell_a_scale(
    numbers, constant, told, rng
):
    rows = np.c_[rng.normal(size=(90, numbers)), np.ones((90, constant))]
    rows = np.c_[rows, rng.integers(3, size=(90, 3))]
    categories = (*[0] * (numbers + constant), 3, 3, 3)
    classifier = fitted_to(ColumnEncoder.for_examples(rows, categories))
    moved = [*[1e5 if told else 0] * numbers, *[20] * constant, 0, 0, 0]
    said = "In 2 of 2 columns of numbers"
    with pytest.warns(UserWarning, match=said) if told else no_warnings():
        warn_if_continued_elsewhere(rows + moved, classifier)


def test_rows_are_the_images_that_they_were_before(rng, untrained):
    rows, y = rng.uniform(size=(90, 16)), labels(["ash", "", "fir"], 12)
    images, plain = (
        SSGANClassifier(TINY_GUESSES, steps=1, image_shape=s, random_state=0)
        for s in ((4, 4), None)
    )
    recipe = dataclasses.replace(TINY, value_range=(0.0, 1.0))
    plain.set_params(recipe=recipe).fit(rows, y)
    images.fit(rows, y)
    again = SSGANClassifier(image_shape=(4, 4)).fit(rows, y, continue_from=images)
    again.predict(rows)
    for given, earlier in ((None, images), ((2, 8), images), ((4, 4), plain)):
        said = f"image_shape={earlier.image_shape}, as in the model to continue from. "
        said = re.escape(f"{said}Received: image_shape={given}")
        with pytest.raises(InputError, match=said):
            SSGANClassifier(image_shape=given).fit(rows, y, continue_from=earlier)


@pytest.mark.parametrize("given", [1, 16])
def test_pixels_scaled_otherwise_than_before_are_doubted(given, rng):
    images = rng.uniform(size=(5, 4, 4, 1))
    classifier = fitted_to(types.SimpleNamespace(raw_range=(0.0, 1.0)))
    said = "as in the model to continue from. Received: "
    with pytest.warns(UserWarning, match=said) if given > 1 else no_warnings():
        warn_if_continued_elsewhere(given * images, classifier)


def test_members_that_are_not_continued_and_other_scales_are_told(x, untrained):
    y = labels(["ash", "", "fir"], 9)
    several = SSGANClassifier(TINY, steps=1, n_members=2, random_state=0).fit(x, y)
    again, said = SSGANClassifier(steps=1), "Of the 2 members .*n_members=1 keeps 1"
    with pytest.warns(UserWarning, match=said), pytest.warns(match="In 4 of 4 columns"):
        again.fit(x + 1000, y, continue_from=several)
