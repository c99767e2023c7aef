"""The classifier that predicts with averaged weights."""

import functools

import keras
import tensorflow as tf
from keras import ops

from ssgan.errors import expect
from ssgan.game.prediction import BATCH_SIZE
from ssgan.nn import replicas
from ssgan.nn.networks.shapes import features_of
from ssgan.nn.registration import serializable
from ssgan.nn.seeding import finalize_normalizations
from ssgan.nn.weight_normalization import initialize

# The axis of images, of shape (n, height, width) or (n, height, width, channels).
WIDTH = 2


class Predictor(keras.Model):
    """A model of raw examples, of shape (n, ...), that compiles its prediction once."""

    # Examples at a time; see `ssgan.game.prediction.in_batches`.
    batch_size = BATCH_SIZE

    def __init__(self, **kwargs):
        # Raw examples may be too large for half precision, so they are not cast to it.
        super().__init__(autocast=False, **kwargs)

    @functools.cached_property
    def logits(self):
        """A compiled function from raw examples to logits, of shape (n, K)."""
        return _compiled(functools.partial(self, training=False))

    @functools.cached_property
    def features(self):
        """A compiled function to features, of shape (n, features)."""
        return _compiled(functools.partial(self._features))


# TensorFlow takes functions with the same code for one function that it traces again
# and again, and warns. `functools.partial` hides the code.
_compiled = functools.partial(tf.function, reduce_retracing=True)


