"""Start a model with the weights of one that was trained before."""

import numpy as np

from ssgan.errors import expect
from ssgan.nn.seeding import finalize_normalizations


def take_over(model, earlier, places):
    """Copy the weights of an earlier model's networks into a new model.

    Both players and the averaged classifier are taken over. Outputs for classes that
    the earlier model does not know keep their initial weights, and so do the inputs for
    them of a class-conditional generator. So does a generator, if the earlier model has
    none.

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
    n_classes = model.discriminator.output_shape[-1]
    for name in ("discriminator", "classifier", "generator"):
        new, old = getattr(model, name, None), getattr(earlier, name, None)
        if new is None or old is None:
            continue
        # Latent vectors have the class behind the other numbers.
        first = earlier.latents.dim if name == "generator" else 0
        sizes = first + n_classes, first + len(places)
        pairs = list(zip(new.weights, old.weights, strict=False))
        same = len(new.weights) == len(old.weights)
        same = same and all(_fits(a.shape, b.shape, sizes) for a, b in pairs)
        expect(
            same,
            f"a {name} like that of the model to continue from",
            "one with weights of other shapes",
        )
        at = np.concatenate([np.arange(first), first + np.asarray(places)])
        for variable, value in pairs:
            # A reference batch was drawn with the new classes, and stays.
            if variable.name != "reference" or variable.shape == value.shape:
                variable.assign(_filled(variable.numpy(), value.numpy(), at))
        finalize_normalizations(new)


def _fits(new, old, sizes):
    """Return whether shapes are equal, or differ in the axis of the classes alone.

    `sizes` are those of this axis, of new and of old.
    """
    if len(new) != len(old):
        return False
    differ = [pair for pair in zip(new, old, strict=True) if pair[0] != pair[1]]
    return not differ or differ == [sizes]


def _filled(new, old, at):
    """Return `old`, or `new` with its values at indices of the axis that differs."""
    if new.shape == old.shape:
        return old
    [axis] = np.flatnonzero(np.not_equal(new.shape, old.shape))
    filled = np.moveaxis(new.copy(), axis, 0)
    filled[at] = np.moveaxis(old, axis, 0)
    return np.moveaxis(filled, 0, axis)
