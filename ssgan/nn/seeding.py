"""Explicit seeds for every layer and initializer.

Keras draws the seeds of unseeded layers and initializers from Python's global
generator, which other threads use at the same time. So networks are made anew from
their configuration, with seeds that follow from one. What a configuration does not say,
as those of one's own layers may not, is drawn from that generator, which is seeded
meanwhile: it repeats unless another thread draws from it, too.
"""

import contextlib
import random
import threading

import keras
import numpy as np
import tensorflow as tf

_of_python = threading.RLock()


class Seeds:
    """Draw a sequence of seeds from one, and fill them in where a seed is None.

    Parameters
    ----------
    seed : int
    """

    def __init__(self, seed):
        self.seed = seed
        self._random = random.Random(seed)

    @contextlib.contextmanager
    def for_unseeded(self):
        """Let Python's global generator follow from the seed in this context."""
        with _of_python:
            before = random.getstate()
            random.seed(self.seed)
            try:
                yield
            finally:
                random.setstate(before)

    def draw(self):
        """Return the next seed, an int of 1 to 1e9."""
        return self._random.randint(1, int(1e9))

    def fill(self, config):
        """Return a configuration in which each seed that is None has a value."""
        if isinstance(config, dict):
            return {
                key: self.draw()
                if key == "seed" and value is None
                else self.fill(value)
                for key, value in config.items()
            }
        if isinstance(config, (list, tuple)):
            return type(config)(self.fill(value) for value in config)
        return config

    def seeded(self, layer):
        """Return a layer or loss term made anew, without weights; None for None."""
        if not hasattr(layer, "get_config"):  # None, or an operation such as x + y.
            return layer
        return type(layer).from_config(self.fill(layer.get_config()))

    def seeded_network(self, network):
        """Return a network made anew, with initial weights that follow from the seeds.

        Weights that were loaded, or set, are kept: those that differ from what the
        network's own initializers made. On several machines that cannot be told, since
        all get the weights of the first one; there every weight is made anew.

        Parameters
        ----------
        network : keras.Model
            Functional or sequential, built.
        """
        anew = keras.models.clone_model(
            network, clone_function=self.seeded, recursive=True
        )
        fresh = _fresh_weights(network)
        for old, new in zip(network.weights, anew.weights, strict=True):
            if id(old) not in fresh:
                new.assign(old)
        finalize_normalizations(anew)
        return anew


def finalize_normalizations(network):
    """Let layers that adapted compute with their weights as they are now.

    Keras's Normalization computes with a copy of its weights.
    """
    for layer in network._flatten_layers():
        if isinstance(layer, keras.layers.Normalization):
            layer.finalize_state()


def _fresh_weights(network):
    """Return the ids of the weights that are as their initializer made them."""
    fresh, workers = set(), tf.distribute.MultiWorkerMirroredStrategy
    for layer in network._flatten_layers():
        for weight in layer._trainable_variables + layer._non_trainable_variables:
            initializer = getattr(layer, f"{weight.name}_initializer", None)
            if initializer is None:
                continue
            if isinstance(tf.distribute.get_strategy(), workers):
                fresh.add(id(weight))
                continue
            made = initializer(weight.shape, dtype=weight.dtype)
            if np.array_equal(np.asarray(made), np.asarray(weight)):
                fresh.add(id(weight))
    return fresh
