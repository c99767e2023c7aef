"""Predictions for unlabeled examples are confident."""

from keras import ops

from ssgan.nn.registration import serializable
from ssgan.nn.terms.term import Term


@serializable
class ConditionalEntropy(Term):
    """Ask for a confident prediction, of any class, for each unlabeled example.

    ``-mean(sum_k p_k log p_k)``.

    References
    ----------
    Dai et al. 2017, "Good Semi-supervised Learning That Requires a Bad GAN",
    section 4.3, arXiv:1705.09783; Grandvalet and Bengio 2005.
    """

    def __call__(self, model, step):
        log_p = ops.log_softmax(step.logits_unlabeled)
        return -ops.mean(ops.sum(ops.exp(log_p) * log_p, axis=-1))
