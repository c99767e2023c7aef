"""Latent vectors: what a generator starts from."""

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


def expect_classes(latents):
    """Raise InputError if latent vectors have no class."""
    expect(
        isinstance(latents, ClassLatents),
        "a generator that makes a class on demand: latents of class ClassLatents",
        type(latents).__name__,
    )
