"""The generator makes what the discriminator takes for real."""

from keras import ops

from ssgan.nn import losses
from ssgan.nn.registration import serializable
from ssgan.nn.terms.real_or_fake import expect_opponent
from ssgan.nn.terms.term import Term


@serializable
class NonSaturating(Term):
    """Let the generator raise the probability that its examples are taken for real.

    ``-mean(log D(G(z))) = mean(softplus(Z(G(z))) - Z(G(z)))``, a term of the
    generator's loss. Its gradient is largest where the discriminator is sure that an
    example is fake, where that of `Minimax` vanishes. Use it for samples;
    `FeatureMatching` gives better classifiers. It needs `RealOrFake`.

    References
    ----------
    Goodfellow et al. 2014, section 3, arXiv:1406.2661. For K+1 classes, D(x) is that
    of Salimans et al. 2016, section 5, arXiv:1606.03498.
    """

    player = "generator"
    needs_generator = True

    def build(self, model):
        expect_opponent(self, model)

    def __call__(self, model, step):
        # softplus(Z) - Z = softplus(-Z), which does not cancel.
        return ops.mean(ops.softplus(-losses.log_partition(step.logits_fake)))
