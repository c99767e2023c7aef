"""Optional terms of the discriminator's loss, one class for each published idea.

In the formulas p(x) are the probabilities of the K classes, given that x is real:
the softmax of the logits l(x).
"""

import keras
import tensorflow as tf
from keras import ops

from ssgan import replicas
from ssgan.layers import PACKAGE


class Term:
    """A loss term: called with the model and an `ssgan.model.Play`, it gives a scalar.

    A new idea is a subclass with `__call__`, registered with
    ``keras.saving.register_keras_serializable``. Its name is the class name in lower
    case; the history shows its value before the weight.

    Parameters
    ----------
    weight : float, default=1.0
        What the term is multiplied by in the loss.
    """

    def __init__(self, weight=1.0):
        self.weight = weight

    @property
    def name(self):
        return type(self).__name__.lower()

    def build(self, model):
        """Add to the model what weights the term needs, with ``model.add_weight``."""

    def __call__(self, model, play):
        """Return the term, a scalar tensor, before its weight."""
        raise NotImplementedError(f"{type(self).__name__} must define __call__.")

    def get_config(self):
        return {"weight": self.weight}

    @classmethod
    def from_config(cls, config):
        return cls(**config)


@keras.saving.register_keras_serializable(package=PACKAGE)
class PseudoLabels(Term):
    """Ask that an augmented example be given the class that the plain one has.

    Where the averaged weights, which see the unlabeled example as it is and without
    noise, are surer of a class than `confidence`, that class is the label of what the
    discriminator makes of the augmented example. The game has computed the latter
    already, so that the term costs one inference pass.

    Parameters
    ----------
    weight : float, default=1.0
        See `Term`.
    confidence : float in (0, 1), default=0.95
        Least probability, among the K classes, of a class to be believed.
    aligned : bool, default=False
        Whether to doubt a class that is guessed more often than it is labeled. A whole
        group of examples, such as sevens with a bar, easily falls to a wrong class
        early on, and then teaches itself. So each guess is also weighed, class by
        class, by a power of the ratio of the moving averages of labels and of guesses,
        and believed only if sure enough before *and* after. The power makes small
        differences tell, a limit bounds what is lost where classes are not as frequent
        among the labels as among the unlabeled. Much may be: leave it off where they
        differ by several times.

    References
    ----------
    Sohn et al. 2020, "FixMatch", section 2.2, arXiv:2001.07685, with the averaged
    teacher of Tarvainen and Valpola 2017, arXiv:1703.01780. The ratio: Berthelot et
    al. 2020, "ReMixMatch", section 3.1, arXiv:1911.09785, where it makes the guess
    itself; the doubt, its power and its limit are ours.
    """

    # Step of the moving averages: 100 updates.
    SHARES_STEP = 0.01
    # An eighth more guesses than labels is doubted as much as can be.
    POWER, LIMIT = 20.0, 10.0

    def __init__(self, weight=1.0, confidence=0.95, aligned=False):
        super().__init__(weight)
        self.confidence = confidence
        self.aligned = aligned

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

    def __call__(self, model, play):
        guess = _probabilities(model.classifier(play.unlabeled, training=False))
        if self.aligned:
            guess = self._doubt(guess, play.labels)
        guess = ops.stop_gradient(guess)
        believed = ops.cast(ops.max(guess, axis=-1) >= self.confidence, guess.dtype)
        loss = keras.losses.sparse_categorical_crossentropy(
            ops.argmax(guess, axis=-1), play.logits_unlabeled, from_logits=True
        )
        return ops.mean(believed * loss)

    def _doubt(self, guess, labels):
        labels = ops.one_hot(labels, guess.shape[-1], dtype=guess.dtype)
        for shares, batch in ((self.guessed, guess), (self.given, labels)):
            change = self.SHARES_STEP * (replicas.batch_mean(batch) - shares)
            shares.assign(shares + change)
        ratio = self.given / ops.maximum(self.guessed, keras.config.epsilon())
        ratio = ops.clip(ratio**self.POWER, 1 / self.LIMIT, self.LIMIT)
        aligned = guess * ratio
        return ops.minimum(guess, aligned / ops.sum(aligned, axis=-1, keepdims=True))

    def get_config(self):
        return {
            **super().get_config(),
            "confidence": self.confidence,
            "aligned": self.aligned,
        }


@keras.saving.register_keras_serializable(package=PACKAGE)
class MeanTeacher(Term):
    """Ask for the averaged weights' probabilities, sure or not: a squared distance.

    ``mean(sum_k (p_k(augmented x) - q_k(x))^2)``, q from the averaged weights. Unlike
    `PseudoLabels` it teaches from the first update on, also what is still wrong.

    References
    ----------
    Tarvainen and Valpola 2017, "Mean teachers are better role models", section 2,
    arXiv:1703.01780.
    """

    def __call__(self, model, play):
        teacher = _probabilities(model.classifier(play.unlabeled, training=False))
        student = _probabilities(play.logits_unlabeled)
        distance = ops.square(student - ops.stop_gradient(teacher))
        return ops.mean(ops.sum(distance, axis=-1))


