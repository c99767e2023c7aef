"""What predicts: a classifier with averaged weights, and an ensemble of them."""

import functools
import math

import keras
import tensorflow as tf
from keras import ops

from ssgan import replicas
from ssgan.errors import expect
from ssgan.layers import PACKAGE, initialize


class Predictor(keras.Model):
    """A model of raw examples, of shape (n, ...), with its prediction compiled once."""

    def __init__(self, **kwargs):
        # Raw examples may be too large for half precision.
        super().__init__(autocast=False, **kwargs)

    @functools.cached_property
    def logits(self):
        """A compiled function to logits, of shape (n, K)."""
        return _compiled(functools.partial(self, training=False))

    @functools.cached_property
    def features(self):
        """A compiled function to the last hidden layer, of shape (n, features)."""
        return _compiled(functools.partial(self._features))


# TensorFlow takes two functions of the same code for one that it has to trace again and
# again, and warns; it does not look into a partial one.
_compiled = functools.partial(tf.function, reduce_retracing=True)


@keras.saving.register_keras_serializable(package=PACKAGE)
class AveragedClassifier(Predictor):
    """A classifier that predicts with the moving average of its weights.

    `discriminator` is what is trained; `classifier`, its copy with the averaged
    weights, is what predicts, is evaluated and is worth keeping. Trained on labeled
    examples alone this is the supervised baseline of the game; `ssgan.SSGAN` adds the
    rest.

    Parameters
    ----------
    discriminator : keras.Model
        Maps preprocessed examples to K logits; see `ssgan.networks`. It is copied.
    preprocessor : keras.layers.Normalization or None, default=None
        Takes raw examples to the range of the networks; part of the saved model.
    augmentation : keras.layers.Layer or None, default=None
        Random changes that leave the class as it is; active in training alone.
    averaging_step : float in (0, 1], default=1e-4
        Smallest step of the moving average. Until a tenth of the training is longer
        than ``1 / averaging_step`` updates the average runs over about the last tenth
        of the updates, so that no start value biases it and an early error means
        what it says; with the papers' 1e-4 the two agree from update 100,000 on.
    info : dict or None, default=None
        JSON values that travel with the saved model, such as the class names.

    Notes
    -----
    The model itself and `keras.Model.predict` map raw examples of shape (n, ...) to
    logits of shape (n, K); `keras.Model.evaluate` takes raw examples, too.
    """

    def __init__(
        self,
        discriminator,
        preprocessor=None,
        augmentation=None,
        averaging_step=1e-4,
        info=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.discriminator = discriminator
        self.preprocessor = preprocessor
        self.augmentation = augmentation
        self.averaging_step = averaging_step
        self.info = dict(info or {})
        self.classifier = _copied(discriminator)
        self.classifier.trainable = False
        self.critic = _with_features(self.discriminator)
        self._averaged_critic = _with_features(self.classifier)
        self.updates = self.add_weight(
            shape=(),
            dtype="int32",
            initializer="zeros",
            trainable=False,
            aggregation="only_first_replica",
            name="updates",
        )
        self.built = True

    def preprocess(self, x):
        """Take raw examples to the range of the networks, in floating point."""
        if self.preprocessor is None:
            return ops.cast(x, self.compute_dtype)
        return self.preprocessor(x)

    def augment(self, x):
        """Change preprocessed examples at random, as in training."""
        return x if self.augmentation is None else self.augmentation(x, training=True)

    def call(self, x, training=False):
        """Return the averaged weights' logits of raw examples."""
        return self.classifier(self.preprocess(x), training=training)

    def _features(self, x):
        return self._averaged_critic(self.preprocess(x), training=False)[0]

    def initialize(self, x):
        """Set weight normalization's scales and biases from raw examples.

        Call it once before training, with some 500 examples; see `ssgan.layers`.
        """
        initialize(self.discriminator, self.augment(self.preprocess(x)))
        self.classifier.set_weights(self.discriminator.get_weights())

    def _maybe_symbolic_build(self, iterator=None, data_batch=None):
        """Build the metrics, before several devices start.

        Keras would do so from a batch of theirs, which it cannot if the batch is a
        dictionary and they belong to several workers.
        """
        if self.distribute_strategy.num_replicas_in_sync > 1:
            self.distribute_strategy.run(self._build_metrics)

    def _build_metrics(self):
        y = ops.zeros((1,), "int32")
        logits = ops.zeros((1, self.discriminator.output_shape[-1]))
        self.compute_loss(None, y, logits)
        self.compute_metrics(None, y, logits)
        self.reset_metrics()

    def compute_metrics(self, *args, **kwargs):
        """Return the metrics; Keras averages those of several workers over an axis."""
        logs = super().compute_metrics(*args, **kwargs)
        workers = tf.distribute.MultiWorkerMirroredStrategy
        if isinstance(tf.distribute.get_strategy(), workers):
            return {name: ops.reshape(value, (1,)) for name, value in logs.items()}
        return logs

    def train_step(self, data):
        """Make one update of the discriminator, from labeled examples alone."""
        x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(data)
        with tf.GradientTape() as tape:
            logits = self.discriminator(self.augment(self.preprocess(x)), training=True)
            loss = self.compute_loss(x, y, logits, sample_weight, training=True)
            scaled = self.optimizer.scale_loss(loss)
        self._update(self.optimizer, tape, scaled, self.discriminator)
        self._average()
        self._loss_tracker.update_state(loss * replicas.count())
        return self.compute_metrics(x, y, logits, sample_weight)

    @staticmethod
    def _update(optimizer, tape, loss, network):
        variables = network.trainable_variables
        optimizer.apply(tape.gradient(loss, variables), variables)

    def _average(self):
        """Move the average towards the newest weights (Polyak and Juditsky 1992).

        With the step (c + 1) / (t + c), c = 9, it is a mean in which update s has the
        weight s^c: about the last tenth of the updates. The step is 1 at t = 1.
        """
        self.updates.assign_add(1)
        step = 10.0 / (9.0 + ops.cast(self.updates, "float32"))
        step = ops.maximum(step, self.averaging_step)
        pairs = [
            (average, weight)
            for average, weight in zip(
                self.classifier.weights, self.discriminator.weights, strict=True
            )
            if "float" in str(weight.dtype)
        ]
        replicas.add(
            [average for average, _ in pairs],
            [step * (weight - average) for average, weight in pairs],
        )

    def get_config(self):
        parts = ("discriminator", "preprocessor", "augmentation")
        return {
            **super().get_config(),
            **{
                part: keras.saving.serialize_keras_object(getattr(self, part))
                for part in parts
            },
            "averaging_step": self.averaging_step,
            "info": self.info,
        }

    @classmethod
    def from_config(cls, config, custom_objects=None):
        config = {
            key: keras.saving.deserialize_keras_object(value, custom_objects)
            if isinstance(value, (dict, list)) and key != "info"
            else value
            for key, value in config.items()
        }
        return cls(**config)


@keras.saving.register_keras_serializable(package=PACKAGE)
class Ensemble(Predictor):
    """Average the probabilities of several models.

    Parameters
    ----------
    members : sequence of AveragedClassifier
        Models of the same classes, in the same order.
    info : dict or None, default=None
        See `AveragedClassifier`.
    """

    def __init__(self, members, info=None, **kwargs):
        super().__init__(**kwargs)
        self.members = list(members)
        self.info = dict(info or {})
        self.built = True

    def call(self, x, training=False):
        """Return logits whose softmax is the mean of the members' probabilities."""
        members = [ops.log_softmax(m(x, training=training)) for m in self.members]
        return ops.logsumexp(ops.stack(members), axis=0) - math.log(len(members))

    def _features(self, x):
        return ops.concatenate([m.features(x) for m in self.members], axis=-1)

    def sample(self, n, seed=None):
        """Generate n examples, dealt out evenly among the members' generators."""
        shares = [len(range(i, n, len(self.members))) for i in range(len(self.members))]
        return ops.concatenate(
            [m.sample(k, seed) for m, k in zip(self.members, shares, strict=True) if k]
        )

    def get_config(self):
        members = [keras.saving.serialize_keras_object(m) for m in self.members]
        return {**super().get_config(), "members": members, "info": self.info}

    from_config = classmethod(AveragedClassifier.from_config.__func__)


def _copied(network):
    """Return a copy of a network, weights and all."""
    copy = keras.models.clone_model(network)
    expect(
        len(copy.weights) == len(network.weights),
        "a discriminator that can be copied: no layer shared by the network and one "
        "nested in it",
        f"{len(network.weights)} weights, {len(copy.weights)} in the copy",
    )
    copy.set_weights(network.get_weights())
    for layer in copy._flatten_layers():
        # An adapted Normalization keeps what it computed of its weights.
        if isinstance(layer, keras.layers.Normalization):
            layer.finalize_state()
    return copy


def _with_features(network):
    """Return a model of the same layers that gives (features, logits)."""
    names = [layer.name for layer in network.layers]
    if "features" in names:
        features = network.get_layer("features").output
    else:
        features = network.layers[-1].input
    return keras.Model(network.inputs, [features, network.outputs[0]])
