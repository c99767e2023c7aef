"""A list of terms is checked, and each term gets a name of its own."""

import pytest

from ssgan.errors import InputError
from ssgan.nn.terms import (
    FeatureMatching,
    PseudoLabels,
    RealOrFake,
    Term,
    by_name,
)


def test_terms_of_one_class_get_names_of_their_own():
    terms = [
        RealOrFake(),
        PseudoLabels(1.0),
        FeatureMatching(),
        PseudoLabels(2.0),
        PseudoLabels(3.0),
        FeatureMatching(norm="l1"),
    ]
    named = by_name(terms)
    assert list(named.values()) == terms
    assert list(named) == [
        "real_or_fake",
        "pseudo_labels",
        "feature_matching",
        "pseudo_labels_2",
        "pseudo_labels_3",
        "feature_matching_2",
    ]


@pytest.mark.parametrize("other", [RealOrFake, "RealOrFake", None])
def test_what_is_not_a_term_is_refused(other):
    with pytest.raises(InputError, match="Expected terms of class"):
        by_name([FeatureMatching(), other])


def test_unknown_norm_is_refused():
    with pytest.raises(InputError, match='Expected norm="l2" or norm="l1".*norm=\'x\''):
        FeatureMatching(norm="x")


def test_numbers_that_measurements_chose():
    term = PseudoLabels()
    assert (term.weight, term.confidence) == (1.0, 0.95)
    assert (term.FREQUENCY_STEP, term.POWER, term.LIMIT) == (0.01, 20.0, 10.0)


def test_a_name_that_is_taken_is_counted_up():
    kinds = [type(name, (Term,), {}) for name in ("Squares", "Squares", "Squares_2")]
    terms = [kind() for kind in kinds]
    named = by_name(terms)
    assert list(named.values()) == terms
    assert list(named) == ["squares", "squares_2", "squares_2_2"]


def test_a_term_of_ones_own_does_not_replace_ours_of_the_same_name():
    own = type("PseudoLabels", (Term,), {})()
    terms = [PseudoLabels(), own, PseudoLabels()]
    named = by_name(terms)
    assert [*named] == ["pseudo_labels", "pseudo_labels_2", "pseudo_labels_3"]
    assert [*named.values()] == terms
