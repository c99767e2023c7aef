"""Generated examples have the class that they were generated for."""

from ssgan.nn import losses
from ssgan.nn.latents import expect_classes
from ssgan.nn.registration import serializable
from ssgan.nn.terms.term import Term, expect_player


@serializable
class AuxiliaryClassifier(Term):
    """Ask that a generated example be classified as what it was generated for.

    ``-mean(log p_c(G(z, c)))``, with the class c of the latent vector. As a term of the
    generator it makes the generator heed c, and with it the classes evenly. As a term
    of the discriminator it takes generated examples for labeled ones: only when the
    generator heeds c already. It needs `ssgan.nn.ClassLatents`.

    Parameters
    ----------
    weight : float, default=1.0
        See `Term`.
    player : {"generator", "discriminator"}, default="generator"
        Whose loss it is a term of. Odena et al. have it in both.

    References
    ----------
    Odena, Olah and Shlens 2017, "Conditional Image Synthesis with Auxiliary Classifier
    GANs", section 3, equation 3, arXiv:1610.09585.
    """

    needs_generator = True

    def __init__(self, weight=1.0, player="generator"):
        super().__init__(weight)
        self.player = expect_player(player)

    def build(self, model):
        expect_classes(model.latents)

    def __call__(self, model, step):
        return losses.supervised(model.latents.classes(step.latents), step.logits_fake)

    def get_config(self):
        return {**super().get_config(), "player": self.player}
