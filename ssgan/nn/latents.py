"""Latent vectors: what a generator starts from."""

import tensorflow as tf

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

    def __call__(self, n, seed):
        """Return n latent vectors, of shape (n, dim), from a seed of two integers."""
        return tf.random.stateless_uniform((n, self.dim), seed)

    def get_config(self):
        return {"dim": self.dim}

    @classmethod
    def from_config(cls, config):
        return cls(**config)
