"""The generator minimizes what the discriminator maximizes."""

from keras import ops

from ssgan.nn import losses
from ssgan.nn.registration import serializable
from ssgan.nn.terms.real_or_fake import expect_opponent
from ssgan.nn.terms.term import Term


@serializable
class Minimax(Term):
    """Let the generator lower the probability that its examples are taken for fake.

    ``mean(log(1 - D(G(z)))) = -mean(softplus(Z(G(z))))``, a term of the generator's
    loss. It is the loss of the authors' MNIST program with minibatch discrimination.
    Its gradient vanishes where the discriminator is sure that an example is fake; then
    `NonSaturating` is better. `FeatureMatching` gives better classifiers. It needs
    `RealOrFake`.

    References
    ----------
    Goodfellow et al. 2014, equation 1, arXiv:1406.2661; for K+1 classes, Salimans et
    al. 2016, section 5, arXiv:1606.03498, and the authors' program.
    """

    player = "generator"
    needs_generator = True

    def build(self, model):
        expect_opponent(self, model)

    def __call__(self, model, step):
        return -ops.mean(ops.softplus(losses.log_partition(step.logits_fake)))
