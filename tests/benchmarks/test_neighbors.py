"""The benchmark of labels that spread to neighbors."""

from scripts import script

from ssgan import load


def test_left_out_labels_find_the_better_form():
    neighbors, data = script("neighbors"), load("digits")
    as_they_are, upright, likeliest = (
        neighbors.wrong(data, 50, 1.0, 0, cut=False, **forms)
        for forms in ({"forms": ["as they are"]}, {"forms": ["upright"]}, {})
    )
    # Digits of 8 x 8 pixels have lost their slants.
    assert as_they_are < upright
    assert likeliest < upright
    assert 0.01 < likeliest < 0.2
    # The classes of the least cut are the better ones.
    assert neighbors.wrong(data, 50, 1.0, 0) < likeliest
