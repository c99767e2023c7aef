"""Confident guesses become labels."""

import keras
from keras import ops

from ssgan.errors import expect, expect_whole
from ssgan.nn import replicas
from ssgan.nn.registration import serializable
from ssgan.nn.terms.shared import probabilities
from ssgan.nn.terms.term import Term

# Each costs an inference pass.
MOST_CANDIDATES = 100


@serializable
class PseudoLabels(Term):
    """Use confident guesses about unlabeled examples as labels.

    The averaged weights guess the class of the unlabeled example, before augmentation
    and without noise. Where the probability of a class is at least `confidence`, it is
    the label for the discriminator's output on the augmented example. The game has
    computed that output already, so the term costs one inference pass.

    Parameters
    ----------
    weight : float, default=1.0
        See `Term`.
    confidence : float in [0, 1], default=0.95
        Least probability, among the K classes, at which a guess is used.
    aligned : bool, default=False
        Whether to distrust a class that is guessed more often than it is labeled. A
        group of similar examples, such as sevens with a bar, easily falls to a wrong
        class early and then confirms itself. So each guess is also reweighted, class
        by class, by a power of the ratio of two moving averages, the frequency among
        labels over that among guesses. It is used only if it is confident enough both
        before and after. The power makes small differences count. A limit bounds the
        loss where classes are less frequent among the labels than among the unlabeled
        examples.
    shares : pair of sequences of float, of shape (2, K), or None, default=None
        Least and greatest share of each class among the unlabeled examples, where it
        is another than among the labels: a class is then distrusted if it is guessed
        more often than its greatest share, not than it is labeled.
    candidates : int, default=1
        Of so many unlabeled examples in turn, the one is trained on whose guess is used
        and least sure: others teach little. A batch must hold that many times the
        examples, and each costs an inference pass.

    References
    ----------
    Sohn et al. 2020, "FixMatch", section 2.2, arXiv:2001.07685, with the averaged
    teacher of Tarvainen and Valpola 2017, arXiv:1703.01780. The ratio is that of
    Berthelot et al. 2020, "ReMixMatch", section 3.1, arXiv:1911.09785, where it changes
    the guess itself. That it only rejects guesses, its power and its limit are ours.
    """

    # Step of the moving averages: about the last 100 steps.
    FREQUENCY_STEP = 0.01
    # One eighth more guesses than labels (1.125 ** 20 > 10) reaches the limit.
    POWER, LIMIT = 20.0, 10.0

    def __init__(
        self, weight=1.0, confidence=0.95, aligned=False, shares=None, candidates=1
    ):
        super().__init__(weight)
        expect_whole("candidates", candidates, 1, MOST_CANDIDATES)
        expect(0 <= confidence <= 1, "confidence from 0 to 1", f"{confidence!r}")
        self.candidates = candidates
        self.confidence = confidence
        self.aligned = aligned
        self.shares = shares

    def build(self, model):
        if not self.aligned:
            return
        n_classes = model.discriminator.output_shape[-1]
        self.guessed, self.given = (
            model.add_weight(
                shape=(n_classes,),
                initializer=keras.initializers.Constant(1 / n_classes),
                trainable=False,
                aggregation="mean",
                name=name,
            )
            for name in ("guessed", "given")
        )

    def guesses(self, model, unlabeled, labels):
        """Return probabilities of classes, of shape (batch, K), aligned if asked for.

        Of `unlabeled`, of shape (batch, ...), preprocessed; `labels` are the classes of
        the labeled examples of the step.
        """
        guesses = probabilities(model.classifier(unlabeled, training=False))
        if self.aligned:
            guesses = self._align(guesses, labels)
        return ops.stop_gradient(guesses)

    def choose(self, guesses):
        """Return where the examples to train on are, of shape (batch / candidates,).

        By guesses of shape (batch, K). An InputError says so if the batch has no fixed
        size, or is no multiple of the candidates.
        """
        n = guesses.shape[0]
        number = f"batches of a fixed multiple of {self.candidates} unlabeled examples"
        expect(n is not None and n % self.candidates == 0, number, n)
        # 1 to 2 where the guess is used, and 0 where it is not.
        doubt = self._used(guesses) * (2 - ops.max(guesses, axis=-1))
        doubt = ops.reshape(doubt, (-1, self.candidates))
        first = ops.arange(0, n, self.candidates, dtype="int32")
        return first + ops.cast(ops.argmax(doubt, axis=-1), "int32")

    def __call__(self, model, step):
        guesses = step.guesses
        if guesses is None:
            guesses = self.guesses(model, step.unlabeled, step.labels)
        loss = keras.losses.sparse_categorical_crossentropy(
            ops.argmax(guesses, axis=-1), step.logits_unlabeled, from_logits=True
        )
        return ops.mean(self._used(guesses) * loss)

    def _used(self, guesses):
        return ops.cast(ops.max(guesses, axis=-1) >= self.confidence, guesses.dtype)

    def _align(self, guess, labels):
        """Lower the probability of classes that are guessed too often."""
        labels = ops.one_hot(labels, guess.shape[-1], dtype=guess.dtype)
        for frequency, batch in ((self.guessed, guess), (self.given, labels)):
            change = self.FREQUENCY_STEP * (replicas.batch_mean(batch) - frequency)
            frequency.assign(frequency + change)
        target = self.given
        if self.shares is not None:
            bounds = [ops.convert_to_tensor(b, guess.dtype) for b in self.shares]
            target = ops.clip(self.guessed, *bounds)
        ratio = target / ops.maximum(self.guessed, keras.config.epsilon())
        ratio = ops.clip(ratio**self.POWER, 1 / self.LIMIT, self.LIMIT)
        aligned = guess * ratio
        return ops.minimum(guess, aligned / ops.sum(aligned, axis=-1, keepdims=True))

    def get_config(self):
        return {
            **super().get_config(),
            "confidence": self.confidence,
            "aligned": self.aligned,
            "shares": self.shares,
            "candidates": self.candidates,
        }
