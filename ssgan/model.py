"""The two-player game as a Keras model."""

from typing import NamedTuple

import keras
import tensorflow as tf
from keras import ops

# A saved model may hold these: they are registered when they are imported.
import ssgan.augmentation
import ssgan.optimizers
import ssgan.terms  # noqa: F401
from ssgan import losses, replicas
from ssgan.classifier import AveragedClassifier
from ssgan.data.batches import batches
from ssgan.errors import expect
from ssgan.layers import PACKAGE, initialize, normalized_once


class Play(NamedTuple):
    """What the discriminator saw in one update; loss terms read it.

    `labeled` and `unlabeled` are preprocessed but not augmented, `fake` is generated
    from `latents`, all of shape (batch, ...). Logits, of shape (batch, K), and
    features, of shape (batch, features), are those of the augmented examples.
    """

    labeled: tf.Tensor
    labels: tf.Tensor
    unlabeled: tf.Tensor
    latents: tf.Tensor
    fake: tf.Tensor
    logits_labeled: tf.Tensor
    logits_unlabeled: tf.Tensor
    logits_fake: tf.Tensor
    features_unlabeled: tf.Tensor
    features_fake: tf.Tensor


@keras.saving.register_keras_serializable(package=PACKAGE)
class SSGAN(AveragedClassifier):
    """Train a K+1-class discriminator jointly with a feature-matching generator.

    `fit` takes arrays, or batches ``({"labeled": x, "unlabeled": x}, y)`` such as
    `ssgan.batches` makes. With a further, independent batch ``"matched"`` the players
    move in turn, as in the paper: the discriminator first, then the generator, which
    matches the features of that batch. Without it they move at once: one pass through
    both networks gives both gradients, the generator's from the discriminator as it
    was before its update, which saves a pass of each. Validation data are plain
    ``(x, y)``, and every Keras callback works. A model that is made and compiled in the
    scope of a `tf.distribute.Strategy` shares each batch among the replicas.

    Parameters
    ----------
    discriminator, generator : keras.Model
        See `ssgan.networks`. The discriminator sees real and generated examples in
        separate passes; labeled and unlabeled ones share a pass.
    preprocessor, augmentation, averaging_step, info
        See `ssgan.AveragedClassifier`. The augmentation is for real examples.
    strong_augmentation : keras.layers.Layer or None, default=None
        Further random changes, after those, of the unlabeled and of the generated
        examples alike: what they do is then neither a mark of the real ones nor worth
        generating, while classes are learnt in spite of it.
    unsupervised_weight : float, default=1.0
        Weight of the unsupervised loss in the discriminator's.
    matching_norm : {"l2", "l1"}, default="l2"
        See `ssgan.losses.feature_matching`.
    terms : sequence of ssgan.terms.Term, default=()
        Further terms of the discriminator's loss.

    References
    ----------
    Salimans et al. 2016, sections 3.1 and 5, arXiv:1606.03498. Strong changes where
    there is no label: Sohn et al. 2020, "FixMatch", section 2.3, arXiv:2001.07685;
    changes of real and generated examples alike: Zhao et al. 2020, "Differentiable
    Augmentation", section 3.2, arXiv:2006.10738.
    """

    def __init__(
        self,
        discriminator,
        generator,
        preprocessor=None,
        augmentation=None,
        averaging_step=1e-4,
        unsupervised_weight=1.0,
        matching_norm="l2",
        terms=(),
        info=None,
        strong_augmentation=None,
        **kwargs,
    ):
        super().__init__(
            discriminator, preprocessor, augmentation, averaging_step, info, **kwargs
        )
        self.generator = generator
        self.strong_augmentation = strong_augmentation
        self.unsupervised_weight = unsupervised_weight
        self.matching_norm = matching_norm
        self.terms = tuple(terms)
        for term in self.terms:
            term.build(self)
        self.latent_dim = generator.input_shape[-1]
        self.seed_generator = keras.random.SeedGenerator()
        self._game_metrics = {
            name: keras.metrics.Mean(name)
            for name in (
                "unsupervised_loss",
                "generator_loss",
                "p_real",
                "p_fake",
                "diversity",
                *(term.name for term in self.terms),
            )
        }

    def compile(self, optimizer, generator_optimizer, loss=None, **kwargs):
        """Configure training; the arguments are those of `keras.Model.compile`.

        Parameters
        ----------
        optimizer, generator_optimizer : keras.optimizers.Optimizer
            One for each player.
        loss : keras.losses.Loss or None, default=None
            The supervised loss; by default cross entropy from logits.
        """
        loss = loss or keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        super().compile(optimizer=optimizer, loss=loss, **kwargs)
        self.generator_optimizer = keras.optimizers.get(generator_optimizer)
        scales = keras.optimizers.LossScaleOptimizer
        if isinstance(self.optimizer, scales) and not isinstance(
            self.generator_optimizer, scales
        ):
            # Keras does so, in float16, for the one optimizer that it knows.
            self.generator_optimizer = scales(self.generator_optimizer)
        self.optimizer.build(self.discriminator.trainable_variables)
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

    def compile_from_config(self, config):
        self.compile(**keras.saving.deserialize_keras_object(config))

    def fit(self, x=None, y=None, batch_size=100, **kwargs):
        """Train on a stream of batches, or on arrays; otherwise `keras.Model.fit`.

        Parameters
        ----------
        x : tf.data.Dataset or dict
            Batches, as the class describes them, or ``{"labeled": array of shape
            (n_labeled, ...), "unlabeled": array or tf.data.Dataset of examples}``.
        y : integer array of shape (n_labeled,) or None, default=None
            Classes of the labeled examples, 0 to K-1, where x is a dictionary.
        batch_size : int, default=100
            Labeled examples, and unlabeled ones, in a batch made from a dictionary. An
            epoch is one pass over the unlabeled array.

        Returns
        -------
        keras.callbacks.History
        """
        if isinstance(x, dict):
            unlabeled = x["unlabeled"]
            sizes = {"labeled_size": batch_size, "unlabeled_size": batch_size}
            if "steps_per_epoch" not in kwargs:
                endless = isinstance(unlabeled, tf.data.Dataset)
                expect(not endless, "steps_per_epoch with a data set", "none")
                kwargs["steps_per_epoch"] = -(-len(unlabeled) // batch_size)
            x, y = batches(x["labeled"], y, unlabeled, **sizes), None
        return super().fit(x, y, **kwargs)

    def initialize(self, x):
        super().initialize(x)
        initialize(self.generator, self._latents(len(x)))

    def augment_strongly(self, x):
        """Change preprocessed examples without labels further, as in training."""
        strong = self.strong_augmentation
        return x if strong is None else strong(x, training=True)

    def _latents(self, n, seed=None):
        # Uniform on [0, 1), as in the authors' program.
        seed = replicas.seed(self.seed_generator) if seed is None else (0, seed)
        return tf.random.stateless_uniform((n, self.latent_dim), seed)

    def sample(self, n, seed=None):
        """Generate n examples in the range of the raw data, of shape (n, ...)."""
        fake = self.generator(self._latents(n, seed), training=False)
        if self.preprocessor is None:
            return fake
        std = ops.maximum(ops.sqrt(self.preprocessor.variance), keras.config.epsilon())
        return self.preprocessor.mean + std * ops.cast(fake, "float32")

    def train_step(self, data):
        """Make one update of each player."""
        x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(data)
        with tf.GradientTape(persistent=True) as tape, normalized_once():
            play = self._play(self.preprocess(x["labeled"]), y, x["unlabeled"])
            unsupervised = losses.unsupervised(play.logits_unlabeled, play.logits_fake)
            loss = self.compute_loss(
                x, y, play.logits_labeled, sample_weight, training=True
            )
            # Keras has divided that by the number of replicas.
            others = self.unsupervised_weight * unsupervised
            terms = {term.name: term(self, play) for term in self.terms}
            others += sum(term.weight * terms[term.name] for term in self.terms)
            loss += others / replicas.count()
            matching = self._matching(play.features_unlabeled, play.features_fake)
            scaled = self.optimizer.scale_loss(loss)
            scaled_matching = self._scale_matching(matching)
        if "matched" in x:
            self._update(self.optimizer, tape, scaled, self.discriminator)
            matching = self._generator_turn(x["matched"])
        else:
            # Its gradient first: it is that of the discriminator before the update.
            self._update(
                self.generator_optimizer, tape, scaled_matching, self.generator
            )
            self._update(self.optimizer, tape, scaled, self.discriminator)
        self._average()
        self._loss_tracker.update_state(loss * replicas.count())
        self._track(play, unsupervised, matching, terms)
        return self.compute_metrics(x, y, play.logits_labeled, sample_weight)

    def _play(self, labeled, labels, unlabeled):
        """Run both networks once, on real and on generated examples."""
        unlabeled = self.preprocess(unlabeled)
        n = ops.shape(labeled)[0]
        # Labeled and unlabeled examples in one pass: fewer and larger products.
        real = self.augment(ops.concatenate([labeled, unlabeled], axis=0))
        if self.strong_augmentation is not None:
            unlabeled_part = self.augment_strongly(real[n:])
            real = ops.concatenate([real[:n], unlabeled_part], axis=0)
        latents = self._latents(ops.shape(unlabeled)[0])
        fake = self.generator(latents, training=True)
        features_real, logits_real = self._criticize(real)
        features_fake, logits_fake = self._criticize(self.augment_strongly(fake))
        return Play(
            labeled,
            labels,
            unlabeled,
            latents,
            fake,
            logits_real[:n],
            logits_real[n:],
            logits_fake,
            features_real[n:],
            features_fake,
        )

    def _criticize(self, x):
        """Return features and logits in float32: losses need it in mixed precision."""
        return [ops.cast(y, "float32") for y in self.critic(x, training=True)]

    def _matching(self, features_real, features_fake):
        return losses.feature_matching(
            ops.stop_gradient(features_real), features_fake, self.matching_norm
        )

    def _scale_matching(self, loss):
        return self.generator_optimizer.scale_loss(loss / replicas.count())

    def _generator_turn(self, real):
        """Update the generator against the discriminator as it now is."""
        real = self.augment_strongly(self.augment(self.preprocess(real)))
        with tf.GradientTape() as tape, normalized_once():
            features_real, _ = self._criticize(real)
            fake = self.generator(self._latents(ops.shape(real)[0]), training=True)
            features_fake, _ = self._criticize(self.augment_strongly(fake))
            matching = self._matching(features_real, features_fake)
            scaled = self._scale_matching(matching)
        self._update(self.generator_optimizer, tape, scaled, self.generator)
        return matching

    def _track(self, play, unsupervised, matching, terms):
        """Keep what tells whether the game goes well; see `ssgan.monitor`."""

        def spread(x):
            return ops.mean(ops.std(ops.cast(x, "float32"), axis=0))

        values = {
            "unsupervised_loss": unsupervised,
            "generator_loss": matching,
            "p_real": ops.sigmoid(losses.log_partition(play.logits_unlabeled)),
            "p_fake": ops.sigmoid(losses.log_partition(play.logits_fake)),
            "diversity": spread(play.fake) / (spread(play.unlabeled) + 1e-7),
            **terms,
        }
        for name, value in values.items():
            self._game_metrics[name].update_state(value)

    def test_step(self, data):
        """Evaluate the averaged weights on plain ``(x, y)``."""
        logs = super().test_step(data)
        return {k: v for k, v in logs.items() if k not in self._game_metrics}

    def get_config(self):
        return {
            **super().get_config(),
            "generator": keras.saving.serialize_keras_object(self.generator),
            "strong_augmentation": keras.saving.serialize_keras_object(
                self.strong_augmentation
            ),
            "unsupervised_weight": self.unsupervised_weight,
            "matching_norm": self.matching_norm,
            "terms": [keras.saving.serialize_keras_object(t) for t in self.terms],
        }
