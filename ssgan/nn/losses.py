"""The losses of Salimans et al. 2016, in the paper's order.

Notation, here and in the tests: ``l(x)`` are the K class logits, ``f(x)`` the
features (activations of the discriminator's last hidden layer),
``Z(x) = logsumexp(l(x))``. The logit of the fake class is fixed at 0. This loses
nothing: a softmax does not change if the same number is added to all logits. So K
outputs represent K+1 classes, and the probability that x is real is
``D(x) = exp(Z) / (exp(Z) + 1) = sigmoid(Z(x))``.

Each function takes logits or features of shape (batch, ...) and returns a scalar.

References
----------
Salimans, Goodfellow, Zaremba, Cheung, Radford and Chen 2016, "Improved Techniques
for Training GANs", sections 3.1 and 5, arXiv:1606.03498.
"""

from keras import ops

from ssgan.nn import replicas


def log_partition(logits):
    """Return ``Z(x)``, of shape (batch,), from logits of shape (batch, K)."""
    return ops.logsumexp(logits, axis=-1)


def supervised(labels, logits):
    """Return ``-mean(l_y(x) - Z(x))``: the cross entropy, given that x is real.

    Parameters
    ----------
    labels : integer tensor of shape (batch,)
        Classes, 0 to K-1.
    logits : float tensor of shape (batch, K)

    References
    ----------
    Salimans et al. 2016, section 5, ``L_supervised``.
    """
    at_label = ops.take_along_axis(
        logits, ops.expand_dims(ops.cast(labels, "int32"), -1), axis=-1
    )
    return ops.mean(log_partition(logits) - ops.squeeze(at_label, -1))


def unsupervised(logits_real, logits_fake, real_target=1.0):
    """Return ``-1/2 mean(log D(x)) - 1/2 mean(log(1 - D(G(z))))``.

    The factors 1/2 are in the authors' program, not in the paper's formula. With a real
    target t below 1, ``log D(x)`` becomes ``t log D(x) + (1 - t) log(1 - D(x))``: the
    fake class has the rest of the target.

    Parameters
    ----------
    logits_real, logits_fake : float tensors of shape (batch, K)
        Logits of unlabeled and of generated examples.
    real_target : float in [0, 1], default=1.0
        Probability of being real that real examples should have.

    References
    ----------
    Salimans et al. 2016, section 5, ``L_unsupervised``; section 3.4 for `real_target`.
    """
    # -log sigmoid(Z) = softplus(-Z), which neither overflows nor cancels.
    z = log_partition(logits_real)
    real = real_target * ops.mean(ops.softplus(-z))
    if real_target != 1:
        real += (1 - real_target) * ops.mean(ops.softplus(z))
    fake = ops.mean(ops.softplus(log_partition(logits_fake)))
    return 0.5 * (real + fake)


def feature_matching(features_real, features_fake, norm="l2"):
    """Return the distance of mean features, which the generator minimizes.

    Parameters
    ----------
    features_real, features_fake : float tensors of shape (batch, features)
    norm : {"l2", "l1"}, default="l2"
        ``mean((mean f(x) - mean f(G(z)))^2)``, as for MNIST, or
        ``mean(|mean f(x) - mean f(G(z))|)``, as for CIFAR-10 and SVHN.

    References
    ----------
    Salimans et al. 2016, section 3.1. The absolute value is in the authors' program
    alone.
    """
    gap = replicas.batch_mean(features_real) - replicas.batch_mean(features_fake)
    return ops.mean(ops.square(gap) if norm == "l2" else ops.abs(gap))
