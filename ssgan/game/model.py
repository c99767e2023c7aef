"""The two-player game as a Keras model."""

import keras
import tensorflow as tf
from keras import ops

from ssgan.errors import expect
from ssgan.game.two_players import TwoPlayers
from ssgan.nn import losses, minibatch_discrimination, replicas
from ssgan.nn.latents import UniformLatents
from ssgan.nn.networks.shapes import check_network
from ssgan.nn.registration import serializable
from ssgan.nn.terms import (
    DiscriminatorStep,
    FeatureMatching,
    GeneratorStep,
    RealOrFake,
)
from ssgan.nn.virtual_batch_normalization import set_reference
from ssgan.nn.weight_normalization import initialize, normalized_once

# What tells, besides the losses, whether the game goes well.
MEASURES = ("p_real", "p_fake", "diversity")


@serializable
class SSGAN(TwoPlayers):
    """Train a K+1-class discriminator jointly with a feature-matching generator.

    `fit` takes arrays, or batches ``({"labeled": x, "unlabeled": x}, y)`` such as
    `ssgan.batches` makes. Both players then learn from one pass through both networks:
    the generator against the discriminator before its update, which saves a pass
    through each. With a further, independent batch ``"matched"`` the players alternate,
    as in the paper: first the discriminator is updated, then the generator matches the
    features of that batch. Validation data are plain ``(x, y)``. Keras callbacks work,
    but those that set the learning rate set the discriminator's alone. A model that is
    made and compiled in the scope of a `tf.distribute.Strategy` divides each batch
    among the replicas.

    Parameters
    ----------
    discriminator, generator : keras.Model
        See `ssgan.nn.networks`. Labeled and unlabeled examples share a pass through the
        discriminator; generated examples have a pass of their own.
    preprocessor, augmentation : optional
        See `ssgan.AveragedClassifier`. Only real examples are augmented.
    strong_augmentation : keras.layers.Layer or None, default=None
        Further random changes of unlabeled and of generated examples. Both get them, so
        that they do not tell real from generated, and need not be generated.
    latents : ssgan.nn.UniformLatents or None, default=None
        What the generator starts from; by default uniform, of its number of inputs.
    terms : sequence of ssgan.nn.terms.Term or None, default=None
        Loss terms of both players, besides the cross entropy of the labeled examples.
        By default `RealOrFake` and `FeatureMatching`.
    averaging_step, info, mirrored_prediction : optional
        See `ssgan.AveragedClassifier`.
    seed : int or None, default=None
        Seed of the latent vectors.

    Raises
    ------
    InputError
        If `terms` hold something else, or none that the generator learns from. If the
        generator makes examples of a shape that the discriminator does not take.

    References
    ----------
    Salimans et al. 2016, sections 3.1 and 5, arXiv:1606.03498. Strong augmentation of
    unlabeled examples: Sohn et al. 2020, "FixMatch", section 2.3, arXiv:2001.07685; of
    real and generated examples alike: Zhao et al. 2020, "Differentiable Augmentation",
    section 3.2, arXiv:2006.10738.
    """

    def __init__(
        self,
        discriminator,
        generator,
        preprocessor=None,
        augmentation=None,
        strong_augmentation=None,
        latents=None,
        terms=None,
        averaging_step=1e-4,
        info=None,
        seed=None,
        **kwargs,
    ):
        super().__init__(
            discriminator, preprocessor, augmentation, averaging_step, info, **kwargs
        )
        taken = discriminator.input_shape[1:]
        check_network(generator, "generator", generator.input_shape[1:], taken)
        self.generator = generator
        self.strong_augmentation = strong_augmentation
        self.latents = latents or UniformLatents(generator.input_shape[-1])
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)
        self._add_terms((RealOrFake(), FeatureMatching()) if terms is None else terms)
        learns = any(t.player == "generator" and t.suffices for t in self.terms)
        names = [*self.named_terms] or "no terms"
        expect(learns, "a term of the generator to learn from", names)

    def _measures(self):
        return ["generator_loss", *MEASURES, *super()._measures()]

    def initialize(self, x):
        super().initialize(x)
        set_reference(self.generator, self.draw_latents)
        initialize(self.generator, self.draw_latents(len(x)))

    def train_step(self, data):
        """Train both players for one step."""
        x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(data)
        alternating = "matched" in x
        with tf.GradientTape(persistent=True) as tape, normalized_once():
            step = self._discriminator_step(x["labeled"], y, x["unlabeled"])
            values = self._term_values("discriminator", step)
            supervised = self.compute_loss(
                x, y, step.logits_labeled, sample_weight, training=True
            )
            # Keras has already divided the supervised loss by the number of replicas.
            loss = supervised + self._weighted_sum(values) / replicas.count()
            scaled = self.optimizer.scale_loss(loss)
            if not alternating:
                generator_values = self._term_values("generator", step.for_generator())
                scaled_generator = self._scaled_generator_loss(generator_values)
        if alternating:
            self._update(self.optimizer, tape, scaled, self.discriminator)
            generator_values = self._generator_turn(x["matched"])
        else:
            # The generator first: its gradient is through the discriminator as it was.
            optimizer = self.generator_optimizer
            self._update(optimizer, tape, scaled_generator, self.generator)
            self._update(self.optimizer, tape, scaled, self.discriminator)
        self._average()
        self._loss_tracker.update_state(loss * replicas.count())
        self._track(values | generator_values | self._game(step, generator_values))
        return self.compute_metrics(x, y, step.logits_labeled, sample_weight)

    def _discriminator_step(self, labeled, labels, unlabeled):
        """Run both networks once, on raw real examples and on generated ones."""
        labeled, unlabeled = self.preprocess(labeled), self.preprocess(unlabeled)
        unlabeled, guesses = self._choose(unlabeled, labels)
        n = ops.shape(labeled)[0]
        latents = self.draw_latents(ops.shape(unlabeled)[0])
        fake = self.generator(latents, training=True)
        features_real, logits_real = self._real_pass(labeled, unlabeled)
        features_fake, logits_fake = self._discriminate_fake(fake)
        return DiscriminatorStep(
            labeled,
            labels,
            unlabeled,
            logits_labeled=logits_real[:n],
            logits_unlabeled=logits_real[n:],
            features_unlabeled=features_real[n:],
            latents=latents,
            fake=fake,
            logits_fake=logits_fake,
            features_fake=features_fake,
            guesses=guesses,
        )

    def _generator_turn(self, real):
        """Train the generator against the discriminator as it now is."""
        real = self.augment_strongly(self.augment(self.preprocess(real)))
        with tf.GradientTape() as tape, normalized_once():
            features_real, logits_real = self._discriminate(real)
            latents = self.draw_latents(ops.shape(real)[0])
            fake = self.generator(latents, training=True)
            features_fake, logits_fake = self._discriminate_fake(fake)
            step = GeneratorStep(
                latents,
                fake,
                ops.stop_gradient(features_real),
                features_fake,
                ops.stop_gradient(logits_real),
                logits_fake,
            )
            values = self._term_values("generator", step)
            scaled = self._scaled_generator_loss(values)
        self._update(self.generator_optimizer, tape, scaled, self.generator)
        return values

    def _discriminate_fake(self, fake):
        with minibatch_discrimination.generated():
            return self._discriminate(self.augment_strongly(fake))

    def _scaled_generator_loss(self, values):
        # The generator's regularizers, as Keras adds the discriminator's to its loss.
        loss = sum(self.generator.losses, self._weighted_sum(values))
        loss = loss / replicas.count()
        return self.generator_optimizer.scale_loss(loss)

    def _game(self, step, generator_values):
        """Return what tells whether the game goes well; `Monitor` reads it."""

        def spread(x):
            return ops.mean(ops.std(ops.cast(x, "float32"), axis=0))

        real = spread(step.unlabeled)
        return {
            "generator_loss": self._weighted_sum(generator_values),
            "p_real": ops.sigmoid(losses.log_partition(step.logits_unlabeled)),
            "p_fake": ops.sigmoid(losses.log_partition(step.logits_fake)),
            # Where real examples are all alike, there is no diversity to lack.
            "diversity": ops.where(real > 1e-6, spread(step.fake) / (real + 1e-7), 1.0),
        }

    def get_config(self):
        serialize = keras.saving.serialize_keras_object
        return {
            **super().get_config(),
            "generator": serialize(self.generator),
            "latents": serialize(self.latents),
            "seed": self.seed,
        }
