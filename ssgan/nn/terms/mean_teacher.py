"""Predictions agree with those of the averaged weights."""

from keras import ops

from ssgan.nn.registration import serializable
from ssgan.nn.terms.shared import probabilities
from ssgan.nn.terms.term import Term


@serializable
class MeanTeacher(Term):
    """Match the probabilities of the averaged weights, confident or not.

    ``mean(sum_k (p_k(augmented x) - q_k(x))^2)`` for unlabeled x, with q from the
    averaged weights. Unlike `PseudoLabels` it teaches from the first step on, including
    what is still wrong.

    References
    ----------
    Tarvainen and Valpola 2017, "Mean teachers are better role models", section 2,
    arXiv:1703.01780.
    """

    def __call__(self, model, step):
        teacher = probabilities(model.classifier(step.unlabeled, training=False))
        student = probabilities(step.logits_unlabeled)
        distance = ops.square(student - ops.stop_gradient(teacher))
        return ops.mean(ops.sum(distance, axis=-1))