@keras.saving.register_keras_serializable(package=PACKAGE)
class ConditionalEntropy(Term):
    """Ask for a sure class, whichever, of each unlabeled example: ``-mean(p log p)``.

    References
    ----------
    Dai et al. 2017, "Good Semi-supervised Learning That Requires a Bad GAN",
    section 4.3, arXiv:1705.09783; Grandvalet and Bengio 2005.
    """

    def __call__(self, model, play):
        log_p = ops.log_softmax(play.logits_unlabeled)
        return -ops.mean(ops.sum(ops.exp(log_p) * log_p, axis=-1))


@keras.saving.register_keras_serializable(package=PACKAGE)
class VirtualAdversarial(Term):
    """Ask that the smallest push in the worst direction leave the class as it is.

    ``mean KL(p(x) || p(x + r))`` for unlabeled x, with r of length `radius` in the
    direction in which the divergence grows fastest, found by one power iteration.
    Costs three passes through the discriminator, without its noise, and two back.

    Parameters
    ----------
    weight : float, default=1.0
        See `Term`.
    radius : float, default=2.0
        Euclidean length of the push, in the range of the networks' pixels.
    seed : int or None, default=None
        Seed of the direction that the iteration begins with.

    References
    ----------
    Miyato et al. 2018, "Virtual Adversarial Training", section 3, arXiv:1704.03976.
    """

    # The finite difference; the paper's 1e-6 is lost in the rounding of float32.
    PROBE = 1e-2

    def __init__(self, weight=1.0, radius=2.0, seed=None):
        super().__init__(weight)
        self.radius = radius
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)

    def __call__(self, model, play):
        x = ops.cast(play.unlabeled, "float32")
        target = ops.stop_gradient(
            _probabilities(model.discriminator(x, training=False))
        )

        def divergence(push):
            log_p = ops.log_softmax(
                ops.cast(model.discriminator(x + push, training=False), "float32")
            )
            log_target = ops.log(ops.maximum(target, keras.config.epsilon()))
            return ops.mean(ops.sum(target * (log_target - log_p), axis=-1))

        start = tf.random.stateless_normal(
            ops.shape(x), replicas.seed(self.seed_generator)
        )
        start = self.PROBE * _unit(start)
        with tf.GradientTape() as tape:
            tape.watch(start)
            value = divergence(start)
        worst = ops.stop_gradient(tape.gradient(value, start))
        return divergence(self.radius * _unit(worst))

    def get_config(self):
        return {**super().get_config(), "radius": self.radius, "seed": self.seed}


@keras.saving.register_keras_serializable(package=PACKAGE)
class ManifoldSmoothness(Term):
    """Ask that a small step along the generator's manifold change the logits little.

    ``mean(|l(G(z)) - l(G(z + d))|^2)`` with Gaussian d, without the discriminator's
    noise. Costs a pass through the generator, and two through the discriminator and
    back.

    Parameters
    ----------
    weight : float, default=1.0
        See `Term`.
    step : float, default=0.1
        Standard deviation of each component of d; z is uniform on [0, 1).
    seed : int or None, default=None
        Seed of d.

    References
    ----------
    Kumar et al. 2017, section 2, arXiv:1705.08850; Lecouat et al. 2018, equation 4,
    arXiv:1805.08957.
    """

    def __init__(self, weight=1.0, step=0.1, seed=None):
        super().__init__(weight)
        self.step = step
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)

    def __call__(self, model, play):
        d = tf.random.stateless_normal(
            ops.shape(play.latents), replicas.seed(self.seed_generator), 0.0, self.step
        )
        here = ops.stop_gradient(play.fake)
        near = ops.stop_gradient(model.generator(play.latents + d, training=True))
        logits, others = (
            ops.cast(model.discriminator(fake, training=False), "float32")
            for fake in (here, near)
        )
        return ops.mean(ops.sum(ops.square(logits - others), axis=-1))

    def get_config(self):
        return {**super().get_config(), "step": self.step, "seed": self.seed}


def _probabilities(logits):
    return ops.softmax(ops.cast(logits, "float32"))


def _unit(x):
    """Return examples of shape (batch, ...), each scaled to Euclidean length 1."""
    axes = list(range(1, len(x.shape)))
    length = ops.sqrt(ops.sum(ops.square(x), axis=axes, keepdims=True))
    return x / ops.maximum(length, 1e-12)
