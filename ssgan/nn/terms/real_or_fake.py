"""The discriminator tells real from generated examples."""

from ssgan.nn import losses
from ssgan.nn.registration import serializable
from ssgan.nn.terms.term import Term


@serializable
class RealOrFake(Term):
    """Tell unlabeled from generated examples: the unsupervised loss of the game.

    ``-1/2 mean(log D(x)) - 1/2 mean(log(1 - D(G(z))))``; see
    `ssgan.nn.losses.unsupervised`.

    References
    ----------
    Salimans et al. 2016, section 5, ``L_unsupervised``, arXiv:1606.03498.
    """

    def __call__(self, model, step):
        return losses.unsupervised(step.logits_unlabeled, step.logits_fake)