@serializable
class AveragedClassifier(Predictor):
    """A classifier that predicts with the moving average of its weights.

    `discriminator` is trained. `classifier`, its copy with averaged weights, predicts
    and is evaluated. Trained on labeled examples alone, this is the supervised
    baseline; `ssgan.SSGAN` adds the game.

    Parameters
    ----------
    discriminator : keras.Model
        Maps preprocessed examples to K logits; see `ssgan.nn.networks`. It is copied.
    preprocessor : ssgan.nn.Preprocessor, ssgan.nn.ColumnEncoder or None, default=None
        Maps raw examples to the networks' value range; part of the saved model.
    augmentation : keras.layers.Layer or None, default=None
        Random changes that keep the class. Active in training alone.
    averaging_step : float in (0, 1], default=1e-4
        Smallest step of the moving average. The average first runs over about the last
        tenth of the steps, so that no initial value biases it, and early errors can be
        trusted. Once that is longer than ``1 / averaging_step`` steps (from step
        100,000 on, for the papers' 1e-4), it is an exponential moving average.
    info : dict or None, default=None
        JSON values that are saved with the model, such as the class names.
    mirrored_prediction : bool, default=False
        Whether logits are the mean of those of an image and of its mirror image.
        Prediction takes twice the time; training does not use this mean. Features are
        those of the image alone.

    Notes
    -----
    The model itself and `keras.Model.predict` map raw examples of shape (n, ...) to
    logits of shape (n, K). `keras.Model.evaluate` takes raw examples, too.
    """

    def __init__(
        self,
        discriminator,
        preprocessor=None,
        augmentation=None,
        averaging_step=1e-4,
        info=None,
        mirrored_prediction=False,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.discriminator = discriminator
        self.preprocessor = preprocessor
        self.augmentation = augmentation
        self.averaging_step = averaging_step
        self.info = dict(info or {})
        self.mirrored_prediction = mirrored_prediction
        self.classifier = _copied(discriminator)
        self.classifier.trainable = False
        self.features_and_logits = _with_features(self.discriminator)
        self._averaged_features_and_logits = _with_features(self.classifier)
        self.steps_done = self.add_weight(
            shape=(),
            # Not int32: TensorFlow keeps that on the CPU, out of reach of XLA on a GPU.
            dtype="int64",
            initializer="zeros",
            trainable=False,
            aggregation="only_first_replica",
            name="steps_done",
        )
        self.built = True

    def compile(self, *args, **kwargs):
        """Configure training; the arguments are those of `keras.Model.compile`."""
        super().compile(*args, **kwargs)
        # Now, and not in the first step: a restart sets its state.
        self.optimizer.build(self.discriminator.trainable_variables)

    def compile_from_config(self, config):
        # Keras does not compile a loaded model whose `compile` is its own.
        self.compile(**keras.saving.deserialize_keras_object(config))

    @property
    def example_shape(self):
        """Shape of one raw example, a tuple of int."""
        own = getattr(self.preprocessor, "example_shape", None)
        return own or self.classifier.input_shape[1:]

    def preprocess(self, x):
        """Map raw examples to the networks' value range, in floating point."""
        if self.preprocessor is None:
            return ops.cast(x, self.compute_dtype)
        return self.preprocessor(x)

    def augment(self, x):
        """Augment preprocessed examples, as in training."""
        if self.augmentation is None:
            return x
        return ops.cast(self.augmentation(x, training=True), x.dtype)

    def call(self, x, training=False):
        """Return the averaged weights' logits for raw examples, in float32.

        With `mirrored_prediction`, their mean with those of the mirror images.
        """
        x = self.preprocess(x)
        logits = ops.cast(self.classifier(x, training=training), "float32")
        if not self.mirrored_prediction:
            return logits
        mirrored = self.classifier(ops.flip(x, axis=WIDTH), training=training)
        return (logits + ops.cast(mirrored, "float32")) / 2

    def _features(self, x):
        x = self.preprocess(x)
        features, _ = self._averaged_features_and_logits(x, training=False)
        return ops.cast(features, "float32")

    @property
    def losses(self):
        """What the discriminator's regularizers add to its loss, a list of scalars."""
        return self.discriminator.losses

    def initialize(self, x):
        """Initialize weight-normalized layers from raw examples, of shape (n, ...).

        Call it once before training, with about 500 examples; see
        `ssgan.nn.weight_normalization.initialize`.
        """
        initialize(self.discriminator, self.augment(self.preprocess(x)))
        self.classifier.set_weights(self.discriminator.get_weights())

    @property
    def seed_generators(self):
        """Every source of random numbers in training, a list of SeedGenerator."""
        layers = self._flatten_layers()
        return [generator for layer in layers for generator in layer._seed_generators]

    @property
    def random_states(self):
        """The state of each of `seed_generators`, a list of two integers each."""
        return [generator.state.numpy().tolist() for generator in self.seed_generators]

    @random_states.setter
    def random_states(self, states):
        for generator, state in zip(self.seed_generators, states, strict=True):
            generator.state.assign(state)

    def _maybe_symbolic_build(self, iterator=None, data_batch=None):
        """Build the metrics before several devices start.

        Keras would build them from a batch, which fails if the batch is a dictionary
        and the devices belong to several workers.
        """
        if self.distribute_strategy.num_replicas_in_sync > 1:
            self.distribute_strategy.run(self.build_metrics)

    def build_metrics(self):
        """Make the variables of the metrics, which Keras makes in the first step."""
        y = ops.zeros((1,), "int32")
        logits = ops.zeros((1, self.discriminator.output_shape[-1]))
        self.compute_loss(None, y, logits)
        self.compute_metrics(None, y, logits)
        self.reset_metrics()

    def compute_metrics(self, *args, **kwargs):
        """Return the metrics; those of several workers have an axis, for their mean."""
        logs = super().compute_metrics(*args, **kwargs)
        workers = tf.distribute.MultiWorkerMirroredStrategy
        if isinstance(tf.distribute.get_strategy(), workers):
            return {name: ops.reshape(value, (1,)) for name, value in logs.items()}
        return logs

    def train_step(self, data):
        """Train the discriminator for one step, on labeled examples alone."""
        x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(data)
        with tf.GradientTape() as tape:
            logits = self.discriminator(self.augment(self.preprocess(x)), training=True)
            logits = ops.cast(logits, "float32")
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

        At training step t the average moves by (c + 1) / (t + c), with c = 9. This
        makes it a mean in which step s has a weight proportional to s^c: about the last
        tenth of the steps.
        """
        self.steps_done.assign_add(1)
        step = 10.0 / (9.0 + ops.cast(self.steps_done, "float32"))
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
            "mirrored_prediction": self.mirrored_prediction,
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


def _copied(network):
    """Return a copy of a network, with its weights."""
    copy = keras.models.clone_model(network)
    expect(
        len(copy.weights) == len(network.weights),
        "a discriminator that can be copied: no layer shared by the network and one "
        "nested in it",
        f"{len(network.weights)} weights, {len(copy.weights)} in the copy",
    )
    copy.set_weights(network.get_weights())
    finalize_normalizations(copy)
    return copy


def _with_features(network):
    """Return a model with the same layers whose outputs are [features, logits]."""
    return keras.Model(network.inputs, [features_of(network), network.outputs[0]])
