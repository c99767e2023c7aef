"""The benchmark of labels that spread to neighbors."""

from scripts import script

from ssgan import load


def test_left_out_labels_find_the_better_form():
    neighbors, data = script("neighbors"), load("digits")
    pixels, upright, likeliest = (
        neighbors.wrong(data, 50, 1.0, 0, forms)
        for forms in (("pixels",), ("upright orientations",), neighbors.FORMS)
    )
    # Digits of 8 x 8 pixels have lost their slants.
    assert pixels < upright
    assert likeliest < upright
    assert 0.01 < likeliest < 0.2
