"""The discriminator tells real from generated examples."""

from ssgan.errors import expect
from ssgan.nn import losses
from ssgan.nn.registration import serializable
from ssgan.nn.terms.term import Term


@serializable
class RealOrFake(Term):
    """Tell unlabeled from generated examples: the unsupervised loss of the game.

    ``-1/2 mean(log D(x)) - 1/2 mean(log(1 - D(G(z))))``; see
    `ssgan.nn.losses.unsupervised`.

    Parameters
    ----------
    weight : float, default=1.0
        See `Term`.
    real_target : float in (0.5, 1], default=1.0
        Probability that the discriminator is asked to give real examples of being
        real. Below 1, as in the paper's 0.9, this is one-sided label smoothing: the
        target of generated examples stays 0. Use it where a sure discriminator leaves
        the generator nothing to learn from.

    Raises
    ------
    InputError
        If `real_target` is out of its range.

    References
    ----------
    Salimans et al. 2016, section 5, ``L_unsupervised``, and section 3.4, arXiv:
    1606.03498.
    """

    needs_generator = True

    def __init__(self, weight=1.0, real_target=1.0):
        super().__init__(weight)
        fits = 0.5 < real_target <= 1
        expect(fits, "a real_target above 0.5, at most 1", f"real_target={real_target}")
        self.real_target = real_target

    def __call__(self, model, step):
        return losses.unsupervised(
            step.logits_unlabeled, step.logits_fake, self.real_target
        )

    def get_config(self):
        return {**super().get_config(), "real_target": self.real_target}


def expect_opponent(term, model):
    """Raise InputError if no term teaches a model's D(x), which another term uses."""
    expect(
        any(isinstance(t, RealOrFake) and t.weight for t in model.terms),
        f"RealOrFake, with a weight, beside {type(term).__name__}",
        [t.name for t in model.terms],
    )
