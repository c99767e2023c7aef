"""Latent vectors: what a generator starts from."""

import math

import tensorflow as tf
from keras import ops

from ssgan.errors import expect
from ssgan.nn.registration import serializable


@serializable
class UniformLatents:
    """Draw latent vectors uniformly from [0, 1), as the authors' program does.

    Parameters
    ----------
    dim : int
        Length of a latent vector.

    References
    ----------
    Salimans et al. 2016, the authors' program.
    """

    def __init__(self, dim):
        self.dim = dim

    @property
    def length(self):
        """Number of inputs of the generator."""
        return self.dim

    def __call__(self, n, seed):
        """Return n latent vectors, (n, length), from a seed of two integers."""
        return tf.random.stateless_uniform((n, self.dim), seed)

    def between(self, first, second, position):
        """Return latent vectors on the way from some to others.

        In the middle of a straight line the numbers crowd around 1/2: the generator has
        hardly seen such vectors. So the numbers are mapped to normal ones, whose path
        is spherical, ``cos(t) a + sin(t) b`` with t from 0 to pi/2, and back. Between
        independent vectors, each on the path is distributed as the generator knows it.

        Parameters
        ----------
        first, second : tensors of shape (n, length)
            The ends. Of vectors with a class, the class is that of `first`.
        position : float in [0, 1]
            0 is at `first`, 1 at `second`.

        Returns
        -------
        tensor of shape (n, length)

        References
        ----------
        White 2016, "Sampling Generative Networks", section 2.1, arXiv:1609.04468, has
        spherical paths for normal latent vectors.
        """
        a, b = (_to_normal(z[:, : self.dim]) for z in (first, second))
        t = position * math.pi / 2
        path = _to_uniform(math.cos(t) * a + math.sin(t) * b)
        return ops.concatenate([path, first[:, self.dim :]], axis=-1)

    def get_config(self):
        return {"dim": self.dim}

    @classmethod
    def from_config(cls, config):
        return cls(**config)


@serializable
class ClassLatents(UniformLatents):
    """Join uniform latent vectors with a class, for a class-conditional generator.

    The class is one-hot, behind the uniform part. It is uniform among the K classes,
    unless it is given. Any generator of `ssgan.nn.networks` takes these vectors, and
    learns to heed the class through `ssgan.nn.terms.AuxiliaryClassifier`.

    Parameters
    ----------
    dim : int
        Length of the uniform part.
    n_classes : int
        K.

    References
    ----------
    Mirza and Osindero 2014, section 3.2, arXiv:1411.1784.
    """

    def __init__(self, dim, n_classes):
        super().__init__(dim)
        self.n_classes = n_classes

    @property
    def length(self):
        return self.dim + self.n_classes

    def __call__(self, n, seed, classes=None):
        """Return n latent vectors, of shape (n, length).

        Parameters
        ----------
        n : int
        seed : pair of int
        classes : integer tensor of shape (n,) or None, default=None
            Classes, 0 to K-1. By default they are drawn.
        """
        # Longer by one, from which the class follows.
        uniform = tf.random.stateless_uniform((n, self.dim + 1), seed)
        if classes is None:
            classes = ops.cast(uniform[:, -1] * self.n_classes, "int32")
        one_hot = ops.one_hot(classes, self.n_classes, dtype="float32")
        return ops.concatenate([uniform[:, : self.dim], one_hot], axis=-1)

    def classes(self, latents):
        """Return the classes of latent vectors, an integer tensor of shape (n,)."""
        return ops.argmax(latents[:, self.dim :], axis=-1)

    def get_config(self):
        return {**super().get_config(), "n_classes": self.n_classes}


def _to_normal(uniform):
    """Return the quantiles of the normal distribution; the ends are kept finite."""
    inside = ops.clip(uniform, 1e-6, 1 - 1e-6)
    return math.sqrt(2) * ops.erfinv(2 * inside - 1)


def _to_uniform(normal):
    return (1 + ops.erf(normal / math.sqrt(2))) / 2


def expect_classes(latents):
    """Raise InputError if latent vectors have no class."""
    expect(
        isinstance(latents, ClassLatents),
        "a generator that makes a class on demand: latents of class ClassLatents",
        type(latents).__name__,
    )
