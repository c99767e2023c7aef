"""The discriminator is smooth where it is unsure."""

import tensorflow as tf
from keras import ops

from ssgan.errors import expect
from ssgan.nn import losses
from ssgan.nn.registration import serializable
from ssgan.nn.terms.real_or_fake import expect_opponent
from ssgan.nn.terms.shared import in_float32
from ssgan.nn.terms.term import Term


@serializable
class JensenShannonRegularizer(Term):
    """Ask for a small gradient of the logit Z(x), where the discriminator is unsure.

    ``gamma/2 (mean((1 - D(x))^2 |dZ(x)/dx|^2) + mean(D(G(z))^2 |dZ(G(z))/dx|^2))``, of
    unlabeled and of generated examples. To first order it is what noise on the examples
    would do to the game. Use it with `NonSaturating` or `Minimax`, where the players
    oscillate or the generator loses modes: above all where the data, or what is
    generated, fill only a thin part of the space. It needs `RealOrFake`.

    The term costs a forward and a backward pass through the discriminator, and a
    backward pass through both. They are of plain examples, without the discriminator's
    noise, and in float32, in mixed precision too.

    Parameters
    ----------
    weight : float, default=1.0
        See `Term`.
    gamma : float, default=2.0
        Variance of the noise that the term stands for, 0 or more, in the networks'
        value range.
    annealed : bool, default=True
        Whether gamma falls linearly to 0 over the training.
    steps : int or None, default=None
        Training steps after which gamma is 0. A recipe gives its own.

    Raises
    ------
    InputError
        If `gamma` is negative. In a game, if `annealed` comes without `steps`, or the
        term without `RealOrFake`.

    References
    ----------
    Roth, Lucchi, Nowozin and Hofmann 2017, "Stabilizing Training of Generative
    Adversarial Networks through Regularization", section 3, the regularizer of the
    Jensen-Shannon divergence, arXiv:1705.09367. The authors' program lets gamma fall
    exponentially, and has no factor 1/2 in the loss beside it, as `RealOrFake` has.
    """

    needs_generator = True

    def __init__(self, weight=1.0, gamma=2.0, annealed=True, steps=None):
        super().__init__(weight)
        expect(gamma >= 0, "gamma of 0 or more", f"gamma={gamma}")
        self.gamma = gamma
        self.annealed = annealed
        self.steps = steps

    def build(self, model):
        expect_opponent(self, model)
        known = not self.annealed or self.steps
        received = f"annealed={self.annealed} and steps={self.steps}"
        expect(known, "the steps over which gamma is annealed to 0", received)

    def __call__(self, model, step):
        with in_float32(model.discriminator):
            real, fake = (
                self._roughness(model.discriminator, x, sign)
                for x, sign in ((step.unlabeled, -1), (step.fake, 1))
            )
        gamma = self.gamma
        if self.annealed:
            done = ops.cast(model.steps_done, "float32")
            gamma *= ops.maximum(1.0 - done / self.steps, 0.0)
        return 0.5 * gamma * (real + fake)

    def _roughness(self, discriminator, x, sign):
        x = ops.cast(x, "float32")
        with tf.GradientTape() as tape:
            tape.watch(x)
            z = losses.log_partition(discriminator(x, training=False))
        slope = tape.gradient(z, x)
        square = ops.sum(ops.square(slope), axis=list(range(1, len(x.shape))))
        # sigmoid(-Z) = 1 - D.
        return ops.mean(ops.square(ops.sigmoid(sign * z)) * square)

    def get_config(self):
        return {
            **super().get_config(),
            "gamma": self.gamma,
            "annealed": self.annealed,
            "steps": self.steps,
        }
