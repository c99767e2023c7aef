"""An optimizer for each player."""

import keras

from ssgan.game.averaged_classifier import AveragedClassifier


class TwoPlayers(AveragedClassifier):
    """An averaged classifier and a generator, each compiled with its own optimizer."""

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
