"""An optimizer for each player, and what the generator makes."""

import keras
import numpy as np
from keras import ops

from ssgan.game.with_terms import WithTerms
from ssgan.nn import replicas
from ssgan.nn.latents import expect_classes


class TwoPlayers(WithTerms):
    """An averaged classifier and a generator, each compiled with its own optimizer.

    A subclass has a `generator`, its `latents` and their `seed_generator`.
    """

    def compile(self, optimizer, generator_optimizer, loss=None, **kwargs):
        """Configure training; the arguments are those of `keras.Model.compile`.

        Parameters
        ----------
        optimizer, generator_optimizer : keras.optimizers.Optimizer
            One for each player.
        loss : keras.losses.Loss or None, default=None
            The supervised loss; by default the cross entropy of logits.
        """
        loss = loss or keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        super().compile(optimizer=optimizer, loss=loss, **kwargs)
        self.generator_optimizer = keras.optimizers.get(generator_optimizer)
        scales = keras.optimizers.LossScaleOptimizer
        if isinstance(self.optimizer, scales) and not isinstance(
            self.generator_optimizer, scales
        ):
            # In float16, Keras scales the loss of the one optimizer that it knows.
            self.generator_optimizer = scales(self.generator_optimizer)
        self.generator_optimizer.build(self.generator.trainable_variables)

    def get_compile_config(self):
        config = super().get_compile_config()
        if not config:  # Never compiled.
            return config
        return {
            **config,
            "generator_optimizer": keras.saving.serialize_keras_object(
                self.generator_optimizer
            ),
        }

    def draw_latents(self, n, seed=None, classes=None):
        """Return n latent vectors, new ones, or those of an integer seed.

        `classes`, 0 to K-1, of shape (n,), are for `ssgan.nn.ClassLatents` alone.
        """
        seed = replicas.seed(self.seed_generator) if seed is None else (0, seed)
        if classes is None:
            return self.latents(n, seed)
        expect_classes(self.latents)
        return self.latents(n, seed, classes)

    def sample(self, n, seed=None, classes=None):
        """Generate n examples in the range of the raw data, (n, ...), in float32.

        See `draw_latents` for `seed` and `classes`.
        """
        return self.generate(self.draw_latents(n, seed, classes))

    def interpolate(self, n, steps, seed=None, classes=None):
        """Generate n series of examples, each on a path from one to another.

        The class of a generator that has one is the same along the path. For the path,
        see `ssgan.nn.UniformLatents.between`.

        Parameters
        ----------
        n : int
        steps : int
            Examples of a series, at least 2: the first is at the start of the path, the
            last at its end.
        seed, classes
            See `draw_latents`.

        Returns
        -------
        tensor of shape (n, steps, ...)
            In the range of the raw data, in float32.
        """
        twice = None if classes is None else np.tile(classes, 2)
        z = self.draw_latents(2 * n, seed, twice)
        made = [
            self.generate(self.latents.between(z[:n], z[n:], position))
            for position in np.linspace(0, 1, steps)
        ]
        return ops.stack(made, axis=1)

    def generate(self, latents):
        """Return the examples that latent vectors, (n, length), stand for."""
        fake = ops.cast(self.generator(latents, training=False), "float32")
        return fake if self.preprocessor is None else self.preprocessor.inverse(fake)
