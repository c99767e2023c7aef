"""The benchmark of labels that spread to neighbors."""

from scripts import script

from ssgan import load
from ssgan.estimator import spread_labels


def test_left_out_labels_find_the_better_form(monkeypatch):
    neighbors, data = script("neighbors"), load("digits")

    def wrong(forms):
        monkeypatch.setattr(spread_labels, "FORMS", forms)
        return neighbors.wrong(data, 50, 1.0, 0, cut=False)

    likeliest = wrong(spread_labels.FORMS)
    as_they_are, upright = wrong(["as they are"]), wrong(["upright"])
    monkeypatch.undo()
    # Digits of 8 x 8 pixels have lost their slants.
    assert as_they_are < upright
    assert likeliest < upright
    assert 0.01 < likeliest < 0.2
    # The classes of the least cut are the better ones.
    assert neighbors.wrong(data, 50, 1.0, 0) < likeliest
