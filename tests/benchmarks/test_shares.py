"""The benchmark of class shares."""

from scripts import script

from ssgan import load


def test_unequal_classes_are_looked_at_both_ways():
    shares, data = script("shares"), load("digits")
    alike, first, last = (
        shares.looked_at(data, 50, imbalance, True, seed=0)
        for imbalance in (1, 10, 0.1)
    )
    assert not alike.differ
    assert first.differ
    assert first.guessed[0] > 2 * first.guessed[9]
    assert last.differ
    assert last.guessed[9] > 2 * last.guessed[0]


def test_guesses_are_closer_than_labels_drawn_at_random():
    data = load("digits")
    x, y = data.x_train[..., None], data.y_train
    found = script("label_shares").errors(x, y, 60, seed=0)
    assert found["guesses"] < found["all labels"] < found["at random"]
