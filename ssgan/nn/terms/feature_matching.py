"""The generator matches the features of real examples."""

from ssgan.errors import expect
from ssgan.nn import losses
from ssgan.nn.registration import serializable
from ssgan.nn.terms.term import Term


@serializable
class FeatureMatching(Term):
    """Match the mean features of generated examples to those of real ones.

    A term of the generator's loss; see `ssgan.nn.losses.feature_matching`. It gives
    better classifiers than a generator that tries to fool the discriminator.

    Parameters
    ----------
    weight : float, default=1.0
        See `Term`.
    norm : {"l2", "l1"}, default="l2"
        Of the distance. The papers' MNIST recipe has "l2", the others "l1".

    References
    ----------
    Salimans et al. 2016, section 3.1, arXiv:1606.03498.
    """

    player = "generator"
    needs_generator = True

    def __init__(self, weight=1.0, norm="l2"):
        super().__init__(weight)
        expect(norm in ("l2", "l1"), 'norm="l2" or norm="l1"', f"norm={norm!r}")
        self.norm = norm

    def __call__(self, model, step):
        return losses.feature_matching(
            step.features_real, step.features_fake, self.norm
        )

    def get_config(self):
        return {**super().get_config(), "norm": self.norm}
