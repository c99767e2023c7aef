"""Start a model with the weights of one that was trained before."""

import numpy as np

from ssgan.errors import expect


def take_over(model, earlier, places):
    """Copy the weights of an earlier model's networks into a new model.

    Both players and the averaged classifier are taken over. Outputs for classes that
    the earlier model does not know keep their initial weights. So does a generator, if
    the earlier model has none.

    Parameters
    ----------
    model, earlier : AveragedClassifier
        A `ssgan.SSGAN` is one, too.
    places : integer ndarray of shape (K_earlier,)
        Index of each class of the earlier model among those of the new one.

    Raises
    ------
    InputError
        If the networks differ in more than the number of classes.
    """
    for name in ("discriminator", "classifier", "generator"):
        new, old = getattr(model, name, None), getattr(earlier, name, None)
        if new is None or old is None:
            continue
        pairs = list(zip(new.weights, old.weights, strict=False))
        same = len(new.weights) == len(old.weights)
        same = same and all(_fits(a.shape, b.shape, places) for a, b in pairs)
        expect(
            same,
            f"a {name} like that of the model to continue from",
            "one with weights of other shapes",
        )
        for variable, value in pairs:
            variable.assign(_filled(variable.numpy(), value.numpy(), places))


def _fits(new, old, places):
    """Return whether shapes are equal, or differ in one axis, that of the classes."""
    if len(new) != len(old):
        return False
    differ = [(a, b) for a, b in zip(new, old, strict=True) if a != b]
    more = [(a, b) for a, b in differ if a > b == len(places)]
    return not differ or len(differ) == len(more) == 1


def _filled(new, old, places):
    """Return `old`, or `new` with the values of `old` at the places of its classes."""
    if new.shape == old.shape:
        return old
    [axis] = np.flatnonzero(np.not_equal(new.shape, old.shape))
    filled = np.moveaxis(new.copy(), axis, 0)
    filled[places] = np.moveaxis(old, axis, 0)
    return np.moveaxis(filled, 0, axis)
