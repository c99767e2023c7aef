"""A classifier that learns from unlabeled examples, and has no generator."""

import keras
import tensorflow as tf
from keras import ops

from ssgan.errors import expect
from ssgan.game.with_terms import WithTerms
from ssgan.nn import replicas
from ssgan.nn.registration import serializable
from ssgan.nn.terms import DiscriminatorStep, PseudoLabels, by_name
from ssgan.nn.weight_normalization import normalized_once


@serializable
class SelfTraining(WithTerms):
    """Train a classifier on its own guesses about unlabeled examples, and on labels.

    The game's discriminator without the game: there is no generator, and each step
    costs about half as much. `fit` takes what `ssgan.SSGAN.fit` takes.

    Parameters
    ----------
    discriminator, preprocessor, augmentation, averaging_step, info, mirrored_prediction
        See `ssgan.AveragedClassifier`. All examples are augmented.
    strong_augmentation : keras.layers.Layer or None, default=None
        Further random changes of unlabeled examples.
    terms : sequence of ssgan.nn.terms.Term or None, default=None
        Loss terms besides the cross entropy of the labeled examples; by default
        `PseudoLabels`.

    Raises
    ------
    InputError
        If a term needs a generator.

    References
    ----------
    Sohn et al. 2020, "FixMatch", arXiv:2001.07685.
    """

    def __init__(
        self,
        discriminator,
        preprocessor=None,
        augmentation=None,
        strong_augmentation=None,
        terms=None,
        averaging_step=1e-4,
        info=None,
        **kwargs,
    ):
        super().__init__(
            discriminator, preprocessor, augmentation, averaging_step, info, **kwargs
        )
        terms = (PseudoLabels(),) if terms is None else (*terms,)
        self.strong_augmentation = strong_augmentation
        needy = [
            name
            for name, term in by_name(terms).items()
            if term.needs_generator or term.player == "generator"
        ]
        expect(not needy, "terms that need no generator", ", ".join(needy))
        self._add_terms(terms)

    def train_step(self, data):
        """Train the discriminator for one step."""
        x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(data)
        labeled, unlabeled = (self.preprocess(x[k]) for k in ("labeled", "unlabeled"))
        unlabeled, guesses = self._choose(unlabeled, y)
        n = ops.shape(labeled)[0]
        with tf.GradientTape() as tape, normalized_once():
            features, logits = self._real_pass(labeled, unlabeled)
            step = DiscriminatorStep(
                labeled,
                y,
                unlabeled,
                logits_labeled=logits[:n],
                logits_unlabeled=logits[n:],
                features_unlabeled=features[n:],
                guesses=guesses,
            )
            values = self._term_values("discriminator", step)
            loss = self.compute_loss(x, y, logits[:n], sample_weight, training=True)
            # Keras has already divided this loss by the number of replicas.
            loss = loss + self._weighted_sum(values) / replicas.count()
            scaled = self.optimizer.scale_loss(loss)
        self._update(self.optimizer, tape, scaled, self.discriminator)
        self._average()
        self._loss_tracker.update_state(loss * replicas.count())
        self._track(values)
        return self.compute_metrics(x, y, logits[:n], sample_weight)
